//! Sinks are moved at promotion.

use crate::scenario::{Scenario, deployed, expect};

const SINK: &str = "CREATE SINK k IN CLUSTER sinks FROM s.m INTO KAFKA CONNECTION k.broker (TOPIC 't') \
                    FORMAT JSON ENVELOPE DEBEZIUM;";

fn project() -> Scenario {
    deployed(&[
        ("k/broker", "CREATE CONNECTION broker TO KAFKA (BROKER 'b:9092');"),
        ("k/k", SINK),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
        ("s/n", "CREATE MATERIALIZED VIEW n IN CLUSTER c AS SELECT 1 AS a;"),
    ])
}

/// A sink that exists can't be altered; skipping it would lose the edit in silence.
#[test]
fn a_changed_sink_is_dropped_and_created_again() {
    let edit = project().edit(&[("k/k", &SINK.replace("'t'", "'u'"))]);
    expect(
        &edit.changes(),
        "
            update k.k by at-promote <- k/k.sql:1 definition changed, so the sink is dropped and created again
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
              (1 rows of pending_statements)
            promote: move sinks
              DROP SINK k.k RESTRICT
              CREATE SINK k.k IN CLUSTER sinks FROM s.m INTO KAFKA CONNECTION k.broker (TOPIC 'u') FORMAT JSON ENVELOPE DEBEZIUM
        ",
    );
}

#[test]
fn a_sink_follows_what_it_reads_before_the_old_version_is_dropped() {
    let edit = project().edit(&[("s/n", "CREATE MATERIALIZED VIEW n IN CLUSTER c AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            repoint k.k by at-promote <- reads m <- in schema s with n <- s/n.sql:1 definition changed
            rebuild s.m by swap <- in schema s with n <- s/n.sql:1 definition changed
            update s.n by swap <- s/n.sql:1 definition changed
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (2 rows of deployments)
              (3 rows of objects)
            stage: create schemas
              CREATE SCHEMA s_x
            stage: create clusters
              (copy c to c_x)
            stage: build objects
              CREATE MATERIALIZED VIEW s_x.m IN CLUSTER c_x AS SELECT 1 AS a
              CREATE MATERIALIZED VIEW s_x.n IN CLUSTER c_x AS SELECT 2 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER SCHEMA s SWAP WITH s_x
              ALTER CLUSTER c SWAP WITH c_x
            promote: move sinks
              ALTER SINK k.k SET FROM s.m
            promote: drop the old version
              DROP MATERIALIZED VIEW s_x.n RESTRICT
              DROP MATERIALIZED VIEW s_x.m RESTRICT
              DROP SCHEMA s_x RESTRICT
              DROP CLUSTER c_x RESTRICT
        ",
    );
}

#[test]
fn a_sink_follows_a_renamed_view_too() {
    let edit =
        project().edit(&[("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 2 AS a;")]).rename();
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (2 rows of deployments)
              (3 rows of objects)
            stage: build objects
              CREATE MATERIALIZED VIEW s.m__x IN CLUSTER c AS SELECT 2 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER MATERIALIZED VIEW s.m RENAME TO m__x_old
              ALTER MATERIALIZED VIEW s.m__x RENAME TO m
            promote: move sinks
              ALTER SINK k.k SET FROM s.m
            promote: drop the old version
              DROP MATERIALIZED VIEW s.m__x_old RESTRICT
        ",
    );
}

#[test]
fn a_view_that_becomes_a_sink_gives_its_name_up_before() {
    let project = deployed(&[
        ("b/broker", "CREATE CONNECTION broker TO KAFKA (BROKER 'b:9092');"),
        ("k/k", "CREATE VIEW k AS SELECT 1 AS a;"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("k/k", &SINK.replace("k.broker", "b.broker"))]);
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
              (1 rows of pending_statements)
            promote: swap
              ALTER VIEW k.k RENAME TO k__x_old
            promote: move sinks
              CREATE SINK k.k IN CLUSTER sinks FROM s.m INTO KAFKA CONNECTION b.broker (TOPIC 't') FORMAT JSON ENVELOPE DEBEZIUM
            promote: drop the old version
              DROP VIEW IF EXISTS k.k__x_old RESTRICT
        ",
    );
}

#[test]
fn the_schema_and_the_database_of_a_new_sink_are_made_before_their_privileges_change() {
    let project = deployed(&[
        ("k/broker", "CREATE CONNECTION broker TO KAFKA (BROKER 'b:9092');"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
    ]);
    let sink = |name: &str| {
        format!(
            "CREATE SINK {name} IN CLUSTER sinks FROM app.s.m INTO KAFKA CONNECTION app.k.broker (TOPIC '{name}') \
             FORMAT JSON ENVELOPE DEBEZIUM;"
        )
    };
    let edit = project.edit(&[
        (
            "out",
            "ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA out GRANT SELECT ON TABLES TO r;
             GRANT USAGE ON SCHEMA out TO r;",
        ),
        ("out/one", &sink("one")),
        ("out/two", &sink("two")),
        (
            "/models/other.sql",
            "ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN DATABASE other GRANT SELECT ON TABLES TO r;",
        ),
        ("/models/other/out/three.sql", &sink("three")),
    ]);
    let statements = edit.statements();
    let (stage, promote) = statements.split_once("promote:").expect("both");
    expect(
        stage,
        "
            stage: record the deployment
              (2 rows of deployments)
              (3 rows of objects)
              (3 rows of pending_statements)
            stage: create databases
              CREATE DATABASE IF NOT EXISTS other
            stage: create schemas
              CREATE SCHEMA IF NOT EXISTS out
              CREATE SCHEMA IF NOT EXISTS other.out
            stage: prepare schemas
              ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN DATABASE other GRANT SELECT ON TABLES TO r
              ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN SCHEMA out GRANT SELECT ON TABLES TO r
              GRANT USAGE ON SCHEMA out TO r
        ",
    );
    assert!(!promote.contains("CREATE SCHEMA"), "{promote}");
    assert_eq!(promote.matches("CREATE SINK").count(), 3);
}
