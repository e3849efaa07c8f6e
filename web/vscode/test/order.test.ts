import assert from "node:assert/strict";
import { test } from "node:test";
import { differing } from "../src/differences";
import { eachOf, Kept, oneByOne } from "../src/order";

/** Something that is finished by hand. */
function open<T>() {
  let done: (value: T) => void = () => {};
  let failed: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    done = resolve;
    failed = reject;
  });
  return { promise, done, failed };
}

test("the comparison that was asked for last counts, whichever ends first", async () => {
  const works = [open<string>(), open<string>()];
  let started = 0;
  const kept = new Kept(() => works[started++]?.promise ?? assert.fail("made once more"));
  const first = kept.get();
  kept.expire();
  const second = kept.get();
  works[1]?.done("new");
  assert.equal(await second, "new");
  works[0]?.done("old");
  assert.equal(await first, "new");
  assert.equal(await kept.get(), "new");
  assert.equal(started, 2);
});

test("a comparison that is under way is not begun again because something was typed", async () => {
  const work = open<string>();
  let started = 0;
  const kept = new Kept(() => {
    started += 1;
    return work.promise;
  });
  const all = [kept.get(), kept.get(), kept.get()];
  work.done("one");
  assert.deepEqual(await Promise.all(all), ["one", "one", "one"]);
  assert.equal(started, 1);
});

test("a comparison that failed is told, and tried again", async () => {
  let attempt = 0;
  const kept = new Kept(async () => {
    attempt += 1;
    if (attempt === 1) {
      throw new Error("git is busy");
    }
    return attempt;
  });
  await assert.rejects(kept.get(), /git is busy/);
  assert.equal(await kept.get(), 2);
});

test("a search that fails doesn't stop those after it", async () => {
  const told: unknown[] = [];
  let searches = 0;
  const search = oneByOne(
    async () => {
      searches += 1;
      if (searches === 1) {
        throw new Error("not now");
      }
    },
    (error) => told.push(error),
  );
  await Promise.all([search(), search()]);
  assert.equal(searches, 2);
  assert.deepEqual(told.map(String), ["Error: not now"]);
});

test("so many at a time, and the results in their order", async () => {
  let running = 0;
  let most = 0;
  const results = await eachOf([5, 1, 3, 2, 4], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, item));
    running -= 1;
    return item * 10;
  });
  assert.deepEqual({ results, most }, { results: [50, 10, 30, 20, 40], most: 2 });
});

test("what differs is what changed, came or went", () => {
  const before = new Map(Object.entries({ same: "a", changed: "b", gone: "c" }));
  const after = new Map(Object.entries({ same: "a", changed: "B", new: "d" }));
  assert.deepEqual(differing(before, after).sort(), ["changed", "gone", "new"]);
  assert.deepEqual(differing(after, after), []);
});
