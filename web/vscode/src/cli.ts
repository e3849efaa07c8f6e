// The command line, where there is one: it is looked for in trusted workspaces alone.
import * as vscode from "vscode";
import type { Host } from "./host";
import { SECTION } from "./settings";

const CONTEXT = "mzDeploy.hasCli";

export class CommandLine implements vscode.Disposable {
  /** It was there when it was last looked for. */
  isThere = false;

  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];

  /** It came, or went. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly host: Host) {
    const look = () => {
      void this.find();
    };
    this.subscriptions = [
      this.changed,
      vscode.workspace.onDidGrantWorkspaceTrust(look),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.path`)) {
          look();
        }
      }),
    ];
  }

  /** Looks for it, and tells the editor whether there is one. */
  async find(): Promise<string | undefined> {
    const configured = vscode.workspace.getConfiguration(SECTION).get<string>("path")?.trim() || undefined;
    const found = vscode.workspace.isTrusted ? await this.host.findCli(configured) : undefined;
    const isThere = found !== undefined;
    if (isThere !== this.isThere) {
      this.isThere = isThere;
      this.changed.fire();
    }
    await vscode.commands.executeCommand("setContext", CONTEXT, isThere);
    return found;
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
  }
}
