// Lays a graph out: groups in layers from left to right, and the objects of each group in layers inside of it.
import { type Group, NODE, STATES } from "./model";
import { adjacency, layers, neighbours } from "./reach";

/** What is laid out. */
export interface Input {
  /** The group of each node, and the labels of groups. */
  group: Uint32Array;
  labels: string[];
  /** From and to by turns. */
  edges: Uint32Array;
  /** The position in `STATES` of each node. */
  states: Uint8Array;
}

/** Where everything is. */
export interface Placed {
  corners: Float32Array;
  groups: Group[];
  groupEdges: Uint32Array;
  width: number;
  height: number;
}

const GAP = { x: 56, y: 12 } as const;
const PADDING = { x: 16, top: 34, bottom: 16 } as const;
const GROUP_GAP = { x: 84, y: 28 } as const;
/** A column of a group that is longer than one of these is broken: the one that makes the best shape of the whole. */
const HEIGHTS = [10, 14, 20, 28, 40, 56, 80, 112] as const;
/** A screen's width by its height. */
const SHAPE = 1.5;
/** How often each order is improved by the neighbours' places. */
const SWEEPS = 4;

export function layout(input: Input): Placed {
  const { group, edges } = input;
  const groups = input.labels.length;
  const groupEdges = between(group, edges, groups);
  const members: number[][] = Array.from({ length: groups }, () => []);
  group.forEach((at, node) => {
    members[at]?.push(node);
  });

  const columns = ordered(groups, pairs(groupEdges));
  const boxes: Group[] = input.labels.map((label) => ({
    label,
    x: 0,
    y: 0,
    width: 0,
    height: 0,
    counts: STATES.map(() => 0),
  }));
  input.states.forEach((state, node) => {
    const counts = boxes[group[node] ?? 0]?.counts;
    if (counts) {
      counts[state] = (counts[state] ?? 0) + 1;
    }
  });
  const before = adjacency(group.length, edges, false);
  const inside = innerLayers(group, edges);
  const arranged = members.map((nodes) => arrange(nodes, inside, before));
  const candidates = HEIGHTS.map((tallest) => ({
    tallest,
    off: Math.abs(Math.log(shape(columns, arranged, tallest) / SHAPE)),
  }));
  const [best] = candidates.sort((a, b) => a.off - b.off);
  const tallest = best?.tallest ?? HEIGHTS[0];

  const corners = new Float32Array(group.length * 2);
  let x = 0;
  let height = 0;
  for (const column of columns) {
    let y = 0;
    let width = 0;
    for (const at of column) {
      const box = boxes[at];
      const own = arranged[at];
      if (box && own) {
        Object.assign(box, { x, y }, extent(own, tallest));
        place(box, own, tallest, corners);
        y += box.height + GROUP_GAP.y;
        width = Math.max(width, box.width);
      }
    }
    x += width + GROUP_GAP.x;
    height = Math.max(height, y - GROUP_GAP.y);
  }
  centre(columns, boxes, group, corners, height);
  return { corners, groups: boxes, groupEdges, width: Math.max(0, x - GROUP_GAP.x), height: Math.max(0, height) };
}

/** The width of the whole by its height. */
function shape(columns: number[][], arranged: number[][][], tallest: number): number {
  let [width, height] = [0, 1];
  for (const column of columns) {
    const sizes = column.map((at) => extent(arranged[at] ?? [], tallest));
    width += Math.max(...sizes.map((size) => size.width)) + GROUP_GAP.x;
    height = Math.max(
      height,
      sizes.reduce((sum, size) => sum + size.height + GROUP_GAP.y, 0),
    );
  }
  return width / height;
}

/** Edges between groups with their numbers: from, to and how many by turns. */
function between(group: Uint32Array, edges: Uint32Array, groups: number): Uint32Array {
  const counts = new Map<number, number>();
  for (let at = 0; at < edges.length; at += 2) {
    const from = group[edges[at] ?? 0] ?? 0;
    const to = group[edges[at + 1] ?? 0] ?? 0;
    if (from !== to) {
      counts.set(from * groups + to, (counts.get(from * groups + to) ?? 0) + 1);
    }
  }
  const found = [...counts].sort(([a], [b]) => a - b);
  return Uint32Array.from(found.flatMap(([key, count]) => [Math.floor(key / groups), key % groups, count]));
}

function pairs(triples: Uint32Array): Uint32Array {
  return triples.filter((_, at) => at % 3 !== 2);
}

