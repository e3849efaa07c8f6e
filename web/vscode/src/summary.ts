// A plan in a few words.
import type { PreviewView } from "@mz-deploy/planner";

export interface Summary {
  /** One of the editor's icons. */
  readonly icon: "error" | "check" | "git-compare";
  readonly text: string;
}

export function summary(preview: PreviewView): Summary {
  const { outline, diagnostics } = preview;
  if (outline === undefined) {
    return { icon: "error", text: count(diagnostics.errors, "error") };
  }
  const scopes = outline.scopes?.length ?? 0;
  if (outline.changes.length + scopes === 0) {
    return { icon: "check", text: "No changes" };
  }
  const rebuilt = outline.changes.filter(({ action }) => action === "rebuild").length;
  const kept = outline.changes.filter(({ action }) => action === "keep").length;
  const changed = outline.changes.length - rebuilt - kept + scopes;
  const parts = [count(changed, "change")];
  if (rebuilt > 0) {
    parts.push(`${rebuilt} rebuilt`);
  }
  return { icon: "git-compare", text: parts.join(", ") };
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
