// What the extension and its panels say to each other.
import type { ChangeView, GraphView, PreviewView, StepView } from "@mz-deploy/planner";

export interface PlanState {
  readonly kind: "plan";
  readonly project: string;
  readonly profile: string | undefined;
  /** What is compared with, in words. */
  readonly comparison: string;
  /** Why it isn't what was asked for. */
  readonly problem: string | undefined;
  /** The command line is there. */
  readonly canTakeSnapshot: boolean;
  readonly preview: PreviewView;
}

export interface GraphState {
  readonly kind: "graph";
  readonly project: string;
  readonly graph: GraphView;
  /** What happens to objects, by their position in the graph. */
  readonly actions: Readonly<Record<number, string>>;
}

/** To a panel. */
export type ToPanel =
  | PlanState
  | GraphState
  | { readonly kind: "change"; readonly position: number; readonly change: ChangeView | undefined }
  | { readonly kind: "steps"; readonly phase: number; readonly steps: readonly StepView[] };

/** From a panel. */
export type FromPanel =
  | { readonly kind: "ready" }
  | { readonly kind: "open"; readonly path: string; readonly line: number | undefined }
  | { readonly kind: "command"; readonly command: PanelCommand }
  | { readonly kind: "diff"; readonly position: number }
  | { readonly kind: "change"; readonly position: number }
  | { readonly kind: "steps"; readonly phase: number };

/** The commands that a panel may run. */
export const PANEL_COMMANDS = [
  "showSql",
  "showGraph",
  "showPlan",
  "compareWithHead",
  "compareWithSnapshot",
  "compareWithNothing",
  "takeSnapshot",
] as const;
export type PanelCommand = (typeof PANEL_COMMANDS)[number];
