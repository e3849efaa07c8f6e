// Which files belong to a project, and what they are called in it.

const ROOT_FILES = ["project.toml", "types.lock"];
const DIRECTORIES = ["clusters", "models", "network-policies", "roles"];

/** True for a path, relative to the project, that the planner reads. */
export function belongs(path: string): boolean {
  const [first = "", ...rest] = path.split("/");
  return rest.length === 0 ? ROOT_FILES.includes(first) : DIRECTORIES.includes(first) && /\.sql$/i.test(path);
}

/** What has to be looked through for files of a project. */
export const SEARCHED: readonly string[] = DIRECTORIES;
export const AT_ROOT: readonly string[] = ROOT_FILES;

/** The path of a file relative to a folder; absent if it isn't in there. Both have `/` between their parts. */
export function relativeTo(folder: string, file: string): string | undefined {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return file.startsWith(prefix) && file.length > prefix.length ? file.slice(prefix.length) : undefined;
}

/** The innermost of some folders that holds a file. */
export function innermost<T extends { path: string }>(folders: readonly T[], file: string): T | undefined {
  const holding = folders.filter((folder) => relativeTo(folder.path, file) !== undefined);
  return holding.sort((a, b) => b.path.length - a.path.length)[0];
}
