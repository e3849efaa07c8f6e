// The planner for Node: loaded as soon as it is imported.
import { readFileSync } from "node:fs";
import { loadSync } from "./index.js";

loadSync(readFileSync(new URL("./pkg/mz_deploy_bg.wasm", import.meta.url)));

export * from "./index.js";
