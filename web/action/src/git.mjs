// What a commit holds. The working tree is never looked at: what is planned is what is reviewed.
import { execFileSync, spawnSync } from "node:child_process";
import { EXIT, Failure } from "./failure.mjs";

/** A text in a commit: larger files are no definitions. */
const MOST_BYTES = 8 << 20;
const MOST_OUTPUT = 1 << 30;

/** @typedef {{ path: string, id: string, mode: string }} Entry */

export class Repository {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {string[]} args */
  #run(args) {
    const options = { cwd: this.root, maxBuffer: MOST_OUTPUT, encoding: /** @type {const} */ ("utf8") };
    return spawnSync("git", args, options);
  }

  /**
   * The commit that a name means. It is fetched if it isn't there: a checkout has one commit, as a rule.
   *
   * @param {string} name
   */
  commit(name) {
    const parse = () => this.#run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
    let found = parse();
    if (found.status !== 0 && /^[0-9a-f]{40,64}$/.test(name)) {
      this.#run(["fetch", "--quiet", "--no-tags", "--depth=1", "origin", name]);
      found = parse();
    }
    if (found.error !== undefined || found.status !== 0) {
      const help =
        "check out the repository before this action, with `fetch-depth: 0` if it is not a pull request's base";
      throw new Failure(EXIT.usage, `there is no commit \`${name}\` here: ${help}`);
    }
    return found.stdout.trim();
  }

  /** @param {string} commit */
  parents(commit) {
    const found = this.#run(["rev-list", "--parents", "-n", "1", commit]);
    return found.status === 0 ? found.stdout.trim().split(" ").slice(1) : [];
  }

  /**
   * The commit from which two histories went apart; absent if that is not known here.
   *
   * @param {string} a
   * @param {string} b
   */
  mergeBase(a, b) {
    const found = this.#run(["merge-base", a, b]);
    return found.status === 0 ? found.stdout.trim() : undefined;
  }

  /**
   * The files of a commit in a folder, with paths relative to it.
   *
   * @param {string} commit
   * @param {string} directory
   * @returns {Entry[]}
   */
  files(commit, directory) {
    const tree = directory === "" ? commit : `${commit}:${directory}`;
    const listed = this.#run(["ls-tree", "-r", "-z", "--full-tree", tree]);
    if (listed.status !== 0) {
      return [];
    }
    return listed.stdout
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => {
        const tab = line.indexOf("\t");
        const [mode = "", , id = ""] = line.slice(0, tab).split(" ");
        return { path: line.slice(tab + 1), id, mode };
      });
  }

  /**
   * The texts of files, in their order; absent for what is too large or not UTF-8.
   *
   * @param {Entry[]} entries
   * @returns {(string | undefined)[]}
   */
  texts(entries) {
    if (entries.length === 0) {
      return [];
    }
    const input = entries.map((entry) => `${entry.id}\n`).join("");
    const output = execFileSync("git", ["cat-file", "--batch"], { cwd: this.root, input, maxBuffer: MOST_OUTPUT });
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    let at = 0;
    return entries.map(() => {
      const end = output.indexOf(10, at);
      const size = Number(output.subarray(at, end).toString("latin1").split(" ")[2] ?? 0);
      const content = output.subarray(end + 1, end + 1 + size);
      at = end + 1 + size + 1;
      try {
        return size > MOST_BYTES ? undefined : decoder.decode(content);
      } catch {
        return undefined;
      }
    });
  }
}
