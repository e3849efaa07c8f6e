// Places of the planner as ranges of the editor. The planner counts from 1, the editor from 0.
import type { LabelView } from "@mz-deploy/planner";
import * as vscode from "vscode";
import type { Project } from "./project";

/** A place in a file; the file's beginning where the file as a whole is meant. */
export function rangeOf(place: LabelView): vscode.Range {
  const { start, end } = place;
  return start === undefined || end === undefined
    ? new vscode.Range(0, 0, 0, 0)
    : new vscode.Range(start.line - 1, start.utf16_column - 1, end.line - 1, end.utf16_column - 1);
}

export function locationOf(project: Project, place: LabelView): vscode.Location {
  return new vscode.Location(project.uriOf(place.path ?? "project.toml"), rangeOf(place));
}

/** Opens a file of a project at a line, from 1: beside the panel, which is in the second column. */
export async function openAt(project: Project, path: string, line = 1): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(project.uriOf(path), {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.One,
  });
}
