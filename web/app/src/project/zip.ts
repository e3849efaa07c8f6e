// An archive as a project, without trust in what it says of itself.
import { strToU8, type UnzipFileInfo, unzipSync, zipSync } from "fflate";
import { LIMITS, Refusal, size } from "./limits";
import { Intake, mayBelong, type Texts } from "./texts";

/** The compression that is none. */
const STORED = 0;

/** The texts of an archive. */
export function unzip(name: string, bytes: Uint8Array): Texts {
  if (bytes.length > LIMITS.archiveBytes) {
    throw new Refusal(`“${name}” has ${size(bytes.length)}; an archive may have ${size(LIMITS.archiveBytes)}.`);
  }
  const intake = new Intake();
  const damaged = () => new Refusal(`“${name}” is no ZIP archive, or it is damaged.`);
  let packed = 0;
  const wanted = (entry: UnzipFileInfo) => {
    intake.entry();
    const path = safePath(name, entry.name);
    if (path === undefined || !mayBelong(path)) {
      return false;
    }
    // What is deflated gets a buffer of the size that was announced, and no more; what is stored is copied as long as it
    // is, whatever was announced. Entries that share their bytes would be unpacked more often than they are there.
    packed += entry.size;
    if ((entry.compression === STORED && entry.size !== entry.originalSize) || packed > bytes.length) {
      throw damaged();
    }
    intake.expect(path, entry.originalSize);
    return true;
  };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, { filter: wanted });
  } catch (error) {
    if (error instanceof Refusal) {
      throw error;
    }
    throw damaged();
  }
  for (const [entry, content] of Object.entries(files)) {
    intake.add(entry.replaceAll("\\", "/"), content);
  }
  return intake.texts;
}

/** The path of an entry; none for a directory. A path that leaves the archive makes all of it suspect. */
function safePath(archive: string, entry: string): string | undefined {
  const path = entry.replaceAll("\\", "/");
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.split("/").includes("..")) {
    throw new Refusal(`“${archive}” has an entry outside of itself, “${entry}”. It isn't opened.`);
  }
  if (path.split("/").length > LIMITS.depth + 1) {
    throw new Refusal(`“${archive}” has directories that are more than ${LIMITS.depth} deep.`);
  }
  return path.endsWith("/") ? undefined : path;
}

/** A project as an archive. */
export function zip(texts: Texts): Uint8Array<ArrayBuffer> {
  const entries = [...texts].map(([path, text]): [string, Uint8Array] => [path, strToU8(text)]);
  return new Uint8Array(zipSync(Object.fromEntries(entries), { mtime: new Date("1980-01-01T00:00:00") }));
}
