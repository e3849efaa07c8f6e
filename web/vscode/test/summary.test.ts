import assert from "node:assert/strict";
import { test } from "node:test";
import { Workspace } from "@mz-deploy/planner/node";
import { summary } from "../src/summary";

/** A project of two views, of which the second reads the first. */
function project(first: string): Workspace {
  const workspace = new Workspace();
  workspace.setFile("project.toml", "");
  workspace.setFile("models/a/b/v.sql", `CREATE VIEW v AS ${first};`);
  workspace.setFile("models/a/b/w.sql", "CREATE VIEW w AS SELECT * FROM v;");
  return workspace;
}

test("a plan is a few words", () => {
  const base = project("SELECT 1 AS a");
  const deployed = base.deployedAfter();
  // The database and the schema are new, too.
  assert.deepEqual(summary(base.plan({ deploy_id: "p" })), { icon: "git-compare", text: "4 changes" });
  base.setDeployed(deployed ?? "");
  assert.deepEqual(summary(base.plan({ deploy_id: "p" })), { icon: "check", text: "No changes" });
  const edited = project("SELECT 2 AS a");
  edited.setDeployed(deployed ?? "");
  assert.deepEqual(summary(edited.plan({ deploy_id: "p" })), { icon: "git-compare", text: "1 change, 1 rebuilt" });
  assert.deepEqual(summary(project("SELEKT").plan({ deploy_id: "p" })), { icon: "error", text: "1 error" });
});

test("a change of a schema alone is a change", () => {
  const commented = (words: string) => {
    const workspace = project("SELECT 1 AS a");
    workspace.setFile("models/a/b.sql", `COMMENT ON SCHEMA b IS '${words}';`);
    return workspace;
  };
  const edited = commented("after");
  edited.setDeployed(commented("before").deployedAfter() ?? "");
  assert.deepEqual(summary(edited.plan({ deploy_id: "p" })), { icon: "git-compare", text: "1 change" });
});
