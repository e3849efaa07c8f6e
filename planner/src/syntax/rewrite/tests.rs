//! Rewritten texts, and what no rewrite may leave behind.

use super::*;
use crate::resolve::{Context, resolve};
use crate::syntax;

fn resolved(source: &str) -> (Span, Vec<Occurrence>) {
    let parsed = syntax::parse(source);
    assert_eq!(parsed.errors, [], "{source}");
    let statement = parsed.statements.first().expect("a statement");
    let context = Context {
        schema: SchemaName::new("db".into(), "pub".into()),
        database_map: [].into(),
        cluster_map: [].into(),
    };
    (statement.span, resolve(statement, None, &context))
}

#[track_caller]
fn assert_rewrites(names: &dyn Fn(&Target) -> Option<NewName>, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let (span, occurrences) = resolved(source);
        assert_eq!(rewrite(source, span, &occurrences, names), *expected, "{source}");
    }
}

/// A schema swap: everything of schema `s` moves to `s_1`, clusters get a suffix.
fn staged(target: &Target) -> Option<NewName> {
    match production(target)? {
        NewName::Object(mut name) if name.schema.schema.as_str() == "s" => {
            name.schema.schema = "s_1".into();
            Some(NewName::Object(name))
        }
        NewName::Ident(name) if matches!(target, Target::Cluster(_)) => {
            Some(NewName::Ident(name.suffixed("_1").expect("short")))
        }
        name => Some(name),
    }
}

/// A rename: `orders` becomes `orders__1` where it is, and nothing else changes.
fn renamed(target: &Target) -> Option<NewName> {
    match production(target)? {
        NewName::Object(mut name) if name.name.as_str() == "orders" => {
            name.name = "orders__1".into();
            Some(NewName::Object(name))
        }
        _ => None,
    }
}

#[test]
fn names_become_full_and_the_rest_stays_byte_for_byte() {
    assert_rewrites(
        &production,
        &[
            (
                "CREATE  VIEW v /* a view */ AS\n\tSELECT 'Ünïcode ☃', x -- of t\n\tFROM t, s.u;",
                "CREATE  VIEW db.pub.v /* a view */ AS\n\tSELECT 'Ünïcode ☃', x -- of t\n\tFROM db.pub.t, db.s.u",
            ),
            (
                "CREATE VIEW v AS WITH c AS (SELECT * FROM c) SELECT * FROM c",
                "CREATE VIEW db.pub.v AS WITH c AS (SELECT * FROM db.pub.c) SELECT * FROM c",
            ),
            ("CREATE INDEX i ON \"V 1\" (a)", "CREATE INDEX i ON db.pub.\"V 1\" (a)"),
        ],
    );
}

#[test]
fn qualifiers_keep_one_part_so_that_schemas_can_be_swapped() {
    assert_rewrites(
        &staged,
        &[
            (
                "CREATE MATERIALIZED VIEW s.m IN CLUSTER c AS SELECT s.t.a, db.s.t.*, t.b FROM s.t WHERE s.t.a > 1",
                "CREATE MATERIALIZED VIEW db.s_1.m IN CLUSTER c_1 AS SELECT t.a, t.*, t.b FROM db.s_1.t WHERE t.a > 1",
            ),
            (
                "CREATE VIEW v AS SELECT x.a FROM s.t AS x, s.u",
                "CREATE VIEW db.pub.v AS SELECT x.a FROM db.s_1.t AS x, db.s_1.u",
            ),
        ],
    );
}

#[test]
fn relations_get_an_alias_only_where_bare_names_are_ambiguous() {
    assert_rewrites(
        &staged,
        &[
            (
                "CREATE VIEW v AS SELECT s.t.a, r.t.* FROM s.t JOIN r.t USING (id)",
                "CREATE VIEW db.pub.v AS SELECT t_1.a, t_2.* FROM db.s_1.t AS t_1 JOIN db.r.t AS t_2 USING (id)",
            ),
            (
                "CREATE VIEW v AS SELECT (SELECT s.t.a FROM r.t) FROM s.t",
                "CREATE VIEW db.pub.v AS SELECT (SELECT t_1.a FROM db.r.t) FROM db.s_1.t AS t_1",
            ),
        ],
    );
}

#[test]
fn qualifiers_follow_a_renamed_relation() {
    assert_rewrites(
        &renamed,
        &[
            (
                "CREATE VIEW v AS SELECT orders.id, items.*, orders.* FROM orders, items",
                "CREATE VIEW v AS SELECT orders__1.id, items.*, orders__1.* FROM db.pub.orders__1, items",
            ),
            (
                "CREATE VIEW v AS SELECT o.id FROM s.orders o WHERE EXISTS (SELECT orders.x FROM orders)",
                "CREATE VIEW v AS SELECT o.id FROM db.s.orders__1 o \
                 WHERE EXISTS (SELECT orders__1.x FROM db.pub.orders__1)",
            ),
        ],
    );
}

#[test]
fn other_text_is_put_between_names() {
    let source = "CREATE MATERIALIZED VIEW m (a) AS SELECT 1";
    let (span, occurrences) = resolved(source);
    let insertions = [Insertion { at: 7, text: "REPLACEMENT " }, Insertion { at: 30, text: " FOR db.pub.m" }];
    assert_eq!(
        rewrite_and_insert(source, span, &occurrences, &staged, &insertions),
        "CREATE REPLACEMENT MATERIALIZED VIEW db.pub.m (a) FOR db.pub.m AS SELECT 1"
    );
    let source = "CREATE INDEX ON s.v (a)";
    let (span, occurrences) = resolved(source);
    let insertions = [Insertion { at: 13, text: "v_idx " }];
    assert_eq!(
        rewrite_and_insert(source, span, &occurrences, &staged, &insertions),
        "CREATE INDEX v_idx ON db.s_1.v (a)"
    );
}

#[test]
fn only_the_statement_at_the_span_is_written() {
    let source = "-- one\nCREATE VIEW a AS SELECT 1; CREATE VIEW b AS SELECT * FROM a;";
    let parsed = syntax::parse(source);
    let last = parsed.statements.last().expect("two statements");
    let context = Context {
        schema: SchemaName::new("db".into(), "pub".into()),
        database_map: [].into(),
        cluster_map: [].into(),
    };
    let text = rewrite(source, last.span, &resolve(last, None, &context), &production);
    assert_eq!(text, "CREATE VIEW db.pub.b AS SELECT * FROM db.pub.a");
}
