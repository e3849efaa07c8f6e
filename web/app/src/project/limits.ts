// What a page takes in. A project beyond this is no project, and a page that tries it stops answering.

const MEBIBYTE = 1024 * 1024;

export const LIMITS = {
  /** Of an archive, as it is. */
  archiveBytes: 50 * MEBIBYTE,
  /** Of a file of the project; the command line has the same. */
  fileBytes: 8 * MEBIBYTE,
  /** Of all files of the project. */
  projectBytes: 128 * MEBIBYTE,
  /** Entries of a folder or an archive that are looked at. */
  entries: 200_000,
  /** Files of the project. */
  files: 50_000,
  /** Directories above a file. */
  depth: 16,
  /** Of a snapshot. */
  snapshotBytes: 100 * MEBIBYTE,
  /** Characters of a link. */
  linkLength: 16_000,
} as const;

/** A size for people: `812 kB`, `3.4 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} bytes`;
  }
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** Why something can't be taken in, in a sentence. */
export class Refusal extends Error {}
