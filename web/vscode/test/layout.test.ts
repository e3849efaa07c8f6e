import assert from "node:assert/strict";
import { test } from "node:test";
import { layout, reach } from "../src/webview/layout";

const edge = (from: number, to: number) => ({ from, to });

test("a node is right of all that it reads", () => {
  const { places } = layout(4, [edge(0, 1), edge(1, 2), edge(0, 2), edge(3, 2)]);
  assert.deepEqual(
    places.map(({ column }) => column),
    [0, 1, 2, 0],
  );
});

test("no two nodes and no edge that passes have the same place", () => {
  const edges = [edge(0, 1), edge(1, 2), edge(2, 3), edge(0, 3), edge(4, 3)];
  const { places, passages } = layout(5, edges);
  const taken = [...places, ...passages.flat()].map(({ column, row }) => `${column}/${row}`);
  assert.equal(new Set(taken).size, taken.length);
  assert.deepEqual(
    passages.map(({ length }) => length),
    [0, 0, 0, 2, 2],
  );
});

test("a cycle doesn't keep the others from their places", () => {
  const { places } = layout(4, [edge(0, 1), edge(1, 0), edge(2, 3)]);
  assert.deepEqual(
    places.map(({ column }) => column),
    [0, 0, 0, 1],
  );
});

test("what a node reads and what reads it is found through others", () => {
  const edges = [edge(0, 1), edge(1, 2), edge(3, 2)];
  assert.deepEqual([...reach(4, edges, 1, "down")], [1, 2]);
  assert.deepEqual([...reach(4, edges, 2, "up")].sort(), [0, 1, 2, 3]);
});

test("ten thousand nodes are placed", () => {
  const edges = Array.from({ length: 9_999 }, (_, node) => edge(Math.floor(node / 3), node + 1));
  assert.equal(layout(10_000, edges).places.length, 10_000);
});
