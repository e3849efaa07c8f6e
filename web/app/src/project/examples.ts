// The repository's examples, as they are when the page is built.
import type { Source } from "../worker/protocol";

const FILES = import.meta.glob<string>("../../../../examples/**/*.{sql,toml}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const ROOT = "../../../../examples/";

export interface Example {
  name: string;
  title: string;
  what: string;
  source: Extract<Source, { kind: "texts" }>;
  /** The profile that it is planned with. */
  profile?: string;
  /** A change to start with: the project as it was opened is what is deployed. */
  edit?: { path: string; text: string };
}

function texts(folder: string): [string, string][] {
  const prefix = `${ROOT}${folder}/`;
  const inside = Object.entries(FILES).filter(([path]) => path.startsWith(prefix));
  return inside.map(([path, text]) => [path.slice(prefix.length), text]);
}

function example(
  name: string,
  title: string,
  what: string,
  start: { profile?: string; edit?: { path: string; from: string; to: string } } = {},
): Example {
  const { profile, edit } = start;
  const source: Example["source"] = { kind: "texts", name, texts: texts(name) };
  const before = edit && source.texts.find(([path]) => path === edit.path)?.[1];
  return {
    name,
    title,
    what,
    source,
    ...(profile !== undefined && { profile }),
    ...(edit && before !== undefined && { edit: { path: edit.path, text: before.replace(edit.from, edit.to) } }),
  };
}

export const EXAMPLES: Example[] = [
  example(
    "order-monitoring",
    "An edited view",
    "The order desk changes what counts as an open order. Two views follow from it: see which, and why.",
    {
      edit: {
        path: "models/shop/monitoring/open_orders.sql",
        from: "WHERE orders.o_orderstatus = 'O'",
        to: "WHERE orders.o_orderstatus IN ('O', 'P')",
      },
    },
  ),
  example(
    "order-monitoring",
    "A first deployment",
    "Nothing is there yet: every schema, cluster and view is built, in order.",
  ),
  example(
    "data-mesh/orders",
    "A stable contract",
    "Another team reads this schema. Its materialized view is replaced in place, and its readers aren't touched.",
    {
      profile: "production",
      edit: {
        path: "models/shop/api/daily_revenue.sql",
        from: "sum(amount) AS revenue",
        to: "round(sum(amount), 2) AS revenue",
      },
    },
  ),
];
