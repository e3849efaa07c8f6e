// What files are called in a project, and which project they are in.

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
