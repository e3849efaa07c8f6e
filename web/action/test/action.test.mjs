// The action as a whole, on repositories with a base and a head commit.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { TestRepository } from "../../repository.mjs";
import { LIMIT, marker } from "../src/comment.mjs";
import { act, EDITED, GitHub, SHOP } from "./support.mjs";

const SNAPSHOT = new URL("comment.md", import.meta.url);

/** @type {TestRepository} */
let repository;
/** @type {string} */
let base;
/** @type {{ number: number, base: { sha: string }, head: { sha: string } }} */
let event;

beforeEach((context) => {
  repository = new TestRepository();
  base = repository.commit(SHOP);
  const head = repository.commit({ "models/shop/core/open.sql": EDITED });
  event = { number: 7, base: { sha: base }, head: { sha: head } };
  "after" in context && context.after(() => repository.remove());
});

const github = new GitHub();
/** @type {Record<string, string>} */
let online;
before(async () => {
  online = await github.start();
});
after(() => github.stop());
beforeEach(() => {
  github.comments = [];
  github.calls = [];
  github.refuses = undefined;
  github.login = "github-actions[bot]";
});

test("the comment says what the pull request would do, and so does the summary", async () => {
  const { code, comment, summary, output, lines } = await act(repository, event);
  if (process.env.UPDATE) {
    writeFileSync(SNAPSHOT, comment);
  }
  assert.equal(comment, readFileSync(SNAPSHOT, "utf8"));
  assert.equal(summary, comment);
  assert.match(output, /^comment-file=.+\nplan-file=.+plan\.json\n$/);
  assert.deepEqual({ code, lines }, { code: 0, lines: [] });
});

test("there is one comment: it is posted, then left alone, then updated", async () => {
  const posted = await act(repository, event, online);
  assert.deepEqual(posted.lines, ["The comment on pull request 7 is posted"]);
  const again = await act(repository, event, online);
  assert.deepEqual(again.lines, ["The comment on pull request 7 is unchanged"]);
  const head = repository.commit({ "models/shop/core/open.sql": EDITED.replace("> 1", "> 2") });
  const later = await act(repository, { ...event, head: { sha: head } }, online);
  assert.deepEqual(later.lines, ["The comment on pull request 7 is updated"]);
  assert.deepEqual(
    github.comments.map(({ body }) => body),
    [later.comment],
  );
});

test("a comment of somebody else is never updated, whatever stands in it, and ours is found behind a hundred others", async () => {
  const strange = { id: 1, body: `${marker("", undefined)}\nmine`, user: { login: "somebody" } };
  const others = Array.from({ length: 120 }, (_, at) => ({ id: at + 2, body: "hm", user: { login: "somebody" } }));
  github.comments = [strange, ...others];
  await act(repository, event, online);
  await act(repository, event, online);
  assert.equal(github.comments.length, 122);
  assert.equal(github.comments[0]?.body, `${marker("", undefined)}\nmine`);
});

test("with a token of another account, the step says whose comments to update", async () => {
  github.login = "an-app[bot]";
  const first = await act(repository, event, online);
  assert.equal(first.code, 0);
  assert.match(first.lines.join("\n"), /^::warning .*set `comment-author: an-app\[bot\]`/m);
  const told = { ...online, MZ_DEPLOY_COMMENT_AUTHOR: "an-app[bot]" };
  assert.deepEqual((await act(repository, event, told)).lines, ["The comment on pull request 7 is unchanged"]);
  assert.equal(github.comments.length, 1);
});

test("of a merge with a base that moved on, only what the pull request does is planned", async () => {
  repository.git("switch", "--quiet", "--create", "later", base);
  repository.commit({ "models/shop/side/elsewhere.sql": "CREATE VIEW elsewhere AS SELECT 1 AS one;\n" });
  repository.git("merge", "--quiet", "--no-ff", "--no-edit", event.head.sha);
  const { code, comment } = await act(repository, event);
  assert.equal(code, 0);
  assert.doesNotMatch(comment, /\| created/);
  assert.match(comment, /stay as they are \| 1 object: shop\.side\.elsewhere/);
  assert.match(comment, /shop\.core\.open/);
});

