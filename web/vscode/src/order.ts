// What counts when several things are under way at once.

/** A value that takes time to make. Of several that are being made, the one that was asked for last counts, and all get that. */
export class Kept<T> {
  private wanted = 0;
  private made: { readonly number: number; readonly value: Promise<T> } | undefined;

  constructor(private readonly make: () => Promise<T>) {}

  /** What was made is no longer true: it is made again when it is asked for next. */
  expire(): void {
    this.wanted += 1;
  }

  /** The newest value. One that failed is made again by whoever asks next. */
  async get(): Promise<T> {
    for (;;) {
      const number = this.wanted;
      if (this.made?.number !== number) {
        this.made = { number, value: this.make() };
      }
      const { made } = this;
      try {
        const value = await made.value;
        if (this.wanted === number) {
          return value;
        }
      } catch (error) {
        if (this.made === made) {
          this.made = undefined;
        }
        if (this.wanted === number) {
          throw error;
        }
      }
    }
  }
}

/** Runs one after the other. One that fails is told, and those after it run nevertheless. */
export function oneByOne(run: () => Promise<void>, failed: (error: unknown) => void): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(run).catch(failed);
    return last;
  };
}

/** Does something with each, so many at a time; the results are in the order of the items. */
export async function eachOf<T, R>(items: readonly T[], atOnce: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [at, item] of waiting) {
      results[at] = await run(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}

/** What went wrong, in words. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
