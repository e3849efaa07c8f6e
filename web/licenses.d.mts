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
