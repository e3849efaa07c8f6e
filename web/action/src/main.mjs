// Plans a pull request: comment, annotations, summary, exit code.
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { annotation, note } from "./annotations.mjs";
import { assemble, failed, marker, problems } from "./comment.mjs";
import { EXIT, Failure, reason } from "./failure.mjs";
import { Repository } from "./git.mjs";
import { putComment } from "./github.mjs";
import { readInputs } from "./inputs.mjs";
import { loadPlanner, plan } from "./plan.mjs";
import { violations } from "./policy.mjs";

/** @typedef {Record<string, string | undefined>} Env */
/** @typedef {import("./inputs.mjs").Inputs} Inputs */
/** @typedef {{ number?: number, base?: { sha?: string }, head?: { sha?: string, repo?: { fork?: boolean } } }} PullRequest */
/** @typedef {{ base: string | undefined, head: string, deployId: string }} Commits */
/** @typedef {{ body: string, code: number, plan?: string }} Result */

/** The package beside the action. */
const PLANNER = fileURLToPath(new URL("../../wasm", import.meta.url));
/** Characters of a commit that name a deployment. */
const SHORT = 7;

/**
 * @param {Env} env As GitHub sets it.
 * @param {(line: string) => void} print
 * @returns {Promise<number>} The exit code.
 */
export async function run(env, print) {
  let code = EXIT.ok;
  try {
    const inputs = readInputs(env);
    const event = readEvent(env);
    const { comment, ...result } = await look(env, inputs, event, print);
    code = result.code;
    save(env, inputs, comment, result.plan);
    await post(env, inputs, event, comment, print);
  } catch (error) {
    print(note("error", reason(error)));
    code ||= error instanceof Failure ? error.code : EXIT.problems;
  }
  return code;
}

/**
 * Plans, prints what is wrong, and writes the comment. What can't be planned at all is in the comment, too.
 *
 * @param {Env} env
 * @param {Inputs} inputs
 * @param {PullRequest} event
 * @param {(line: string) => void} print
 * @returns {Promise<Result & { comment: string }>}
 */
async function look(env, inputs, event, print) {
  const mark = marker(inputs.directory, inputs.profile);
  const planner = await loadPlanner(inputs.planner ?? PLANNER);
  const repository = new Repository(env.GITHUB_WORKSPACE ?? process.cwd());
  const commits = findCommits(repository, inputs, event, print);
  /** @type {Result} */
  let result;
  try {
    result = outcome(plan(planner, repository, inputs, commits), inputs, print);
  } catch (error) {
    print(note("error", reason(error)));
    result = { body: failed(reason(error)), code: error instanceof Failure ? error.code : EXIT.problems };
  }
  return { ...result, comment: assemble(mark, result.body, footer(inputs, commits)) };
}

/**
 * @param {import("./plan.mjs").Planned} planned
 * @param {Inputs} inputs
 * @param {(line: string) => void} print
 * @returns {Result}
 */
function outcome({ preview, markdown, json }, inputs, print) {
  const { diagnostics, errors } = preview.diagnostics;
  for (const diagnostic of diagnostics) {
    print(annotation(diagnostic, inputs.directory));
  }
  if (markdown === undefined) {
    const allowed = inputs.failOn.includes("none");
    return { body: problems(diagnostics, inputs.directory), code: allowed || errors === 0 ? EXIT.ok : EXIT.problems };
  }
  const violated = inputs.failOn.includes("none") ? [] : violations(preview, inputs.failOn);
  for (const sentence of violated) {
    print(note("error", `${sentence}, and \`fail-on\` says to fail then`));
  }
  const notice = violated.map((sentence) => `> **Not allowed by \`fail-on\`**: ${sentence}\n`).join("");
  const body = notice === "" ? markdown : `${notice}\n${markdown}`;
  return { body, code: violated.length > 0 ? EXIT.policy : EXIT.ok, ...(json === undefined ? {} : { plan: json }) };
}

/**
 * What is planned, and against what. GitHub checks out the merge of a pull request with its base: then what the pull
 * request does is the difference to the merge's first parent.
 *
 * @param {Repository} repository
 * @param {Inputs} inputs
 * @param {PullRequest} event
 * @param {(line: string) => void} print
 * @returns {Commits}
 */
