// The project's files as rows of a tree.

export interface TreeRow {
  /** The path of the file or directory. */
  path: string;
  name: string;
  depth: number;
  /** The file's position among all paths; absent for a directory. */
  file?: number;
  /** Of a directory. */
  isOpen?: boolean;
}

/** Rows that are seen. Paths are in the order of `byTree`. With a filter, only files whose path has it are, and all directories are open. */
export function treeRows(paths: string[], closed: ReadonlySet<string>, filter: string): TreeRow[] {
  const wanted = filter.trim().toLowerCase();
  const rows: TreeRow[] = [];
  let above: string[] = [];
  paths.forEach((path, file) => {
    if (wanted !== "" && !path.toLowerCase().includes(wanted)) {
      return;
    }
    const parts = path.split("/");
    const depth = parts.length - 1;
    let shared = 0;
    while (shared < depth && shared < above.length && above[shared] === parts[shared]) {
      shared += 1;
    }
    let directory = "";
    for (let at = 0; at < depth; at += 1) {
      const name = parts[at] ?? "";
      directory = at === 0 ? name : `${directory}/${name}`;
      const isOpen = wanted !== "" || !closed.has(directory);
      if (at >= shared) {
        rows.push({ path: directory, name, depth: at, isOpen });
      }
      if (!isOpen) {
        above = parts.slice(0, at + 1);
        return;
      }
    }
    above = parts.slice(0, depth);
    rows.push({ path, name: parts[depth] ?? path, depth, file });
  });
  return rows;
}

/** What a key does in a tree: goes to another row, opens or closes a directory, opens a file. */
export type TreeMove = { goTo: TreeRow } | { toggle: string } | { open: string };

/** What a key does at a row: Enter opens and closes, Right opens or goes in, Left closes or goes out. */
export function treeMove(rows: TreeRow[], at: number, key: string): TreeMove | undefined {
  const row = rows[at];
  if (!row) {
    return undefined;
  }
  switch (key) {
    case "Enter":
    case " ":
      return row.file === undefined ? { toggle: row.path } : { open: row.path };
    case "ArrowRight": {
      if (row.isOpen === false) {
        return { toggle: row.path };
      }
      const inside = rows[at + 1];
      return row.isOpen && inside && inside.depth > row.depth ? { goTo: inside } : undefined;
    }
    case "ArrowLeft": {
      if (row.isOpen) {
        return { toggle: row.path };
      }
      const above = rows.slice(0, at).findLast(({ depth }) => depth < row.depth);
      return above && { goTo: above };
    }
    default:
      return undefined;
  }
}

/** Paths as a tree has them: sorted, and directories before files at every level. */
export function byTree(paths: Iterable<string>): string[] {
  const split = Array.from(paths, (path) => ({ path, parts: path.split("/") }));
  return split.sort((a, b) => compare(a.parts, b.parts)).map(({ path }) => path);
}

function compare(a: string[], b: string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left = "", right = ""] = [a[at], b[at]];
    const [leftIsFile, rightIsFile] = [at === a.length - 1, at === b.length - 1];
    if (leftIsFile !== rightIsFile) {
      return leftIsFile ? 1 : -1;
    }
    if (left !== right) {
      return left < right ? -1 : 1;
    }
  }
  return a.length - b.length;
}
