// The worker's session, asked as the worker asks it.
import "@mz-deploy/planner/node";
import { expect, test } from "vitest";
import { EXAMPLES } from "../src/project/examples";
import { key } from "../src/state/names";
import { spoken } from "../src/state/words";
import { FIRST_SETTINGS, MARKS } from "../src/worker/protocol";
import { Session } from "../src/worker/session";
import { small, warmUp } from "../src/worker/warm";

const PROJECT = new Map([
  ["clusters/small.sql", "CREATE CLUSTER small (SIZE = '25cc');"],
  ["models/app/core/orders.sql", "CREATE VIEW orders AS SELECT 1 AS id;"],
  [
    "models/app/core/totals.sql",
    "CREATE MATERIALIZED VIEW totals IN CLUSTER small AS SELECT count(*) AS n FROM orders;",
  ],
  ["models/app/other/alone.sql", "CREATE VIEW alone AS SELECT 1 AS one;"],
  ["project.toml", '[staging.variables]\nwhere = "small"\n'],
]);
const ORDERS = "models/app/core/orders.sql";
const clock = () => 0;

function opened(): Session {
  const session = new Session("shop", PROJECT, FIRST_SETTINGS);
  expect(session.compare({ kind: "texts", words: "the project as it was opened", texts: PROJECT })).toBeUndefined();
  return session;
}

test("an edit has its rebuilds, each with the chain that ends at the edited line", () => {
  const session = opened();
  const first = session.plan(clock);
  expect(first.plan?.changes).toBe(0);
  session.edit(ORDERS, "CREATE VIEW orders AS SELECT 2 AS id;");
  const { plan, edited, paths, marks } = session.plan(clock);
  expect(paths, "the list is the one that was sent").toBeUndefined();
  expect(plan?.counts).toEqual({ update: 1, rebuild: 1 });
  expect(edited).toEqual([ORDERS]);
  expect(
    (first.paths ?? []).map((path, at) => [path, MARKS[marks[at] ?? 0]]).filter(([, mark]) => mark !== "none"),
  ).toEqual([
    [ORDERS, "update"],
    ["models/app/core/totals.sql", "rebuild"],
  ]);
  const totals = key({ database: "app", schema: "core", object: "totals" });
  const detail = session.changeOf(totals);
  expect(detail?.change.row.file).toBe("models/app/core/totals.sql");
  expect(detail?.change.reasons.map(({ words }) => words)).toEqual([
    "reads app.core.orders",
    `${ORDERS}:1: definition changed`,
  ]);
  session.edit("models/app/core/aaa.sql", "CREATE VIEW aaa AS SELECT 1 AS one;");
  session.plan(clock);
  expect(session.changeOf(totals)?.change.row.name, "whatever comes before it").toBe("app.core.totals");
  session.revert(ORDERS);
  const { edited: left } = session.plan(clock);
  expect(left).toEqual(["models/app/core/aaa.sql"]);
  expect(session.changeOf(key({ database: "app", schema: "core", object: "gone" }))).toBeUndefined();
});

test("a schema's comment is a change, though no object changes", () => {
  const comment = (text: string) => `COMMENT ON SCHEMA core IS '${text}';`;
  const texts = new Map(PROJECT).set("models/app/core.sql", comment("a"));
  const session = new Session("shop", texts, FIRST_SETTINGS);
  expect(session.compare({ kind: "texts", words: "", texts })).toBeUndefined();
  expect(spoken(session.plan(clock))).toBe("No changes.");
  session.edit("models/app/core.sql", comment("b"));
  const overview = session.plan(clock);
  expect(overview).toMatchObject({ errors: 0, plan: { changes: 0 } });
  expect(spoken(overview)).toBe("Plan: 1 schema or database changed.");
});

test("a session says what a link can't hold", () => {
  const session = opened();
  expect(session.notInLink).toEqual([]);
  session.compare({ kind: "snapshot", words: "deployed.json", text: "{}" });
  session.live({ name: "live.json", text: "{}" });
  expect(session.notInLink).toEqual(["the snapshot deployed.json", "the live catalog live.json"]);
});

