// What is opened: which files count, and what is refused.
import "@mz-deploy/planner/node";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { LIMITS, size } from "../src/project/limits";
import { decode, encode } from "../src/project/link";
import { mayBelong, roots, under } from "../src/project/texts";
import { unzip, zip } from "../src/project/zip";
import type { Settings } from "../src/worker/protocol";

const VIEW = "CREATE VIEW v AS SELECT 1 AS one;";

test("a project's files are those that the command line reads", () => {
  const paths = [
    "project.toml",
    "models/a/b/c.sql",
    "x/clusters/c.sql",
    "x/roles/r.SQL",
    "README.md",
    ".git/models/a.sql",
    "node_modules/p/models/a.sql",
    "target/package/models/a.sql",
    "models/a/target/v.sql",
    "models/node_modules/s/v.sql",
    "models/a/.old/v.sql",
    "models/a/b/.v.sql",
    "node_modules",
    "a.sql",
  ];
  expect(paths.filter(mayBelong)).toEqual([
    "project.toml",
    "models/a/b/c.sql",
    "x/clusters/c.sql",
    "x/roles/r.SQL",
    "models/a/target/v.sql",
    "models/node_modules/s/v.sql",
    "models/a/b/.v.sql",
  ]);
});

test("a project is where its settings are, the shallowest first", () => {
  expect(roots(["b/project.toml", "a/x/project.toml", "a/project.toml", "a/models/d/s/v.sql"])).toEqual([
    "a",
    "b",
    "a/x",
  ]);
  expect(roots(["mesh/models/d/s/v.sql"])).toEqual(["mesh"]);
  expect(roots(["models/v.sql"])).toEqual([""]);
  expect(roots(["notes/v.sql"])).toEqual([]);
});

test("paths are relative to the project, and files of other projects are left out", () => {
  const texts = new Map([
    ["top/models/d/s/v.sql", VIEW],
    ["top/project.toml", ""],
    ["top/inner/project.toml", ""],
    ["other/project.toml", ""],
  ]);
  expect([...under(texts, "top").keys()]).toEqual(["models/d/s/v.sql", "project.toml"]);
});

test("an archive of a project is the project", () => {
  const texts = new Map([
    ["models/d/s/v.sql", VIEW],
    ["project.toml", 'strategy = "swap"'],
  ]);
  expect(unzip("p.zip", zip(texts))).toEqual(texts);
});

test("an archive that isn't one is refused in words", () => {
  expect(() => unzip("p.zip", strToU8("not an archive"))).toThrow("“p.zip” is no ZIP archive, or it is damaged.");
  const whole = zip(new Map([["project.toml", "x".repeat(1000)]]));
  expect(() => unzip("p.zip", whole.subarray(0, whole.length / 2))).toThrow("no ZIP archive");
});

test.each(["../models/v.sql", "/models/v.sql", "C:\\models\\v.sql", "models/../../v.sql"])(
  "an entry outside of the archive, %s, makes all of it suspect",
  (path) => {
    expect(() => unzip("p.zip", zipSync({ [path]: strToU8(VIEW) }))).toThrow("has an entry outside of itself");
  },
);

test("a bomb isn't unpacked", () => {
  const bomb = zipSync({ "models/a/b/c.sql": new Uint8Array(LIMITS.fileBytes + 1) }, { level: 9 });
  expect(bomb.length).toBeLessThan(20_000);
  expect(() => unzip("p.zip", bomb)).toThrow("“models/a/b/c.sql” has 8.4 MB; a file of a project has at most 8.4 MB.");
});

/** Changes a field of every entry in the directory at the end of an archive, which is what is believed. */
function announce(archive: Uint8Array, field: number, value: number): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset);
  for (let at = 0; at < archive.length - 46; at += 1) {
    if (view.getUint32(at, true) === 0x02014b50) {
      view.setUint32(at + field, value, true);
    }
  }
  return archive;
}
const [PACKED, UNPACKED, PLACE] = [20, 24, 42];

test("an archive that lies about a deflated size gets no more room than it announced", () => {
  const archive = zipSync({ "models/a/b/c.sql": [strToU8("x".repeat(100_000)), { level: 9 }] });
  expect(unzip("p.zip", announce(archive, UNPACKED, 10)).get("models/a/b/c.sql")).toBe("x".repeat(10));
});

test("an archive that lies about a stored size isn't opened", () => {
  const archive = zipSync({ "models/a/b/c.sql": [new Uint8Array(100_000), { level: 0 }] });
  expect(() => unzip("p.zip", announce(archive, UNPACKED, 0))).toThrow("“p.zip” is no ZIP archive, or it is damaged.");
});

test("entries that share their bytes aren't unpacked one by one", () => {
  const content = new Uint8Array(100_000).fill(32);
  const archive = zipSync({
    "models/a/b/c.sql": [content, { level: 0 }],
    "models/a/b/d.sql": [new Uint8Array(0), { level: 0 }],
  });
  for (const field of [PACKED, UNPACKED]) {
    announce(archive, field, content.length);
  }
  expect(() => unzip("p.zip", announce(archive, PLACE, 0))).toThrow("“p.zip” is no ZIP archive, or it is damaged.");
});

test("an archive of too many files isn't unpacked", () => {
  const names = Array.from({ length: LIMITS.files + 1 }, (_, at) => `models/a/b/v${at}.sql`);
  const archive = zipSync(Object.fromEntries(names.map((name) => [name, new Uint8Array()])), { level: 0 });
  expect(() => unzip("p.zip", archive)).toThrow("There are more than 50,000 files of SQL");
});

test("a text that isn't UTF-8 is refused", () => {
  expect(() => unzip("p.zip", zipSync({ "project.toml": Uint8Array.of(0xff, 0xfe) }))).toThrow(
    "“project.toml” is no text in UTF-8.",
  );
});

test("a link holds the project, what it is compared with, and how it is planned", () => {
  const texts = new Map([
    ["models/d/s/v.sql", VIEW],
    ["project.toml", ""],
    ["models/d/s/new.sql", VIEW],
  ]);
  const deployed = new Map([
    ["models/d/s/v.sql", "CREATE VIEW v AS SELECT 2 AS one;"],
    ["project.toml", ""],
    ["models/d/s/old.sql", VIEW],
  ]);
  const settings: Settings = {
    deployId: "monday",
    profile: "staging",
    variables: { where: "large" },
    strategy: "rename",
    redeployAll: true,
    dropRemoved: true,
  };
  const shared = { name: "shop ✓", texts, deployed, settings };
  const data = encode(shared);
  expect(data).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(decode(data)).toEqual(shared);
});

test("a link that is too long isn't made", () => {
  const noise = Array.from({ length: 40_000 }, (_, at) => ((at * 7919) % 65_521).toString(36)).join(" ");
  expect(() => encode({ name: "large", texts: new Map([["a.sql", noise]]) })).toThrow("too large for a link");
});

test.each(["", "%%%", "AAAA", "bm90IGRlZmxhdGVk"])("a link that was cut or changed, %j, holds no project", (data) => {
  expect(() => decode(data)).toThrow("The link is damaged or was cut");
});

test("a size is said in three digits at most", () => {
  expect([12, 1500, 812_345, 3_400_000, 200_000_000].map(size)).toEqual([
    "12 bytes",
    "1.5 kB",
    "812 kB",
    "3.4 MB",
    "200 MB",
  ]);
});
