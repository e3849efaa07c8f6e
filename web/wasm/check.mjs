// Checks a built module: how large it is, what it asks of the world, and that it plans a small project.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";

// What a page may have to load, in bytes.
const BUDGET = 900_000;

// The glue that wasm-bindgen needs to pass values and to throw, and the functions of JavaScript values with which options
// are read and JSON is turned into values. A clock, randomness, the network, the console or WASI would show up here
// under another name.
const VALUES =
  "Error|String|call|done|entries|get|get_unchecked|get_with_ref_key|instanceof_ArrayBuffer|instanceof_Uint8Array|isArray|" +
  "isSafeInteger|iterator|keys|length|new|next|parse|prototypesetcall|set|stringify|value";
const ALLOWED = [/^__wbindgen_/, /^__wbg___wbindgen_/, new RegExp(`^__wbg_(${VALUES})_[0-9a-f]{16}$`)];

const path = resolve(process.argv[2]);
const bytes = readFileSync(path);
const failures = [];

const size = gzipSync(bytes, { level: 9 }).length;
console.log(`${path}: ${bytes.length} bytes, ${size} gzipped (at most ${BUDGET})`);
if (size > BUDGET) {
  failures.push(`the module is ${size - BUDGET} bytes over its budget`);
}

for (const { module, name, kind } of WebAssembly.Module.imports(new WebAssembly.Module(bytes))) {
  if (module !== "./mz_deploy_bg.js" || !ALLOWED.some((pattern) => pattern.test(name))) {
    failures.push(`the module imports the ${kind} ${module} ${name}`);
  }
}

// The package as Node has it, which loads the module that was built.
const { belongs, Workspace } = await import("./node.js");
const workspace = new Workspace();
workspace.setFile("project.toml", "");
workspace.setFile("models/app/public/one.sql", "CREATE VIEW one AS SELECT 1 AS one;");
const { objects, diagnostics } = workspace.check();
if (objects.length !== 1 || diagnostics.errors !== 0) {
  failures.push(`the module doesn't check a project: ${JSON.stringify({ objects, diagnostics })}`);
}
const { outline } = workspace.plan({ deploy_id: "check" });
if (outline?.changes.length !== 1 || !workspace.render("sql")?.includes("one AS SELECT 1 AS one")) {
  failures.push("the module doesn't plan a project");
}
const [place] = workspace.definition("models/app/public/one.sql", 1, 14);
if (place?.path !== "models/app/public/one.sql" || place.start?.utf16_column !== 13) {
  failures.push("the module doesn't find the place of a definition");
}
workspace.free();
if (!belongs("models/app/public/one.sql") || !belongs("models/app/") || belongs("README.md") || belongs("src/")) {
  failures.push("the module doesn't know a project's files");
}

for (const failure of failures) {
  console.error(`error: ${failure}`);
}
process.exit(failures.length === 0 ? 0 : 1);
