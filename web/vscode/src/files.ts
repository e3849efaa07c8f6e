// The files of a project, by the editor's file system.
import { belongs } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { projectPaths } from "./walk";

/** Files that are no definitions are larger. */
const MAX_BYTES = 8 << 20;
/** Folders below a folder of the workspace in which a project is looked for. */
const MAX_PROJECT_DEPTH = 2;
const NEVER = new Set(["node_modules", "target", "dist", "out"]);

/** The folders with a `project.toml`. */
export async function findProjects(folder: vscode.Uri, depth = 0): Promise<vscode.Uri[]> {
  const entries = await list(folder);
  const own = entries.some(([name, type]) => name === "project.toml" && (type & vscode.FileType.File) !== 0);
  if (own || depth === MAX_PROJECT_DEPTH) {
    return own ? [folder] : [];
  }
  const folders = entries.filter(
    ([name, type]) => type === vscode.FileType.Directory && !name.startsWith(".") && !NEVER.has(name),
  );
  const found = await Promise.all(folders.map(([name]) => findProjects(vscode.Uri.joinPath(folder, name), depth + 1)));
  return found.flat();
}

/** The texts of a project's files, by their paths in it. */
export async function readProject(root: vscode.Uri): Promise<Map<string, string>> {
  const inFolder = async (folder: string) =>
    (await list(vscode.Uri.joinPath(root, folder))).map(([name, type]) => ({
      name,
      isFile: (type & vscode.FileType.File) !== 0,
      isDirectory: type === vscode.FileType.Directory,
    }));
  const paths = await projectPaths(inFolder, belongs);
  const texts = await Promise.all(paths.map(async (path) => [path, await readText(root, path)] as const));
  return new Map(texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])));
}

/** The text of a file; absent if there is none, or if it is no text. */
export async function readText(root: vscode.Uri, path: string): Promise<string | undefined> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(root, path));
    return bytes.length > MAX_BYTES ? undefined : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function list(folder: vscode.Uri): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
