// The extension on a desktop or on a server.
import type * as vscode from "vscode";
import { findCli } from "./find";
import { start } from "./start";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  await start(context, { findCli: (configured) => findCli(configured) });
}
