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
const GROUP_GAP = { x: 110, y: 28 } as const;
/** A column of a group that is longer than this is broken. */
const TALLEST = 14;
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
  const order = new Float32Array(group.length);
  const boxes: Group[] = input.labels.map((label) => ({ label, x: 0, y: 0, width: 0, height: 0, counts: STATES.map(() => 0) }));
  input.states.forEach((state, node) => {
    const counts = boxes[group[node] ?? 0]?.counts;
    if (counts) {
      counts[state] = (counts[state] ?? 0) + 1;
    }
  });
  const corners = new Float32Array(group.length * 2);
  const inside = innerLayers(group, edges);
  const before = adjacency(group.length, edges, false);

  // From left to right, so that a group's objects stand beside what they read.
  let x = 0;
  let height = 0;
  for (const column of columns) {
    let y = 0;
    let width = 0;
    for (const at of column) {
      const box = boxes[at];
      if (!box) {
        continue;
      }
      box.x = x;
      box.y = y;
      place(box, members[at] ?? [], inside, before, order, corners);
      y += box.height + GROUP_GAP.y;
      width = Math.max(width, box.width);
    }
    x += width + GROUP_GAP.x;
    height = Math.max(height, y - GROUP_GAP.y);
  }
  centre(columns, boxes, group, corners, height);
  return { corners, groups: boxes, groupEdges, width: Math.max(0, x - GROUP_GAP.x), height: Math.max(0, height) };
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
  const number = (column: number[]) => column.forEach((node, at) => (position[node] = at - (column.length - 1) / 2));
  columns.forEach(number);
  const directions = [adjacency(nodes, edges, false), adjacency(nodes, edges, true)] as const;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const towards = directions[sweep % 2 === 0 ? 0 : 1];
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const wish = new Map(column.map((node) => [node, mean(neighbours(towards, node), position) ?? position[node] ?? 0]));
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

/** Gives the objects of a group their places, and the group its size. */
function place(
  box: Group,
  members: number[],
  inside: Uint32Array,
  before: ReturnType<typeof adjacency>,
  order: Float32Array,
  corners: Float32Array,
): void {
  const byLayer: number[][] = [];
  for (const node of members) {
    const at = inside[node] ?? 0;
    byLayer[at] ??= [];
    byLayer[at]?.push(node);
  }
  // A large group without an inner order is about as wide as it is high.
  const tallest = Math.max(TALLEST, Math.ceil(Math.sqrt(members.length * 4)));
  let x = box.x + PADDING.x;
  let deepest = 0;
  for (const layer of byLayer) {
    // What is read by nobody before keeps its place in the order of names.
    const wish = new Map(layer.map((node) => [node, mean(neighbours(before, node), order) ?? 0]));
    layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || a - b);
    const chunks = Math.ceil(layer.length / tallest);
    const rows = Math.ceil(layer.length / chunks);
    layer.forEach((node, at) => {
      const row = at % rows;
      const y = box.y + PADDING.top + row * (NODE.height + GAP.y);
      corners[node * 2] = x + Math.floor(at / rows) * (NODE.width + GAP.x / 2);
      corners[node * 2 + 1] = y;
      order[node] = y;
    });
    x += chunks * (NODE.width + GAP.x / 2) - GAP.x / 2 + GAP.x;
    deepest = Math.max(deepest, rows);
  }
  box.width = Math.max(NODE.width + 2 * PADDING.x, x - GAP.x + PADDING.x - box.x);
  box.height = PADDING.top + deepest * (NODE.height + GAP.y) - GAP.y + PADDING.bottom;
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
