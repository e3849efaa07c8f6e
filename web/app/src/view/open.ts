// What somebody drops or chooses, as a source.
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

/** What was dropped: a folder, an archive, a snapshot. None if it is nothing of these. */
export async function dropped(transfer: DataTransfer): Promise<Source | { kind: "json"; file: File } | undefined> {
  const item = transfer.items[0];
  const file = transfer.files[0];
  if (item?.kind !== "file") {
    return undefined;
  }
  // Both have to be asked for before anything is awaited: the browser forgets what was dropped.
  const entry = item.webkitGetAsEntry();
  const handle = await item.getAsFileSystemHandle?.();
  if (handle?.kind === "directory") {
    return { kind: "folder", name: handle.name, handle: handle as FileSystemDirectoryHandle };
  }
  if (entry?.isDirectory) {
    return { kind: "files", name: entry.name, files: await entries(entry as FileSystemDirectoryEntry) };
  }
  if (file?.name.toLowerCase().endsWith(".json")) {
    return { kind: "json", file };
  }
  return file && { kind: "zip", name: file.name, file };
}

async function entries(directory: FileSystemDirectoryEntry, prefix = ""): Promise<{ path: string; file: File }[]> {
  const reader = directory.createReader();
  const found: { path: string; file: File }[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) {
      return found;
    }
    for (const entry of batch) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) {
        if (!entry.name.startsWith(".") && entry.name !== "node_modules") {
          found.push(...(await entries(entry as FileSystemDirectoryEntry, `${path}/`)));
        }
      } else {
        const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
        found.push({ path, file });
      }
    }
  }
}
