/** Something that ships, and under which terms. */
export interface Part {
  name: string;
  version: string;
  license: string;
  texts: string[];
}

/** The third parties of a package, by its folder. */
export function thirdParties(folder: string): Part[];

/** One text for all. */
export function notice(parts: Part[]): string;

/** The crates of others in a listing of `cargo tree`, as `name version`. */
export function linked(tree: string): Set<string>;

/** The npm packages of others that are needed where a package runs, by the paths of its lock file. */
export function shipped(locked: Record<string, { dev?: boolean; link?: boolean }>): string[];
