// Bundles the extension: `main` for desktops, `browser` for vscode.dev, the panels, and the planner beside them.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });

/** @type {import("esbuild").BuildOptions} */
const common = { bundle: true, minify: !tests, legalComments: "none", logLevel: "warning", target: "es2022" };
// The module is read through the editor's file system, so the address of the package is never asked for.
const extension = { ...common, format: "cjs", external: ["vscode"], define: { "import.meta.url": '"file:///"' } };
await Promise.all([
  build({ ...extension, entryPoints: ["src/node.ts"], outfile: "dist/node.js", platform: "node" }),
  build({ ...extension, entryPoints: ["src/web.ts"], outfile: "dist/web.js", platform: "browser" }),
  build({ ...common, entryPoints: ["src/webview/plan.ts", "src/webview/graph.ts"], outdir: "dist", format: "esm" }),
]);
cpSync("../wasm/pkg/mz_deploy_bg.wasm", "dist/planner.wasm");
cpSync("media/panel.css", "dist/panel.css");

if (tests) {
  const files = readdirSync("test")
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${name}`);
  await build({
    ...common,
    entryPoints: files,
    outdir: "dist/tests",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    platform: "node",
    external: ["@mz-deploy/planner/node"],
  });
}
