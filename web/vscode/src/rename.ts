// Renames: checked by the planner before anything is edited, in the editor and in the explorer.
import type { RenameView } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { at } from "./navigation";
import { rangeOf } from "./places";
import type { Project } from "./project";
import type { Projects } from "./projects";

/** Objects of a folder can mention each other without its name, so what follows is more than what follows from each file. */
const UNFOLLOWED =
  "Nothing else was edited: no file follows the new name of a folder. Problems show what is left to do.";

export class Renames implements vscode.RenameProvider {
  /** The files that the last rename moves: its edits are made before, so nothing follows from that. */
  private moved = new Set<string>();

  constructor(private readonly projects: Projects) {}

  /** True once for a file that a rename in the editor moves. */
  isMovedByRename(from: vscode.Uri, to: vscode.Uri): boolean {
    return this.moved.delete(`${from.toString()} ${to.toString()}`);
  }

  prepareRename(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): { range: vscode.Range; placeholder: string } {
    const place = at(this.projects, document, position);
    const view = place?.project.planner.rename(place.path, place.line, place.column);
    if (view?.at === undefined) {
      throw new Error("There is no name here that can be another one.");
    }
    refuse(view);
    return { range: rangeOf(view.at), placeholder: view.name };
  }

  provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    name: string,
  ): vscode.WorkspaceEdit | undefined {
    const place = at(this.projects, document, position);
    const view = place?.project.planner.rename(place.path, place.line, place.column, name);
    if (place === undefined || view === undefined) {
      return undefined;
    }
    refuse(view);
    tell(view);
    const edit = edits(place.project, view);
    this.moved = new Set();
    for (const { from, to } of view.files ?? []) {
      const [before, after] = [place.project.uriOf(from), place.project.uriOf(to)];
      edit.renameFile(before, after);
      this.moved.add(`${before.toString()} ${after.toString()}`);
    }
    return edit;
  }
}

/** When a file gets another name in the explorer, what mentions it follows. */
export function followFiles(projects: Projects, renames: Renames): vscode.Disposable {
  return vscode.workspace.onWillRenameFiles((event) => {
    for (const { oldUri, newUri } of event.files) {
      const folder = projects.all.find((each) => each.hasFilesIn(oldUri));
      if (folder !== undefined) {
        void vscode.window.showWarningMessage(UNFOLLOWED);
        continue;
      }
      const project = projects.of(oldUri);
      const [from, to] = [project?.pathOf(oldUri), project?.pathOf(newUri)];
      if (project === undefined || from === undefined || to === undefined || renames.isMovedByRename(oldUri, newUri)) {
        continue;
      }
      const view = project.planner.renameFile(from, to);
      if (view === undefined) {
        continue;
      }
      if ((view.problems ?? []).length > 0) {
        void vscode.window.showWarningMessage(`Nothing else was edited: ${view.problems?.join("; ")}.`);
      } else {
        event.waitUntil(Promise.resolve(edits(project, view)));
        tell(view);
      }
    }
  });
}

function refuse(view: RenameView): void {
  if ((view.problems ?? []).length > 0) {
    throw new Error(`${view.problems?.join("; ")}.`);
  }
}

function tell(view: RenameView): void {
  if ((view.notes ?? []).length > 0) {
    void vscode.window.showInformationMessage(`${view.name}: ${view.notes?.join("; ")}.`);
  }
}

function edits(project: Project, view: RenameView): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { at: place, replacement } of view.edits ?? []) {
    edit.replace(project.uriOf(place.path ?? ""), rangeOf(place), replacement);
  }
  return edit;
}
