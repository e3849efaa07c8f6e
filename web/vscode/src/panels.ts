// The two panels: what the plan does, and the graph.
import * as vscode from "vscode";
import type { CommandLine } from "./cli";
import type { PanelKind } from "./panel";
import { readSettings } from "./settings";

export const planPanel = (cli: CommandLine): PanelKind => ({
  id: "mzDeploy.plan",
  title: "What would this change do?",
  script: "plan.js",
  column: vscode.ViewColumn.Beside,
  state(project) {
    const { preview, baseline } = project;
    return preview === undefined
      ? undefined
      : {
          kind: "plan",
          project: project.name,
          profile: readSettings(project.root).profile,
          comparison: baseline?.words ?? "nothing",
          problem: baseline?.problem,
          canTakeSnapshot: cli.isThere,
          preview,
        };
  },
});

export const GRAPH: PanelKind = {
  id: "mzDeploy.graph",
  title: "Graph",
  script: "graph.js",
  column: vscode.ViewColumn.Active,
  state(project) {
    const graph = project.planner.graph();
    const key = (name: { database?: string; schema: string; object: string }) =>
      JSON.stringify([name.database, name.schema, name.object]);
    const happens = new Map(
      project.preview?.outline?.changes.map(({ object, action }) => [key(object), action] as const),
    );
    const actions = graph.nodes.flatMap(({ name }, position) => {
      const action = happens.get(key(name));
      return action === undefined ? [] : [[position, action] as const];
    });
    return { kind: "graph", project: project.name, graph, actions: Object.fromEntries(actions) };
  },
};
