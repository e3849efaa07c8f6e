// The files of a project in a commit.
import { EXIT, Failure } from "./failure.mjs";

/** Of a file, and of a link to one: links are not followed. */
const FILE_MODES = ["100644", "100755"];

/**
 * The texts of a project's files, by path.
 *
 * @param {typeof import("../../wasm/index.js")} planner
 * @param {import("./git.mjs").Repository} repository
 * @param {string} commit
 * @param {string} directory
 * @returns {Map<string, string>}
 */
export function readProject(planner, repository, commit, directory) {
  const entries = repository.files(commit, directory).filter((entry) => planner.belongs(entry.path));
  const link = entries.find((entry) => !FILE_MODES.includes(entry.mode));
  if (link !== undefined) {
    throw new Failure(EXIT.problems, `\`${link.path}\` is a link: put the file itself there`);
  }
  const texts = repository.texts(entries);
  return new Map(
    entries.map((entry, at) => {
      const text = texts[at];
      if (text === undefined) {
        throw new Failure(EXIT.problems, `\`${entry.path}\` is not a text in UTF-8 of at most 8 MiB`);
      }
      return [entry.path, text];
    }),
  );
}
