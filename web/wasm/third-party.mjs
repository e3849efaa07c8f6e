// What others wrote and is shipped with a package of this folder, with its licences: packages of npm, fonts among them, and the crates that the
// planner's module is compiled from. Nothing is compiled for this: `node wasm/third-party.mjs app` prints it.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const PLANNER = "mz-deploy-wasm";

/** The packages of npm that a package of this folder has at run time. */
export function packages(of) {
  const lock = JSON.parse(readFileSync(join(WEB, of, "package-lock.json"), "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, { dev, link }]) => path.startsWith("node_modules/") && !dev && !link)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return { name, version, licence: license, texts: licences(join(WEB, of, path)) };
    });
}

/** The crates whose code is in the planner's module: neither those of a build or a test, nor what macros are made from. */
export function crates() {
  const metadata = JSON.parse(
    execFileSync(
      "cargo",
      ["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"],
      { cwd: WEB, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
    ),
  );
  const byId = new Map(metadata.packages.map((each) => [each.id, each]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (id) => byId.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
  const found = new Set();
  const pending = metadata.packages.filter(({ name }) => name === PLANNER).map(({ id }) => id);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (!found.has(id) && !isMacro(id)) {
      found.add(id);
      const runs = nodes.get(id).deps.filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null));
      pending.push(...runs.map(({ pkg }) => pkg));
    }
  }
  return [...found]
    .map((id) => byId.get(id))
    .filter(({ source }) => source !== null)
    .map(({ name, version, license, manifest_path }) => ({
      name,
      version,
      licence: license,
      texts: licences(dirname(manifest_path)),
    }));
}

/** The texts of licences in a folder. */
function licences(folder) {
  if (!existsSync(folder)) {
    throw new Error(`${folder} is missing: run npm ci`);
  }
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice|unlicense)/i.test(entry.name))
    .map(({ name }) => name);
  return files.sort().map((name) => readFileSync(join(folder, name), "utf8").trim());
}

/** All of it as one text: who, and then every licence once, with those whom it is of. */
export function thirdParty(of) {
  const parts = [...packages(of), ...crates()].sort((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
  const holders = new Map();
  for (const { name, version, texts } of parts) {
    for (const text of texts) {
      holders.set(text, [...(holders.get(text) ?? []), `${name} ${version}`]);
    }
  }
  const list = parts.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const line = "-".repeat(80);
  const texts = [...holders].map(([text, of]) => `${line}\n${of.join(", ")}\n${line}\n\n${text}\n`);
  return `What is shipped here contains work of others:\n\n${list.join("\n")}\n\n${texts.join("\n")}`;
}

const [, script, of] = process.argv;
if (script === fileURLToPath(import.meta.url) && of !== undefined) {
  process.stdout.write(thirdParty(of));
}
