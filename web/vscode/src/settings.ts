// What the user chose, for the folder that a project is in.
import type { StageOptions } from "@mz-deploy/planner";
import * as vscode from "vscode";

export type Comparison = "head" | "snapshot" | "nothing";

export interface Settings {
  readonly profile: string | undefined;
  readonly variables: Record<string, string>;
  readonly variablesFile: string | undefined;
  readonly compareWith: Comparison;
  readonly snapshot: string | undefined;
  readonly live: string | undefined;
  readonly strategy: StageOptions["strategy"];
}

export const SECTION = "mzDeploy";

export function readSettings(project: vscode.Uri): Settings {
  const settings = vscode.workspace.getConfiguration(SECTION, project);
  const text = (name: string) => settings.get<string>(name)?.trim() || undefined;
  const strategy = text("strategy");
  return {
    profile: text("profile"),
    variables: settings.get<Record<string, string>>("variables") ?? {},
    variablesFile: text("variablesFile"),
    compareWith: settings.get<Comparison>("compareWith") ?? "head",
    snapshot: text("snapshot"),
    live: text("live"),
    strategy: strategy === "swap" || strategy === "rename" || strategy === "auto" ? strategy : undefined,
  };
}

/** Writes a setting for the folder, or for the workspace where there is only one. */
export async function writeSetting(project: vscode.Uri, name: string, value: string): Promise<void> {
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const target = several ? vscode.ConfigurationTarget.WorkspaceFolder : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration(SECTION, project).update(name, value, target);
}
