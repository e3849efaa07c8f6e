import assert from "node:assert/strict";
import { test } from "node:test";
import { belongs, innermost, relativeTo } from "../src/paths";

test("a project has its settings and the SQL of its folders", () => {
  for (const path of [
    "project.toml",
    "types.lock",
    "models/a.sql",
    "models/a/b/c.sql",
    "clusters/x.SQL",
    "roles/r.sql",
  ]) {
    assert.ok(belongs(path), path);
  }
  for (const path of ["README.md", "x.sql", "models/a/b/README.md", "sub/project.toml", "scripts/x.sql", ""]) {
    assert.ok(!belongs(path), path);
  }
});

test("a file belongs to the innermost project that holds it", () => {
  const [outer, inner, other] = [{ path: "/w" }, { path: "/w/inner" }, { path: "/w/inner2" }];
  assert.equal(innermost([outer, inner, other], "/w/inner/models/a.sql"), inner);
  assert.equal(innermost([outer, inner, other], "/w/inner2/models/a.sql"), other);
  assert.equal(innermost([inner], "/elsewhere/a.sql"), undefined);
});

test("a folder whose name begins like another isn't that one", () => {
  assert.equal(relativeTo("/w/a", "/w/ab/x.sql"), undefined);
  assert.equal(relativeTo("/w/a", "/w/a/x.sql"), "x.sql");
  assert.equal(relativeTo("/", "/x.sql"), "x.sql");
});
