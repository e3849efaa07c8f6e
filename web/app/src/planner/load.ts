// Loads the planner, and then closes the page: from there on it can't connect to anything.
import { load } from "@mz-deploy/planner";
import moduleUrl from "@mz-deploy/planner/mz_deploy_bg.wasm?url";
import PlannerWorker from "../worker/worker?worker&inline";
import { Client, type Listener } from "./client";

export async function loadPlanner(listener: Listener): Promise<Client> {
  const response = await fetch(moduleUrl);
  if (!response.ok) {
    throw new Error(`the planner can't be loaded: ${response.status} ${response.statusText}`);
  }
  const module = await compile(response);
  const fonts = ["400 1em 'Inter Variable'", "400 1em 'JetBrains Mono Variable'"];
  // The page asks which files belong to a project; all else is the worker's.
  await Promise.all([load(module), ...fonts.map((font) => document.fonts.load(font))]);
  if (import.meta.env.PROD) {
    forbidConnections();
  }
  // A worker made from a blob gets the page's policy, this one included.
  const client = new Client(new PlannerWorker(), module, listener);
  await client.ready;
  return client;
}

/** Some servers don't say what a module is. */
async function compile(response: Response): Promise<WebAssembly.Module> {
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

function forbidConnections(): void {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = "connect-src 'none'";
  document.head.append(meta);
}
