// A git repository in a temporary folder, for the tests of what reads repositories.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

// The same commits everywhere, whatever the user's own git is set to.
const IDENTITY = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};

/** The environment without what it says to git: in a hook, it names another repository and another index. */
function environment() {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return { ...Object.fromEntries(others), ...IDENTITY };
}

export class TestRepository {
  constructor() {
    this.root = mkdtempSync(join(tmpdir(), "mz-deploy-repository-"));
    this.env = environment();
    this.git("init", "--quiet", "--initial-branch=main");
  }

  git(...args) {
    return execFileSync("git", args, { cwd: this.root, env: this.env, encoding: "utf8" });
  }

  write(files) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.root, path);
      if (text === undefined) {
        rmSync(file);
      } else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    }
  }

  commit(files) {
    this.write(files);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", "change");
    return this.git("rev-parse", "HEAD").trim();
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}
