// What a change is compared with: the last commit, a snapshot file, or nothing.
import { Workspace } from "@mz-deploy/planner";
import type * as vscode from "vscode";
import { readText } from "./files";
import type { Git } from "./git";
import type { Settings } from "./settings";

export interface Baseline {
  /** The snapshot of what is deployed; absent for a first deployment. */
  readonly deployed: string | undefined;
  /** What it is, in words. */
  readonly words: string;
  /** Why it isn't what was asked for. */
  readonly problem: string | undefined;
}

const NO_GIT = "There is no git here: everything is planned as new. Compare with a snapshot file instead.";

export async function findBaseline(
  root: vscode.Uri,
  settings: Settings,
  variables: Record<string, string>,
  saved: ReadonlyMap<string, string>,
  git: Git | undefined,
): Promise<Baseline> {
  switch (settings.compareWith) {
    case "nothing":
      return { deployed: undefined, words: "a first deployment", problem: undefined };
    case "snapshot":
      return snapshot(root, settings.snapshot);
    case "head":
      return head(root, settings, variables, saved, git);
  }
}

async function snapshot(root: vscode.Uri, path: string | undefined): Promise<Baseline> {
  if (path === undefined) {
    return {
      deployed: undefined,
      words: "no snapshot",
      problem: "No snapshot file is chosen: everything is planned as new.",
    };
  }
  const deployed = await readText(root, path);
  const problem =
    deployed === undefined ? `The snapshot file ${path} can't be read: everything is planned as new.` : undefined;
  return { deployed, words: path, problem };
}

async function head(
  root: vscode.Uri,
  settings: Settings,
  variables: Record<string, string>,
  saved: ReadonlyMap<string, string>,
  git: Git | undefined,
): Promise<Baseline> {
  const files = await git?.filesAtHead(root, saved);
  if (files === undefined) {
    return { deployed: undefined, words: "no commit", problem: NO_GIT };
  }
  const words = `HEAD (${git?.headOf(root) ?? "?"})`;
  if (!files.has("project.toml") && ![...files.keys()].some((path) => path.startsWith("models/"))) {
    return { deployed: undefined, words, problem: "There is no project in the last commit: everything is new." };
  }
  const workspace = new Workspace();
  try {
    for (const [path, text] of files) {
      workspace.setFile(path, text);
    }
    workspace.setProfile(settings.profile);
    workspace.setVariables(variables);
    const deployed = workspace.deployedAfter();
    const problem =
      deployed === undefined ? "The project has errors in the last commit: everything is planned as new." : undefined;
    return { deployed, words, problem };
  } finally {
    workspace.free();
  }
}
