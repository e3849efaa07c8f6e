//! Objects whose files are gone.

use crate::scenario::{deployed, expect};

/// A plan that says nothing of a removed file would hide that its object stays.
#[test]
fn a_removed_object_is_kept_until_its_deletion_is_asked_for() {
    let project = || {
        deployed(&[
            ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
            ("s/w", "CREATE VIEW w AS SELECT a FROM v;"),
            ("t/x", "CREATE VIEW x AS SELECT 1 AS a;"),
        ])
        .edit(&[("s/v", ""), ("s/w", "")])
    };
    expect(
        &project().changes(),
        "
            keep s.v by in-place <- s/v.sql removed; kept until `--drop-removed`
            keep s.w by in-place <- s/w.sql removed; kept until `--drop-removed`
        ",
    );
    expect(
        &project().statements(),
        "
            promote: keep removed objects
              (keep v)
              (keep w)
        ",
    );
    let dropped = project().option(|o| o.drop_removed = true);
    expect(
        &dropped.changes(),
        "
            delete s.v by at-promote <- s/v.sql removed
            delete s.w by at-promote <- s/w.sql removed
        ",
    );
    expect(
        &dropped.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
            promote: drop the old version
              DROP VIEW IF EXISTS s.w RESTRICT
              DROP VIEW IF EXISTS s.v RESTRICT
        ",
    );
}

#[test]
fn a_removed_view_goes_with_its_swapped_schema() {
    let project =
        deployed(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;"), ("s/w", "CREATE VIEW w AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("s/v", ""), ("s/w", "CREATE VIEW w AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            delete s.v by swap <- s/v.sql removed; goes with the old side of its schema
            update s.w by swap <- s/w.sql:1 definition changed
        ",
    );
}

#[test]
fn a_kept_object_that_reads_what_is_replaced_is_in_the_way() {
    let project = deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("t/w", "CREATE VIEW w AS SELECT a FROM s.v;"),
        ("t/x", "CREATE VIEW x AS SELECT a FROM t.w;"),
    ]);
    let edit = project.edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;"), ("t/w", ""), ("t/x", "")]);
    expect(
        &edit.problems(),
        "
            ForeignDependent: `app.t.w` was removed from the project, but is deployed and reads `app.s.v`
              help: drop it with this deployment: `--drop-removed`
              help: or put its file back
            ForeignDependent: `app.t.x` was removed from the project, but is deployed and reads `app.t.w`
              help: drop it with this deployment: `--drop-removed`
              help: or put its file back
        ",
    );
}

/// The drop of the old cluster would be refused, after the cutover.
#[test]
fn a_kept_object_that_runs_on_a_swapped_cluster_is_in_the_way() {
    let project = || {
        deployed(&[
            ("o/mv", "CREATE MATERIALIZED VIEW mv IN CLUSTER c AS SELECT 1 AS a;"),
            ("o/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX v_a IN CLUSTER c ON v (a);"),
            ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
        ])
        .edit(&[
            ("o/mv", ""),
            ("o/v", ""),
            ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 2 AS a;"),
        ])
    };
    expect(
        &project().problems(),
        "
            ForeignDependent: `app.o.mv` was removed from the project, but is deployed and runs on the cluster `c`, which is swapped
              help: drop it with this deployment: `--drop-removed`
              help: or put its file back
            ForeignDependent: `app.o.v` was removed from the project, but is deployed and runs on the cluster `c`, which is swapped
              help: drop it with this deployment: `--drop-removed`
              help: or put its file back
        ",
    );
    let statements = project().option(|o| o.drop_removed = true).statements();
    let position = |text: &str| statements.find(text).expect(text);
    assert!(position("DROP MATERIALIZED VIEW IF EXISTS o.mv") < position("DROP CLUSTER c_x"));
    project().rename().plan();
}

