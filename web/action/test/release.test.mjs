// A release, made in a repository of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestRepository } from "../../repository.mjs";

const RELEASE = fileURLToPath(new URL("../release", import.meta.url));
const BUILT = { "web/wasm/pkg/mz_deploy.js": "// built", "web/wasm/pkg/mz_deploy_bg.wasm": "built" };

/** A repository with the action's files, whose branches leave out what is built. */
function prepared() {
  const repository = new TestRepository();
  repository.commit({ "action.yml": "name: x\n", ".gitignore": "pkg/\n" });
  return repository;
}

/**
 * @param {TestRepository} repository
 * @param {string[]} args
 */
function release(repository, ...args) {
  const { status, stderr } = spawnSync(RELEASE, args, { cwd: repository.root, env: repository.env, encoding: "utf8" });
  return { status, stderr };
}

test("the tag has the built planner, and the branch doesn't", () => {
  const repository = prepared();
  repository.write({ ...BUILT, "web/wasm/pkg/mz_deploy.d.ts": "" });
  assert.deepEqual(release(repository, "v1.0.0"), { status: 0, stderr: "" });
  const files = (/** @type {string} */ at) =>
    repository.git("ls-tree", "-r", "--name-only", at).trim().split("\n").sort();
  assert.deepEqual(files("v1.0.0"), [".gitignore", "action.yml", ...Object.keys(BUILT)]);
  assert.deepEqual(files("main"), [".gitignore", "action.yml"]);
  assert.equal(repository.git("rev-parse", "v1.0.0^"), repository.git("rev-parse", "main"));
  assert.equal(repository.git("status", "--porcelain"), "");
  assert.notEqual(release(repository, "v1.0.0").status, 0, "a tag that is there stays where it is");
  repository.remove();
});

test("what isn't built or isn't committed is not released", () => {
  const repository = prepared();
  assert.match(release(repository, "v1").stderr, /mz_deploy\.js` is missing: run `web\/wasm\/build`/);
  repository.write({ ...BUILT, "action.yml": "name: y\n" });
  assert.match(release(repository, "v1").stderr, /changes that are not committed/);
  assert.match(release(repository).stderr, /name the tag/);
  assert.equal(repository.git("tag"), "");
  repository.remove();
});
