// Lists and trees: which rows are in sight, which pages have them, which directories are open.
import { expect, test } from "vitest";
import { byTree, treeMove, treeRows } from "../src/project/tree";
import { key, shown, split } from "../src/state/names";
import { counted, firstLine, spoken } from "../src/state/words";
import { within } from "../src/view/divider";
import { begin, pages, range } from "../src/view/list";
import type { Overview } from "../src/worker/protocol";

test("rows in sight have a margin, and none are beyond the ends", () => {
  expect(range(0, 500, 50, 10_000)).toEqual({ from: 0, to: 22 });
  expect(range(250_000, 500, 50, 10_000)).toEqual({ from: 4988, to: 5022 });
  expect(range(9_000_000, 500, 50, 3)).toEqual({ from: 3, to: 3 });
});

test("a range that lies on two pages asks for both", () => {
  expect(pages(90, 110)).toEqual([0, 1]);
  expect(pages(100, 200)).toEqual([1]);
  expect(pages(0, 0)).toEqual([]);
});

test("a late question about an earlier list doesn't stand for one about the newer list", () => {
  const none = { identity: "0", pages: new Set<number>() };
  const first = begin(none, "1", [0]);
  expect(first.missing).toEqual([0]);
  expect(begin(first.asked, "1", [0, 1]).missing).toEqual([1]);
  // The page knows of the second list by now, and what was put off for the first one is done before its own question.
  const late = begin(first.asked, "1", [0]);
  expect(begin(late.asked, "2", [0]).missing).toEqual([0]);
});

test("neither half of the page can be moved away", () => {
  expect([-5, 30, 99].map(within)).toEqual([25, 30, 75]);
});

const PATHS = [
  "clusters/c.sql",
  "models/app.sql",
  "models/app/core/a.sql",
  "models/app/core/b.sql",
  "models/app/raw/t.sql",
  "project.toml",
];

function names(closed: string[], filter = "") {
  return treeRows(byTree(PATHS), new Set(closed), filter).map(
    ({ name, depth, file }) => `${"  ".repeat(depth)}${name}${file === undefined ? "/" : ""}`,
  );
}

test("a tree has directories before files, at every level", () => {
  expect(names([])).toEqual([
    "clusters/",
    "  c.sql",
    "models/",
    "  app/",
    "    core/",
    "      a.sql",
    "      b.sql",
    "    raw/",
    "      t.sql",
    "  app.sql",
    "project.toml",
  ]);
});

test("a closed directory hides what is in it", () => {
  expect(names(["models/app", "clusters"])).toEqual(["clusters/", "models/", "  app/", "  app.sql", "project.toml"]);
  expect(names(["models"])).toEqual(["clusters/", "  c.sql", "models/", "project.toml"]);
});

test("a filter opens what it finds", () => {
  expect(names(["models"], "RAW")).toEqual(["models/", "  app/", "    raw/", "      t.sql"]);
});

test("keys go into a directory, out of it, and open and close it", () => {
  const rows = (closed: string[]) => treeRows(byTree(PATHS), new Set(closed), "");
  const at = (path: string) => rows([]).findIndex((row) => row.path === path);
  const goes = (path: string, key: string) => {
    const move = treeMove(rows([]), at(path), key);
    return move && "goTo" in move ? move.goTo.path : move;
  };
  expect(goes("models", "ArrowRight")).toBe("models/app");
  expect(goes("models/app/core/b.sql", "ArrowLeft")).toBe("models/app/core");
  expect(goes("models/app.sql", "ArrowLeft")).toBe("models");
  expect(goes("models/app/core", "ArrowLeft")).toEqual({ toggle: "models/app/core" });
  expect(goes("models/app/core", "Enter")).toEqual({ toggle: "models/app/core" });
  expect(goes("project.toml", "Enter")).toEqual({ open: "project.toml" });
  expect(goes("project.toml", "ArrowLeft")).toBeUndefined();
  expect(goes("project.toml", "ArrowRight")).toBeUndefined();
  expect(treeMove(rows(["models"]), at("models"), "ArrowRight")).toEqual({ toggle: "models" });
  expect(treeMove(rows(["models"]), at("models"), "ArrowLeft")).toBeUndefined();
  expect(treeMove([], -1, "Enter")).toBeUndefined();
});

test("names are compared by their parts, and quoted where they have to be", () => {
  const odd = key({ database: "app", schema: "core", object: 'a "b".c' });
  expect(odd).not.toBe(key({ database: "app", schema: 'core.a "b"', object: "c" }));
  expect(shown(odd)).toBe('app.core."a ""b"".c"');
  expect(shown(key({ schema: "mz_catalog", object: "mz_views" }))).toBe("mz_catalog.mz_views");
  expect(split("app.core.orders")).toEqual({ scope: "app.core.", own: "orders" });
});

test("a step is named by its first line that says something", () => {
  expect(firstLine({ sql: "-- why\n\n  CREATE VIEW v AS\nSELECT 1;" })).toBe("CREATE VIEW v AS");
  expect(firstLine({ effect: "wait until everything is hydrated" })).toBe("wait until everything is hydrated");
  expect(firstLine({ sql: "-- only a comment" })).toBe("-- only a comment");
});

test("a screen reader hears what an edit means", () => {
  expect(counted({ rebuild: 1200, update: 1 })).toBe("1 updated, 1,200 rebuilt");
  const plan = { changes: 2, counts: { update: 1, rebuild: 1 } };
  const heard = (overview: object) => spoken(overview as Overview);
  expect(heard({ plan, errors: 0, warnings: 1 })).toBe("Plan: 1 updated, 1 rebuilt. 1 warning.");
  expect(heard({ plan: { changes: 0, counts: {} }, errors: 0, warnings: 0 })).toBe("No changes.");
  expect(heard({ errors: 2, warnings: 0 })).toBe("There is no plan: 2 errors.");
});
