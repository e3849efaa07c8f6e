export interface Part {
  name: string;
  version: string;
  licence: string;
  texts: string[];
}
export function packages(of: string): Part[];
export function crates(): Part[];
export function thirdParty(of: string): string;