test("a commit that isn't there is fetched, and what can't be known then is said", async () => {
  repository.git("config", "uploadpack.allowAnySHA1InWant", "true");
  repository.git("switch", "--quiet", "--create", "later", base);
  const later = repository.commit({ "models/shop/side/elsewhere.sql": "CREATE VIEW elsewhere AS SELECT 1 AS one;\n" });
  const clone = new TestRepository();
  clone.git("remote", "add", "origin", `file://${repository.root}`);
  clone.git("fetch", "--quiet", "--depth=1", "origin", later);
  clone.git("checkout", "--quiet", later);
  const shallow = await act(clone, { ...event, base: { sha: later } }, { MZ_DEPLOY_HEAD: event.head.sha });
  assert.equal(shallow.code, 0);
  assert.match(shallow.comment, /update by swap/);
  assert.match(shallow.lines.join("\n"), /^::warning .*fetch-depth: 0/);
  clone.git("fetch", "--quiet", "--unshallow", "origin");
  clone.git("fetch", "--quiet", "origin", event.head.sha);
  const whole = await act(clone, { ...event, base: { sha: later } }, { MZ_DEPLOY_HEAD: event.head.sha });
  assert.deepEqual(whole.lines, []);
  assert.doesNotMatch(whole.comment, /elsewhere/);
  clone.remove();
});

test("problems stand beside their lines and in the comment, and fail the step", async () => {
  repository.commit({ "models/shop/core/open.sql": "CREATE VIEW open AS\nSELECT id FROM raw.order;\n" });
  const { code, comment, lines } = await act(repository, event);
  assert.equal(code, 1);
  assert.match(
    lines.join("\n"),
    /^::error file=models\/shop\/core\/open\.sql,line=2,endLine=2,col=16,endColumn=25,title=\w+::/m,
  );
  assert.match(comment, /### No plan: the project has \d error/);
  assert.match(comment, /\| `models\/shop\/core\/open\.sql:2` \|/);
  const allowed = await act(repository, event, { MZ_DEPLOY_FAIL_ON: "none" });
  assert.equal(allowed.code, 0);
});

test("a policy fails the step and says so first", async () => {
  repository.commit({ "models/shop/core/top.sql": undefined });
  const codes = async (/** @type {string} */ failOn, /** @type {string} */ drop) =>
    (
      await act(repository, event, {
        MZ_DEPLOY_BASE: "HEAD~1",
        MZ_DEPLOY_FAIL_ON: failOn,
        MZ_DEPLOY_DROP_REMOVED: drop,
      })
    ).code;
  assert.equal(await codes("error", "true"), 0);
  assert.equal(await codes("error, drop", "false"), 0);
  assert.equal(await codes("error, drop", "true"), 3);
  assert.equal(await codes("change", "false"), 3);
  const { comment } = await act(repository, event, { MZ_DEPLOY_FAIL_ON: "drop", MZ_DEPLOY_DROP_REMOVED: "true" });
  assert.match(comment, /^<!-- .* -->\n> \*\*Not allowed by `fail-on`\*\*: 1 object would be dropped\n/);
});

test("a change of a schema alone is a change", async () => {
  const commented = (/** @type {string} */ words) =>
    repository.commit({ "models/shop/core.sql": `COMMENT ON SCHEMA core IS '${words}';\n` });
  const before = commented("before");
  commented("after");
  const { code, lines } = await act(repository, event, { MZ_DEPLOY_BASE: before, MZ_DEPLOY_FAIL_ON: "change" });
  assert.equal(code, 3, lines.join("\n"));
  assert.match(lines.join("\n"), /^::error [^\n]*1 schema would change, and `fail-on`/m);
});

test("what is built again because of something else can fail the step", async () => {
  assert.equal((await act(repository, event, { MZ_DEPLOY_FAIL_ON: "rebuild" })).code, 3);
});

test("without the permission the step says what to do, and the plan is in the summary", async () => {
  github.refuses = 403;
  const { code, lines, summary } = await act(repository, event, online);
  assert.equal(code, 4);
  assert.match(lines.join("\n"), /::error .*status 403.*pull-requests: write/);
  assert.match(summary, /shop\.core\.open/);
  const wrong = await act(repository, event, { ...online, MZ_DEPLOY_TOKEN: "another" });
  assert.match(wrong.lines.join("\n"), /the token is not valid/);
  assert.doesNotMatch(wrong.lines.join("\n"), /another/);
});

test("a pull request from a fork can't have a comment, and doesn't fail for it", async () => {
  github.refuses = 403;
  const fork = { ...event, head: { ...event.head, repo: { fork: true } } };
  const { code, lines } = await act(repository, fork, online);
  assert.equal(code, 0);
  assert.match(lines.join("\n"), /^::warning .*comes from a fork/);
});

test("a snapshot takes the place of the base", async () => {
  const file = join(repository.root, "snapshot.json");
  writeFileSync(file, '{"format": 99}');
  const { code, lines } = await act(repository, {}, { MZ_DEPLOY_DEPLOYED: file });
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /^::error .*99/m);
  const missing = await act(repository, {}, { MZ_DEPLOY_DEPLOYED: "/nowhere.json" });
  assert.equal(missing.code, 2);
});

