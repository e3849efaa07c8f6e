import assert from "node:assert/strict";
import { test } from "node:test";
import { belongs } from "@mz-deploy/planner/node";
import { filesAtHead } from "../src/head";

const COMMITTED: Record<string, string> = {
  "models/a/b/v.sql": "old",
  "models/a/b/gone.sql": "gone",
  "models/a/b/before.sql": "moved",
};
const show = (path: string) => Promise.resolve(COMMITTED[path] ?? assert.fail(path));

test("the last commit is what is on disk, but for what has changed since", async () => {
  const saved = new Map([
    ["project.toml", ""],
    ["models/a/b/v.sql", "new"],
    ["models/a/b/added.sql", "added"],
    ["models/a/b/after.sql", "moved"],
  ]);
  const head = await filesAtHead(
    saved,
    [
      { path: "models/a/b/v.sql", before: "models/a/b/v.sql" },
      { path: "models/a/b/added.sql", before: undefined },
      { path: undefined, before: "models/a/b/gone.sql" },
      { path: "models/a/b/after.sql", before: "models/a/b/before.sql" },
      { path: "README.md", before: "README.md" },
    ],
    belongs,
    show,
  );
  assert.deepEqual(Object.fromEntries([...head].sort()), {
    "models/a/b/before.sql": "moved",
    "models/a/b/gone.sql": "gone",
    "models/a/b/v.sql": "old",
    "project.toml": "",
  });
});
