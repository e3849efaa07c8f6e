// Writes shapes.d.ts, the types of all that crosses, from the published schemas. With `--check`, it only says whether
// they are what the file has.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const SCHEMAS = new URL("../../schemas/", import.meta.url);
const FILE = new URL("shapes.d.ts", import.meta.url);

// What is absent is left out of what the planner writes, so no reader meets a null.
function withoutNull(schema) {
  if (Array.isArray(schema)) {
    return schema.map(withoutNull);
  }
  if (typeof schema !== "object" || schema === null) {
    return schema;
  }
  const kept = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutNull(value)]));
  if (Array.isArray(kept.type)) {
    kept.type = kept.type.filter((type) => type !== "null");
    kept.type = kept.type.length === 1 ? kept.type[0] : kept.type;
  }
  if (Array.isArray(kept.anyOf)) {
    const rest = kept.anyOf.filter((each) => each.type !== "null");
    if (rest.length === 1) {
      delete kept.anyOf;
      Object.assign(kept, rest[0]);
    }
  }
  if (kept.default === null) {
    delete kept.default;
  }
  // A description beside a reference would make a type of its own of each use.
  return kept.$ref ? { $ref: kept.$ref } : kept;
}

function definitions() {
  const found = {};
  for (const name of readdirSync(SCHEMAS).sort()) {
    const schema = readFileSync(new URL(name, SCHEMAS), "utf8");
    const { title: own } = JSON.parse(schema);
    // A shape that holds itself refers to the root of its schema.
    const named = schema.replaceAll('"$ref": "#"', `"$ref": "#/$defs/${own}"`);
    const { $defs, $schema, title, ...root } = JSON.parse(named);
    Object.assign(found, $defs, { [title]: root });
  }
  return withoutNull(Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))));
}

const generated = await compile({ $defs: definitions(), type: "object", additionalProperties: false }, "Shapes", {
  additionalProperties: false,
  bannerComment: "// Generated from schemas/ by types.mjs.",
  format: true,
  style: { printWidth: 120 },
  unreachableDefinitions: true,
});
const text = generated
  .replace(/export interface Shapes \{\}\n*/, "")
  .replace(/\/\*\*\n \* This (interface|type) was referenced by `Shapes`[\s\S]*?\*\/\n/g, "")
  .replace(/\n \*\n \* This (interface|type) was referenced by `Shapes`[\s\S]*?(?=\n \*\/)/g, "");

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error("error: shapes.d.ts is stale: run `npm run types` in web/wasm");
  process.exit(1);
}
