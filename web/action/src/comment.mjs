// The comment. What comes from the pull request stands in code spans, so nothing of it is read as markup.
import { createHash } from "node:crypto";

/** @typedef {import("../../wasm/index.js").DiagnosticView} DiagnosticView */

/** What a comment on GitHub may hold. */
export const LIMIT = 65_536;
/** Problems that are listed: the others are beside their lines. */
const MOST_PROBLEMS = 50;

/**
 * By which a comment is found again: one for each project of the repository and each profile.
 *
 * @param {string} directory
 * @param {string | undefined} profile
 */
export function marker(directory, profile) {
  const hash = createHash("sha256")
    .update(`${directory}\0${profile ?? ""}`)
    .digest("hex");
  return `<!-- mz-deploy plan ${hash.slice(0, 16)} -->`;
}

/**
 * A code span on one line. Nobody is mentioned in it, and a bar doesn't end the cell of a table.
 *
 * @param {string} text
 */
export function code(text) {
  const line = text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = line.includes("`") || line.trim() === "" ? " " : "";
  return `${fence}${space}${line}${space}${fence}`.replaceAll("|", "\\|");
}

/** @param {string} text */
function shortened(text) {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/**
 * A project with errors has no plan.
 *
 * @param {DiagnosticView[]} diagnostics
 * @param {string} directory
 */
export function problems(diagnostics, directory) {
  const errors = diagnostics.filter((each) => each.severity === "error");
  const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
  const rows = errors.slice(0, MOST_PROBLEMS).map(({ code: name, message, primary }) => {
    const path = [directory, primary.path ?? ""].filter((part) => part !== "").join("/");
    const place = primary.start === undefined ? path : `${path}:${primary.start.line}`;
    return `| ${place === "" ? "" : code(shortened(place))} | ${code(shortened(message))} | ${code(name)} |`;
  });
  const more = errors.length > MOST_PROBLEMS ? `\n… and ${errors.length - MOST_PROBLEMS} more.\n` : "";
  return `### No plan: the project has ${count}\n\n| where | what | code |\n|---|---|---|\n${rows.join("\n")}\n${more}`;
}

/**
 * What couldn't be read at all.
 *
 * @param {string} message
 */
export function failed(message) {
  return `### No plan\n\n${code(shortened(message))}\n`;
}

/**
 * The whole comment, which fits into what GitHub takes.
 *
 * @param {string} mark
 * @param {string} body
 * @param {string} footer
 */
export function assemble(mark, body, footer) {
  const whole = `${mark}\n${body.trimEnd()}\n\n${footer}\n`;
  if (whole.length <= LIMIT) {
    return whole;
  }
  // Cut between sections, which are apart by an empty line and `<details>`, so that none is left open.
  const notice =
    "> **Cut here**: the plan is longer than a comment may be. All of it is in the file that the step wrote.";
  const room = LIMIT - mark.length - footer.length - notice.length - 8;
  const kept = body.slice(0, room);
  const opened = kept.lastIndexOf("\n<details>");
  const closed = kept.lastIndexOf("</details>\n");
  const end = opened > closed ? opened : kept.lastIndexOf("\n") + 1;
  return `${mark}\n${kept.slice(0, Math.max(0, end)).trimEnd()}\n\n${notice}\n\n${footer}\n`;
}
