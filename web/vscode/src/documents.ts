// Texts that are in no file: the two sides of a change, and the plan as SQL.
import * as vscode from "vscode";
import type { Project } from "./project";

const SCHEME = "mz-deploy";

/** The documents that were shown last, by their address. */
export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions = [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      this.texts.delete(uri.toString());
    }),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Puts a text where it can be opened. */
  private put(project: Project, side: string, name: string, text: string): vscode.Uri {
    const path = `/${side}/${project.name}/${name.replaceAll("/", "_")}.sql`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  /** Shows what changes in an object, by its position in the plan. */
  async showDiff(project: Project, position: number): Promise<void> {
    const change = project.planner.change(position);
    if (change === undefined) {
      return;
    }
    const { name } = change.row;
    if (change.before === undefined && change.after === undefined) {
      const why = change.reasons.map(({ words }) => words).join(", because ");
      void vscode.window.showInformationMessage(`${name} itself doesn't change: ${why || change.row.why}.`);
      return;
    }
    const before = this.put(project, "before", name, change.before ?? "");
    const after = this.put(project, "after", name, change.after ?? "");
    await vscode.commands.executeCommand("vscode.diff", before, after, `${name} (deployed ↔ project)`, {
      preview: true,
    });
  }

  /** Shows the whole plan as a script. */
  async showSql(project: Project): Promise<void> {
    const sql = project.planner.render("sql");
    if (sql === undefined) {
      void vscode.window.showWarningMessage("There is no plan: the project has errors.");
      return;
    }
    const document = await vscode.workspace.openTextDocument(this.put(project, "plan", "plan", sql));
    await vscode.languages.setTextDocumentLanguage(document, "sql");
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
    this.changed.dispose();
  }
}