/** Nodes by layer, each layer in an order in which neighbours stand near each other. */
function ordered(nodes: number, edges: Uint32Array): number[][] {
  const layer = layers(nodes, edges);
  const columns: number[][] = [];
  layer.forEach((at, node) => {
    columns[at] ??= [];
    columns[at]?.push(node);
  });
  const position = new Float32Array(nodes);
  const number = (column: number[]) => {
    for (const [at, node] of column.entries()) {
      position[node] = at - (column.length - 1) / 2;
    }
  };
  columns.forEach(number);
  const directions = [adjacency(nodes, edges, false), adjacency(nodes, edges, true)] as const;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const towards = directions[sweep % 2 === 0 ? 0 : 1];
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const wish = new Map(
        column.map((node) => [node, mean(neighbours(towards, node), position) ?? position[node] ?? 0]),
      );
      column.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || a - b);
      number(column);
    }
  }
  return columns;
}

function mean(nodes: Uint32Array, of: Float32Array): number | undefined {
  return nodes.length === 0 ? undefined : nodes.reduce((sum, node) => sum + (of[node] ?? 0), 0) / nodes.length;
}

/** The layer of each node within its group. */
function innerLayers(group: Uint32Array, edges: Uint32Array): Uint32Array {
  const within: number[] = [];
  for (let at = 0; at < edges.length; at += 2) {
    const from = edges[at] ?? 0;
    const to = edges[at + 1] ?? 0;
    if (group[from] === group[to]) {
      within.push(from, to);
    }
  }
  return layers(group.length, Uint32Array.from(within));
}

/** The objects of a group in layers, each in an order in which neighbours stand near each other. */
function arrange(members: number[], inside: Uint32Array, before: ReturnType<typeof adjacency>): number[][] {
  const byLayer: number[][] = [];
  for (const node of members) {
    const at = inside[node] ?? 0;
    byLayer[at] ??= [];
    byLayer[at]?.push(node);
  }
  const order = new Map<number, number>();
  for (const layer of byLayer) {
    // What reads nothing of the group keeps its place in the order of names.
    const wish = new Map(layer.map((node) => [node, meanOf(neighbours(before, node), order)]));
    layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || a - b);
    layer.forEach((node, at) => {
      order.set(node, at / layer.length);
    });
  }
  return byLayer;
}

function meanOf(nodes: Uint32Array, of: Map<number, number>): number {
  const known = Array.from(nodes).flatMap((node) => of.get(node) ?? []);
  return known.length === 0 ? 0 : known.reduce((sum, each) => sum + each, 0) / known.length;
}

/** Into how many columns and rows a layer is broken. */
function grid(layer: number[], tallest: number): { columns: number; rows: number } {
  const columns = Math.ceil(layer.length / tallest);
  return { columns, rows: Math.ceil(layer.length / Math.max(columns, 1)) };
}

function layerWidth(columns: number): number {
  return columns * (NODE.width + GAP.x / 2) - GAP.x / 2;
}

/** The size of a group. */
function extent(arranged: number[][], tallest: number): { width: number; height: number } {
  const grids = arranged.map((layer) => grid(layer, tallest));
  const widths = grids.reduce((sum, { columns }) => sum + layerWidth(columns) + GAP.x, -GAP.x);
  const rows = Math.max(...grids.map((each) => each.rows));
  return {
    width: Math.max(NODE.width, widths) + 2 * PADDING.x,
    height: PADDING.top + rows * (NODE.height + GAP.y) - GAP.y + PADDING.bottom,
  };
}

/** Gives the objects of a group their places. */
function place(box: Group, arranged: number[][], tallest: number, corners: Float32Array): void {
  let x = box.x + PADDING.x;
  for (const layer of arranged) {
    const { columns, rows } = grid(layer, tallest);
    layer.forEach((node, at) => {
      corners[node * 2] = x + Math.floor(at / rows) * (NODE.width + GAP.x / 2);
      corners[node * 2 + 1] = box.y + PADDING.top + (at % rows) * (NODE.height + GAP.y);
    });
    x += layerWidth(columns) + GAP.x;
  }
}

/** Moves each column to the middle of the height. */
function centre(columns: number[][], boxes: Group[], group: Uint32Array, corners: Float32Array, height: number): void {
  const shift = new Float32Array(boxes.length);
  for (const column of columns) {
    const last = boxes[column.at(-1) ?? 0];
    const own = last ? last.y + last.height : 0;
    for (const at of column) {
      shift[at] = (height - own) / 2;
    }
  }
  boxes.forEach((box, at) => {
    box.y += shift[at] ?? 0;
  });
  group.forEach((at, node) => {
    corners[node * 2 + 1] = (corners[node * 2 + 1] ?? 0) + (shift[at] ?? 0);
  });
}
