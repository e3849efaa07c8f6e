//! What each name means: rule by rule, statement by statement.

use super::*;
use crate::name::{Ident, SchemaName};
use crate::syntax;

fn context() -> Context {
    Context {
        schema: SchemaName::new("db".into(), "pub".into()),
        database_map: [("other".into(), "other_dev".into())].into(),
        cluster_map: [("compute".into(), "compute_dev".into())].into(),
    }
}

fn occurrences(source: &str) -> Vec<Occurrence> {
    let parsed = syntax::parse(source);
    assert_eq!(parsed.errors, [], "{source}");
    let statement = parsed.statements.first().expect("a statement");
    resolve(statement, None, &context())
}

fn describe(source: &str, occurrence: &Occurrence, all: &[Occurrence]) -> String {
    let text = occurrence.span.slice(source);
    match &occurrence.target {
        Target::Own(name) => format!("own {text}={name}"),
        Target::Relation { name, needs_alias: Some(alias), .. } => format!("{text}={name} as {alias}"),
        Target::Relation { name, .. } => format!("{text}={name}"),
        Target::Qualifier { relation } => {
            format!("{text}. of {}", all[*relation as usize].span.slice(source))
        }
        Target::Object(name) => format!("object {text}={name}"),
        Target::Type(name) => format!("type {text}={name}"),
        Target::IndexName(name) => format!("index {name}"),
        Target::Cluster(name) => format!("cluster {text}={name}"),
        Target::Schema(name) => format!("schema {text}={name}"),
        Target::Database(name) => format!("database {text}={name}"),
    }
}

/// What the names of a statement mean, in the order of the text.
fn meaning(source: &str) -> String {
    let all = occurrences(source);
    assert!(all.is_sorted_by_key(|o| o.span), "{source}");
    all.iter().map(|o| describe(source, o, &all)).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn assert_queries(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        let view = format!("CREATE VIEW v AS {query}");
        let own = "own v=db.pub.v";
        let expected = if expected.is_empty() { own.into() } else { format!("{own}, {expected}") };
        assert_eq!(meaning(&view), expected, "{query}");
    }
}

#[track_caller]
fn assert_statements(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(meaning(source), *expected, "{source}");
    }
}

#[test]
fn missing_parts_come_from_the_file() {
    assert_queries(&[
        ("SELECT * FROM t", "t=db.pub.t"),
        ("SELECT * FROM s.t", "s.t=db.s.t"),
        ("SELECT * FROM d.s.t", "d.s.t=d.s.t"),
        ("SELECT * FROM mz_catalog.mz_objects", "mz_catalog.mz_objects=mz_catalog.mz_objects"),
        ("SELECT * FROM pg_catalog.pg_class AS c", "pg_catalog.pg_class=pg_catalog.pg_class"),
        ("SELECT * FROM \"S\".\"T.x\"", "\"S\".\"T.x\"=db.\"S\".\"T.x\""),
    ]);
}

#[test]
fn only_written_databases_of_the_project_get_the_suffix() {
    assert_queries(&[
        ("SELECT * FROM other.s.t, third.s.u", "other.s.t=other_dev.s.t, third.s.u=third.s.u"),
        ("SELECT other.s.t.c FROM other.s.t", "other.s.t. of other.s.t, other.s.t=other_dev.s.t"),
    ]);
}

#[test]
fn the_own_name_is_the_callers_if_it_knows_it() {
    let source = "CREATE VIEW v AS SELECT 1";
    let parsed = syntax::parse(source);
    let own = crate::name::ObjectName::new("db_dev", "s", "v");
    let found = resolve(&parsed.statements[0], Some(&own), &context());
    assert_eq!(found.first().map(|o| &o.target), Some(&Target::Own(own)));
}

#[test]
fn a_cte_sees_those_before_it_and_not_itself() {
    assert_queries(&[
        ("WITH t AS (SELECT 1) SELECT * FROM t", ""),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", "t=db.pub.t"),
        (
            "WITH a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a, b, c",
            "b=db.pub.b, c=db.pub.c",
        ),
        ("WITH a AS (SELECT 1) SELECT * FROM pub.a", "pub.a=db.pub.a"),
        ("WITH a AS (SELECT 1), a2 AS (SELECT * FROM a JOIN t USING (x)) SELECT * FROM a2", "t=db.pub.t"),
    ]);
}

