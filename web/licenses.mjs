// Writes THIRD-PARTY.txt: the licences of what ships in a package, `node licenses.mjs OUT FOLDER`. FOLDER has the package's
// package.json, its lock file and its node_modules. The crates in the planner's module come from `cargo tree`
// and `cargo metadata`.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODULE = "mz-deploy-wasm";
const TARGET = "wasm32-unknown-unknown";
const TEXTS = /^(licen[cs]e|copying|notice|unlicense)/i;
const RULE = "-".repeat(100);

/**
 * Something that ships, and under which terms.
 *
 * @typedef {{ name: string, version: string, license: string, texts: string[] }} Part
 * @typedef {{ name: string, version: string, license: string | null, manifest_path: string }} Crate
 */

/**
 * The crates of others in a listing of `cargo tree`, as `name version`: those of this repository have a path behind.
 *
 * @param {string} tree
 */
export function linked(tree) {
  const crates = tree.split("\n").map((line) => /^(\S+) v(\S+)(?: \(\*\))?$/.exec(line.trim()));
  return new Set(crates.flatMap((found) => (found === null ? [] : [`${found[1]} ${found[2]}`])));
}

/**
 * The npm packages of others that are needed where a package runs, by the paths of its lock file.
 *
 * @param {Record<string, { dev?: boolean, link?: boolean }>} locked
 */
export function shipped(locked) {
  return Object.keys(locked).filter(
    (path) => path.startsWith("node_modules/") && !locked[path]?.dev && !locked[path]?.link,
  );
}

/**
 * One text for all. A licence that several have is printed once.
 *
 * @param {Part[]} parts
 */
export function notice(parts) {
  const name = ({ name, version }) => `${name} ${version}`;
  const sorted = [...parts].sort((a, b) => (name(a) < name(b) ? -1 : 1));
  /** @type {Map<string, string[]>} */
  const users = new Map();
  for (const part of sorted) {
    for (const text of part.texts.map((each) => each.replaceAll("\r\n", "\n").trim())) {
      users.set(text, [...new Set([...(users.get(text) ?? []), name(part)])]);
    }
  }
  const list = sorted.map((part) => `${name(part)}: ${part.license}`).join("\n");
  const texts = [...users].map(([text, names]) => `${RULE}\n${names.join(", ")}\n${RULE}\n\n${text}\n`);
  return `This package has parts that others made.\n\n${list}\n\n${texts.join("\n")}`;
}

/** @param {string} folder */
function textsIn(folder) {
  const names = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && TEXTS.test(entry.name),
  );
  return names
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

/** @returns {Part[]} */
function rust() {
  const run = (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
    execFileSync(program, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28 });
  // The tree has what this package's features need, without what runs while it is built; metadata has the whole workspace.
  const edges = ["--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"];
  const tree = linked(run("cargo", "tree", "--locked", `--package=${MODULE}`, `--target=${TARGET}`, ...edges));
  const { packages } = JSON.parse(
    run("cargo", "metadata", "--format-version=1", "--locked", `--filter-platform=${TARGET}`),
  );
  const crates = packages
    .filter((/** @type {Crate} */ { name, version }) => tree.has(`${name} ${version}`))
    .map((/** @type {Crate} */ { name, version, license, manifest_path }) => {
      return { name, version, license: license ?? "", texts: textsIn(dirname(manifest_path)) };
    });
  // The standard library is no crate of the lock file. The text is the one that this repository has itself.
  const release = run("rustc", "--version").split(" ")[1] ?? "";
  const apache = readFileSync(join(ROOT, "LICENSE"), "utf8");
  return [
    ...crates,
    { name: "Rust standard library", version: release, license: "MIT OR Apache-2.0", texts: [apache] },
  ];
}

/**
 * @param {string} folder
 * @returns {Part[]}
 */
function npm(folder) {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  return shipped(lock.packages).map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8"));
    return { name, version, license: license ?? "", texts: textsIn(join(folder, path)) };
  });
}

/**
 * The third parties of a package; an error if the terms of one are unknown.
 *
 * @param {string} folder
 */
export function thirdParties(folder) {
  const parts = [...rust(), ...npm(folder)];
  const unknown = parts.filter(({ license, texts }) => license === "" || texts.length === 0);
  if (unknown.length > 0) {
    throw new Error(`there is no text of a licence for ${unknown.map(({ name }) => `\`${name}\``).join(", ")}`);
  }
  return parts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out = "THIRD-PARTY.txt", folder = "."] = process.argv.slice(2);
  writeFileSync(out, notice(thirdParties(folder)));
}
