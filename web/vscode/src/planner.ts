// The planner: one module for all projects, read through the editor's own file system, which is there in a browser, too.
import { loadSync } from "@mz-deploy/planner";
import * as vscode from "vscode";

export async function loadPlanner(extension: vscode.Uri): Promise<void> {
  loadSync(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, "dist", "planner.wasm")));
}