#[test]
fn recursive_ctes_see_each_other_and_themselves() {
    assert_queries(&[(
        "WITH MUTUALLY RECURSIVE a (x int) AS (SELECT * FROM b, t), b (x int) AS (SELECT * FROM a, b) SELECT * FROM b",
        "t=db.pub.t",
    )]);
}

#[test]
fn inner_scopes_see_outer_ctes_and_siblings_do_not() {
    assert_queries(&[
        ("WITH a AS (SELECT 1) SELECT * FROM (SELECT * FROM a) x", ""),
        ("WITH a AS (SELECT 1) SELECT (SELECT max(x) FROM a), 1 IN (SELECT * FROM a)", ""),
        (
            "WITH a AS (SELECT 1) SELECT 1 WHERE EXISTS (SELECT 1 FROM a) GROUP BY 1 HAVING (SELECT true FROM a)",
            "",
        ),
        ("WITH a AS (SELECT 1) SELECT * FROM t, LATERAL (SELECT * FROM a) x", "t=db.pub.t"),
        ("WITH a AS (SELECT 1) SELECT * FROM a UNION ALL SELECT * FROM a ORDER BY (SELECT 1 FROM a)", ""),
        ("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) x, a", "a=db.pub.a"),
        ("SELECT (WITH a AS (SELECT 1) SELECT * FROM a), (SELECT 1 FROM a) FROM a", "a=db.pub.a, a=db.pub.a"),
        (
            "WITH a AS (WITH b AS (SELECT * FROM t) SELECT * FROM b) SELECT * FROM a, b",
            "t=db.pub.t, b=db.pub.b",
        ),
        ("WITH a AS (SELECT 1) SELECT * FROM (WITH a AS (SELECT * FROM a) SELECT * FROM a) x", ""),
    ]);
}

#[test]
fn relations_are_found_wherever_a_query_can_stand() {
    assert_queries(&[
        (
            "SELECT CASE WHEN (SELECT a FROM t1) THEN f((SELECT b FROM t2)) ELSE 1 END",
            "t1=db.pub.t1, t2=db.pub.t2",
        ),
        (
            "SELECT coalesce(NULL, (SELECT 1 FROM t1), nullif(1, (SELECT 1 FROM t2)))",
            "t1=db.pub.t1, t2=db.pub.t2",
        ),
        (
            "SELECT NOT EXISTS (SELECT 1 FROM t1) AND x IN (1, (SELECT 1 FROM t2))",
            "t1=db.pub.t1, t2=db.pub.t2",
        ),
        ("SELECT * FROM a JOIN b ON (SELECT true FROM c)", "a=db.pub.a, b=db.pub.b, c=db.pub.c"),
        ("VALUES ((SELECT 1 FROM a)), (2)", "a=db.pub.a"),
        ("TABLE s.a", "s.a=db.s.a"),
        ("(SELECT 1 FROM a) EXCEPT (TABLE b) LIMIT (SELECT 1 FROM c)", "a=db.pub.a, b=db.pub.b, c=db.pub.c"),
        (
            "SELECT count(*) FILTER (WHERE (SELECT true FROM a)) OVER (ORDER BY (SELECT 1 FROM b))",
            "a=db.pub.a, b=db.pub.b",
        ),
        (
            "SELECT LIST(SELECT x FROM a), MAP(SELECT k, v FROM b), ARRAY(SELECT x FROM c)",
            "a=db.pub.a, b=db.pub.b, c=db.pub.c",
        ),
        ("SELECT * FROM generate_series(1, (SELECT max(x) FROM a))", "a=db.pub.a"),
    ]);
}

#[test]
fn types_resolve_like_relations_unless_they_are_built_in() {
    assert_queries(&[
        (
            "SELECT 1::int, '{}'::mytype list, CAST(x AS s.mytype)",
            "type mytype=db.pub.mytype, type s.mytype=db.s.mytype",
        ),
        ("SELECT x::pg_catalog.int4", "type pg_catalog.int4=pg_catalog.int4"),
        ("SELECT x::map[text=>other.s.t]", "type other.s.t=other_dev.s.t"),
    ]);
}

