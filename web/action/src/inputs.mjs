// What the workflow asks for, from environment variables: `action.yml` passes each input as one.
import { EXIT, Failure } from "./failure.mjs";

/** What makes the action fail, from the least to the most. */
export const POLICIES = /** @type {const} */ (["none", "error", "warning", "drop", "rebuild", "change"]);

/** @typedef {typeof POLICIES[number]} Policy */

/**
 * @typedef {object} Inputs
 * @property {string} directory Of the project in the repository; empty for its root.
 * @property {string | undefined} deployed A snapshot file to plan against, instead of the base.
 * @property {string | undefined} live A file with facts of the live catalog.
 * @property {string | undefined} base A commit to plan against, instead of the pull request's.
 * @property {string | undefined} head A commit to plan, instead of what is checked out.
 * @property {string | undefined} profile
 * @property {Record<string, string>} variables
 * @property {"swap" | "rename" | "auto" | undefined} strategy
 * @property {boolean} dropRemoved
 * @property {Policy[]} failOn
 * @property {boolean} comment Post one.
 * @property {string} commentFile Where the comment is written to, too; empty for nowhere.
 * @property {string} commentAuthor Whose comments may be updated.
 * @property {string | undefined} token
 * @property {number | undefined} pullRequest Its number, instead of the event's.
 * @property {string | undefined} planner The folder of the planner's package, instead of the one beside the action.
 */

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Inputs}
 */
export function readInputs(env) {
  const text = (/** @type {string} */ name) => env[`MZ_DEPLOY_${name}`]?.trim() || undefined;
  const pullRequest = text("PULL_REQUEST");
  if (pullRequest !== undefined && !/^[1-9][0-9]{0,9}$/.test(pullRequest)) {
    throw new Failure(EXIT.usage, `\`pull-request\` is \`${pullRequest}\`, expected a number`);
  }
  return {
    directory: directory(text("DIRECTORY") ?? "."),
    deployed: text("DEPLOYED"),
    live: text("LIVE"),
    base: text("BASE"),
    head: text("HEAD"),
    profile: text("PROFILE"),
    variables: variables(text("VARIABLES") ?? ""),
    strategy: choice("strategy", text("STRATEGY"), /** @type {const} */ (["swap", "rename", "auto"])),
    dropRemoved: flag("drop-removed", text("DROP_REMOVED"), false),
    failOn: policies(text("FAIL_ON") ?? "error"),
    comment: flag("comment", text("COMMENT"), true),
    commentFile: text("COMMENT_FILE") ?? "",
    commentAuthor: text("COMMENT_AUTHOR") ?? "github-actions[bot]",
    token: text("TOKEN"),
    pullRequest: pullRequest === undefined ? undefined : Number(pullRequest),
    planner: text("PLANNER"),
  };
}

/** @param {string} given */
function directory(given) {
  const parts = given.split("/").filter((part) => part !== "" && part !== ".");
  if (given.startsWith("/") || given.includes("\\") || parts.includes("..")) {
    throw new Failure(EXIT.usage, `\`directory\` is \`${given}\`, expected a folder of the repository`);
  }
  return parts.join("/");
}

/** @param {string} lines `name=value`, one a line. */
function variables(lines) {
  const found = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return Object.fromEntries(
    found.map((line) => {
      const at = line.indexOf("=");
      if (at < 1) {
        throw new Failure(EXIT.usage, `\`variables\` has the line \`${line}\`, expected \`name=value\``);
      }
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

/** @param {string} given */
function policies(given) {
  const names = given.split(/[\s,]+/).filter((name) => name !== "");
  return names.map((name) => /** @type {Policy} */ (choice("fail-on", name, POLICIES)));
}

/**
 * @template {string} T
 * @param {string} input
 * @param {string | undefined} given
 * @param {readonly T[]} allowed
 * @returns {T | undefined}
 */
function choice(input, given, allowed) {
  const found = allowed.find((value) => value === given);
  if (given !== undefined && found === undefined) {
    const all = allowed.map((value) => `\`${value}\``).join(", ");
    throw new Failure(EXIT.usage, `\`${input}\` is \`${given}\`, expected one of ${all}`);
  }
  return found;
}

/**
 * @param {string} input
 * @param {string | undefined} given
 * @param {boolean} otherwise
 */
function flag(input, given, otherwise) {
  return given === undefined ? otherwise : choice(input, given, /** @type {const} */ (["true", "false"])) === "true";
}
