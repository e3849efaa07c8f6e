// Reads what somebody opened into texts. Runs in the worker.
import type { Source } from "../worker/protocol";
import { LIMITS, Refusal, size } from "./limits";
import { decode, type Shared } from "./link";
import { Intake, isSkipped, mayBelong } from "./texts";
import { unzip } from "./zip";

/** The texts of a source, and what a link says besides. */
export async function read(source: Source): Promise<Shared> {
  const { name } = source;
  switch (source.kind) {
    case "texts":
      return { name, texts: new Map(source.texts) };
    case "link":
      return decode(source.data);
    case "zip":
      if (source.file.size > LIMITS.archiveBytes) {
        throw new Refusal(`“${name}” has ${size(source.file.size)}; an archive may have ${size(LIMITS.archiveBytes)}.`);
      }
      return { name, texts: unzip(name, new Uint8Array(await source.file.arrayBuffer())) };
    case "files":
      return { name, texts: await files(source.files) };
    case "folder":
      return { name, texts: await folder(source.handle) };
  }
}

async function files(listed: { path: string; file: File }[]) {
  const intake = new Intake();
  for (const { path, file } of listed) {
    intake.entry();
    if (mayBelong(path)) {
      intake.expect(path, file.size);
      intake.add(path, new Uint8Array(await file.arrayBuffer()));
    }
  }
  return intake.texts;
}

async function folder(root: FileSystemDirectoryHandle) {
  const intake = new Intake();
  const pending: { prefix: string; handle: FileSystemDirectoryHandle; depth: number }[] = [
    { prefix: "", handle: root, depth: 0 },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for await (const [name, handle] of next.handle.entries()) {
      intake.entry();
      const path = `${next.prefix}${name}`;
      if (handle.kind === "directory") {
        if (next.depth < LIMITS.depth && !isSkipped(path)) {
          pending.push({ prefix: `${path}/`, handle: handle as FileSystemDirectoryHandle, depth: next.depth + 1 });
        }
      } else if (mayBelong(path)) {
        const file = await (handle as FileSystemFileHandle).getFile();
        intake.expect(path, file.size);
        intake.add(path, new Uint8Array(await file.arrayBuffer()));
      }
    }
  }
  return intake.texts;
}

/** The text of a snapshot file. */
export async function readSnapshot(file: File): Promise<string> {
  if (file.size > LIMITS.snapshotBytes) {
    throw new Refusal(`“${file.name}” has ${size(file.size)}; a snapshot may have ${size(LIMITS.snapshotBytes)}.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(`“${file.name}” is no text in UTF-8, so it is no snapshot.`);
  }
}
