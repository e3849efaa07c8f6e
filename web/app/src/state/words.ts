// Words and signs for what the planner says in kinds.
import type { ChangeAction, ObjectKind, StepView, Strategy, StrategyChoice } from "@mz-deploy/planner";
import type { Counts, Overview } from "../worker/protocol";

export const ACTIONS: Record<ChangeAction, { noun: string; verb: string; sign: string; tone: Tone }> = {
  create: { noun: "created", verb: "create", sign: "+", tone: "create" },
  update: { noun: "updated", verb: "update", sign: "~", tone: "update" },
  rebuild: { noun: "rebuilt", verb: "rebuild", sign: "↻", tone: "rebuild" },
  "change-kind": { noun: "changed to another kind", verb: "change kind", sign: "!", tone: "update" },
  "update-indexes": { noun: "with other indexes", verb: "update indexes", sign: "~", tone: "update" },
  "update-metadata": {
    noun: "with other grants or comments",
    verb: "update grants and comments",
    sign: "~",
    tone: "update",
  },
  repoint: { noun: "repointed", verb: "repoint", sign: "›", tone: "rebuild" },
  delete: { noun: "deleted", verb: "delete", sign: "−", tone: "delete" },
  keep: { noun: "kept", verb: "keep", sign: "?", tone: "keep" },
};

type Plan = NonNullable<Overview["plan"]>;

export type Tone = "create" | "update" | "rebuild" | "delete" | "keep";

export const KINDS: Record<ObjectKind, string> = {
  view: "view",
  "materialized-view": "materialized view",
  table: "table",
  "table-from-source": "table from a source",
  source: "source",
  sink: "sink",
  secret: "secret",
  connection: "connection",
};

export const STRATEGIES: Record<Strategy, string> = {
  swap: "by swap",
  rename: "by rename",
  replace: "by replacement",
  "in-place": "in place",
  "at-promote": "at promotion",
};

export const CHOICES: Record<StrategyChoice, string> = { swap: "Swap", rename: "Rename", auto: "Auto" };

export function count(n: number, noun: string): string {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

/** `2 updated, 1 rebuilt`. */
export function counted(counts: Counts): string {
  const actions = Object.keys(ACTIONS) as ChangeAction[];
  const found = actions.flatMap((action) =>
    counts[action] ? [`${counts[action]?.toLocaleString("en")} ${ACTIONS[action].noun}`] : [],
  );
  return found.join(", ");
}

/** `1 schema or database changed`; nothing where none does. */
export function scopesChanged({ scopes = [] }: Pick<Plan, "scopes">): string {
  const noun = scopes.length === 1 ? "schema or database" : "schemas and databases";
  return scopes.length === 0 ? "" : `${scopes.length.toLocaleString("en")} ${noun} changed`;
}

/** What a screen reader says after an edit. */
export function spoken({ plan, errors, warnings }: Overview): string {
  const problems = [errors > 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""]
    .filter(Boolean)
    .join(", ");
  if (!plan) {
    return `There is no plan: ${problems}.`;
  }
  const parts = [counted(plan.counts), scopesChanged(plan)].filter(Boolean);
  const changes = parts.length === 0 ? "No changes" : `Plan: ${parts.join(", ")}`;
  return problems === "" ? `${changes}.` : `${changes}. ${problems}.`;
}

/** The statement's first line that is no comment. */
export function firstLine(step: Pick<StepView, "sql" | "effect">): string {
  const lines = (step.sql ?? step.effect ?? "").split("\n").map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("--")) ?? lines[0] ?? "";
}
