// What the extension does on a desktop: it finds the command line and runs it as a task.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import type * as vscode from "vscode";
import { findCli } from "../src/find";
import { runTask, snapshotArguments, type Tasks } from "../src/task";

test("the command line is the first program of its name in the search path, or the one of the settings", async () => {
  const root = mkdtempSync(join(tmpdir(), "mz-deploy-path-"));
  const folder = (name: string) => join(root, name);
  for (const name of ["empty", "folder", "text", "one", "two"]) {
    mkdirSync(folder(name));
  }
  mkdirSync(join(folder("folder"), "mz-deploy"));
  const program = (name: string, mode: number) => {
    const path = join(folder(name), "mz-deploy");
    writeFileSync(path, "#!/bin/sh\n");
    chmodSync(path, mode);
    return path;
  };
  const text = program("text", 0o644);
  const [one, two] = [program("one", 0o755), program("two", 0o755)];
  const path = (...names: string[]) => names.map(folder).join(delimiter);
  assert.equal(await findCli(undefined, path("empty", "folder", "text", "one", "two")), one);
  assert.equal(await findCli(undefined, path("empty", "text")), undefined);
  assert.equal(await findCli(undefined, ""), undefined);
  assert.equal(await findCli(two, path("one")), two);
  assert.equal(await findCli(text, path("one")), undefined);
  rmSync(root, { recursive: true });
});

test("a snapshot is taken of the project, with its profile, into its files", () => {
  const files = { deployed: ".mz-deploy/deployed.json", live: ".mz-deploy/live.json" };
  const rest = ["snapshot", "--deployed", files.deployed, "--live", files.live];
  assert.deepEqual(snapshotArguments("/p", undefined, files), ["-d", "/p", ...rest]);
  assert.deepEqual(snapshotArguments("/p", "a b; c", files), ["-d", "/p", "--profile", "a b; c", ...rest]);
});

/** The editor's tasks, of which a test says what happens while one is begun. */
class Editor implements Tasks {
  private readonly ends: ((event: vscode.TaskEndEvent) => unknown)[] = [];
  private readonly exits: ((event: vscode.TaskProcessEndEvent) => unknown)[] = [];
  listeners = 0;

  constructor(private readonly begun: (editor: Editor, execution: vscode.TaskExecution) => void) {}

  private readonly listen = <T>(all: T[], listener: T): vscode.Disposable => {
    all.push(listener);
    this.listeners += 1;
    return {
      dispose: () => {
        this.listeners -= 1;
      },
    };
  };

  onDidEndTask = (listener: (event: vscode.TaskEndEvent) => unknown) => this.listen(this.ends, listener);
  onDidEndTaskProcess = (listener: (event: vscode.TaskProcessEndEvent) => unknown) => this.listen(this.exits, listener);

  async executeTask(task: vscode.Task): Promise<vscode.TaskExecution> {
    const execution = { task, terminate: () => {} };
    this.begun(this, execution);
    await new Promise((done) => setTimeout(done, 5));
    return execution;
  }

  exit(execution: vscode.TaskExecution, exitCode: number): void {
    for (const listener of this.exits) listener({ execution, exitCode });
    this.end(execution);
  }

  end(execution: vscode.TaskExecution): void {
    for (const listener of this.ends) listener({ execution });
  }
}

const task = (run: number) => ({ definition: { type: "mz-deploy", run } }) as unknown as vscode.Task;

test("a task that ends before it is said to have begun is waited for no longer", async () => {
  const editor = new Editor((all, execution) => all.exit(execution, 3));
  assert.equal(await runTask(editor, task(1)), 3);
  assert.equal(editor.listeners, 0);
});

test("a task whose process can't start ends without an exit code", async () => {
  const editor = new Editor((all, execution) => setTimeout(() => all.end(execution), 10));
  assert.equal(await runTask(editor, task(1)), undefined);
});

test("the end of another task is not ours, and the editor may know ours by another object", async () => {
  const editor = new Editor((all) => {
    const other = { task: task(2), terminate: () => {} };
    all.exit(other, 7);
    setTimeout(() => all.exit({ task: task(1), terminate: () => {} }, 0), 10);
  });
  assert.equal(await runTask(editor, task(1)), 0);
});
