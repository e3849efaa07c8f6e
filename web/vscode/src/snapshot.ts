// Takes a snapshot of the environment with the command line, where there is one. It asks for what it needs in a terminal.
import * as vscode from "vscode";
import type { Project } from "./project";
import { readSettings, writeSetting } from "./settings";
import { runTask, snapshotArguments } from "./task";

/** Where snapshots go in a project, unless the settings say otherwise. */
const DEPLOYED = ".mz-deploy/deployed.json";
const LIVE = ".mz-deploy/live.json";

let runs = 0;

export async function takeSnapshot(project: Project, cli: string | undefined): Promise<void> {
  if (cli === undefined) {
    void vscode.window.showWarningMessage(
      "The command line mz-deploy was not found: put it on PATH, or set mzDeploy.path.",
    );
    return;
  }
  const settings = readSettings(project.root);
  const deployed = settings.snapshot ?? DEPLOYED;
  const live = settings.live ?? LIVE;
  const folder = vscode.Uri.joinPath(project.root, ".mz-deploy");
  await vscode.workspace.fs.createDirectory(folder);
  // What an environment looks like is no part of the project.
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, ".gitignore"), new TextEncoder().encode("*\n"));
  const root = project.root.fsPath;
  const args = snapshotArguments(root, settings.profile, { deployed, live });
  const execution = new vscode.ProcessExecution(cli, args, { cwd: root });
  const scope = vscode.workspace.getWorkspaceFolder(project.root) ?? vscode.TaskScope.Workspace;
  runs += 1;
  const task = new vscode.Task({ type: "mz-deploy", run: runs }, scope, "Take a snapshot", "mz-deploy", execution);
  const code = await runTask(vscode.tasks, task);
  if (code !== 0) {
    void vscode.window.showErrorMessage("No snapshot was taken: the terminal says why.");
    return;
  }
  await writeSetting(project.root, "snapshot", deployed);
  await writeSetting(project.root, "live", live);
  await writeSetting(project.root, "compareWith", "snapshot");
}
