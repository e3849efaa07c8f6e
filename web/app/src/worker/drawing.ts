// The planner's graph, with what happens to each object, laid out.
import type { ChangeRow, GraphView, NodeView } from "@mz-deploy/planner";
import { layout } from "../graph/layout";
import { type GroupBy, KINDS, type Layout, STATES, type State } from "../graph/model";
import { adjacency, reach } from "../graph/reach";
import { type Key, key } from "../state/names";

export function draw(
  graph: GraphView,
  changes: ChangeRow[],
  groupBy: GroupBy,
  focus: Key | undefined,
): Layout | undefined {
  const all = Uint32Array.from(graph.edges.flatMap(({ from, to }) => [from, to]));
  const { ids, edges } = part(
    graph.nodes.length,
    all,
    focus === undefined ? -1 : graph.nodes.findIndex(({ name }) => key(name) === focus),
  );
  if (ids.length === 0) {
    return undefined;
  }
  const nodes = Array.from(ids, (id) => graph.nodes[id]).filter((node) => node !== undefined);
  const states = stateOf(nodes, changes);
  const { group, labels } = grouped(nodes, groupBy);
  const placed = layout({ group, labels, edges, states });
  return {
    labels: nodes.map((node) => node.name.object),
    keys: nodes.map((node) => key(node.name)),
    paths: nodes.map((node) => node.path ?? ""),
    corners: placed.corners,
    states,
    kinds: Uint8Array.from(nodes, ({ kind }) => (kind === undefined ? 255 : KINDS.indexOf(kind))),
    group,
    edges,
    groups: placed.groups,
    groupEdges: placed.groupEdges,
    width: placed.width,
    height: placed.height,
  };
}

/** The nodes that are drawn, and the edges between them, numbered anew. */
function part(nodes: number, edges: Uint32Array, focus: number): { ids: Uint32Array; edges: Uint32Array } {
  const everything = Uint32Array.from({ length: nodes }, (_, node) => node);
  if (focus < 0) {
    return { ids: everything, edges };
  }
  const after = reach(adjacency(nodes, edges, true), focus);
  const before = reach(adjacency(nodes, edges, false), focus);
  const ids = everything.filter((node) => after[node] === 1 || before[node] === 1);
  const anew = new Map(Array.from(ids, (id, at) => [id, at]));
  const kept: number[] = [];
  for (let at = 0; at < edges.length; at += 2) {
    const from = anew.get(edges[at] ?? 0);
    const to = anew.get(edges[at + 1] ?? 0);
    if (from !== undefined && to !== undefined) {
      kept.push(from, to);
    }
  }
  return { ids, edges: Uint32Array.from(kept) };
}

function stateOf(nodes: NodeView[], changes: ChangeRow[]): Uint8Array {
  const actions = new Map(changes.map((row) => [key(row.object), row.action]));
  const state = (node: NodeView): State => {
    const action = actions.get(key(node.name));
    if (action === undefined || action === "keep" || action === "delete") {
      return node.kind === undefined ? "outside" : "untouched";
    }
    return action === "create" || action === "rebuild" ? action : action === "repoint" ? "rebuild" : "update";
  };
  return Uint8Array.from(nodes, (node) => STATES.indexOf(state(node)));
}

function grouped(nodes: NodeView[], groupBy: GroupBy): { group: Uint32Array; labels: string[] } {
  const label = (node: NodeView): string => {
    if (groupBy === "cluster") {
      return node.clusters?.join(", ") || "no cluster";
    }
    return node.name.database === undefined ? node.name.schema : `${node.name.database}.${node.name.schema}`;
  };
  const labels = [...new Set(nodes.map(label))].sort();
  const at = new Map(labels.map((each, index) => [each, index]));
  return { group: Uint32Array.from(nodes, (node) => at.get(label(node)) ?? 0), labels };
}
