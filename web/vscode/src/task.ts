// The task that takes a snapshot: what it is called with, and how it ends.
import type * as vscode from "vscode";

/** What the editor has for tasks. */
export type Tasks = Pick<typeof vscode.tasks, "executeTask" | "onDidEndTask" | "onDidEndTaskProcess">;

export interface SnapshotFiles {
  readonly deployed: string;
  readonly live: string;
}

/** Arguments of the command line. They are passed as they are: no shell reads them. */
export function snapshotArguments(root: string, profile: string | undefined, files: SnapshotFiles): string[] {
  const chosen = profile === undefined ? [] : ["--profile", profile];
  return ["-d", root, ...chosen, "snapshot", "--deployed", files.deployed, "--live", files.live];
}

/**
 * Runs a task to its end; the exit code is absent if its process never started.
 *
 * A task can end before the editor says that it began, and one without a process ends without an exit code: so both ends are
 * listened for beforehand, and the task is known by its definition, which is its own.
 */
export async function runTask(tasks: Tasks, task: vscode.Task): Promise<number | undefined> {
  const isOurs = ({ definition }: vscode.Task) => definition["run"] === task.definition["run"];
  const listeners: vscode.Disposable[] = [];
  const ended = new Promise<number | undefined>((done) => {
    listeners.push(
      tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (isOurs(execution.task)) {
          done(exitCode);
        }
      }),
      tasks.onDidEndTask(({ execution }) => {
        if (isOurs(execution.task)) {
          // The end of the process, if there was one, is told in the same breath.
          setTimeout(() => done(undefined), 0);
        }
      }),
    );
  });
  try {
    await tasks.executeTask(task);
    return await ended;
  } finally {
    listeners.forEach((listener) => {
      listener.dispose();
    });
  }
}
