// The graph: layers, places, the camera, the keys.
import { expect, test } from "vitest";
import { beside, centred, first, fit, seen, zoom } from "../src/graph/camera";
import { layout } from "../src/graph/layout";
import { type Layout, NODE, STATES } from "../src/graph/model";
import { type Palette, paint } from "../src/graph/paint";
import { adjacency, layers, neighbours, reach } from "../src/graph/reach";
import { walk } from "../src/graph/walk";

const edges = (...pairs: [number, number][]) => Uint32Array.from(pairs.flat());

test("a node stands after everything that it reads", () => {
  expect([...layers(5, edges([0, 1], [1, 2], [0, 2], [3, 2]))]).toEqual([0, 1, 2, 0, 0]);
});

test("a cycle has layers, too", () => {
  const found = layers(4, edges([0, 1], [1, 2], [2, 0], [2, 3]));
  expect(new Set(found).size).toBeGreaterThan(1);
  expect(found[3]).toBeGreaterThan(found[2] ?? 0);
});

test("a chain of a hundred thousand nodes doesn't exhaust the stack", () => {
  const long = 100_000;
  const chain = Uint32Array.from({ length: (long - 1) * 2 }, (_, at) => Math.floor(at / 2) + (at % 2));
  expect(layers(long, chain).at(-1)).toBe(long - 1);
});

test("what follows from a node is all that reads it, at any distance", () => {
  const after = adjacency(5, edges([0, 1], [1, 2], [3, 2]), true);
  expect([...reach(after, 0)]).toEqual([1, 1, 1, 0, 0]);
  expect([...neighbours(after, 3)]).toEqual([2]);
});

/** Layers of nodes, each reading two of the layer before. */
function layered(nodes: number, groupSize: number) {
  const pairs: [number, number][] = [];
  for (let node = 20; node < nodes; node += 1) {
    pairs.push([node - 20, node], [node - 1 - ((node * 7) % 13), node]);
  }
  return {
    group: Uint32Array.from({ length: nodes }, (_, node) => Math.floor(node / groupSize)),
    labels: Array.from({ length: Math.ceil(nodes / groupSize) }, (_, at) => `s${at}`),
    edges: edges(...pairs),
    states: new Uint8Array(nodes),
  };
}

test("no object covers another, and each stands in its group", () => {
  const input = layered(600, 60);
  const { corners, groups, width, height } = layout(input);
  const places = new Set<string>();
  for (let node = 0; node < 600; node += 1) {
    const [x, y] = [corners[node * 2] ?? -1, corners[node * 2 + 1] ?? -1];
    places.add(`${x} ${y}`);
    const group = groups[input.group[node] ?? 0];
    expect(group && x >= group.x && x + NODE.width <= group.x + group.width).toBe(true);
    expect(group && y >= group.y && y + NODE.height <= group.y + group.height + 0.01).toBe(true);
  }
  expect(places.size).toBe(600);
  for (const [at, a] of groups.entries()) {
    expect(a.x + a.width).toBeLessThanOrEqual(width + 0.01);
    expect(a.y + a.height).toBeLessThanOrEqual(height + 0.01);
    for (const b of groups.slice(at + 1)) {
      const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(isApart, `${a.label} and ${b.label}`).toBe(true);
    }
  }
});

test("a group counts its objects by what happens to them", () => {
  const input = layered(60, 60);
  input.states.fill(STATES.indexOf("rebuild"), 0, 12);
  expect(layout(input).groups[0]?.counts).toEqual([48, 0, 0, 12, 0]);
});

test("a graph of nothing has no size", () => {
  const empty = { group: new Uint32Array(), labels: [], edges: new Uint32Array(), states: new Uint8Array() };
  expect(layout(empty)).toMatchObject({ width: 0, height: 0, groups: [] });
});

const VIEW = { width: 800, height: 600 };

test("the camera sees all of a graph, and keeps the point under the pointer", () => {
  const whole = fit({ width: 4000, height: 1000 }, VIEW);
  const box = seen(whole, VIEW);
  expect(box.left).toBeLessThan(0);
  expect(box.right).toBeGreaterThan(4000);
  const near = zoom(whole, 2, { x: 100, y: 50 });
  expect((100 - near.x) / near.scale).toBeCloseTo((100 - whole.x) / whole.scale);
  expect(zoom(whole, 1e9, { x: 0, y: 0 }).scale).toBe(2.5);
});

test("an object is seen first where all of the graph would be too small", () => {
  const object = { x: 50, y: 50 };
  expect(first({ width: 400, height: 300 }, VIEW, object).scale).toBe(1);
  expect(first({ width: 40_000, height: 300 }, VIEW, object)).toEqual(
    centred({ scale: 0.1, x: 0, y: 0 }, object, VIEW),
  );
});

test("a panel takes its room at the side where the canvas is wide, and below where it is narrow", () => {
  const panel = { width: 300, share: 0.5, narrow: 900 };
  expect(beside({ width: 1000, height: 600 }, panel)).toEqual({ width: 700, height: 600 });
  expect(beside(VIEW, panel)).toEqual({ width: 800, height: 300 });
});

/** A canvas that writes down every path that is filled. */
function canvas() {
  const filled: string[] = [];
  let path: unknown[] = [];
  const own: Record<string, unknown> = {
    canvas: { width: VIEW.width, height: VIEW.height },
    measureText: () => ({ width: 0 }),
    beginPath: () => (path = []),
    fill: () => filled.push(JSON.stringify(path)),
  };
  const context = new Proxy(own, {
    get: (target, name: string) => target[name] ?? ((...values: unknown[]) => path.push([name, ...values])),
  });
  return { context: context as unknown as CanvasRenderingContext2D, filled };
}

test("from far, what happens to an object is a shape, and not a colour alone", () => {
  // One object of each state in one place; as many others as make the graph a large one are out of sight.
  const many = 301;
  const layout = {
    labels: Array.from({ length: many }, () => "v"),
    corners: Float32Array.from({ length: many * 2 }, (_, at) => (at < STATES.length * 2 ? 0 : 1e9)),
    states: Uint8Array.from({ length: many }, (_, node) => node % STATES.length),
    edges: new Uint32Array(),
    groups: [],
    groupEdges: new Uint32Array(),
  } as unknown as Layout;
  const states = Object.fromEntries(STATES.map((state) => [state, { fill: "", stroke: "", ink: "" }]));
  const { context, filled } = canvas();
  paint(context, {
    layout,
    camera: { scale: 0.1, x: 0, y: 0 },
    view: VIEW,
    palette: { states } as Palette,
    selected: undefined,
    hovered: undefined,
    lit: undefined,
  });
  const shapes = filled.slice(0, STATES.length);
  expect(shapes.every((path) => path !== "[]")).toBe(true);
  expect(new Set(shapes).size).toBe(STATES.length);
});

test("arrow keys go along the data, and up and down in a column", () => {
  const of = { labels: ["a", "b", "c"], corners: Float32Array.of(0, 0, 100, 0, 100, 50) } as unknown as Layout;
  const links = edges([0, 1], [0, 2]);
  const [before, after] = [adjacency(3, links, false), adjacency(3, links, true)];
  expect(walk(of, before, after, undefined, "right")).toBe(0);
  expect(walk(of, before, after, 0, "right")).toBe(1);
  expect(walk(of, before, after, 1, "down")).toBe(2);
  expect(walk(of, before, after, 2, "left")).toBe(0);
  expect(walk(of, before, after, 2, "down")).toBeUndefined();
});
