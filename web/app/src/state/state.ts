// What the page knows, as signals: each view reads what it shows.
import { computed, signal } from "@preact/signals";
import { FIRST_SETTINGS, type Overview, type Settings } from "../worker/protocol";
import type { Key } from "./names";

export const TABS = ["plan", "steps", "script", "graph", "problems", "guide"] as const;
export type Tab = (typeof TABS)[number];

/** A place in a file that the editor goes to. All numbers count from 1; columns in UTF-16 code units. */
export interface Place {
  path: string;
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
}

/** A sentence for the user. */
export interface Message {
  kind: "problem" | "news";
  text: string;
}

/** A choice among several projects in what was opened. */
export interface Choice {
  roots: string[];
  choose: (root: string) => void;
}

export type Phase = "loading" | "failed" | "start" | "open";

/** What somebody hears who is quicker than the planner. */
export const NOT_LOADED = "the planner isn't loaded";

export const phase = signal<Phase>("loading");
/** What is going on that takes time. */
export const busy = signal<string | undefined>(undefined);
export const message = signal<Message | undefined>(undefined);
/** What a screen reader says. */
export const announcement = signal("");
export const choice = signal<Choice | undefined>(undefined);

export const overview = signal<Overview | undefined>(undefined);
/** The number of the project that is open. */
export const project = signal(0);
/** The project's files, in the order of a tree. */
export const paths = signal<string[]>([]);
export const settings = signal<Settings>(FIRST_SETTINGS);

export const tab = signal<Tab>("plan");
/** The place that the editor shows. A new object goes there again. */
export const place = signal<Place | undefined>(undefined);
/** The object whose change is shown in full. */
export const selectedChange = signal<Key | undefined>(undefined);
/** The step that is shown in full. */
export const selectedStep = signal<{ phase: number; step: number } | undefined>(undefined);
/** The object whose blast radius the graph shows. */
export const focus = signal<Key | undefined>(undefined);
/** On a narrow page, one of the two halves is seen. */
export const half = signal<"files" | "result">("result");

export const version = computed(() => overview.value?.version ?? 0);
export const hasPlan = computed(() => overview.value?.plan !== undefined);
