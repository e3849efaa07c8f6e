// The extension in a browser, where nothing can be run.
import type * as vscode from "vscode";
import { start } from "./start";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  await start(context, { findCli: () => Promise.resolve(undefined) });
}
