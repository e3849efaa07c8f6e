// The commands. Each works on the project of the active editor, or on the one that a panel shows.
import * as vscode from "vscode";
import type { CommandLine } from "./cli";
import type { Documents } from "./documents";
import type { Panel } from "./panel";
import { Project } from "./project";
import type { Projects } from "./projects";
import { type Comparison, writeSetting } from "./settings";
import { takeSnapshot } from "./snapshot";

export interface Panels {
  readonly plan: Panel;
  readonly graph: Panel;
}

export function registerCommands(
  projects: Projects,
  panels: Panels,
  documents: Documents,
  cli: CommandLine,
): vscode.Disposable {
  const register = (name: string, run: (project: Project) => unknown) =>
    vscode.commands.registerCommand(`mzDeploy.${name}`, async (given: unknown) => {
      const project = given instanceof Project ? given : await projects.pick();
      return project === undefined ? undefined : run(project);
    });
  const compare = (comparison: Comparison) => (project: Project) =>
    writeSetting(project.root, "compareWith", comparison);
  return vscode.Disposable.from(
    register("showPlan", (project) => {
      panels.plan.show(project);
    }),
    register("showGraph", (project) => {
      panels.graph.show(project);
    }),
    register("showSql", (project) => documents.showSql(project)),
    register("showDiff", (project) => showDiff(project, documents)),
    register("compareWithHead", compare("head")),
    register("compareWithNothing", compare("nothing")),
    register("compareWithSnapshot", chooseSnapshot),
    register("selectProfile", selectProfile),
    register("takeSnapshot", async (project) => takeSnapshot(project, await cli.find())),
  );
}

/** The change of the object whose file is in the active editor. */
async function showDiff(project: Project, documents: Documents): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const path = document === undefined ? undefined : project.pathOf(document.uri);
  if (document !== undefined) {
    project.follow(document);
    await project.look();
  }
  const changes = project.preview?.outline?.changes;
  if (changes === undefined) {
    void vscode.window.showWarningMessage("There is no plan: the project has errors.");
    return;
  }
  const own = project.planner.check().objects.find((object) => object.path === path)?.name;
  const position = changes.findIndex(
    ({ object }) => object.object === own?.object && object.schema === own.schema && object.database === own.database,
  );
  if (position < 0) {
    void vscode.window.showInformationMessage("Nothing changes in this object.");
    return;
  }
  await documents.showDiff(project, position);
}

async function chooseSnapshot(project: Project): Promise<void> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: "The snapshot of what is deployed",
      defaultUri: project.root,
      filters: { Snapshots: ["json"] },
    })) ?? [];
  if (chosen === undefined) {
    return;
  }
  const prefix = `${project.root.path}/`;
  if (!chosen.path.startsWith(prefix)) {
    void vscode.window.showWarningMessage("Put the snapshot into the project's folder: the setting is relative to it.");
    return;
  }
  await writeSetting(project.root, "snapshot", chosen.path.slice(prefix.length));
  await writeSetting(project.root, "compareWith", "snapshot");
}

async function selectProfile(project: Project): Promise<void> {
  const none = { label: "No profile", value: "" };
  const profiles = project.planner.profiles().map(({ name, variables }) => {
    const count = Object.keys(variables).length;
    return { label: name, description: count === 0 ? "" : `${count} variables`, value: name };
  });
  const chosen = await vscode.window.showQuickPick([none, ...profiles], { placeHolder: "The profile of the plan" });
  if (chosen !== undefined) {
    await writeSetting(project.root, "profile", chosen.value);
  }
}
