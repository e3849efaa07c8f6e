import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { belongs } from "@mz-deploy/planner/node";
import { type Entry, projectPaths } from "../src/walk";

/** What the editor says of a folder on disk: nothing of one that isn't there. */
function listing(root: string): (folder: string) => Promise<Entry[]> {
  return async (folder) => {
    try {
      return readdirSync(join(root, folder), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        isFile: statSync(join(root, folder, entry.name)).isFile(),
        isDirectory: entry.isDirectory(),
      }));
    } catch {
      return [];
    }
  };
}

function folderWith(...paths: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "mz-deploy-walk-"));
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
  }
  return root;
}

test("a project's files are found, hidden ones included, and nothing else", async () => {
  const root = folderWith(
    "project.toml",
    "README.md",
    "models/a/b/v.sql",
    "models/a/b/.v.sql",
    "models/a/.old/v.sql",
    "models/a/notes.txt",
    "clusters/c.sql",
    "src/models/v.sql",
  );
  const found = await projectPaths(listing(root), belongs);
  assert.deepEqual(found.sort(), ["clusters/c.sql", "models/a/b/.v.sql", "models/a/b/v.sql", "project.toml"]);
  rmSync(root, { recursive: true });
});

test("a project's own directory may be a link", async () => {
  const [root, elsewhere] = [folderWith("project.toml"), folderWith("a/b/v.sql")];
  symlinkSync(elsewhere, join(root, "models"));
  assert.deepEqual(await projectPaths(listing(root), belongs), ["project.toml", "models/a/b/v.sql"]);
  rmSync(root, { recursive: true });
  rmSync(elsewhere, { recursive: true });
});

test("where letter case doesn't count, `Models` is `models`; where it does, it is none of a project's", async () => {
  const file = (name: string): Entry => ({ name, isFile: true, isDirectory: false });
  const folder = (name: string): Entry => ({ name, isFile: false, isDirectory: true });
  const folders = new Map([
    ["", [folder("Models"), file("project.toml")]],
    ["Models", [folder("A")]],
    ["Models/A", [file("v.sql")]],
  ]);
  const without = new Map([...folders].map(([path, entries]) => [path.toLowerCase(), entries]));
  const ignoring = async (path: string) => without.get(path.toLowerCase()) ?? [];
  assert.deepEqual(await projectPaths(ignoring, belongs), ["project.toml", "models/A/v.sql"]);
  const minding = async (path: string) => folders.get(path) ?? [];
  assert.deepEqual(await projectPaths(minding, belongs), ["project.toml"]);
});
