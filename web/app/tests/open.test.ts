// What is dropped on the page, by what a browser says of it.
import { beforeEach, expect, test } from "vitest";
import { phase } from "../src/state/state";
import { dropped } from "../src/view/open";

/** Two files that are dropped together. */
function transfer(): DataTransfer {
  const entry = (name: string) => ({
    name,
    isDirectory: false,
    file: (then: (file: File) => void) => then(new File([""], name)),
  });
  const items = ["project.toml", "notes.txt"].map((name) => ({ kind: "file", webkitGetAsEntry: () => entry(name) }));
  return { items, files: [] } as unknown as DataTransfer;
}

beforeEach(() => {
  phase.value = "loading";
});

test("what is dropped before the planner is there, or after it failed, is refused in words", async () => {
  await expect(dropped(transfer())).rejects.toThrow(/^the planner isn't loaded$/);
  phase.value = "failed";
  await expect(dropped(transfer())).rejects.toThrow(/^the planner isn't loaded$/);
});

test("the files of a project that are dropped together are taken, others are left", async () => {
  await import("@mz-deploy/planner/node");
  phase.value = "start";
  const source = await dropped(transfer());
  expect(source?.kind === "files" && source.files.map(({ path }) => path)).toEqual(["project.toml"]);
});
