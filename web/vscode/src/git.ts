// The editor's own git extension. It is there on a desktop and on a server; in a browser there is none.
import { belongs } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { changesIn, filesAtHead, type GitState } from "./head";

/** The part of the git extension's interface, version 1, that is used here. */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: GitState & {
    readonly HEAD: { readonly commit?: string } | undefined;
    readonly onDidChange: vscode.Event<void>;
  };
  show(ref: string, path: string): Promise<string>;
}
interface Api {
  getRepository(uri: vscode.Uri): Repository | null;
  readonly onDidOpenRepository: vscode.Event<Repository>;
}

export class Git {
  private constructor(private readonly api: Api) {}

  /** Absent where the extension is not there, or is switched off; also while the editor is starting and doesn't know it yet. */
  static async open(): Promise<Git | undefined> {
    const extension = vscode.extensions.getExtension<{ getAPI(version: 1): Api }>("vscode.git");
    try {
      return extension === undefined ? undefined : new Git((await extension.activate()).getAPI(1));
    } catch {
      return undefined;
    }
  }

  /** Calls back when the last commit of a project may be another one, or when its repository is known at last. */
  watch(project: vscode.Uri, changed: () => void): vscode.Disposable {
    const known = this.api.getRepository(project);
    if (known !== null) {
      return known.state.onDidChange(changed);
    }
    let inner: vscode.Disposable | undefined;
    const outer = this.api.onDidOpenRepository(() => {
      const found = this.api.getRepository(project);
      if (found !== null && inner === undefined) {
        inner = found.state.onDidChange(changed);
        changed();
      }
    });
    return new vscode.Disposable(() => {
      outer.dispose();
      inner?.dispose();
    });
  }

  /** The project at the last commit; absent if it is in no repository, or nothing was committed yet. */
  async filesAtHead(project: vscode.Uri, saved: ReadonlyMap<string, string>): Promise<Map<string, string> | undefined> {
    const repository = this.api.getRepository(project);
    if (repository === null || repository.state.HEAD?.commit === undefined) {
      return undefined;
    }
    const show = (path: string) => repository.show("HEAD", vscode.Uri.joinPath(project, path).fsPath);
    return filesAtHead(saved, changesIn(project.path, repository.state), belongs, show);
  }

  /** A name for what is compared with. */
  headOf(project: vscode.Uri): string | undefined {
    return this.api.getRepository(project)?.state.HEAD?.commit?.slice(0, 7);
  }
}
