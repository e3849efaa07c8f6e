// What a project was at the last commit, from what git says has changed since.
import { eachOf } from "./order";
import { relativeTo } from "./paths";

/** So many files are asked of git at once: each is a process. */
const AT_ONCE = 8;

/** A change as the git extension's interface has it. */
export interface Change {
  readonly uri: Path;
  readonly originalUri: Path;
  readonly renameUri: Path | undefined;
  readonly status: number;
}
interface Path {
  readonly path: string;
}

/** What the git extension knows of a repository, by where it found it. */
export interface GitState {
  readonly indexChanges: readonly Change[];
  readonly workingTreeChanges: readonly Change[];
  /** What a merge left in conflict. */
  readonly mergeChanges?: readonly Change[];
  readonly untrackedChanges?: readonly Change[];
}

/**
 * Statuses of the interface: files that the last commit doesn't have. Added to the index, untracked, intended to be added; in a
 * merge, added by the other side, or deleted by ours or by both.
 */
const NEW = new Set([1, 7, 9, 13, 14, 17]);
/** Of a file that is gone: from the index, from the working tree, or in a merge by both sides. */
const GONE = new Set([2, 6, 17]);

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
  const before = changes.flatMap((change) => (change.before === undefined ? [] : [change.before])).filter(belongs);
  const wanted = [...new Set(before)];
  const texts = await eachOf(wanted, AT_ONCE, show);
  wanted.forEach((path, at) => {
    files.set(path, texts[at] ?? "");
  });
  return files;
}

/** What has changed in a project, from what the git extension says of its repository. */
export function changesIn(project: string, state: GitState): GitChange[] {
  const { indexChanges, workingTreeChanges, mergeChanges = [], untrackedChanges = [] } = state;
  const path = (uri: Path) => relativeTo(project, uri.path);
  const added = new Set(indexChanges.filter(({ status }) => NEW.has(status)).map(({ uri }) => uri.path));
  return [...indexChanges, ...workingTreeChanges, ...mergeChanges, ...untrackedChanges].map((change) => {
    // A file that was added and then edited is new, whatever its second status says.
    const isNew = NEW.has(change.status) || added.has(change.uri.path);
    return {
      path: GONE.has(change.status) ? undefined : path(change.renameUri ?? change.uri),
      before: isNew ? undefined : path(change.originalUri),
    };
  });
}
