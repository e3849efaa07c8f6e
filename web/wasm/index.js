// The planner for pages, workers and editors. It asks for nothing but its module, and that once.
import init, { belongs, initSync, Workspace } from "./pkg/mz_deploy.js";

export { belongs, Workspace };

export async function load(source) {
  await init(source === undefined ? undefined : { module_or_path: source });
}

export function loadSync(module) {
  initSync({ module });
}
