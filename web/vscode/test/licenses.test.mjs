// The licences of others that go with what ships.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linked, notice, shipped } from "../../licenses.mjs";

test("the crates of others in the module are listed, this repository's are not", () => {
  const tree = "mz-deploy-wasm v0.1.0 (/somewhere/web/wasm)\nserde v1.0.229\nsimilar v3.2.1\nserde v1.0.229 (*)\n";
  assert.deepEqual([...linked(tree)], ["serde 1.0.229", "similar 3.2.1"]);
});

test("npm packages that only the build needs, and the folders of this repository, aren't listed", () => {
  const locked = {
    "": {},
    "../wasm": {},
    "node_modules/@mz-deploy/planner": { link: true },
    "node_modules/preact": {},
    "node_modules/typescript": { dev: true },
  };
  assert.deepEqual(shipped(locked), ["node_modules/preact"]);
});

test("each part is named with its terms, and a text that several have stands there once", () => {
  const part = (name, ...texts) => ({ name, version: "1.0.0", license: "MIT", texts });
  const text = notice([part("b", "the terms\r\nof all\r\n"), part("a", "the terms\nof all", "more")]);
  assert.match(text, /^a 1\.0\.0: MIT\nb 1\.0\.0: MIT\n/m);
  assert.match(text, /^a 1\.0\.0, b 1\.0\.0\n/m);
  assert.equal(text.match(/of all/g)?.length, 1);
});

test("the package of the planner has them, as its build writes them", () => {
  assert.match(readFileSync("../wasm/build", "utf8"), /^node \.\.\/licenses\.mjs pkg\/THIRD-PARTY\.txt \.$/m);
  const manifest = JSON.parse(readFileSync("../wasm/package.json", "utf8"));
  assert.ok(manifest.files.includes("pkg/THIRD-PARTY.txt"));
});

test("the package of the extension has them", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  assert.match(manifest.scripts.package, /licenses\.mjs dist\/THIRD-PARTY\.txt/);
  assert.match(readFileSync(".vscodeignore", "utf8"), /^!dist\/THIRD-PARTY\.txt$/m);
});
