// What the page and its worker say to each other. The worker has the project and the plan; the page gets what it shows.
import type {
  ChangeRow,
  ChangeView,
  DiagnosticView,
  OutlineView,
  ProfileView,
  Rendering,
  StepView,
  StrategyChoice,
} from "@mz-deploy/planner";
import type { Action, GroupBy, Layout } from "../graph/model";
import type { Key } from "../state/names";

/** Where a project comes from. Files are read by the worker, so that a large folder doesn't hold up the page. */
export type Source =
  | { kind: "folder"; name: string; handle: FileSystemDirectoryHandle }
  | { kind: "files"; name: string; files: { path: string; file: File }[] }
  | { kind: "zip"; name: string; file: File }
  | { kind: "texts"; name: string; texts: [path: string, text: string][] }
  | { kind: "link"; name: string; data: string };

/** What the project is compared with. */
export type Baseline =
  | { kind: "nothing" }
  | { kind: "opened" }
  | { kind: "snapshot"; name: string; file: File }
  | { kind: "version"; source: Source };

/** What is asked for besides the files. */
export interface Settings {
  deployId: string;
  profile?: string;
  variables: Record<string, string>;
  strategy?: StrategyChoice;
  redeployAll: boolean;
  dropRemoved: boolean;
}

export const FIRST_SETTINGS: Settings = { deployId: "preview", variables: {}, redeployAll: false, dropRemoved: false };

/** What happens to a file's object, as small as it can be sent. */
export const MARKS = ["none", "create", "update", "rebuild", "other"] as const;
export type Mark = (typeof MARKS)[number];

/** Counts of what happens to objects. */
export type Counts = Partial<Record<Action, number>>;

/** All that the page shows at once of a project and its plan. */
export interface Overview {
  /** Grows with every change of what is planned. */
  version: number;
  name: string;
  /** The project's files, in the order of a tree; absent where they are the same as before. */
  paths?: string[];
  /** For each path, the position in `MARKS`. */
  marks: Uint8Array;
  /** Paths whose text isn't the one that was opened. */
  edited: string[];
  profiles: ProfileView[];
  /** What the project is compared with, in words. */
  comparedWith: string;
  /** Why it isn't compared with what was chosen. */
  obstacle?: string;
  live?: string;
  plan?: Omit<OutlineView, "changes"> & { counts: Counts; changes: number };
  problems: DiagnosticView[];
  errors: number;
  warnings: number;
  /** How long the planner took. */
  milliseconds: number;
}

/** Which changes are listed. */
export interface Filter {
  text: string;
  action?: Action;
}

/** Part of a list, and how long all of it is. */
export interface Page<T> {
  from: number;
  items: T[];
  total: number;
}

/** Questions of the page, and their answers. */
export interface Calls {
  open: { ask: { source: Source; root?: string; start?: Start }; answer: OpenedProject };
  /** What was typed into a file of a project; nothing, if another one is open by now. */
  edit: { ask: { project: number; path: string; text: string }; answer: undefined };
  revert: { ask: { project: number; path: string }; answer: undefined };
  configure: { ask: { settings: Settings }; answer: undefined };
  compare: { ask: { baseline: Baseline; root?: string }; answer: Opened };
  live: { ask: { name?: string; file?: File }; answer: Opened };
  text: { ask: { path: string }; answer: Texts | undefined };
  changes: { ask: { filter: Filter; from: number; to: number }; answer: Page<ChangeRow> };
  change: { ask: { object: Key }; answer: ChangeDetail | undefined };
  steps: { ask: { phase: number; from: number; to: number }; answer: Page<StepView> };
  render: { ask: { rendering: Rendering; most: number }; answer: Rendered };
  download: { ask: { what: Rendering | "deployed" | "zip" }; answer: Blob | undefined };
  link: { ask: undefined; answer: Link };
  graph: { ask: { groupBy: GroupBy; focus?: Key }; answer: Layout | undefined };
}

export type Call = keyof Calls;

/** What came of opening something: nothing went wrong, a sentence says what did, or one of several projects is to be chosen. */
export type Opened = { done: true } | { done: false; problem: string } | { done: false; choose: string[] };

/** The same of a project, which has a number of its own and may come with settings. */
export type OpenedProject = { done: true; project: number; settings: Settings } | Extract<Opened, { done: false }>;

/** How a project starts that is opened to show something: with a change to what is deployed. */
export interface Start {
  profile?: string;
  edit?: { path: string; text: string };
}

/** A file as it was opened and as it is. */
export interface Texts {
  opened: string;
  now: string;
}

/** A change, and the first lines of its steps. */
export interface ChangeDetail {
  change: ChangeView;
  lines: string[];
}

/** A plan in another form, or as much of it as was asked for. */
export interface Rendered {
  text: string;
  /** Characters of the whole. */
  length: number;
}

/** The project as the fragment of an address, and in words what it doesn't hold. */
export interface Link {
  data: string;
  without: string[];
}

export interface Request<C extends Call = Call> {
  id: number;
  call: C;
  ask: Calls[C]["ask"];
}

export type Answer =
  | { id: number; version: number; answer: unknown }
  | { id: number; version: number; failure: string }
  | { id: number; isSuperseded: true }
  | { overview: Overview }
  | { ready: true }
  | { crashed: string };
