// A project that is open: its files as they are on disk and in the editors, its problems and its plan.
import { belongs, type DiagnosticView, type PreviewView, Workspace } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { type Baseline, findBaseline } from "./baseline";
import { readProject, readText } from "./files";
import { Git } from "./git";
import { Kept, reason } from "./order";
import { relativeTo } from "./paths";
import { readSettings, type Settings } from "./settings";

/** How long nothing must have been typed before the project is looked at again. */
const PAUSE_MS = 120;
/** What the planner calls snapshots in problems. */
const SNAPSHOTS = ["deployed.json", "live.json"];
/** The name of a deployment that nobody asked for yet. */
const PREVIEW_ID = "preview";

/** All that a plan needs besides the project's files. */
interface Comparison {
  readonly settings: Settings;
  readonly variables: Record<string, string>;
  readonly baseline: Baseline;
  readonly live: string | undefined;
}

export class Project implements vscode.Disposable {
  readonly planner = new Workspace();
  /** What is wrong with it. */
  problems: readonly DiagnosticView[] = [];
  /** What a deployment would do. */
  preview: PreviewView | undefined;
  /** What it is compared with. */
  baseline: Baseline | undefined;

  private settings: Settings;
  private readonly saved = new Map<string, string>();
  private readonly open = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly comparison = new Kept(() => this.readComparison());
  private compared: Comparison | undefined;
  /** Something is not in the plan yet. */
  private isPending = true;
  private isDisposed = false;

  /** The project was looked at again. */
  readonly onDidChange = this.changed.event;

  private git: Git | undefined;

  private constructor(readonly root: vscode.Uri) {
    this.settings = readSettings(root);
  }

  static async load(root: vscode.Uri): Promise<Project> {
    const project = new Project(root);
    for (const [path, text] of await readProject(root)) {
      project.saved.set(path, text);
      project.planner.setFile(path, text);
    }
    for (const document of vscode.workspace.textDocuments) {
      project.follow(document);
    }
    project.watch();
    await project.look();
    return project;
  }

  /** The last part of the folder's path. */
  get name(): string {
    return (
      this.root.path
        .split("/")
        .filter((part) => part !== "")
        .at(-1) ?? "project"
    );
  }

  /** The path of a file in the project; absent if it isn't one of its files. */
  pathOf(uri: vscode.Uri): string | undefined {
    const isHere = uri.scheme === this.root.scheme && uri.authority === this.root.authority;
    const path = isHere ? relativeTo(this.root.path, uri.path) : undefined;
    return path !== undefined && belongs(path) ? path : undefined;
  }

  /** True for a folder of the project that has files of it, not for the project's own. */
  hasFilesIn(folder: vscode.Uri): boolean {
    const isHere = folder.scheme === this.root.scheme && folder.authority === this.root.authority;
    const path = isHere ? relativeTo(this.root.path, folder.path) : undefined;
    return path !== undefined && this.hasFilesBelow(path);
  }

  private hasFilesBelow(path: string): boolean {
    return [...this.saved.keys()].some((known) => known.startsWith(`${path}/`));
  }

  uriOf(path: string): vscode.Uri {
    return vscode.Uri.joinPath(this.root, path);
  }

  /** Takes the text of an open document in the place of the one on disk. Nothing is looked at yet. */
  follow(document: vscode.TextDocument): void {
    const path = this.pathOf(document.uri);
    if (path !== undefined && !document.isClosed) {
      const text = document.getText();
      if (this.open.get(path) !== text) {
        this.open.set(path, text);
        this.planner.setFile(path, text);
        this.later();
      }
    }
  }

  /** Looks at once at what is typed by now. What was looked at already isn't again. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.isPending) {
      return;
    }
    if (await this.foundGit()) {
      this.comparison.expire();
    }
    const comparison = await this.findComparison();
    // Whoever else waited for the same comparison has looked by now.
    if (this.isDisposed || !this.isPending) {
      return;
    }
    this.isPending = false;
    this.compareWith(comparison);
    this.plan();
    this.changed.fire();
  }

  private plan(): void {
    const options = {
      deploy_id: PREVIEW_ID,
      ...(this.settings.strategy === undefined ? {} : { strategy: this.settings.strategy }),
    };
    this.preview = this.planner.plan(options);
    // A plan has the problems of the project, unless a snapshot can't be read: then it has that one alone.
    const found = this.preview.diagnostics.diagnostics;
    const isOfSnapshot = found.some(({ primary }) => SNAPSHOTS.includes(primary.path ?? ""));
    this.problems = isOfSnapshot ? this.planner.check().diagnostics.diagnostics : found;
  }

  /** True if git is there at last: an editor that is starting doesn't know of it yet. */
  private async foundGit(): Promise<boolean> {
    if (this.git !== undefined || this.settings.compareWith !== "head") {
      return false;
    }
    const git = await Git.open();
    // Somebody else may have found it meanwhile.
    if (git === undefined || this.git !== undefined || this.isDisposed) {
      return false;
    }
    this.git = git;
    this.subscriptions.push(
      git.watch(this.root, () => {
        if (this.settings.compareWith === "head") {
          this.recompare();
        }
      }),
    );
    return true;
  }

