// A layered picture of a graph: data flows to the right, and each node is right of all that it reads.

export interface Edge {
  readonly from: number;
  readonly to: number;
}

export interface Placed {
  readonly column: number;
  readonly row: number;
}

export interface Layout {
  /** Where each node goes. */
  readonly places: readonly Placed[];
  /** Where each edge passes the columns between its ends, so that it goes around the nodes there. */
  readonly passages: readonly (readonly Placed[])[];
}

/** Times that rows are put in order by their neighbours. */
const SWEEPS = 4;

/** Puts the nodes into columns and each column in order. Edges of a cycle are left out of the columns. */
export function layout(count: number, edges: readonly Edge[]): Layout {
  const columns = columnsOf(count, lists(count, edges, "from", "to"), lists(count, edges, "to", "from"));
  // A long edge takes a place in each column that it passes.
  const short: Edge[] = [];
  const passing = edges.map(({ from, to }) => {
    const passed: number[] = [];
    let last = from;
    for (let column = (columns[from] ?? 0) + 1; column < (columns[to] ?? 0); column += 1) {
      const place = columns.push(column) - 1;
      short.push({ from: last, to: place });
      passed.push(place);
      last = place;
    }
    short.push({ from: last, to });
    return passed;
  });
  const rows = rowsOf(columns, short);
  const placed = (node: number): Placed => ({ column: columns[node] ?? 0, row: rows[node] ?? 0 });
  return {
    places: Array.from({ length: count }, (_, node) => placed(node)),
    passages: passing.map((passed) => passed.map(placed)),
  };
}

/** The order within each column, by the middle of the neighbours: to the left and to the right in turn. */
function rowsOf(columns: readonly number[], edges: readonly Edge[]): number[] {
  const readers = lists(columns.length, edges, "from", "to");
  const read = lists(columns.length, edges, "to", "from");
  const byColumn: number[][] = [];
  columns.forEach((column, node) => {
    byColumn[column] ??= [];
    byColumn[column]?.push(node);
  });
  const rows = new Array<number>(columns.length).fill(0);
  const number = (nodes: readonly number[]) => {
    nodes.forEach((node, row) => {
      rows[node] = row;
    });
  };
  byColumn.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    const neighbours = forward ? read : readers;
    for (const nodes of forward ? byColumn : [...byColumn].reverse()) {
      const middle = new Map(nodes.map((node) => [node, mean(neighbours[node] ?? [], rows) ?? rows[node] ?? 0]));
      nodes.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0) || a - b);
      number(nodes);
    }
  }
  return rows;
}

/** A node is in the column behind the last of what it reads. */
function columnsOf(count: number, readers: readonly number[][], read: readonly number[][]): number[] {
  const columns = new Array<number>(count).fill(0);
  const missing = read.map((nodes) => nodes.length);
  const ready = missing.flatMap((number, node) => (number === 0 ? [node] : []));
  for (let at = 0; at < ready.length; at += 1) {
    const node = ready[at] ?? 0;
    for (const reader of readers[node] ?? []) {
      columns[reader] = Math.max(columns[reader] ?? 0, (columns[node] ?? 0) + 1);
      missing[reader] = (missing[reader] ?? 0) - 1;
      if (missing[reader] === 0) {
        ready.push(reader);
      }
    }
  }
  return columns;
}

/** The nodes that follow from one, in a direction, with itself. */
export function reach(count: number, edges: readonly Edge[], start: number, direction: "up" | "down"): Set<number> {
  const next = direction === "down" ? lists(count, edges, "from", "to") : lists(count, edges, "to", "from");
  const found = new Set([start]);
  for (const node of found) {
    for (const other of next[node] ?? []) {
      found.add(other);
    }
  }
  return found;
}

function lists(count: number, edges: readonly Edge[], by: keyof Edge, to: keyof Edge): number[][] {
  const found = Array.from({ length: count }, (): number[] => []);
  for (const edge of edges) {
    found[edge[by]]?.push(edge[to]);
  }
  return found;
}

function mean(nodes: readonly number[], rows: readonly number[]): number | undefined {
  return nodes.length === 0 ? undefined : nodes.reduce((sum, node) => sum + (rows[node] ?? 0), 0) / nodes.length;
}
