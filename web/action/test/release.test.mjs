// A release, made in a repository of its own, whose build is a small one.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestRepository } from "../../repository.mjs";

const RELEASE = fileURLToPath(new URL("../release", import.meta.url));
const PKG = "web/wasm/pkg";
const BUILT = ["THIRD-PARTY.txt", "mz_deploy.js", "mz_deploy_bg.wasm"].map((name) => `${PKG}/${name}`);
/** The module is what the sources are. */
const BUILD = `#!/bin/sh
mkdir -p ${PKG}
for file in ${BUILT.join(" ")} ${PKG}/mz_deploy.d.ts; do cp planner.rs $file; done
`;
const COMMITTED = { "planner.rs": "one", ".gitignore": "pkg/\n", "action.yml": "name: x\n" };

/** A repository with the action's files, whose branches leave out what is built. */
function prepared(build = BUILD) {
  const repository = new TestRepository();
  repository.write({ ...COMMITTED, "web/wasm/build": build });
  chmodSync(join(repository.root, "web/wasm/build"), 0o755);
  repository.commit({});
  return repository;
}

/**
 * @param {TestRepository} repository
 * @param {string[]} args
 */
function release(repository, ...args) {
  const { status, stdout, stderr } = spawnSync(RELEASE, args, {
    cwd: repository.root,
    env: repository.env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("the tag has the built planner with the licences of others, and the branch doesn't", () => {
  const repository = prepared();
  const { status, stdout, stderr } = release(repository, "v1.0.0");
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  assert.match(stdout, /^ {4}git push origin refs\/tags\/v1\.0\.0$/m);
  const files = (/** @type {string} */ at) =>
    repository.git("ls-tree", "-r", "--name-only", at).trim().split("\n").sort();
  const own = [...Object.keys(COMMITTED), "web/wasm/build"];
  assert.deepEqual(files("v1.0.0"), [...own, ...BUILT].sort());
  assert.deepEqual(files("main"), own.sort());
  assert.equal(repository.git("rev-parse", "v1.0.0^"), repository.git("rev-parse", "main"));
  assert.equal(repository.git("status", "--porcelain"), "");
  repository.remove();
});

test("the planner of a release is built from its commit, whatever was built before", () => {
  const repository = prepared();
  repository.write(Object.fromEntries(BUILT.map((path) => [path, "of another commit"])));
  repository.commit({ "planner.rs": "two" });
  assert.equal(release(repository, "v2").status, 0);
  for (const path of BUILT) {
    assert.equal(repository.git("show", `v2:${path}`), "two");
  }
  repository.remove();
});

test("without a planner that was built, or with changes that aren't committed, there is no release", () => {
  const failing = prepared("#!/bin/sh\necho 'error: it does not compile' >&2\nexit 1\n");
  assert.match(release(failing, "v1").stderr, /it does not compile/);
  const careless = prepared(`${BUILD}echo more >>action.yml\n`);
  assert.match(release(careless, "v1").stderr, /changes that are not committed/);
  const edited = prepared();
  edited.write({ "action.yml": "name: y\n" });
  assert.match(release(edited, "v1").stderr, /changes that are not committed/);
  for (const repository of [failing, careless, edited]) {
    assert.equal(repository.git("tag"), "");
    repository.remove();
  }
});

test("a tag that is there stays where it is", () => {
  const repository = prepared();
  repository.git("tag", "v1");
  const { status, stderr } = release(repository, "v1");
  assert.equal(status, 1);
  assert.match(stderr, /the tag `v1` is there already/);
  assert.equal(repository.git("rev-parse", "v1"), repository.git("rev-parse", "main"));
  repository.remove();
});

test("what can't be the name of a tag is refused before anything is built", () => {
  const repository = prepared("#!/bin/sh\necho 'built' >&2\n");
  for (const tag of ["-f", "--delete", "a b", "v1..v2", "v1.lock"]) {
    const { status, stderr } = release(repository, tag);
    assert.equal(status, 1);
    assert.equal(stderr, `error: \`${tag}\` can't be the name of a tag: expected one like \`v1.0.0\`\n`);
  }
  assert.match(release(repository).stderr, /name the tag/);
  assert.equal(repository.git("tag"), "");
  repository.remove();
});

test("outside of a repository, git says so and nothing is made", () => {
  const repository = prepared();
  const outside = mkdtempSync(join(tmpdir(), "mz-deploy-outside-"));
  const { status, stdout, stderr } = spawnSync(RELEASE, ["v1"], {
    cwd: outside,
    env: { ...repository.env, GIT_CEILING_DIRECTORIES: tmpdir() },
    encoding: "utf8",
  });
  assert.deepEqual({ status, stdout }, { status: 128, stdout: "" });
  assert.match(stderr, /not a git repository/);
  rmSync(outside, { recursive: true });
  repository.remove();
});