#[test]
fn functions_stay_and_operators_name_their_schema() {
    assert_queries(&[
        ("SELECT s.f(1), f(2) FROM g(3)", ""),
        ("SELECT 1 OPERATOR(pg_catalog.+) 2", "schema pg_catalog=pg_catalog"),
    ]);
}

#[test]
fn qualifiers_bind_to_relations_without_an_alias() {
    assert_queries(&[
        ("SELECT s.t.c FROM s.t", "s.t. of s.t, s.t=db.s.t"),
        ("SELECT t.c, c, t.* FROM s.t", "t. of s.t, t. of s.t, s.t=db.s.t"),
        ("SELECT d.s.t.*, s.t.* FROM d.s.t", "d.s.t. of d.s.t, s.t. of d.s.t, d.s.t=d.s.t"),
        ("SELECT x.c FROM s.t AS x", "s.t=db.s.t"),
        ("SELECT count(s.t.*) FROM s.t ORDER BY s.t.c", "s.t. of s.t, s.t=db.s.t, s.t. of s.t"),
        ("SELECT t.c FROM (SELECT 1 AS c) t", ""),
        ("WITH t AS (SELECT 1 AS c) SELECT t.c FROM t", ""),
        ("SELECT t.l[1].f FROM t", "t. of t, t=db.pub.t"),
        ("SELECT * FROM s.a JOIN s.b ON s.a.x = b.x", "s.a=db.s.a, s.b=db.s.b, s.a. of s.a, b. of s.b"),
    ]);
}

#[test]
fn a_bare_relation_name_as_a_value_is_left_alone() {
    assert_queries(&[("SELECT t FROM t", "t=db.pub.t")]);
}

#[test]
fn qualifiers_of_inner_queries_reach_outer_ones() {
    assert_queries(&[
        ("SELECT (SELECT s.t.c + u.d FROM u) FROM s.t", "s.t. of s.t, u. of u, u=db.pub.u, s.t=db.s.t"),
        ("SELECT * FROM t, LATERAL (SELECT t.c) x", "t=db.pub.t, t. of t"),
        ("SELECT * FROM t, unnest(t.l)", "t=db.pub.t, t. of t"),
        // Without LATERAL, only the outer query is in scope.
        ("SELECT (SELECT 1 FROM t, (SELECT t.c) x) FROM s.t", "t=db.pub.t, t. of s.t, s.t=db.s.t"),
        // The innermost match counts.
        ("SELECT (SELECT t.c FROM t) FROM s.t", "t. of t, t=db.pub.t, s.t=db.s.t"),
        // An inner alias hides the outer relation.
        ("SELECT (SELECT t.c FROM u AS t) FROM t", "u=db.pub.u, t=db.pub.t"),
    ]);
}

#[test]
fn ambiguous_bare_names_need_an_alias() {
    assert_queries(&[
        (
            "SELECT a.t.x, b.t.x FROM a.t, b.t",
            "a.t. of a.t, b.t. of b.t, a.t=db.a.t as t_1, b.t=db.b.t as t_2",
        ),
        ("SELECT a.t.x FROM a.t, b.t", "a.t. of a.t, a.t=db.a.t as t_1, b.t=db.b.t"),
        ("SELECT * FROM a.t, b.t", "a.t=db.a.t, b.t=db.b.t"),
        ("SELECT a.t.x FROM a.t, b AS t", "a.t. of a.t, a.t=db.a.t as t_1, b=db.pub.b"),
        // An inner relation of the same name would capture the reference.
        ("SELECT (SELECT s.t.c FROM u.t) FROM s.t", "s.t. of s.t, u.t=db.u.t, s.t=db.s.t as t_1"),
        // The alias is new in the whole statement.
        ("SELECT a.t.t_1 FROM a.t, b.t, t_2", "a.t. of a.t, a.t=db.a.t as t_3, b.t=db.b.t, t_2=db.pub.t_2"),
    ]);
}

