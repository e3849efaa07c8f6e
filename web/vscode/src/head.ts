// What a project was at the last commit, from what git says has changed since.

/** A file that is not what it was at the last commit. Paths are relative to the project. */
export interface GitChange {
  /** Where it is now; absent if it is gone. */
  readonly path: string | undefined;
  /** Where it was; absent if it is new. */
  readonly before: string | undefined;
}

/**
 * The texts at the last commit. `saved` has those on disk, `show` finds one at the last commit.
 *
 * Unchanged files are taken from disk: so only what changed is asked of git.
 */
export async function filesAtHead(
  saved: ReadonlyMap<string, string>,
  changes: readonly GitChange[],
  belongs: (path: string) => boolean,
  show: (path: string) => Promise<string>,
): Promise<Map<string, string>> {
  const files = new Map(saved);
  for (const { path } of changes) {
    if (path !== undefined) {
      files.delete(path);
    }
  }
  for (const { before } of changes) {
    if (before !== undefined && belongs(before)) {
      files.set(before, await show(before));
    }
  }
  return files;
}
