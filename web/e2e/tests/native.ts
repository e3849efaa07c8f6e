// What native programs left for these tests (`tests/run` has them made): in the folder that MZ_DEPLOY_NATIVE names.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { StageOptions } from "@mz-deploy/planner";
import { strToU8, zipSync } from "fflate";

const FOLDER = process.env["MZ_DEPLOY_NATIVE"];

function folder(): string {
  if (FOLDER === undefined) {
    throw new Error("MZ_DEPLOY_NATIVE names no folder: see CONTRIBUTING.md");
  }
  return FOLDER;
}

/** A project, how it is planned, and what the planner says natively. */
export interface Entry {
  name: string;
  files: Record<string, string>;
  profile: string | null;
  options: StageOptions;
  deployed: string | null;
  live: string | null;
  json: string | null;
  markdown: string | null;
  diagnostics: string | null;
}

export function entries(): Entry[] {
  return JSON.parse(readFileSync(join(folder(), "parity.json"), "utf8")) as Entry[];
}

/** A synthetic project as an archive. */
export function synthetic(objects: number): Uint8Array {
  const root = join(folder(), String(objects));
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name));
  return zipSync(Object.fromEntries(paths.map((path) => [relative(root, path), strToU8(readFileSync(path, "utf8"))])), {
    level: 1,
  });
}
