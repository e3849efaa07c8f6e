// Where an arrow key leads from an object of the graph.
import type { Layout } from "./model";
import { type Adjacency, neighbours } from "./reach";

export type Direction = "left" | "right" | "up" | "down";

/** Left to what is read, right to what reads it, up and down to the nearest one of the same column. */
export function walk(
  layout: Layout,
  before: Adjacency,
  after: Adjacency,
  from: number | undefined,
  to: Direction,
): number | undefined {
  if (from === undefined) {
    return layout.labels.length > 0 ? 0 : undefined;
  }
  const x = (node: number) => layout.corners[node * 2] ?? 0;
  const y = (node: number) => layout.corners[node * 2 + 1] ?? 0;
  if (to === "left" || to === "right") {
    return nearest(neighbours(to === "left" ? before : after, from), (node) => Math.abs(y(node) - y(from)));
  }
  const sign = to === "up" ? -1 : 1;
  const column = Array.from(layout.labels.keys()).filter(
    (node) => x(node) === x(from) && (y(node) - y(from)) * sign > 0,
  );
  return nearest(column, (node) => Math.abs(y(node) - y(from)));
}

function nearest(nodes: ArrayLike<number>, distance: (node: number) => number): number | undefined {
  let best: number | undefined;
  for (const node of Array.from(nodes)) {
    if (best === undefined || distance(node) < distance(best)) {
      best = node;
    }
  }
  return best;
}
