// All projects of the workspace, which may have several folders with several projects each.
import * as vscode from "vscode";
import { findProjects } from "./files";
import { oneByOne, reason } from "./order";
import { innermost } from "./paths";
import { Project } from "./project";

const CONTEXT = "mzDeploy.hasProject";

export class Projects implements vscode.Disposable {
  private projects: Project[] = [];
  private readonly changed = new vscode.EventEmitter<Project>();
  private readonly closed = new vscode.EventEmitter<Project>();
  private readonly subscriptions: vscode.Disposable[] = [];

  /** A project was looked at again. */
  readonly onDidChange = this.changed.event;
  /** A project is no longer there. */
  readonly onDidClose = this.closed.event;

  constructor() {
    const settings = vscode.workspace.createFileSystemWatcher("**/project.toml", false, true, false);
    const search = () => {
      void this.search();
    };
    this.subscriptions.push(
      settings,
      settings.onDidCreate(search),
      settings.onDidDelete(search),
      vscode.workspace.onDidChangeWorkspaceFolders(search),
    );
  }

  get all(): readonly Project[] {
    return this.projects;
  }

  /** The project that a file belongs to. */
  of(uri: vscode.Uri | undefined): Project | undefined {
    if (uri === undefined) {
      return undefined;
    }
    const roots = this.projects.map((project) => ({ project, path: project.root.path }));
    const project = innermost(roots, uri.path)?.project;
    return project?.pathOf(uri) === undefined ? undefined : project;
  }

  /** The project of the active editor; else the only one, or the one that somebody picks. */
  async pick(): Promise<Project | undefined> {
    const active = this.of(vscode.window.activeTextEditor?.document.uri);
    if (active !== undefined || this.projects.length < 2) {
      return active ?? this.projects[0];
    }
    const items = this.projects.map((project) => ({
      label: project.name,
      description: vscode.workspace.asRelativePath(project.root),
      project,
    }));
    return (await vscode.window.showQuickPick(items, { placeHolder: "Which project?" }))?.project;
  }

  /** Looks for projects, opens those that came, and closes those that went. One search at a time. */
  readonly search = oneByOne(() => this.searchNow(), tell);

  private async searchNow(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const roots = (await Promise.all(folders.map((folder) => findProjects(folder.uri)))).flat();
    const wanted = new Map(roots.map((root) => [root.toString(), root]));
    for (const project of this.projects.filter(({ root }) => !wanted.has(root.toString()))) {
      this.projects = this.projects.filter((other) => other !== project);
      this.closed.fire(project);
      project.dispose();
    }
    for (const { root } of this.projects) {
      wanted.delete(root.toString());
    }
    for (const root of wanted.values()) {
      try {
        await this.open(root);
      } catch (error) {
        tell(error);
      }
    }
    await vscode.commands.executeCommand("setContext", CONTEXT, this.projects.length > 0);
  }

  private async open(root: vscode.Uri): Promise<void> {
    const project = await Project.load(root);
    project.onDidChange(() => {
      this.changed.fire(project);
    });
    this.projects = [...this.projects, project].sort((a, b) => (a.root.path < b.root.path ? -1 : 1));
    this.changed.fire(project);
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
    this.projects.forEach((project) => {
      project.dispose();
    });
    this.changed.dispose();
    this.closed.dispose();
  }
}

function tell(error: unknown): void {
  void vscode.window.showErrorMessage(`A project can't be opened: ${reason(error)}.`);
}
