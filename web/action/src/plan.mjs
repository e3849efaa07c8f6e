// What a pull request would do, by the planner.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { EXIT, Failure, reason } from "./failure.mjs";
import { readProject } from "./project.mjs";

/** @typedef {import("../../wasm/index.js").PreviewView} PreviewView */
/** @typedef {import("../../wasm/index.js").StageOptions} StageOptions */

/**
 * @typedef {object} Planned
 * @property {PreviewView} preview
 * @property {string | undefined} markdown Absent if there is no plan.
 * @property {string | undefined} json
 * @property {boolean} isFirst The base has no project.
 */

/**
 * The planner's package, from a folder.
 *
 * @param {string} folder
 * @returns {Promise<typeof import("../../wasm/index.js")>}
 */
export async function loadPlanner(folder) {
  try {
    return await import(pathToFileURL(`${folder}/node.js`).href);
  } catch (error) {
    const help = "use a release of the action, or name a folder with the package in `planner`";
    throw new Failure(EXIT.usage, `there is no planner in \`${folder}\`: ${help} (${reason(error)})`);
  }
}

/**
 * Plans the project of a commit against a snapshot or against the project of another commit.
 *
 * @param {typeof import("../../wasm/index.js")} planner
 * @param {import("./git.mjs").Repository} repository
 * @param {import("./inputs.mjs").Inputs} inputs
 * @param {{ base: string | undefined, head: string, deployId: string }} commits
 * @returns {Planned}
 */
export function plan(planner, repository, inputs, commits) {
  const files = readProject(planner, repository, commits.head, inputs.directory);
  if (files.size === 0) {
    const where = inputs.directory === "" ? "the root of the repository" : `\`${inputs.directory}\``;
    throw new Failure(EXIT.usage, `there is no project in ${where}: name its folder in \`directory\``);
  }
  const workspace = open(planner, inputs, files);
  try {
    const deployed =
      inputs.deployed === undefined
        ? deployedAfter(planner, repository, inputs, commits.base)
        : readText(inputs.deployed);
    workspace.setDeployed(deployed);
    workspace.setLive(inputs.live === undefined ? undefined : readText(inputs.live));
    /** @type {StageOptions} */
    const options = { deploy_id: commits.deployId, drop_removed: inputs.dropRemoved };
    if (inputs.strategy !== undefined) {
      options.strategy = inputs.strategy;
    }
    const preview = workspace.plan(options);
    const markdown = workspace.render("markdown");
    return { preview, markdown, json: workspace.render("json"), isFirst: deployed === undefined };
  } finally {
    workspace.free();
  }
}

/**
 * What the base leaves behind. A base without a project leaves nothing.
 *
 * @param {typeof import("../../wasm/index.js")} planner
 * @param {import("./git.mjs").Repository} repository
 * @param {import("./inputs.mjs").Inputs} inputs
 * @param {string | undefined} base
 */
function deployedAfter(planner, repository, inputs, base) {
  const files = base === undefined ? new Map() : readProject(planner, repository, base, inputs.directory);
  if (files.size === 0) {
    return undefined;
  }
  const workspace = open(planner, inputs, files);
  try {
    const deployed = workspace.deployedAfter();
    if (deployed === undefined) {
      const help = "plan against a snapshot (`deployed`), or fix the base first";
      throw new Failure(EXIT.problems, `the project has errors at the base \`${base?.slice(0, 7)}\`: ${help}`);
    }
    return deployed;
  } finally {
    workspace.free();
  }
}

/**
 * @param {typeof import("../../wasm/index.js")} planner
 * @param {import("./inputs.mjs").Inputs} inputs
 * @param {Map<string, string>} files
 */
function open(planner, inputs, files) {
  const workspace = new planner.Workspace();
  for (const [path, text] of files) {
    workspace.setFile(path, text);
  }
  workspace.setProfile(inputs.profile);
  workspace.setVariables(inputs.variables);
  return workspace;
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Failure(EXIT.usage, `can't read the snapshot \`${path}\`: ${reason(error)}`);
  }
}
