// The last commit of real repositories, from their statuses, in the numbers that the git extension's interface has for them.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { belongs } from "@mz-deploy/planner/node";
import { TestRepository } from "../../repository.mjs";
import { type Change, changesIn, filesAtHead, type GitState } from "../src/head";

const MODELS = "models/a/b";
const INDEX: Record<string, number> = { M: 0, A: 1, D: 2, R: 3, C: 4 };
const TREE: Record<string, number> = { M: 5, D: 6, A: 9 };
const MERGE: Record<string, number> = { AU: 12, UA: 13, DU: 14, UD: 15, AA: 16, DD: 17, UU: 18 };

class Sample extends TestRepository {
  /** What the git extension makes of the status. */
  state(): GitState {
    const uri = (path: string) => ({ path: `${this.root}/${path}` });
    const change = (status: number, from: string, to: string | undefined): Change => ({
      uri: uri(to ?? from),
      originalUri: uri(from),
      renameUri: to === undefined ? undefined : uri(to),
      status,
    });
    const state = { indexChanges: [], workingTreeChanges: [], mergeChanges: [], untrackedChanges: [] } as Record<
      keyof GitState,
      Change[]
    >;
    const words = this.git("status", "--porcelain", "-z", "--untracked-files=all").split("\0");
    while ((words[0] ?? "") !== "") {
      const word = words.shift() ?? "";
      const [both, x, y] = [word.slice(0, 2), word[0] ?? "", word[1] ?? ""];
      const to = "RC".includes(x) ? word.slice(3) : undefined;
      const from = to === undefined ? word.slice(3) : (words.shift() ?? "");
      if (both === "??") {
        state.untrackedChanges.push(change(7, from, undefined));
      } else if (MERGE[both] !== undefined) {
        state.mergeChanges.push(change(MERGE[both], from, undefined));
      } else {
        if (INDEX[x] !== undefined) state.indexChanges.push(change(INDEX[x], from, to));
        if (TREE[y] !== undefined) state.workingTreeChanges.push(change(TREE[y], from, to));
      }
    }
    return state;
  }

  onDisk(): Map<string, string> {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1));
    return new Map(paths.filter(belongs).map((path) => [path, readFileSync(join(this.root, path), "utf8")]));
  }

  atHead(): Map<string, string> {
    const paths = this.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0").filter(belongs);
    return new Map(paths.map((path) => [path, this.git("show", `HEAD:${path}`)]));
  }

  async check(): Promise<void> {
    const show = async (path: string) => this.git("show", `HEAD:${path}`);
    const found = await filesAtHead(this.onDisk(), changesIn(this.root, this.state()), belongs, show);
    assert.deepEqual(Object.fromEntries([...found].sort()), Object.fromEntries([...this.atHead()].sort()));
    this.remove();
  }
}

const view = (name: string, text = "1") =>
  `CREATE VIEW ${name} AS SELECT ${text} AS one;\n${`-- ${name}\n`.repeat(20)}`;

test("what was edited, added, moved or removed, staged or not, is at the last commit what it was there", async () => {
  const repository = new Sample();
  const names = ["same", "edited", "staged", "gone", "unstaged_gone", "moved", "moved_and_edited"];
  repository.commit({
    "project.toml": "",
    ...Object.fromEntries(names.map((name) => [`${MODELS}/${name}.sql`, view(name)])),
  });
  repository.write({ [`${MODELS}/staged.sql`]: view("staged", "2"), [`${MODELS}/added.sql`]: view("added") });
  repository.git("mv", `${MODELS}/moved.sql`, `${MODELS}/elsewhere.sql`);
  repository.git("mv", `${MODELS}/moved_and_edited.sql`, `${MODELS}/edited_elsewhere.sql`);
  repository.git("rm", "--quiet", `${MODELS}/gone.sql`);
  repository.git("add", "--all");
  repository.write({
    [`${MODELS}/edited.sql`]: view("edited", "2"),
    [`${MODELS}/staged.sql`]: view("staged", "3"),
    [`${MODELS}/added.sql`]: view("added", "2"),
    [`${MODELS}/edited_elsewhere.sql`]: view("moved_and_edited", "2"),
    [`${MODELS}/unstaged_gone.sql`]: undefined,
    [`${MODELS}/untracked.sql`]: view("untracked"),
  });
  await repository.check();
});

test("in a merge with conflicts, the last commit is ours and has no marks of a conflict", async () => {
  const repository = new Sample();
  const file = (name: string) => `${MODELS}/${name}.sql`;
  repository.commit({
    "project.toml": "",
    [file("both")]: view("both"),
    [file("we_removed")]: view("we_removed"),
    [file("they_removed")]: view("they_removed"),
  });
  repository.git("switch", "--quiet", "--create", "theirs");
  repository.commit({
    [file("both")]: view("both", "2"),
    [file("we_removed")]: view("we_removed", "2"),
    [file("they_removed")]: undefined,
    [file("both_added")]: view("both_added", "2"),
    [file("they_added")]: view("they_added"),
  });
  repository.git("switch", "--quiet", "main");
  repository.commit({
    [file("both")]: view("both", "3"),
    [file("we_removed")]: undefined,
    [file("they_removed")]: view("they_removed", "3"),
    [file("both_added")]: view("both_added", "3"),
  });
  assert.throws(() => repository.git("merge", "--quiet", "theirs"), "there are conflicts");
  assert.match(readFileSync(join(repository.root, file("both")), "utf8"), /^<<<<<<< /);
  const statuses = (repository.state().mergeChanges ?? []).map(({ status }) => status);
  assert.deepEqual([...statuses].sort(), [14, 15, 16, 18]);
  await repository.check();
});