  /** What is compared with is read again before the project is looked at next. */
  private recompare(): void {
    this.comparison.expire();
    this.later();
  }

  private async readComparison(): Promise<Comparison> {
    const settings = readSettings(this.root);
    // By these it is decided which changes of files concern the comparison.
    this.settings = settings;
    await this.foundGit();
    const variables = { ...(await this.readVariables(settings)), ...settings.variables };
    const baseline = await findBaseline(this.root, settings, variables, this.saved, this.git);
    const live = settings.live === undefined ? undefined : await readText(this.root, settings.live);
    return { settings, variables, baseline, live };
  }

  /** What can't be compared with is told, and is no reason not to plan. */
  private async findComparison(): Promise<Comparison> {
    try {
      return await this.comparison.get();
    } catch (error) {
      const problem = `What it is compared with can't be read: ${reason(error)}. Everything is planned as new.`;
      const baseline = { deployed: undefined, words: "nothing", problem };
      return { settings: this.settings, variables: this.settings.variables, baseline, live: undefined };
    }
  }

  private compareWith(comparison: Comparison): void {
    if (this.compared !== comparison) {
      this.compared = comparison;
      this.planner.setProfile(comparison.settings.profile);
      this.planner.setVariables(comparison.variables);
      this.planner.setDeployed(comparison.baseline.deployed);
      this.planner.setLive(comparison.live);
      this.baseline = comparison.baseline;
    }
  }

  private async readVariables(settings: Settings): Promise<Record<string, string>> {
    const file = settings.variablesFile;
    const text = file === undefined ? undefined : await readText(this.root, file);
    try {
      const values: unknown = JSON.parse(text ?? "{}");
      const entries = typeof values === "object" && values !== null ? Object.entries(values) : [];
      return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
    } catch {
      return {};
    }
  }

  private later(): void {
    this.isPending = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look().catch((error: unknown) => {
        console.error(`mz-deploy: ${this.name} can't be planned: ${reason(error)}`);
      });
    }, PAUSE_MS);
  }

  private watch(): void {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(this.root, "**/*"));
    const read = (uri: vscode.Uri) => {
      void this.read(uri);
    };
    this.subscriptions.push(
      watcher,
      watcher.onDidCreate(read),
      watcher.onDidChange(read),
      watcher.onDidDelete(read),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.follow(document)),
      vscode.workspace.onDidOpenTextDocument((document) => this.follow(document)),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => read(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.close(uri)),
      vscode.extensions.onDidChange(() => this.later()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("mzDeploy", this.root)) {
          this.recompare();
        }
      }),
    );
  }

  /** A document was closed: what was typed and not saved is gone. */
  private close(uri: vscode.Uri): void {
    const path = this.pathOf(uri);
    if (path !== undefined && this.open.delete(path)) {
      this.setSaved(path, this.saved.get(path));
    }
  }

  /** A file on disk changed, came or went; or all files of a folder. */
  private async read(uri: vscode.Uri): Promise<void> {
    const path = this.pathOf(uri);
    if (path !== undefined) {
      const text = await readText(this.root, path);
      this.setSaved(path, text);
    } else {
      const relative = relativeTo(this.root.path, uri.path);
      const others = [this.settings.snapshot, this.settings.live, this.settings.variablesFile];
      if (relative !== undefined && others.includes(relative)) {
        this.recompare();
      } else if (relative !== undefined && this.hasFilesBelow(relative)) {
        await this.readAll();
      }
    }
  }

  private async readAll(): Promise<void> {
    const files = await readProject(this.root);
    for (const path of new Set([...this.saved.keys(), ...files.keys()])) {
      this.setSaved(path, files.get(path));
    }
  }

  private setSaved(path: string, text: string | undefined): void {
    if (this.isDisposed) {
      return;
    }
    if (text === undefined) {
      this.saved.delete(path);
    } else {
      this.saved.set(path, text);
    }
    const shown = this.open.get(path) ?? text;
    if (shown === undefined) {
      this.planner.removeFile(path);
    } else {
      this.planner.setFile(path, shown);
    }
    this.later();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    this.subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
    this.changed.dispose();
    this.planner.free();
  }
}
