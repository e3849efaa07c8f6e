// A project as texts by path, whatever it came from.
import { belongs } from "@mz-deploy/planner";
import { LIMITS, Refusal, size } from "./limits";

/** Texts by path, relative to what was opened. */
export type Texts = Map<string, string>;

/** The file that says that a folder is a project. */
const PROJECT_FILE = "project.toml";

/** Directories that hold no project and may be large. Below a project's own directories they are names like others. */
const SKIPPED = new Set(["node_modules", "target", "__MACOSX"]);

/** True for the path of a directory that nobody has to look into. Files are not hidden: the planner says what it thinks of one. */
export function isSkipped(directory: string): boolean {
  const parts = directory.split("/");
  const isLarge = (part: string, at: number) =>
    SKIPPED.has(part) && !belongsSomewhere(`${parts.slice(0, at + 1).join("/")}/`);
  return parts.some((part, at) => part.startsWith(".") || isLarge(part, at));
}

/** True for the path of a file that a project may have somewhere. */
export function mayBelong(path: string): boolean {
  const directory = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
  return !isSkipped(directory) && belongsSomewhere(path);
}

/** True if the path belongs to a project in one of the directories above it. */
function belongsSomewhere(path: string): boolean {
  for (let start = 0; ; ) {
    if (belongs(path.slice(start))) {
      return true;
    }
    const slash = path.indexOf("/", start);
    if (slash < 0) {
      return false;
    }
    start = slash + 1;
  }
}

/** The folders that are projects: those with a `project.toml`, or with `models` if there is none. Sorted, shallow first. */
export function roots(paths: Iterable<string>): string[] {
  const declared = new Set<string>();
  const guessed = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/");
    if (parts.at(-1) === PROJECT_FILE) {
      declared.add(parts.slice(0, -1).join("/"));
    }
    const models = parts.indexOf("models");
    if (models >= 0 && models < parts.length - 1) {
      guessed.add(parts.slice(0, models).join("/"));
    }
  }
  const found = [...(declared.size > 0 ? declared : guessed)];
  const depth = (root: string) => (root === "" ? 0 : root.split("/").length);
  return found.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

/** The files of the project at `root`, with paths relative to it. */
export function under(texts: Texts, root: string): Texts {
  const prefix = root === "" ? "" : `${root}/`;
  const inside = [...texts].filter(([path]) => path.startsWith(prefix));
  const relative = inside.map(([path, text]): [string, string] => [path.slice(prefix.length), text]);
  return new Map(relative.filter(([path]) => belongs(path)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Takes files in and keeps count. */
export class Intake {
  readonly texts: Texts = new Map();
  #bytes = 0;
  #files = 0;
  #entries = 0;

  /** Counts an entry, whatever it is. */
  entry(): void {
    this.#entries += 1;
    if (this.#entries > LIMITS.entries) {
      throw new Refusal(
        `There are more than ${LIMITS.entries.toLocaleString("en")} files. Open the project's own folder.`,
      );
    }
  }

  /** Says whether a file would fit, before it is read. */
  expect(path: string, bytes: number): void {
    if (bytes > LIMITS.fileBytes) {
      throw new Refusal(`“${path}” has ${size(bytes)}; a file of a project has at most ${size(LIMITS.fileBytes)}.`);
    }
    this.#bytes += bytes;
    if (this.#bytes > LIMITS.projectBytes) {
      throw new Refusal(
        `The files have more than ${size(LIMITS.projectBytes)} together, which is too much for a page.`,
      );
    }
    this.#files += 1;
    if (this.#files > LIMITS.files) {
      throw new Refusal(
        `There are more than ${LIMITS.files.toLocaleString("en")} files of SQL, which is too much for a page.`,
      );
    }
  }

  /** Adds a file. */
  add(path: string, bytes: Uint8Array): void {
    try {
      this.texts.set(path, decoder.decode(bytes));
    } catch {
      throw new Refusal(`“${path}” is no text in UTF-8.`);
    }
  }
}
