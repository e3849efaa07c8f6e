/** A git repository in a temporary folder. */
export class TestRepository {
  readonly root: string;

  /** The environment for what works there: nothing of the caller's own git, and the identity of its commits. */
  readonly env: Record<string, string | undefined>;

  /** Runs git there, and gives what it printed. */
  git(...args: string[]): string;

  /** Writes files; an absent text removes one. */
  write(files: Record<string, string | undefined>): void;

  /** Writes files and commits all that is there. Gives the commit. */
  commit(files: Record<string, string | undefined>): string;

  /** Removes the folder. */
  remove(): void;
}
