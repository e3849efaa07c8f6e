// What has to be loaded before the page works, as a server sends it.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";

const DIST = new URL("../../app/dist/", import.meta.url);
const KILOBYTE = 1000;
/** In bytes, compressed. */
const BUDGET = { module: 900 * KILOBYTE, all: 2500 * KILOBYTE };

test("the page is within its budget", () => {
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map((file) => {
    const bytes = readFileSync(`${file.parentPath}/${file.name}`);
    // Fonts are compressed already.
    return {
      name: file.name,
      size: file.name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length,
    };
  });
  const all = sizes.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of sizes) {
    console.log(`${String(size).padStart(8)}  ${name}`);
  }
  console.log(`${String(all).padStart(8)}  in all (at most ${BUDGET.all})`);
  const module = sizes.find(({ name }) => name.endsWith(".wasm"));
  expect(module?.size).toBeLessThanOrEqual(BUDGET.module);
  expect(all).toBeLessThanOrEqual(BUDGET.all);
});

test("the page comes with the licences of what others wrote in it", () => {
  const text = readFileSync(new URL("THIRD-PARTY.txt", DIST), "utf8");
  const app = JSON.parse(readFileSync(new URL("../../app/package.json", import.meta.url), "utf8"));
  const packages = Object.keys(app.dependencies).filter((name) => name !== "@mz-deploy/planner");
  for (const name of [...packages, "sqlparser", "wasm-bindgen", "serde"]) {
    expect(text, name).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S`, "m"));
  }
  expect(text).toContain("SIL OPEN FONT LICENSE Version 1.1");
  expect(text).toContain("Permission is hereby granted, free of charge");
  expect(text, "what only builds the page isn't in it").not.toMatch(/^(vite|typescript|syn) /m);
});
