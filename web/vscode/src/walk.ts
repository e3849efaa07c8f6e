// Which files of a folder are a project's.

/** Folders deeper than this are not read; the project's own tree is three deep. */
const MAX_DEPTH = 12;

/** What a folder has. A link is a file if it leads to one, and never a directory. */
export interface Entry {
  name: string;
  isFile: boolean;
  isDirectory: boolean;
}

/**
 * The paths of a project's files, by what its folders list; the project's own folder is the empty path. A file at the top
 * may not be there.
 *
 * At the top, names that a project may have are opened whatever the listing says of them: where letter case doesn't count,
 * `models` opens `Models`, and a link is what it leads to.
 */
export async function projectPaths(
  list: (folder: string) => Promise<Entry[]>,
  belongs: (path: string) => boolean,
): Promise<string[]> {
  const names = [...new Set((await list("")).map(({ name }) => name.toLowerCase()))];
  const below = names.filter((name) => belongs(`${name}/`)).map((name) => pathsIn(name, 1));
  return [...names.filter(belongs), ...(await Promise.all(below)).flat()];

  async function pathsIn(folder: string, depth: number): Promise<string[]> {
    if (depth > MAX_DEPTH) {
      return [];
    }
    const entries = await list(folder);
    const found = await Promise.all(
      entries.map(async ({ name, isFile, isDirectory }) => {
        const path = `${folder}/${name}`;
        if (isDirectory) {
          return belongs(`${path}/`) ? pathsIn(path, depth + 1) : [];
        }
        return isFile && belongs(path) ? [path] : [];
      }),
    );
    return found.flat();
  }
}
