//! What goes along with `CASCADE`, in the order in which the server lists it.

use crate::plan::tests::world::World;

#[test]
fn dependants_come_before_what_they_depend_on() {
    let mut world = World::after(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
         CREATE MATERIALIZED VIEW m AS SELECT a FROM v; CREATE INDEX w_i ON w (a)",
    );
    let lines = world.cascade("DROP TABLE t CASCADE");
    assert_eq!(
        lines,
        [
            "INDEX \"materialize.public.w_i\"",
            "VIEW \"materialize.public.w\"",
            "MATERIALIZED VIEW \"materialize.public.m\"",
            "VIEW \"materialize.public.v\"",
        ]
    );
}

#[test]
fn a_schema_goes_by_the_names_of_its_items_and_a_database_by_those_of_its_schemas() {
    let mut world = World::after(
        "CREATE DATABASE d; SET database = d; CREATE SCHEMA b; CREATE SCHEMA a;
         CREATE TABLE b.z (x int); CREATE TABLE b.y (x int); CREATE TABLE a.t (x int)",
    );
    let lines = world.cascade("DROP DATABASE d");
    assert_eq!(
        lines,
        [
            "TABLE \"d.a.t\"",
            "SCHEMA \"d.a\"",
            "TABLE \"d.b.y\"",
            "TABLE \"d.b.z\"",
            "SCHEMA \"d.b\"",
            "SCHEMA \"d.public\"",
        ]
    );
}

#[test]
fn a_cluster_takes_what_runs_on_it_and_who_reads_that() {
    let mut world = World::after(
        "CREATE CLUSTER c (SIZE '25cc', REPLICATION FACTOR 2); CREATE TABLE t (a int);
         CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a FROM t;
         CREATE VIEW v AS SELECT a FROM m; CREATE INDEX t_i IN CLUSTER c ON t (a)",
    );
    assert_eq!(
        world.message("DROP CLUSTER c"),
        "cannot drop cluster \"c\" because other objects depend on it"
    );
    let lines = world.cascade("DROP CLUSTER c CASCADE");
    assert_eq!(
        lines,
        [
            "VIEW \"materialize.public.v\"",
            "MATERIALIZED VIEW \"materialize.public.m\"",
            "INDEX \"materialize.public.t_i\"",
            "CLUSTER REPLICA \"r1\"",
            "CLUSTER REPLICA \"r2\"",
        ]
    );
}

#[test]
fn a_rename_puts_the_dependants_that_it_restates_last_youngest_first() {
    let mut world = World::after(
        "CREATE TABLE t (a int); CREATE VIEW v1 AS SELECT a FROM t; CREATE VIEW v2 AS SELECT a FROM t;
         CREATE VIEW v3 AS SELECT a FROM v1; ALTER VIEW v1 RENAME TO v9",
    );
    let lines = world.cascade("DROP TABLE t CASCADE");
    let v = |name: &str| format!("VIEW \"materialize.public.{name}\"");
    // v3 reads v9, so v9 was restated and went behind v2.
    assert_eq!(lines, [v("v2"), v("v3"), v("v9")]);
}

#[test]
fn a_replacement_goes_with_its_target_and_not_the_other_way_round() {
    let mut world = World::after(
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
         CREATE REPLACEMENT MATERIALIZED VIEW r FOR m AS SELECT a FROM t",
    );
    assert_eq!(
        world.message("DROP MATERIALIZED VIEW m"),
        "cannot drop materialized view \"m\": still depended upon by materialized view \"r\""
    );
    world.script("DROP MATERIALIZED VIEW r");
    assert!(world.cascade("DROP MATERIALIZED VIEW m").is_empty());
}

#[test]
fn a_long_chain_of_views_is_dropped_without_recursion() {
    let mut world = World::after("CREATE TABLE t (a int); CREATE VIEW v0 AS SELECT a FROM t");
    for n in 1..300 {
        let sql = format!("CREATE VIEW v{n} AS SELECT a FROM v{}", n - 1);
        let statement = crate::plan::tests::world::parse(&sql);
        let answer = crate::plan::tests::world::run(&statement, &mut world.catalog, &world.session);
        assert!(answer.is_some_and(|answer| answer.is_ok()));
    }
    assert_eq!(world.cascade("DROP TABLE t CASCADE").len(), 300);
}
