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

/** Rows that are seen. Paths are sorted. With a filter, only files whose path has it are, and all directories are open. */
export function treeRows(paths: string[], closed: ReadonlySet<string>, filter: string): TreeRow[] {
  const wanted = filter.trim().toLowerCase();
  const rows: TreeRow[] = [];
  let above: string[] = [];
  // Directories before files, at every level: a sorted list of paths with the directories' parts marked does that.
  const order = paths
    .map((path, file) => ({ parts: path.split("/"), path, file }))
    .sort((a, b) => compare(a.parts, b.parts));
  for (const { parts, path, file } of order) {
    if (wanted !== "" && !path.toLowerCase().includes(wanted)) {
      continue;
    }
    const directories = parts.slice(0, -1);
    let hidden = false;
    directories.forEach((name, depth) => {
      const directory = parts.slice(0, depth + 1).join("/");
      const isKnown = above[depth] === name && directories.slice(0, depth).every((part, at) => above[at] === part);
      const isOpen = wanted !== "" || !closed.has(directory);
      if (!isKnown && !hidden) {
        rows.push({ path: directory, name, depth, isOpen });
      }
      hidden ||= !isOpen;
    });
    above = directories;
    if (!hidden) {
      rows.push({ path, name: parts.at(-1) ?? path, depth: directories.length, file });
    }
  }
  return rows;
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
