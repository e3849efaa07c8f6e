// Who is reached from where: neighbours of each node, and all that follows from a node.

/** Neighbours in one direction, packed: those of node `n` are `targets[starts[n] .. starts[n + 1]]`. */
export interface Adjacency {
  starts: Uint32Array;
  targets: Uint32Array;
}

/** Neighbours of all nodes. `edges` holds from and to by turns; `forward` follows them. */
export function adjacency(nodes: number, edges: Uint32Array, forward: boolean): Adjacency {
  const [near, far] = forward ? [0, 1] : [1, 0];
  const starts = new Uint32Array(nodes + 1);
  for (let at = 0; at < edges.length; at += 2) {
    const node = (edges[at + near] ?? 0) + 1;
    starts[node] = (starts[node] ?? 0) + 1;
  }
  for (let node = 0; node < nodes; node += 1) {
    starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  }
  const next = starts.slice();
  const targets = new Uint32Array(edges.length / 2);
  for (let at = 0; at < edges.length; at += 2) {
    const node = edges[at + near] ?? 0;
    const slot = next[node] ?? 0;
    targets[slot] = edges[at + far] ?? 0;
    next[node] = slot + 1;
  }
  return { starts, targets };
}

export function neighbours(of: Adjacency, node: number): Uint32Array {
  return of.targets.subarray(of.starts[node] ?? 0, of.starts[node + 1] ?? 0);
}

/** 1 for every node that is reached from `start`, itself included. */
export function reach(of: Adjacency, start: number): Uint8Array {
  const reached = new Uint8Array(of.starts.length - 1);
  const pending = [start];
  reached[start] = 1;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const next of neighbours(of, node)) {
      if (reached[next] === 0) {
        reached[next] = 1;
        pending.push(next);
      }
    }
  }
  return reached;
}

/**
 * The layer of each node: one more than that of the last node before it. Edges that close a cycle don't count, so this
 * ends for any graph.
 */
export function layers(nodes: number, edges: Uint32Array): Uint32Array {
  const forward = adjacency(nodes, edges, true);
  const finished = postorder(forward);
  const layer = new Uint32Array(nodes);
  const rank = new Uint32Array(nodes);
  finished.forEach((node, at) => {
    rank[node] = at;
  });
  for (let at = nodes - 1; at >= 0; at -= 1) {
    const node = finished[at] ?? 0;
    for (const next of neighbours(forward, node)) {
      // In a graph without cycles, everything that is reached is finished first.
      if ((rank[next] ?? 0) < at) {
        layer[next] = Math.max(layer[next] ?? 0, (layer[node] ?? 0) + 1);
      }
    }
  }
  return layer;
}

/** Nodes in the order in which a search in depth leaves them. */
function postorder(of: Adjacency): Uint32Array {
  const nodes = of.starts.length - 1;
  const seen = new Uint8Array(nodes);
  const order = new Uint32Array(nodes);
  let done = 0;
  for (let start = 0; start < nodes; start += 1) {
    if (seen[start] !== 0) {
      continue;
    }
    const path = [start];
    const at = [of.starts[start] ?? 0];
    seen[start] = 1;
    while (path.length > 0) {
      const node = path.at(-1) ?? 0;
      const edge = at.at(-1) ?? 0;
      if (edge < (of.starts[node + 1] ?? 0)) {
        at[at.length - 1] = edge + 1;
        const next = of.targets[edge] ?? 0;
        if (seen[next] === 0) {
          seen[next] = 1;
          path.push(next);
          at.push(of.starts[next] ?? 0);
        }
      } else {
        order[done] = node;
        done += 1;
        path.pop();
        at.pop();
      }
    }
  }
  return order;
}
