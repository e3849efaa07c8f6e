import assert from "node:assert/strict";
import { test } from "node:test";
import { innermost, relativeTo } from "../src/paths";

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
