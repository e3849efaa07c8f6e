// A project, what it is compared with, and its plan: everything that the worker knows. No messages here, so that tests
// can ask it directly.
import { type ChangeRow, type GraphView, type OutlineView, type StageOptions, Workspace } from "@mz-deploy/planner";
import type { GroupBy, Layout } from "../graph/model";
import { byTree } from "../project/tree";
import { type Key, key } from "../state/names";
import { firstLine } from "../state/words";
import { draw } from "./drawing";
import {
  type ChangeDetail,
  type Counts,
  type Filter,
  MARKS,
  type Mark,
  type Overview,
  type Page,
  type Settings,
} from "./protocol";

/** Problems that the page gets; nobody reads more. */
const MOST_PROBLEMS = 500;

/** What the deployed version is, as it was chosen. */
export type Deployed =
  | { kind: "nothing" }
  | { kind: "texts"; words: string; texts: ReadonlyMap<string, string> }
  | { kind: "snapshot"; words: string; text: string };

/** What a file is marked with because of what happens to its object. */
function markOf(row: ChangeRow): Mark {
  switch (row.action) {
    case "create":
    case "update":
    case "rebuild":
      return row.action;
    case "change-kind":
    case "update-indexes":
    case "update-metadata":
      return "update";
    default:
      return "other";
  }
}

export class Session {
  readonly name: string;
  #workspace = new Workspace();
  #opened: ReadonlyMap<string, string>;
  #texts: Map<string, string>;
  #edited = new Set<string>();
  #settings: Settings;
  #deployed: Deployed = { kind: "nothing" };
  /** Why the deployed version isn't compared with, though it was chosen. */
  #obstacle: string | undefined;
  #live: string | undefined;
  #version: number;
  #outline: OutlineView | undefined;
  #graph: GraphView | undefined;
  #paths: string[] = [];
  #found: { filter: Filter; positions: number[] } | undefined;

  /** `after` is the version of the last plan of another project: no two plans have the same. */
  constructor(name: string, texts: ReadonlyMap<string, string>, settings: Settings, after = 0) {
    this.name = name;
    this.#version = after;
    this.#opened = texts;
    this.#texts = new Map(texts);
    this.#settings = settings;
    for (const [path, text] of texts) {
      this.#workspace.setFile(path, text);
    }
    this.#select(this.#workspace);
  }

  free(): void {
    this.#workspace.free();
  }

