// The repositories of the tests are on their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestRepository } from "../../repository.mjs";

test("a repository of a test isn't the one that the environment names", () => {
  const other = new TestRepository();
  process.env.GIT_DIR = `${other.root}/.git`;
  process.env.GIT_INDEX_FILE = `${other.root}/.git/index`;
  try {
    const own = new TestRepository();
    own.commit({ "a.txt": "a" });
    assert.equal(own.git("ls-files"), "a.txt\n");
    own.remove();
  } finally {
    delete process.env.GIT_DIR;
    delete process.env.GIT_INDEX_FILE;
  }
  assert.equal(other.git("ls-files"), "");
  assert.equal(other.git("for-each-ref"), "");
  other.remove();
});
