/** A git repository in a temporary folder. */
export class Repository {
  readonly root: string;

  /** Runs git there, and gives what it printed. */
  git(...args: string[]): string;

  /** Writes files; an absent text removes one. */
  write(files: Record<string, string | undefined>): void;

  /** Writes files and commits all that is there. Gives the commit. */
  commit(files: Record<string, string | undefined>): string;

  /** Removes the folder. */
  remove(): void;
}