function findCommits(repository, inputs, event, print) {
  const head = repository.commit(inputs.head ?? "HEAD");
  const deployId = (inputs.head === undefined ? (event.head?.sha ?? head) : head).slice(0, SHORT);
  if (inputs.deployed !== undefined) {
    return { base: undefined, head, deployId };
  }
  if (inputs.base !== undefined) {
    return { base: repository.commit(inputs.base), head, deployId };
  }
  const named = event.base?.sha;
  if (named === undefined) {
    const help = "this is no event of a pull request: name a commit in `base`, or a snapshot in `deployed`";
    throw new Failure(EXIT.usage, `there is nothing to compare with: ${help}`);
  }
  const [first, second] = repository.parents(head);
  const isMerge = inputs.head === undefined && second !== undefined && second === event.head?.sha;
  if (isMerge && first !== undefined) {
    return { base: repository.commit(first), head, deployId };
  }
  const base = repository.commit(named);
  const fork = repository.mergeBase(base, head);
  if (fork === undefined) {
    const help = "check out the repository with `fetch-depth: 0`";
    print(note("warning", `what came to the base since the pull request left it is shown as taken back: ${help}`));
  }
  return { base: fork ?? base, head, deployId };
}

/**
 * @param {Inputs} inputs
 * @param {Commits} commits
 */
function footer(inputs, { base, head }) {
  const short = (/** @type {string} */ commit) => `\`${commit.slice(0, SHORT)}\``;
  const against = base === undefined ? "a snapshot" : short(base);
  const where = inputs.directory === "" ? "" : ` in <code>${escaped(inputs.directory)}</code>`;
  return `<sub>mz-deploy${where}: ${short(head)} against ${against}. Nothing was changed.</sub>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[^A-Za-z0-9 ./_-]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/**
 * @param {Env} env
 * @returns {PullRequest}
 */
function readEvent(env) {
  if (!env.GITHUB_EVENT_PATH) {
    return {};
  }
  try {
    return JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8")).pull_request ?? {};
  } catch (error) {
    throw new Failure(EXIT.usage, `can't read the event: ${reason(error)}`);
  }
}

/**
 * Writes the comment and the plan for the steps that follow.
 *
 * @param {Env} env
 * @param {Inputs} inputs
 * @param {string} comment
 * @param {string | undefined} json
 */
function save(env, inputs, comment, json) {
  const folder = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), "mz-deploy-"));
  const commentFile = inputs.commentFile === "" ? join(folder, "comment.md") : inputs.commentFile;
  writeFileSync(commentFile, comment);
  const outputs = [`comment-file=${commentFile}`];
  if (json !== undefined) {
    const planFile = join(folder, "plan.json");
    writeFileSync(planFile, json);
    outputs.push(`plan-file=${planFile}`);
  }
  if (env.GITHUB_OUTPUT) {
    appendFileSync(env.GITHUB_OUTPUT, outputs.map((line) => `${line}\n`).join(""));
  }
  if (env.GITHUB_STEP_SUMMARY) {
    appendFileSync(env.GITHUB_STEP_SUMMARY, comment);
  }
}

/**
 * @param {Env} env
 * @param {Inputs} inputs
 * @param {PullRequest} event
 * @param {string} comment
 * @param {(line: string) => void} print
 */
async function post(env, inputs, event, comment, print) {
  const pullRequest = inputs.pullRequest ?? event.number;
  if (!inputs.comment || pullRequest === undefined) {
    return;
  }
  const repository = env.GITHUB_REPOSITORY;
  if (inputs.token === undefined || !repository) {
    throw new Failure(EXIT.comment, "there is no token for the comment: pass `token`, or set `comment: false`");
  }
  const api = env.GITHUB_API_URL ?? "https://api.github.com";
  const target = { api, repository, pullRequest, token: inputs.token, author: inputs.commentAuthor };
  try {
    const { done, author } = await putComment(target, marker(inputs.directory, inputs.profile), comment);
    print(`The comment on pull request ${pullRequest} is ${done}`);
    if (author !== undefined) {
      const help = `set \`comment-author: ${author}\`, or the next run posts another one`;
      print(
        note("warning", `the token is of \`${author}\`, and comments of \`${target.author}\` are updated: ${help}`),
      );
    }
  } catch (error) {
    if (event.head?.repo?.fork !== true) {
      throw error;
    }
    // The token of a pull request from a fork can't write, and nobody who works on it can change that.
    print(
      note("warning", `${reason(error)}. The pull request comes from a fork: the plan is in the summary of the run`),
    );
  }
}