test("a base without a project makes everything new", async () => {
  const tree = repository.git("hash-object", "-t", "tree", "-w", "/dev/null").trim();
  const empty = repository.git("commit-tree", "-m", "empty", tree).trim();
  const { code, comment } = await act(repository, event, { MZ_DEPLOY_BASE: empty });
  assert.equal(code, 0);
  assert.match(comment, /\| created \| \*\*\d\*\* \|/);
});

test("what is asked for wrongly is told", async () => {
  for (const [env, expected] of /** @type {[Record<string, string>, RegExp][]} */ ([
    [{ MZ_DEPLOY_FAIL_ON: "everything" }, /`fail-on` is `everything`, expected one of/],
    [{ MZ_DEPLOY_DIRECTORY: "../.." }, /expected a folder of the repository/],
    [{ MZ_DEPLOY_DIRECTORY: "elsewhere" }, /there is no project in `elsewhere`/],
    [{ MZ_DEPLOY_BASE: "--upload-pack=x" }, /there is no commit `--upload-pack=x` here/],
    [{ MZ_DEPLOY_PLANNER: "/nowhere" }, /there is no planner in `\/nowhere`/],
    [{ MZ_DEPLOY_PULL_REQUEST: "7/../8" }, /expected a number/],
  ])) {
    const { code, lines } = await act(repository, event, env);
    assert.equal(code, 2, JSON.stringify(env));
    assert.match(lines.join("\n"), expected);
  }
});

test("names and texts of the pull request are no commands, no markup and mention nobody", async () => {
  const name = "models/shop/core/a`b\n::error ::pwned @everyone <b>|x.sql";
  repository.commit({
    [name]: "CREATE VIEW x AS SELECT 1;\n",
    "models/shop/core/open.sql":
      "CREATE VIEW open AS SELECT id, total, '````\n</details> @everyone <script>' AS t FROM raw.orders;\n",
  });
  const broken = await act(repository, event);
  assert.equal(broken.code, 1);
  for (const line of broken.lines) {
    assert.match(line, /^::(error|warning) [^\n]*$/);
  }
  assert.doesNotMatch(broken.comment.replace(/(`+)[^\n]*?[^`]\1(?!`)/g, ""), /pwned|@everyone|<b>/);
  repository.commit({ [name]: undefined });
  const planned = await act(repository, event);
  const outside = planned.comment.replace(/\n(`{3,})[^\n]*\n[\s\S]*?\n\1\n/g, "\n").replace(/(`+)[^\n]*?\1/g, "");
  assert.doesNotMatch(outside, /@everyone|<script>/);
  assert.equal(outside.match(/<details>/g)?.length, outside.match(/<\/details>/g)?.length);
});

test("a comment is never longer than GitHub allows, and is cut between its sections", async () => {
  const long = (/** @type {number} */ at) => `CREATE VIEW v${at} AS SELECT '${"x".repeat(900)}' AS t;\n`;
  const views = Array.from({ length: 300 }, (_, at) => [`models/shop/core/v${at}.sql`, long(at)]);
  repository.commit(Object.fromEntries(views));
  const { code, comment } = await act(repository, event);
  assert.equal(code, 0);
  assert.ok(comment.length <= LIMIT, `${comment.length}`);
  assert.equal(comment.match(/<details>/g)?.length, comment.match(/<\/details>/g)?.length);
  assert.match(comment, /Left out here because they are too long|Cut here/);
});

test("a secret is in no output", async () => {
  const secret = "hunter2hunter2";
  repository.commit({
    "models/shop/raw/token.sql": `CREATE SECRET token AS '${secret}';\n`,
    "models/shop/core/open.sql": EDITED.replace("> 1", "> 3"),
  });
  const { code, comment, lines, output } = await act(repository, event);
  assert.equal(code, 0);
  assert.doesNotMatch([comment, output, ...lines].join("\n"), new RegExp(secret));
});
