//! Visitors see every name.

use super::*;
use crate::sql::parser::parse_statements;
use crate::sql::print::display;

const STATEMENTS: &[(&str, &str, &str, &str)] = &[
    (
        "WITH c AS (SELECT f(a) FROM t1) SELECT g(x)::ty FROM c JOIN t2 ON h(y) WHERE z IN (SELECT 1 FROM t3) \
         ORDER BY i(1) LIMIT j(1)",
        "c t1 t2 t3",
        "ty",
        "f g h i j",
    ),
    (
        "CREATE MATERIALIZED VIEW v IN CLUSTER c AS SELECT sum(a) FILTER (WHERE f(a)) OVER (PARTITION BY g(b)) \
         FROM ROWS FROM (h(1), i(2)), LATERAL (TABLE t)",
        "t",
        "",
        "f g h i sum",
    ),
    (
        "WITH MUTUALLY RECURSIVE r (a ty list, b map[k=>w]) AS (SELECT 1 UNION SELECT 2 FROM r, x) TABLE r",
        "r r x",
        "k ty w",
        "",
    ),
    ("CREATE TABLE t (a ty[] DEFAULT f(1))", "", "ty", "f"),
    ("CREATE TYPE l AS LIST (ELEMENT TYPE = ty)", "", "ty", ""),
    (
        "CREATE SINK s FROM b INTO KAFKA CONNECTION k (TOPIC 'x') FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY \
      CONNECTION r ENVELOPE UPSERT",
        "b k r",
        "",
        "",
    ),
    (
        "CREATE CONNECTION c TO KAFKA (BROKERS ('x' USING SSH TUNNEL s), SASL PASSWORD = SECRET p)",
        "p s",
        "",
        "",
    ),
    ("COPY (SUBSCRIBE (SELECT f(1) FROM t) AS OF g(1)) TO STDOUT", "t", "", "f g"),
    ("INSERT INTO t SELECT * FROM u RETURNING f(a)", "t u", "", "f"),
    ("UPDATE t SET a = f(1) WHERE b = (SELECT g(1) FROM u)", "t u", "", "f g"),
    ("DELETE FROM t USING u WHERE a::ty = 1", "t u", "ty", ""),
    ("EXPLAIN SELECT f(1) FROM t", "t", "", "f"),
];

#[test]
fn every_name_is_seen() {
    for (sql, items, types, functions) in STATEMENTS {
        let mut statement = parse_statements(sql).expect("valid").remove(0).statement;
        let (mut seen_items, mut seen_types, mut seen_functions) = (Vec::new(), Vec::new(), Vec::new());
        let text = |item: &ItemRef| match item {
            ItemRef::Name(Name(parts)) => parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
            ItemRef::Id(id) => id.to_string(),
        };
        visit_item_refs_mut(&mut statement, |_, item| seen_items.push(text(item)));
        visit_types_mut(&mut statement, |name| seen_types.push(text(name)));
        visit_functions_mut(&mut statement, |name| seen_functions.push(text(&ItemRef::Name(name.clone()))));
        for (seen, wanted) in
            [(&mut seen_items, items), (&mut seen_types, types), (&mut seen_functions, functions)]
        {
            seen.sort();
            assert_eq!(seen.join(" "), **wanted, "{sql}");
        }
    }
}

#[test]
fn what_a_visitor_replaces_is_printed() {
    let mut statement =
        parse_statements("CREATE INDEX i IN CLUSTER a ON t (f(x))").expect("valid").remove(0).statement;
    visit_clusters_mut(&mut statement, |cluster| *cluster = ClusterRef::Name("b".into()));
    visit_functions_mut(&mut statement, |name| name.0.insert(0, "pg_catalog".into()));
    assert_eq!(display(&statement), "CREATE INDEX i IN CLUSTER b ON t (pg_catalog.f(x))");
}

#[test]
fn only_the_outermost_queries_are_given() {
    let mut statement = parse_statements("CREATE VIEW v AS SELECT * FROM (SELECT 1) AS x")
        .expect("valid")
        .remove(0)
        .statement;
    let mut count = 0;
    visit_queries_mut(&mut statement, |_| count += 1);
    assert_eq!(count, 1);
}
