import type {
  ChangeView,
  CompletionsView,
  GraphView,
  HoverView,
  LabelView,
  PreviewView,
  ProfileView,
  ProjectView,
  RenameView,
  StageOptions,
  StepView,
  SymbolView,
} from "./shapes.js";

export type * from "./shapes.js";

/** A form of a plan: for a terminal, as a file, for a pull request, as a script. */
export type Rendering = "text" | "json" | "markdown" | "sql";

/**
 * Loads the module, once. Without a source, it is fetched from where the package is; bundlers see to that.
 * `@mz-deploy/planner/node` does it by itself.
 */
export function load(source?: URL | string | Response | BufferSource | WebAssembly.Module): Promise<void>;

/** Loads the module from its bytes, or as it was compiled before. */
export function loadSync(module: BufferSource | WebAssembly.Module): void;

/**
 * True for the path of a file that belongs to a project, and for a directory, whose path ends in `/`, that may hold some.
 * The path is relative to the project's root, with `/` between its parts.
 */
export function belongs(path: string): boolean;

/**
 * A project in memory, what it is compared with, and the last plan. It is edited, and planned again after an edit: what
 * the edit doesn't concern is kept. It lives outside of JavaScript's memory until `free` is called.
 */
export class Workspace {
  constructor();

  /** Adds or replaces a file. The path is relative to the project's root, with `/` between its parts. */
  setFile(path: string, text: string): void;
  removeFile(path: string): void;

  /** Selects a profile, or none. */
  setProfile(profile?: string): void;
  /** Gives variables a value in the place of the one that the profile has. */
  setVariables(variables: Record<string, string>): void;
  /** The text of the snapshot of the last deployment; without one, everything is new. A problem of it is one of the plan. */
  setDeployed(text?: string): void;
  /** The text of the facts of the live catalog. Without them, the plan says what it couldn't check. */
  setLive(text?: string): void;

  /** The profiles that the project knows. */
  profiles(): ProfileView[];
  /** Objects, clusters and problems of the project. */
  check(): ProjectView;
  /** Which object reads which. */
  graph(): GraphView;
  /** Where the name at a place is defined. Lines and columns count from 1, columns in UTF-16 code units. */
  definition(path: string, line: number, utf16Column: number): LabelView[];
  /** Where the name at a place stands, sorted by file and position. */
  references(path: string, line: number, utf16Column: number, withDefinition: boolean): LabelView[];
  /** What is known of the name at a place. */
  hover(path: string, line: number, utf16Column: number): HoverView | undefined;
  /** What a file holds. */
  symbols(path: string): SymbolView[];
  /** The names of the project that have a text in them, in any letter case. */
  findSymbols(query: string): SymbolView[];
  /** The names that could follow at a place. */
  completions(path: string, line: number, utf16Column: number): CompletionsView;
  /** What another name for the one at a place would change; without a name, whether it can have another. */
  rename(path: string, line: number, utf16Column: number, to?: string): RenameView | undefined;
  /** What another path for a file would change. Absent if nothing is named after the file. */
  renameFile(from: string, to: string): RenameView | undefined;

  /** What is deployed once the project is, as the text of a snapshot. Absent if the project has errors. */
  deployedAfter(): string | undefined;

  /** Plans a deployment and keeps the plan. The outline is small for a plan of any size; the rest comes in parts. */
  plan(options: StageOptions): PreviewView;
  /** A change of the last plan, by its position in the outline. */
  change(position: number): ChangeView | undefined;
  /** Steps of a phase of the last plan, from the one at `from` to the one before `to`. */
  steps(phase: number, from: number, to: number): StepView[];
  /** The last plan as a whole. Absent if there is no plan. The form `json` parses to a `Plan`. */
  render(rendering: Rendering): string | undefined;

  /** Gives its memory back. */
  free(): void;
}