#[test]
fn names_of_each_kind_of_statement() {
    assert_statements(&[
        (
            "CREATE REPLACEMENT MATERIALIZED VIEW s.mv FOR mv0 IN CLUSTER compute AS SELECT * FROM t",
            "own s.mv=db.s.mv, object mv0=db.pub.mv0, cluster compute=compute_dev, t=db.pub.t",
        ),
        (
            "CREATE TABLE t (a int, b s.mytype DEFAULT 'x'::mytype)",
            "own t=db.pub.t, type s.mytype=db.s.mytype, type mytype=db.pub.mytype",
        ),
        ("CREATE TABLE t FROM SOURCE s.src (REFERENCE up.t)", "own t=db.pub.t, object s.src=db.s.src"),
        (
            "CREATE SOURCE src IN CLUSTER quickstart FROM KAFKA CONNECTION k (TOPIC 'a') \
             FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION s.csr EXPOSE PROGRESS AS p",
            "own src=db.pub.src, cluster quickstart=quickstart, object k=db.pub.k, object s.csr=db.s.csr, \
             object p=db.pub.p",
        ),
        (
            "CREATE SINK snk IN CLUSTER compute FROM s.v INTO KAFKA CONNECTION k (TOPIC 'a') \
             FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION csr ENVELOPE UPSERT",
            "own snk=db.pub.snk, cluster compute=compute_dev, s.v=db.s.v, object k=db.pub.k, object csr=db.pub.csr",
        ),
        (
            "CREATE SINK snk FROM v INTO ICEBERG CATALOG CONNECTION c (NAMESPACE 'n', TABLE 't') \
             USING AWS CONNECTION s.aws KEY (a) ENVELOPE UPSERT",
            "own snk=db.pub.snk, v=db.pub.v, object c=db.pub.c, object s.aws=db.s.aws",
        ),
        ("CREATE SECRET s.x AS 'y'", "own s.x=db.s.x"),
        (
            "CREATE CONNECTION c TO POSTGRES (HOST 'h', PASSWORD SECRET pw, SSH TUNNEL s.tun)",
            "own c=db.pub.c, object pw=db.pub.pw, object s.tun=db.s.tun",
        ),
        (
            "CREATE INDEX i IN CLUSTER compute ON s.v (s.v.a, b::mytype)",
            "index i, cluster compute=compute_dev, own s.v=db.s.v, s.v. of s.v, type mytype=db.pub.mytype",
        ),
        ("CREATE DEFAULT INDEX ON v", "own v=db.pub.v"),
        ("CREATE CLUSTER compute (SIZE '100cc')", "cluster compute=compute_dev"),
        ("GRANT SELECT ON s.v, t TO r", "own s.v=db.s.v, own t=db.pub.t"),
        ("GRANT USAGE ON CLUSTER compute TO r", "cluster compute=compute_dev"),
        ("GRANT USAGE ON SCHEMA s, other.s TO r", "schema s=db.s, schema other.s=other_dev.s"),
        ("GRANT USAGE ON DATABASE other TO r", "database other=other_dev"),
        ("REVOKE SELECT ON v FROM r", "own v=db.pub.v"),
        ("GRANT r TO q", ""),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT SELECT ON TABLES TO q", "schema s=db.s"),
        ("COMMENT ON COLUMN s.v.c IS 'x'", "own s.v=db.s.v"),
        ("COMMENT ON SCHEMA s IS 'x'", "schema s=db.s"),
        ("COMMENT ON CLUSTER compute IS 'x'", "cluster compute=compute_dev"),
        ("COMMENT ON INDEX i IS 'x'", "object i=db.pub.i"),
        (
            "EXECUTE UNIT TEST t FOR s.v MOCK other.s.a (x int) AS (SELECT 1) EXPECTED (x int) AS (SELECT 2)",
            "own s.v=db.s.v, object other.s.a=other_dev.s.a",
        ),
    ]);
}

#[test]
fn an_alias_for_a_very_long_name_stays_short() {
    let long = "x".repeat(255);
    let source = format!("CREATE VIEW v AS SELECT a.{long}.c FROM a.{long}, b.{long}");
    let alias = occurrences(&source).into_iter().find_map(|o| match o.target {
        Target::Relation { needs_alias, .. } => needs_alias,
        _ => None,
    });
    assert!(alias.is_some_and(|alias: Ident| alias.is_short_enough()));
}
