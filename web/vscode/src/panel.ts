// Panels: a page of our own script and style, which may load nothing else and be sent nothing but data.
import * as vscode from "vscode";
import type { Documents } from "./documents";
import { type FromPanel, PANEL_COMMANDS, type ToPanel } from "./messages";
import { openAt } from "./places";
import type { Project } from "./project";
import type { Projects } from "./projects";

/** The most steps of a phase that are shown in a panel; all of them are in the plan as SQL. */
const MOST_STEPS = 500;

export interface PanelKind {
  readonly id: string;
  readonly title: string;
  readonly script: string;
  readonly column: vscode.ViewColumn;
  /** What the panel shows of a project; absent while there is nothing. */
  state(project: Project): ToPanel | undefined;
}

/** One panel of a kind, which shows one project. */
export class Panel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private project: Project | undefined;
  /** What it shows isn't what is there: a panel that nobody sees is told when it is seen again. */
  private isBehind = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly kind: PanelKind,
    private readonly extension: vscode.Uri,
    projects: Projects,
    private readonly documents: Documents,
  ) {
    this.subscriptions = [
      projects.onDidChange((project) => {
        if (project === this.project) {
          this.refresh();
        }
      }),
      projects.onDidClose((project) => {
        if (project === this.project) {
          this.panel?.dispose();
        }
      }),
    ];
  }

  show(project: Project): void {
    this.project = project;
    if (this.panel !== undefined) {
      this.panel.reveal();
      this.send();
      return;
    }
    const dist = vscode.Uri.joinPath(this.extension, "dist");
    const panel = vscode.window.createWebviewPanel(this.kind.id, this.kind.title, this.kind.column, {
      enableScripts: true,
      localResourceRoots: [dist],
      retainContextWhenHidden: true,
    });
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extension, "media", "panel.svg");
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.project = undefined;
    });
    panel.onDidChangeViewState(() => {
      if (panel.visible && this.isBehind) {
        this.send();
      }
    });
    panel.webview.onDidReceiveMessage((message: FromPanel) => {
      void this.answer(message);
    });
    panel.webview.html = page(panel.webview, dist, this.kind);
  }

  /** Shows what is there now, or, if nobody sees it, when somebody does. */
  refresh(): void {
    if (this.panel?.visible === false) {
      this.isBehind = true;
    } else {
      this.send();
    }
  }

  private send(): void {
    this.isBehind = false;
    const state = this.project === undefined ? undefined : this.kind.state(this.project);
    if (state !== undefined) {
      void this.panel?.webview.postMessage(state);
    }
  }

  private async answer(message: FromPanel): Promise<void> {
    const { project } = this;
    if (project === undefined) {
      return;
    }
    const reply = (answer: ToPanel) => this.panel?.webview.postMessage(answer);
    switch (message.kind) {
      case "ready":
        this.send();
        break;
      case "open":
        // A path comes from the planner, and leads to a file of the project.
        if (project.pathOf(project.uriOf(message.path)) !== undefined) {
          await openAt(project, message.path, message.line);
        }
        break;
      case "command":
        if (PANEL_COMMANDS.includes(message.command)) {
          await vscode.commands.executeCommand(`mzDeploy.${message.command}`, project);
        }
        break;
      case "diff":
        await this.documents.showDiff(project, message.position);
        break;
      case "change":
        await reply({ kind: "change", position: message.position, change: project.planner.change(message.position) });
        break;
      case "steps":
        await reply({
          kind: "steps",
          phase: message.phase,
          steps: project.planner.steps(message.phase, 0, MOST_STEPS),
        });
        break;
    }
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
    this.panel?.dispose();
  }
}

function page(webview: vscode.Webview, dist: vscode.Uri, kind: PanelKind): string {
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, kind.script)).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, "panel.css")).toString();
  const policy = `default-src 'none'; script-src ${webview.cspSource}; style-src ${webview.cspSource};`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${kind.title}</title>
<link rel="stylesheet" href="${style}">
</head>
<body><main id="main" aria-busy="true"></main><script type="module" src="${script}"></script></body>
</html>`;
}
