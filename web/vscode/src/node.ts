// The extension on a desktop or on a server.
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type * as vscode from "vscode";
import { start } from "./start";

const NAMES = process.platform === "win32" ? ["mz-deploy.exe"] : ["mz-deploy"];

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  await start(context, { findCli });
}

async function findCli(configured: string | undefined): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates =
    configured === undefined ? folders.flatMap((folder) => NAMES.map((name) => join(folder, name))) : [configured];
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}