#[test]
fn a_view_that_is_removed_from_a_stable_schema_doesnt_hold_its_cluster() {
    let project = deployed(&[
        ("a", "SET api = stable;"),
        ("a/kept", "CREATE MATERIALIZED VIEW kept IN CLUSTER d AS SELECT 1 AS a;"),
        ("a/old", "CREATE MATERIALIZED VIEW old IN CLUSTER c AS SELECT 1 AS a;"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
    ]);
    let edit =
        project.edit(&[("a/old", ""), ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 2 AS a;")]);
    assert!(
        edit.problems().contains("`app.a.old` was removed from the project, but is deployed and runs on")
    );
}

/// What is staged would read the view, as the table can't be made before its drop.
#[test]
fn a_view_that_is_read_cant_become_a_table_at_once() {
    let project = deployed(&[
        ("raw/src", "CREATE VIEW src AS SELECT 1 AS a;"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a FROM raw.src;"),
    ]);
    let edit = project.edit(&[("raw/src", "CREATE TABLE src (a int);")]);
    expect(
        &edit.problems(),
        "
            NameCollision: `app.raw.src` is a table, but is deployed as a view that `app.s.m` reads
              help: give it another name
              help: or use two deployments: take the view and what reads it out first, with `--drop-removed`
        ",
    );
}

#[test]
fn a_view_that_becomes_a_table_is_dropped_after_its_retired_readers() {
    let project = deployed(&[
        ("raw/src", "CREATE VIEW src AS SELECT 1 AS a;"),
        ("s/m", "CREATE VIEW m AS SELECT a FROM raw.src;"),
    ]);
    let edit = project
        .edit(&[("raw/src", "CREATE TABLE src (a int);"), ("s/m", "CREATE VIEW m AS SELECT 1 AS a;")])
        .rename();
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (2 rows of deployments)
              (1 rows of objects)
            stage: build objects
              CREATE VIEW s.m__x AS SELECT 1 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER VIEW s.m RENAME TO m__x_old
              ALTER VIEW s.m__x RENAME TO m
            promote: drop the old version
              DROP VIEW s.m__x_old RESTRICT
              DROP VIEW IF EXISTS raw.src RESTRICT
        ",
    );
}

#[test]
fn a_kept_reader_of_something_that_is_dropped_is_in_the_way() {
    let project = deployed(&[
        ("o/r", "CREATE VIEW r AS SELECT a FROM raw.src;"),
        ("raw/src", "CREATE VIEW src AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("o/r", ""), ("raw/src", "CREATE TABLE src (a int);")]);
    assert!(edit.problems().starts_with(
        "ForeignDependent: `app.o.r` was removed from the project, but is deployed and reads `app.raw.src`\n"
    ));
}

#[test]
fn what_is_dropped_with_its_whole_schema_is_recorded_and_not_dropped_again() {
    let project =
        deployed(&[("old/v", "CREATE VIEW v AS SELECT 1 AS a;"), ("s/m", "CREATE VIEW m AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("old/v", "")]).option(|o| o.drop_removed = true);
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
            promote: drop the old version
              DROP VIEW IF EXISTS old.v RESTRICT
        ",
    );
    expect(&edit.deploy().changes(), "");
}

#[test]
fn a_kept_object_is_still_deployed_after_the_next_promotion() {
    let project = deployed(&[
        ("old", "GRANT USAGE ON SCHEMA old TO r;"),
        ("old/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("s/m", "CREATE VIEW m AS SELECT 1 AS a;"),
        ("s/n", "CREATE VIEW n AS SELECT 1 AS a;"),
    ]);
    let once = project
        .edit(&[("old", ""), ("old/v", ""), ("s/m", ""), ("s/n", "CREATE VIEW n AS SELECT 2 AS a;")])
        .rename();
    // `m` is recorded with what its schema holds.
    assert!(once.statements().contains("(2 rows of objects)"), "{}", once.statements());
    let twice = once.deploy();
    let kept = "
            keep old.v by in-place <- old/v.sql removed; kept until `--drop-removed`
            keep s.m by in-place <- s/m.sql removed; kept until `--drop-removed`
        ";
    expect(&twice.changes(), kept);
    let twice = twice.deploy();
    expect(&twice.changes(), kept);
    expect(
        &twice.statements(),
        "
            promote: keep removed objects
              (keep v)
              (keep m)
        ",
    );
    let back = twice.edit(&[
        ("old", "GRANT USAGE ON SCHEMA old TO r;"),
        ("old/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("s/m", "CREATE VIEW m AS SELECT 1 AS a;"),
    ]);
    expect(&back.changes(), "");
}
