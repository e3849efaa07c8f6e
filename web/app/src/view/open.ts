// What somebody drops or chooses, as a source.
import { LIMITS } from "../project/limits";
import { Intake, isSkipped, mayBelong } from "../project/texts";
import { NOT_LOADED, phase } from "../state/state";
import type { Source } from "../worker/protocol";

declare global {
  interface Window {
    showDirectoryPicker?: (options?: { mode?: "read" }) => Promise<FileSystemDirectoryHandle>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
  }
}

/** Lets the user choose a folder. None if they don't. */
export async function pickFolder(): Promise<Source | undefined> {
  if (window.showDirectoryPicker) {
    try {
      const handle = await window.showDirectoryPicker({ mode: "read" });
      return { kind: "folder", name: handle.name, handle };
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") {
        return undefined;
      }
      throw error;
    }
  }
  const files = await pick((input) => {
    input.webkitdirectory = true;
  });
  return files && fromFiles(files);
}

export async function pickZip(): Promise<Source | undefined> {
  const [file] =
    (await pick((input) => {
      input.accept = ".zip,application/zip";
    })) ?? [];
  return file && { kind: "zip", name: file.name, file };
}

export async function pickJson(): Promise<File | undefined> {
  const [file] =
    (await pick((input) => {
      input.accept = ".json,application/json";
    })) ?? [];
  return file;
}

function pick(prepare: (input: HTMLInputElement) => void): Promise<File[] | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    prepare(input);
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}

function fromFiles(files: File[]): Source {
  const [top = "folder"] = files[0]?.webkitRelativePath.split("/") ?? [];
  return {
    kind: "files",
    name: top,
    files: files.map((file) => ({ path: file.webkitRelativePath.split("/").slice(1).join("/"), file })),
  };
}

/** What was dropped: a folder, an archive, a snapshot, or the parts of a project together. None if it is nothing of these. */
export async function dropped(transfer: DataTransfer): Promise<Source | { kind: "json"; file: File } | undefined> {
  // Which files belong to a project, the planner says.
  if (phase.value === "loading" || phase.value === "failed") {
    throw new Error(NOT_LOADED);
  }
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const [file] = transfer.files;
  // All have to be asked for before anything is awaited: the browser forgets what was dropped.
  const found = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const asked = items.length === 1 ? items[0]?.getAsFileSystemHandle?.() : undefined;
  if (items.length > 1) {
    return { kind: "files", name: "what was dropped", files: await walk(found) };
  }
  const handle = await asked;
  if (handle?.kind === "directory") {
    return { kind: "folder", name: handle.name, handle: handle as FileSystemDirectoryHandle };
  }
  const [entry] = found;
  if (entry?.isDirectory) {
    return { kind: "files", name: entry.name, files: await walk(await children(entry)) };
  }
  if (file?.name.toLowerCase().endsWith(".json")) {
    return { kind: "json", file };
  }
  return file && { kind: "zip", name: file.name, file };
}

/** The files at and below some entries that a project may have. */
async function walk(entries: FileSystemEntry[]): Promise<{ path: string; file: File }[]> {
  const intake = new Intake();
  const found: { path: string; file: File }[] = [];
  const pending = entries.map((entry) => ({ entry, path: entry.name, depth: 0 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { entry, path, depth } = next;
    intake.entry();
    if (entry.isDirectory) {
      const inside = depth < LIMITS.depth && !isSkipped(path) ? await children(entry) : [];
      pending.push(...inside.map((child) => ({ entry: child, path: `${path}/${child.name}`, depth: depth + 1 })));
    } else if (mayBelong(path)) {
      found.push({ path, file: await new Promise<File>((...then) => (entry as FileSystemFileEntry).file(...then)) });
    }
  }
  return found;
}

/** What a directory has. The browser tells it in batches. */
async function children(directory: FileSystemEntry): Promise<FileSystemEntry[]> {
  const reader = (directory as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((...then) => reader.readEntries(...then));
    if (batch.length === 0) {
      return found;
    }
    found.push(...batch);
    if (found.length > LIMITS.entries) {
      return found;
    }
  }
}
