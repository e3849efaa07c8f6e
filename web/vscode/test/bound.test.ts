import assert from "node:assert/strict";
import { test } from "node:test";
import type { GraphView } from "@mz-deploy/planner";
import { bounded } from "../src/webview/bound";

/** Objects in a row, of which each reads the one before it. */
function row(length: number): GraphView {
  const nodes = Array.from({ length }, (_, at) => ({ name: { schema: "s", object: `v${at}` } }));
  const edges = Array.from({ length: length - 1 }, (_, at) => ({ from: at, to: at + 1 }));
  return { nodes, edges } as unknown as GraphView;
}

const names = ({ nodes }: GraphView) => nodes.map(({ name }) => name.object);

test("a graph that fits is the picture", () => {
  const graph = row(5);
  assert.deepEqual(bounded(graph, { 1: "update" }, 5), { graph, actions: { 1: "update" }, left: 0 });
});

test("of a graph that is too large, what changes and what is nearest is kept, with its edges", () => {
  const { graph, actions, left } = bounded(row(100), { 50: "update" }, 5);
  assert.deepEqual(names(graph), ["v48", "v49", "v50", "v51", "v52"]);
  assert.deepEqual(
    graph.edges.map(({ from, to }) => [from, to]),
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ],
  );
  assert.deepEqual({ actions, left }, { actions: { 2: "update" }, left: 95 });
});

test("without a change the first ones are kept, and no more than the bound", () => {
  const { graph, left } = bounded(row(20_000), {}, 1_000);
  assert.deepEqual({ count: graph.nodes.length, left }, { count: 1_000, left: 19_000 });
  const all = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at, "create"]));
  assert.equal(bounded(row(100), all, 10).graph.nodes.length, 10);
});