test("a version that was chosen before stays chosen, and what is in its way is said", () => {
  const session = new Session("shop", PROJECT, FIRST_SETTINGS);
  const broken = new Map(PROJECT).set(ORDERS, "CREATE VIEW orders AS SELEC 1;");
  session.restore({ kind: "texts", words: "the version in the link", texts: broken });
  const { obstacle, comparedWith } = session.plan(clock);
  expect(obstacle).toMatch(/^the version in the link can't be compared with/);
  expect(comparedWith).toBe("nothing");
});

test("changes are found by name and kind, and what somebody did comes first", () => {
  const session = opened();
  session.edit(
    "models/app/core/totals.sql",
    PROJECT.get("models/app/core/totals.sql")?.replace("count(*)", "max(id)") ?? "",
  );
  session.edit("models/app/core/aaa.sql", "CREATE VIEW aaa AS SELECT n FROM totals;");
  session.edit(ORDERS, "CREATE VIEW orders AS SELECT 2 AS id;");
  session.plan(clock);
  const names = (text: string, action?: "update") =>
    session.changes({ text, ...(action && { action }) }, 0, 10).items.map(({ name }) => name);
  expect(names("")).toEqual(["app.core.aaa", "app.core.orders", "app.core.totals"]);
  expect(names("ORD")).toEqual(["app.core.orders"]);
  expect(names("", "update")).toEqual(["app.core.orders", "app.core.totals"]);
  expect(session.changes({ text: "" }, 1, 2)).toMatchObject({
    from: 1,
    total: 3,
    items: [{ name: "app.core.orders" }],
  });
});

test("a version with errors can't be compared with, and what was chosen before stays", () => {
  const session = opened();
  const broken = new Map(PROJECT).set(ORDERS, "CREATE VIEW orders AS SELEC 1;");
  const problem = session.compare({ kind: "texts", words: "the version in old.zip", texts: broken });
  expect(problem).toMatch(
    /^the version in old.zip can't be compared with: it has \d+ errors?\. The first: .*\(models\/app\/core\/orders\.sql:1\)$/,
  );
  expect(session.plan(clock)).toMatchObject({ comparedWith: "the project as it was opened", plan: { changes: 0 } });
});

test("a deployed version that has errors under another profile is never compared with as it was under the first", () => {
  const total = "CREATE MATERIALIZED VIEW totals IN CLUSTER :where AS SELECT count(*) AS n FROM orders;";
  const old = new Map(PROJECT).set("models/app/core/totals.sql", total);
  const session = new Session("shop", PROJECT, { ...FIRST_SETTINGS, profile: "staging" });
  expect(session.compare({ kind: "texts", words: "the version in old.zip", texts: old })).toBeUndefined();
  expect(session.plan(clock)).toMatchObject({ comparedWith: "the version in old.zip", plan: { changes: 0 } });
  session.configure(FIRST_SETTINGS);
  const without = session.plan(clock);
  expect(without).toMatchObject({ comparedWith: "nothing", plan: { counts: { create: 3 } } });
  expect(without.obstacle).toMatch(/^the version in old\.zip can't be compared with: it has 1 error/);
  session.configure({ ...FIRST_SETTINGS, profile: "staging" });
  expect(session.plan(clock)).toMatchObject({ comparedWith: "the version in old.zip", plan: { changes: 0 } });
});

test("a snapshot of a newer format is a problem, and the project goes on", () => {
  const session = opened();
  session.compare({ kind: "snapshot", words: "new.json", text: '{"format": 99, "objects": []}' });
  const overview = session.plan(clock);
  expect(overview.plan).toBeUndefined();
  expect(overview.problems[0]).toMatchObject({ code: "InvalidInputFile", primary: { path: "deployed.json" } });
  session.compare({ kind: "nothing" });
  expect(session.plan(clock).plan?.counts).toEqual({ create: 3 });
});

test("the graph is of everything, or of what an object reaches and is reached from", () => {
  const session = opened();
  session.edit(ORDERS, "CREATE VIEW orders AS SELECT 2 AS id;");
  session.plan(clock);
  expect(session.graph("schema", undefined)?.labels).toEqual(["orders", "totals", "alone"]);
  const around = session.graph("cluster", key({ database: "app", schema: "core", object: "orders" }));
  expect(around).toMatchObject({
    labels: ["orders", "totals"],
    edges: Uint32Array.of(0, 1),
    states: Uint8Array.of(2, 3),
  });
  expect(around?.groups.map(({ label }) => label)).toEqual(["no cluster", "small"]);
});

test("no two plans of a page have the same version, whatever it opens", () => {
  const first = opened();
  first.plan(clock);
  const second = new Session("other", PROJECT, FIRST_SETTINGS, first.version);
  expect(second.plan(clock).version).toBe(first.version + 1);
});

test("what warms the planner up is a project without problems", () => {
  expect(() => warmUp()).not.toThrow();
  const session = new Session("", small(), FIRST_SETTINGS);
  expect(session.plan(clock)).toMatchObject({ errors: 0, plan: { counts: { create: 60 } } });
});

test.each(EXAMPLES.map((example) => [example.title, example] as const))("the example “%s” has a plan", (_, example) => {
  const texts = new Map(example.source.texts);
  const session = new Session(example.name, texts, {
    ...FIRST_SETTINGS,
    ...(example.profile && { profile: example.profile }),
  });
  if (example.edit) {
    expect(session.compare({ kind: "texts", words: "", texts })).toBeUndefined();
    expect(example.edit.text).not.toBe(texts.get(example.edit.path));
    session.edit(example.edit.path, example.edit.text);
  }
  const { errors, plan } = session.plan(clock);
  expect(errors).toBe(0);
  expect(plan?.changes).toBeGreaterThan(0);
});

test("variables have the values that they are given", () => {
  const session = new Session(
    "shop",
    new Map(PROJECT).set(
      "models/app/core/totals.sql",
      "CREATE MATERIALIZED VIEW totals IN CLUSTER :where AS SELECT 1 AS n;",
    ),
    FIRST_SETTINGS,
  );
  expect(session.plan(clock).errors).toBeGreaterThan(0);
  session.configure({ ...FIRST_SETTINGS, profile: "staging" });
  expect(session.plan(clock)).toMatchObject({
    errors: 0,
    profiles: [{ name: "staging", variables: { where: "small" } }],
  });
  session.configure({ ...FIRST_SETTINGS, variables: { where: "small" } });
  expect(session.plan(clock).errors).toBe(0);
});