  get version(): number {
    return this.#version;
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** The version that is compared with, where it is known as files. */
  get deployedTexts(): ReadonlyMap<string, string> | undefined {
    return this.#deployed.kind === "texts" ? this.#deployed.texts : undefined;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** What it is planned with and a link has no place for, in words. */
  get notInLink(): string[] {
    const { kind } = this.#deployed;
    return [
      ...(kind === "snapshot" ? [`the snapshot ${this.#deployed.words}`] : []),
      ...(this.#live === undefined ? [] : [`the live catalog ${this.#live}`]),
    ];
  }

  edit(path: string, text: string): void {
    this.#texts.set(path, text);
    this.#workspace.setFile(path, text);
    if (this.#opened.get(path) === text) {
      this.#edited.delete(path);
    } else {
      this.#edited.add(path);
    }
    this.#graph = undefined;
  }

  revert(path: string): void {
    const text = this.#opened.get(path);
    if (text !== undefined) {
      this.edit(path, text);
    }
  }

  /** Plans otherwise from now on. With another profile, the deployed version is another snapshot, or has errors. */
  configure(settings: Settings): void {
    this.#settings = settings;
    this.#graph = undefined;
    this.#select(this.#workspace);
    this.restore(this.#deployed);
  }

  /** Compares with a version that was chosen before. If it can't be, it stays chosen, and the plan says why. */
  restore(deployed: Deployed): void {
    this.#deployed = deployed;
    this.#obstacle = this.#deploy(deployed);
    if (this.#obstacle !== undefined) {
      // A snapshot of another profile would make a plan that is nobody's.
      this.#workspace.setDeployed(undefined);
    }
  }

  /** Compares with another version. A version that has errors can't be deployed: then nothing changes, and this says why. */
  compare(deployed: Deployed): string | undefined {
    const obstacle = this.#deploy(deployed);
    if (obstacle === undefined) {
      this.#deployed = deployed;
      this.#obstacle = undefined;
    }
    return obstacle;
  }

  live(snapshot: { name: string; text: string } | undefined): void {
    this.#live = snapshot?.name;
    this.#workspace.setLive(snapshot?.text);
  }

  text(path: string): { opened: string; now: string } | undefined {
    const now = this.#texts.get(path);
    return now === undefined ? undefined : { opened: this.#opened.get(path) ?? now, now };
  }

  /** Plans again, and says what the page shows of it. */
  plan(now: () => number): Overview {
    const start = now();
    const { strategy, deployId, redeployAll, dropRemoved } = this.#settings;
    const options: StageOptions = {
      deploy_id: deployId,
      redeploy_all: redeployAll,
      drop_removed: dropRemoved,
      ...(strategy && { strategy }),
    };
    const { outline, diagnostics } = this.#workspace.plan(options);
    const milliseconds = now() - start;
    this.#version += 1;
    this.#outline = outline;
    this.#found = undefined;
    // Files only come, so their number says whether the list is another one.
    const isListed = this.#paths.length === this.#texts.size;
    if (!isListed) {
      this.#paths = byTree(this.#texts.keys());
    }
    const overview: Overview = {
      version: this.#version,
      name: this.name,
      ...(!isListed && { paths: this.#paths }),
      marks: this.#marks(),
      edited: [...this.#edited],
      profiles: this.#workspace.profiles(),
      comparedWith: this.#comparedWith(),
      ...(this.#obstacle !== undefined && { obstacle: this.#obstacle }),
      problems: diagnostics.diagnostics.slice(0, MOST_PROBLEMS),
      errors: diagnostics.errors,
      warnings: diagnostics.warnings,
      milliseconds,
    };
    if (this.#live !== undefined) {
      overview.live = this.#live;
    }
    if (outline) {
      const { changes, ...rest } = outline;
      const counts: Counts = {};
      for (const { action } of changes) {
        counts[action] = (counts[action] ?? 0) + 1;
      }
      overview.plan = { ...rest, counts, changes: changes.length };
    }
    return overview;
  }

  /** Changes that a filter lets through. */
  changes(filter: Filter, from: number, to: number): Page<ChangeRow> {
    const rows = this.#outline?.changes ?? [];
    if (this.#found?.filter.text !== filter.text || this.#found.filter.action !== filter.action) {
      const wanted = filter.text.trim().toLowerCase();
      const matches = (row: ChangeRow) =>
        (filter.action === undefined || row.action === filter.action) &&
        (wanted === "" || row.name.toLowerCase().includes(wanted));
      const positions = rows.flatMap((row, at) => (matches(row) ? [at] : []));
      // What somebody did comes before what follows from it.
      const follows = (at: number) => (rows[at]?.action === "rebuild" ? 1 : 0);
      this.#found = { filter, positions: positions.sort((a, b) => follows(a) - follows(b) || a - b) };
    }
    const { positions } = this.#found;
    const items = positions.slice(from, to).flatMap((position) => {
      const row = rows[position];
      return row ? [row] : [];
    });
    return { from, items, total: positions.length };
  }

  /** The change of an object in the plan as it is now: a position would be one in the plan that somebody saw. */
  changeOf(object: Key): ChangeDetail | undefined {
    const position = this.#outline?.changes.findIndex((row) => key(row.object) === object) ?? -1;
    const change = position < 0 ? undefined : this.#workspace.change(position);
    const lines = change?.steps.map(({ phase, step }) => {
      const [found] = this.#workspace.steps(phase, step, step + 1);
      return found ? firstLine(found) : "";
    });
    return change && { change, lines: lines ?? [] };
  }

  steps(phase: number, from: number, to: number) {
    return { from, items: this.#workspace.steps(phase, from, to), total: this.#outline?.phases[phase]?.steps ?? 0 };
  }

  render(rendering: Parameters<Workspace["render"]>[0]): string | undefined {
    return this.#workspace.render(rendering);
  }

  deployedAfter(): string | undefined {
    return this.#workspace.deployedAfter();
  }

  /** The graph, or the part of it that one object reaches or is reached from. */
  graph(groupBy: GroupBy, focus: Key | undefined): Layout | undefined {
    this.#graph ??= this.#workspace.graph();
    return draw(this.#graph, this.#outline?.changes ?? [], groupBy, focus);
  }

  #select(workspace: Workspace): void {
    workspace.setProfile(this.#settings.profile);
    workspace.setVariables(this.#settings.variables);
  }

  /** Hands the planner a deployed version, or says why there is none. */
  #deploy(deployed: Deployed): string | undefined {
    switch (deployed.kind) {
      case "nothing":
        this.#workspace.setDeployed(undefined);
        return undefined;
      case "snapshot":
        this.#workspace.setDeployed(deployed.text);
        return undefined;
      case "texts": {
        const before = this.#deployedAfter(deployed.texts);
        if ("problem" in before) {
          return `${deployed.words} can't be compared with: ${before.problem}`;
        }
        this.#workspace.setDeployed(before.text);
        return undefined;
      }
    }
  }

  #deployedAfter(texts: ReadonlyMap<string, string>): { text: string } | { problem: string } {
    const workspace = new Workspace();
    try {
      for (const [path, text] of texts) {
        workspace.setFile(path, text);
      }
      this.#select(workspace);
      const text = workspace.deployedAfter();
      if (text !== undefined) {
        return { text };
      }
      const { errors, diagnostics } = workspace.check().diagnostics;
      const first = diagnostics.find((problem) => problem.severity === "error");
      const place = first?.primary.path
        ? ` (${first.primary.path}${first.primary.start ? `:${first.primary.start.line}` : ""})`
        : "";
      return {
        problem: `it has ${errors} ${errors === 1 ? "error" : "errors"}. The first: ${first?.message ?? ""}${place}`,
      };
    } finally {
      workspace.free();
    }
  }

  #comparedWith(): string {
    if (this.#obstacle !== undefined) {
      return "nothing";
    }
    return this.#deployed.kind === "nothing" ? "first deployment" : this.#deployed.words;
  }

  #marks(): Uint8Array {
    const marks = new Uint8Array(this.#paths.length);
    const at = new Map(this.#paths.map((path, index) => [path, index]));
    for (const row of this.#outline?.changes ?? []) {
      const index = at.get(row.file ?? "");
      if (index !== undefined) {
        marks[index] = MARKS.indexOf(markOf(row));
      }
    }
    return marks;
  }
}
