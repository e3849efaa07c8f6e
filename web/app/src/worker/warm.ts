// A browser compiles what runs, and compiles better what runs often: after a small project, the first real one is planned
// about as fast as the next.
import { FIRST_SETTINGS } from "./protocol";
import { Session } from "./session";

/** Enough that the planner's loops are worth compiling, and done before anybody chose a file. */
const VIEWS = 60;

export function warmUp(): void {
  const project = small();
  const session = new Session("", project, FIRST_SETTINGS);
  session.compare({ kind: "texts", words: "", texts: project });
  for (const limit of [1, 2, 3]) {
    session.edit("models/a/b/v1.sql", view(1, limit));
    session.plan(() => 0);
  }
  session.render("sql");
  session.free();
}

export function small(): Map<string, string> {
  const views = Array.from({ length: VIEWS }, (_, at): [string, string] => [`models/a/b/v${at}.sql`, view(at, 0)]);
  return new Map([
    ...views,
    ["clusters/c.sql", "CREATE CLUSTER c (SIZE = '25cc', REPLICATION FACTOR = 1);"],
    ["models/a/raw/t.sql", "CREATE TABLE t (x int NOT NULL, y numeric(12, 2));\nCOMMENT ON TABLE t IS 'x';"],
    ["project.toml", ""],
  ]);
}

function view(at: number, limit: number): string {
  const from = at === 0 ? "raw.t" : `v${at - 1}`;
  const query = `WITH r AS (SELECT x, y FROM ${from} WHERE x > ${limit}) SELECT x, sum(y) AS y FROM r LEFT JOIN raw.t AS t ON t.x = r.x GROUP BY x`;
  return at % 3 === 0
    ? `CREATE MATERIALIZED VIEW v${at} IN CLUSTER c AS ${query};`
    : `CREATE VIEW v${at} AS ${query};\nCREATE INDEX v${at}_x IN CLUSTER c ON v${at} (x);`;
}
