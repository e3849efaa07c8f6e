// What happens to an object: a sign, which tells it apart without colours, and words.
import type { ChangeAction } from "@mz-deploy/planner";

export interface Happening {
  readonly sign: string;
  readonly words: string;
  /** The class of its colour. */
  readonly tone: "new" | "changed" | "rebuilt" | "gone";
}

const HAPPENINGS: Record<ChangeAction, Happening> = {
  create: { sign: "+", words: "create", tone: "new" },
  update: { sign: "~", words: "update", tone: "changed" },
  "change-kind": { sign: "~", words: "become another kind", tone: "changed" },
  "update-indexes": { sign: "~", words: "update the indexes", tone: "changed" },
  "update-metadata": { sign: "~", words: "update grants and comments", tone: "changed" },
  repoint: { sign: "→", words: "read the new version", tone: "rebuilt" },
  rebuild: { sign: "↻", words: "rebuild", tone: "rebuilt" },
  delete: { sign: "−", words: "drop", tone: "gone" },
  keep: { sign: "○", words: "stay without a file", tone: "gone" },
};

export function happening(action: ChangeAction): Happening {
  return HAPPENINGS[action];
}
