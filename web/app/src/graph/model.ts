// The graph as it is drawn: positions in typed arrays, which cross from the worker without a copy.
import type { ChangeAction, ObjectKind } from "@mz-deploy/planner";
import type { Key } from "../state/names";

export type Action = ChangeAction;

/** By what objects stand together. */
export type GroupBy = "schema" | "cluster";

/** What happens to an object, as it is drawn. */
export const STATES = ["untouched", "create", "update", "rebuild", "outside"] as const;
export type State = (typeof STATES)[number];

export const KINDS = [
  "view",
  "materialized-view",
  "table",
  "table-from-source",
  "source",
  "sink",
  "secret",
  "connection",
] as const satisfies readonly ObjectKind[];

/** A node is drawn in a box of this size. */
export const NODE = { width: 168, height: 30 } as const;

/** Objects that stand together, and where. */
export interface Group {
  label: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** How many of its objects are in each of `STATES`. */
  counts: number[];
}

/** The graph, laid out. Nodes are numbered by their position in the arrays. */
export interface Layout {
  /** Names without database and schema. */
  labels: string[];
  /** The names. */
  keys: Key[];
  /** The files; empty outside of the project. */
  paths: string[];
  /** The corner of each node: x and y by turns. */
  corners: Float32Array;
  /** The position in `STATES`. */
  states: Uint8Array;
  /** The position in `KINDS`, or 255 outside of the project. */
  kinds: Uint8Array;
  /** The position in `groups`. */
  group: Uint32Array;
  /** What is read and what reads it, by turns. */
  edges: Uint32Array;
  groups: Group[];
  /** What is read and what reads it, and how often, by turns: positions in `groups`. */
  groupEdges: Uint32Array;
  width: number;
  height: number;
}
