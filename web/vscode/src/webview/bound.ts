// As much of a graph as one picture can have.
import type { GraphView } from "@mz-deploy/planner";

export interface Part {
  readonly graph: GraphView;
  readonly actions: Readonly<Record<number, string>>;
  /** Objects that are left out. */
  readonly left: number;
}

/** So many objects at the most: those to which something happens, then what is next to them, step by step, then the others. */
export function bounded(graph: GraphView, actions: Readonly<Record<number, string>>, most: number): Part {
  const { nodes, edges } = graph;
  if (nodes.length <= most) {
    return { graph, actions, left: 0 };
  }
  const near: number[][] = nodes.map(() => []);
  for (const { from, to } of edges) {
    near[from]?.push(to);
    near[to]?.push(from);
  }
  const taken = new Set<number>();
  const first = nodes.map((_, position) => position).filter((position) => actions[position] !== undefined);
  const others = nodes.map((_, position) => position);
  for (const start of [first, ...others.map((position) => [position])]) {
    let ring = start;
    while (ring.length > 0 && taken.size < most) {
      const fresh = ring.filter((position) => !taken.has(position)).slice(0, most - taken.size);
      for (const position of fresh) {
        taken.add(position);
      }
      ring = [...new Set(fresh.flatMap((position) => near[position] ?? []))];
    }
  }
  const kept = [...taken].sort((a, b) => a - b);
  const places = new Map(kept.map((position, place) => [position, place]));
  return {
    graph: {
      ...graph,
      nodes: nodes.filter((_, position) => taken.has(position)),
      edges: edges.flatMap((edge) => {
        const [from, to] = [places.get(edge.from), places.get(edge.to)];
        return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
      }),
    },
    actions: Object.fromEntries(
      kept.flatMap((position, place) => {
        const action = actions[position];
        return action === undefined ? [] : [[place, action]];
      }),
    ),
    left: nodes.length - taken.size,
  };
}
