// Where the command line is, on a desktop or on a server.
import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

const NAMES = process.platform === "win32" ? ["mz-deploy.exe"] : ["mz-deploy"];

/** The program that the settings name, or else the first one in the search path; absent if it isn't there or can't be run. */
export async function findCli(
  configured: string | undefined,
  searchPath = process.env["PATH"] ?? "",
): Promise<string | undefined> {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== "");
  const candidates =
    configured === undefined ? folders.flatMap((folder) => NAMES.map((name) => join(folder, name))) : [configured];
  for (const candidate of candidates) {
    if (await isProgram(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

/** A folder can be executed, too, as far as its permissions go. */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
