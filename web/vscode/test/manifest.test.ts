// What package.json promises is what the sources have.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PANEL_COMMANDS } from "../src/messages";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const sources = readdirSync("src")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(`src/${name}`, "utf8"))
  .join("\n");

test("every command is registered, and every registered command is declared", () => {
  const declared = manifest.contributes.commands.map(({ command }: { command: string }) =>
    command.replace("mzDeploy.", ""),
  );
  const registered = [...sources.matchAll(/register\("(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual([...declared].sort(), [...registered].sort());
  for (const command of PANEL_COMMANDS) {
    assert.ok(declared.includes(command), command);
  }
});

test("every setting is read", () => {
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    assert.match(sources, new RegExp(`"${name.replace("mzDeploy.", "")}"`), name);
  }
});

test("a page of a panel takes scripts and styles of the extension alone", () => {
  const policy = /default-src 'none'; script-src \$\{webview\.cspSource\}; style-src \$\{webview\.cspSource\};/;
  assert.match(readFileSync("src/panel.ts", "utf8"), policy);
  const webview = readdirSync("src/webview")
    .map((name) => readFileSync(`src/webview/${name}`, "utf8"))
    .join("\n");
  assert.doesNotMatch(webview, /innerHTML|insertAdjacentHTML|document\.write|eval\(/);
});
