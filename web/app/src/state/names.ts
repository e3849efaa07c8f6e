// Names of objects. Two are the same if their parts are; how they are printed is for people alone.
import type { ObjectName } from "@mz-deploy/planner";

/** A name as one string that no other name has. */
export type Key = string;

export function key({ database, schema, object }: ObjectName): Key {
  return `${database ?? ""}\0${schema}\0${object}`;
}

/** A name as it is shown. Parts that need quotes get them. */
export function shown(of: Key): string {
  const parts = of.split("\0").filter((part, at) => at > 0 || part !== "");
  return parts.map((part) => (/^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join(".");
}

/** A printed name with its last part apart. */
export function split(printed: string): { scope: string; own: string } {
  const at = printed.endsWith('"') ? printed.lastIndexOf('."') : printed.lastIndexOf(".");
  return { scope: printed.slice(0, at + 1), own: printed.slice(at + 1) };
}
