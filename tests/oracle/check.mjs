// Judges rewritten statements by the server's own parser.
//
// Reads one JSON object a line:
//   before, after   a statement, and the same one with other names
//   query           the bytes [start, end) of its query in `before`, and the byte where the query of `after` starts
//   names           the names in `before`: {start, end, parts, alias}, where `parts` must stand in `after`
// and prints one JSON object a line: {"errors": [...]}, empty if all is well.
//
// The parser prints a query in its normal form when it is asked to subscribe to it. With that:
//
//   1. `after` is one statement of the kind that `before` is.
//   2. Each span of `names` is a name and nothing else: the query in which every one is replaced by a marker has the
//      normal form of `before`, once the markers in it are replaced by the names as the parser prints them.
//   3. Nothing but these names has changed: the same marked normal form, with the new names in the place of the
//      markers, is the normal form of `after`.
//   4. No name of three or more parts is left that isn't one of the new ones, and none of two parts before `.*`.
//   5. No relation behind FROM, JOIN or TABLE is left that has no new name, but CTEs, functions and the server's own.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as sqlParser from "./node_modules/@materializeinc/sql-parser/mz_sql_parser_wasm_bg.js";

const wasm = readFileSync(
  new URL("./node_modules/@materializeinc/sql-parser/mz_sql_parser_wasm_bg.wasm", import.meta.url),
);
const { instance } = await WebAssembly.instantiate(wasm, { "./mz_sql_parser_wasm_bg.js": sqlParser });
sqlParser.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const BEFORE = "SUBSCRIBE (";
const AFTER = ") WITH (PROGRESS)";
const SYSTEM = /^(mz_catalog|mz_catalog_unstable|mz_internal|mz_introspection|mz_unsafe|pg_catalog|information_schema)$/;
const IDENT = String.raw`(?:"(?:[^"]|"")*"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const TOKEN = new RegExp(
  String.raw`'(?:[^']|'')*'|(${IDENT}(?:\.${IDENT})*)(\.\*)?|\d[\w.]*|\s+|[^\s]`,
  "giu",
);

/** The normal form of a query. */
function normalQuery(sql) {
  const text = sqlParser.inject_progress(`${BEFORE}${sql}\n)`);
  if (!text.startsWith(BEFORE) || !text.endsWith(AFTER)) throw new Error(`unexpected normal form: ${text}`);
  return text.slice(BEFORE.length, -AFTER.length);
}

/** A name as the parser prints it. */
function normalName(sql) {
  const text = normalQuery(`SELECT FROM ${sql}`);
  return text.slice("SELECT FROM ".length);
}

const quote = (part) => `"${part.replaceAll('"', '""')}"`;
const dotted = (parts) => normalName(parts.map(quote).join("."));

/** Puts a text in the place of each marker. */
const unmark = (normal, texts) => normal.replaceAll(/mz_mark_(\d+)\b/g, (_, index) => texts[Number(index)]);

function checkKind({ before, after }, errors) {
  const [old, now] = [sqlParser.parse(before), sqlParser.parse(after)];
  if (now.error) errors.push(`refused: ${now.error.message} at ${now.error.offset}`);
  else if (now.statements.length !== 1) errors.push(`${now.statements.length} statements`);
  else if (now.statements[0].kind !== old.statements[0].kind) errors.push(`became ${now.statements[0].kind}`);
}

function checkQuery({ before, after, query, names }, errors) {
  const [bytesBefore, bytesAfter] = [Buffer.from(before), Buffer.from(after)];
  const [start, end, startAfter] = query;
  const inQuery = names.filter((name) => name.start >= start && name.end <= end);
  let marked = "";
  let at = start;
  inQuery.forEach((name, index) => {
    marked += bytesBefore.toString("utf8", at, name.start) + `mz_mark_${index}`;
    at = name.end;
  });
  marked = normalQuery(marked + bytesBefore.toString("utf8", at, end));

  const oldNames = inQuery.map((name) => normalName(bytesBefore.toString("utf8", name.start, name.end)));
  const normalBefore = normalQuery(bytesBefore.toString("utf8", start, end));
  if (unmark(marked, oldNames) !== normalBefore) {
    errors.push(`a span is no name: ${marked} is no pattern of ${normalBefore}`);
  }

  const newNames = inQuery.map(
    (name) => dotted(name.parts) + (name.alias ? ` AS ${dotted([name.alias])}` : ""),
  );
  const normalAfter = normalQuery(bytesAfter.toString("utf8", startAfter));
  if (unmark(marked, newNames) !== normalAfter) {
    errors.push(`more than names differs: ${unmark(marked, newNames)} is not ${normalAfter}`);
  }
  checkNames(normalAfter, new Set(inQuery.map((name) => dotted(name.parts))), errors);
}

/** Looks at the names in a normal form without knowing where they come from. */
function checkNames(normal, newNames, errors) {
  const tokens = [...normal.matchAll(TOKEN)].filter((match) => match[0].trim() !== "");
  tokens.forEach((match, index) => {
    const [, name, star] = match;
    const previous = tokens[index - 1]?.[0];
    const next = tokens[index + 1]?.[0];
    if (name === undefined || previous === "." || next === "(") return;
    const parts = name.match(new RegExp(IDENT, "giu"));
    if (parts.length > 1 && star) errors.push(`qualified wildcard: ${match[0]}`);
    if (parts.length > 2 && !newNames.has(name)) errors.push(`qualified column: ${name}`);
    if (isRelation(tokens, index) && !newNames.has(name) && !SYSTEM.test(parts[0]) && !isCte(tokens, parts)) {
      errors.push(`relation without a new name: ${name}`);
    }
  });
}

/** True if a relation stands at an index: behind JOIN or TABLE, or behind the FROM of a SELECT. */
function isRelation(tokens, index) {
  const previous = tokens[index - 1]?.[0];
  if (previous !== "FROM") return ["JOIN", "TABLE"].includes(previous);
  if (tokens[index - 2]?.[0] === "DISTINCT") return false;
  for (let at = index - 2, depth = 0; at >= 0; at--) {
    if (tokens[at][0] === ")") depth++;
    if (tokens[at][0] === "(" && depth-- === 0) return false;
    if (tokens[at][0] === "SELECT" && depth === 0) return true;
  }
  return false;
}

/** True if the tokens define `name AS (` or `name (…) AS (` somewhere, or the word begins no relation at all. */
function isCte(tokens, [name, ...rest]) {
  if (rest.length > 0) return false;
  if (["ROWS", "LATERAL", "SELECT"].includes(name)) return true;
  return tokens.some((match, index) => {
    if (match[0] !== name) return false;
    let at = index + 1;
    if (tokens[at]?.[0] === "(") {
      for (let depth = 0; at < tokens.length; at++) {
        if (tokens[at][0] === "(") depth++;
        if (tokens[at][0] === ")" && --depth === 0) break;
      }
      at++;
    }
    return tokens[at]?.[0] === "AS" && tokens[at + 1]?.[0] === "(";
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const errors = [];
  try {
    const entry = JSON.parse(line);
    checkKind(entry, errors);
    checkQuery(entry, errors);
  } catch (error) {
    errors.push(String(error.message ?? error));
  }
  console.log(JSON.stringify({ errors }));
}
