import { defineConfig, type Plugin } from "vite";
import { notice, thirdParties } from "../licenses.mjs";

// What the page may do. Connections are allowed for the planner's module alone, and forbidden once it is loaded
// (`src/planner/load.ts`). CodeMirror writes its styles into the page. A worker made from a blob has this policy, too.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

// The development server needs what the policy forbids.
const policy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" },
  ],
};

// Whoever gets the page gets the licences of what is in it.
const licences: Plugin = {
  name: "licences",
  apply: "build",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "THIRD-PARTY.txt", source: notice(thirdParties(".")) });
  },
};

export default defineConfig({
  // The page works in any folder of any server.
  base: "./",
  plugins: [policy, licences],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: "iife" },
  server: { fs: { allow: ["../.."] } },
});
