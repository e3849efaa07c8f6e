// What a user can do, and what the page then asks of the worker.
import { batch } from "@preact/signals";
import { type Client, Stale } from "../planner/client";
import { loadPlanner } from "../planner/load";
import type { Example } from "../project/examples";
import {
  type Baseline,
  type Calls,
  FIRST_SETTINGS,
  type Opened,
  type Settings,
  type Source,
  type Start,
} from "../worker/protocol";
import type { Key } from "./names";
import {
  announcement,
  busy,
  choice,
  focus,
  half,
  message,
  NOT_LOADED,
  overview,
  type Place,
  paths,
  phase,
  place,
  project,
  selectedChange,
  selectedStep,
  settings,
  type Tab,
  tab,
} from "./state";
import { spoken } from "./words";

let client: Client | undefined;
/** How often something was begun that takes time. */
let begun = 0;

/** Asks the worker. */
export function ask<C extends keyof Calls>(call: C, question: Calls[C]["ask"]): Promise<Calls[C]["answer"]> {
  return client ? client.ask(call, question) : Promise.reject(new Error(NOT_LOADED));
}

export async function start(): Promise<void> {
  try {
    client = await loadPlanner({
      overview: (next) => {
        overview.value = next;
        announcement.value = spoken(next);
        const listed = next.paths;
        if (listed) {
          // A long list has a frame of its own.
          requestAnimationFrame(() => setTimeout(() => (paths.value = listed), 0));
        }
      },
      crashed: (text) => {
        phase.value = "failed";
        message.value = { kind: "problem", text: `The planner stopped: ${text}. Reload the page to go on.` };
      },
    });
  } catch (error) {
    phase.value = "failed";
    message.value = { kind: "problem", text: sentence(error) };
    return;
  }
  phase.value = "start";
  await openFragment();
}

/** Opens what the address holds, if it does. */
export async function openFragment(): Promise<void> {
  const data = /^#project=(.+)$/.exec(location.hash)?.[1];
  if (data !== undefined) {
    await open({ kind: "link", name: "shared project", data });
  }
}

/** Opens a project. True if it is open now. */
export async function open(source: Source, root?: string, start?: Start): Promise<boolean> {
  const opened = await during(`Opening ${source.name}`, () =>
    ask("open", { source, ...(root !== undefined && { root }), ...(start && { start }) }),
  );
  if (!settled(opened, (chosen) => void open(source, chosen, start))) {
    return false;
  }
  batch(() => {
    phase.value = "open";
    project.value = opened.project;
    settings.value = opened.settings;
    place.value = start?.edit && { path: start.edit.path };
    selectedChange.value = undefined;
    selectedStep.value = undefined;
    focus.value = undefined;
    tab.value = "plan";
    half.value = "result";
    message.value = undefined;
  });
  return true;
}

export async function openExample(example: Example): Promise<void> {
  const { source, edit, profile } = example;
  await open(source, undefined, { ...(profile !== undefined && { profile }), ...(edit && { edit }) });
}

/** Compares the project with another version. */
export async function compare(baseline: Baseline, root?: string): Promise<boolean> {
  const name = baseline.kind === "version" ? baseline.source.name : baseline.kind === "snapshot" ? baseline.name : "";
  const what = name === "" ? "Comparing" : `Reading ${name}`;
  const compared = await during(what, () => ask("compare", { baseline, ...(root !== undefined && { root }) }));
  return settled(compared, (chosen) => void compare(baseline, chosen));
}

export async function lookAt(file: File | undefined): Promise<void> {
  settled(
    await during("Reading the catalog", () => ask("live", file ? { name: file.name, file } : {})),
    () => undefined,
  );
}

/** A change of the settings; what is given as undefined is taken away. */
export type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

export async function configure(change: SettingsChange): Promise<void> {
  const entries = Object.entries({ ...settings.value, ...change }).filter(([, value]) => value !== undefined);
  const next = { ...FIRST_SETTINGS, ...Object.fromEntries(entries) };
  settings.value = next;
  await during("Planning", () => ask("configure", { settings: next }));
}

export function edit(project: number, path: string, text: string): void {
  void ask("edit", { project, path, text });
}

export function show(next: Tab): void {
  tab.value = next;
  half.value = "result";
}

/** Opens a file in the editor, at a place in it. */
export function goTo(to: Place): void {
  place.value = { ...to };
  half.value = "files";
}

/** Shows a change in the plan. */
export function showChange(object: Key): void {
  batch(() => {
    selectedChange.value = object;
    show("plan");
  });
}

export function showInGraph(object: Key | undefined): void {
  batch(() => {
    focus.value = object;
    show("graph");
  });
}

export async function share(): Promise<void> {
  const link = await during("Making a link", () => ask("link", undefined));
  if (!link) {
    return;
  }
  history.replaceState(null, "", `#project=${link.data}`);
  const without =
    link.without.length === 0
      ? ""
      : ` But not ${link.without.join(" and ")}: whoever opens the link has a plan without it.`;
  await copy(location.href, `The link is copied. It holds the whole project; nothing is stored anywhere.${without}`);
}

export async function copy(text: string, news: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    message.value = { kind: "news", text: news };
  } catch {
    message.value = {
      kind: "problem",
      text: "The browser doesn't allow to copy. What was to be copied can be downloaded instead.",
    };
  }
}

export async function copyPlan(rendering: "sql" | "markdown" | "json" | "text"): Promise<void> {
  const rendered = await during("Writing the plan", () => ask("render", { rendering, most: Number.POSITIVE_INFINITY }));
  if (rendered) {
    await copy(rendered.text, "Copied.");
  }
}

export async function download(what: Calls["download"]["ask"]["what"], name: string): Promise<void> {
  const blob = await during(`Writing ${name}`, () => ask("download", { what }));
  if (!blob) {
    message.value = { kind: "problem", text: "There is nothing to download: the project has errors." };
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Says that something is going on for as long as it does; what goes wrong becomes a message. */
async function during<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  busy.value = what;
  message.value = undefined;
  begun += 1;
  const own = begun;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Stale)) {
      message.value = { kind: "problem", text: sentence(error) };
    }
    return undefined;
  } finally {
    // What was begun later may still go on.
    if (own === begun) {
      busy.value = undefined;
    }
  }
}

/** True if something was opened. Otherwise the user hears why it wasn't, or has to choose. */
function settled<O extends Opened>(
  opened: O | undefined,
  choose: (root: string) => void,
): opened is Extract<O, { done: true }> {
  if (!opened) {
    return false;
  }
  if (opened.done) {
    return true;
  }
  if ("choose" in opened) {
    choice.value = { roots: opened.choose, choose };
  } else {
    message.value = { kind: "problem", text: opened.problem };
  }
  return false;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
