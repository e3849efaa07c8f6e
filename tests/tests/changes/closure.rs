//! What `swap` builds: the changed object, what reads it, its schema and its clusters.

use mz_deploy_planner::input::{DEPLOYED_FORMAT, Deployed};

use crate::scenario::{deployed, expect, first};

#[test]
fn a_schema_is_swapped_as_a_whole() {
    let project = deployed(&[
        ("s/t1", "CREATE VIEW t1 AS SELECT 1 AS a;"),
        ("s/t2", "CREATE VIEW t2 AS SELECT 1 AS a;"),
        ("s/v1", "CREATE VIEW v1 AS SELECT a FROM t1;"),
    ]);
    let edit = project.edit(&[("s/t1", "CREATE VIEW t1 AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            update s.t1 by swap <- s/t1.sql:1 definition changed
            rebuild s.t2 by swap <- in schema s with t1 <- s/t1.sql:1 definition changed
            rebuild s.v1 by swap <- reads t1 <- s/t1.sql:1 definition changed
        ",
    );
}

/// A cluster is swapped with everything on it, also when a built object only shares the schema: what stayed behind would
/// be dropped with the old cluster.
#[test]
fn the_clusters_of_everything_that_is_built_are_swapped() {
    let project = deployed(&[
        ("s/other_obj", "CREATE MATERIALIZED VIEW other_obj IN CLUSTER quickstart AS SELECT 1 AS a;"),
        (
            "s/winning_bids",
            "CREATE MATERIALIZED VIEW winning_bids IN CLUSTER staging AS SELECT 1 AS a;
             CREATE INDEX wb IN CLUSTER quickstart ON winning_bids (a);",
        ),
        ("t/bystander", "CREATE MATERIALIZED VIEW bystander IN CLUSTER staging AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[(
        "s/other_obj",
        "CREATE MATERIALIZED VIEW other_obj IN CLUSTER quickstart AS SELECT 2 AS a;",
    )]);
    expect(
        &edit.changes(),
        "
            update s.other_obj by swap <- s/other_obj.sql:1 definition changed
            rebuild s.winning_bids by swap <- in schema s with other_obj <- s/other_obj.sql:1 definition changed
            rebuild t.bystander by swap <- on cluster staging with winning_bids <- in schema s with other_obj <- s/other_obj.sql:1 definition changed
        ",
    );
}

#[test]
fn an_index_of_something_unchanged_moves_with_its_cluster() {
    let project = deployed(&[
        ("o/other", "CREATE MATERIALIZED VIEW other IN CLUSTER ic AS SELECT 1 AS a;"),
        ("s/table1", "CREATE VIEW table1 AS SELECT 1 AS a; CREATE INDEX t1_a IN CLUSTER ic ON table1 (a);"),
        ("s/table2", "CREATE VIEW table2 AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("o/other", "CREATE MATERIALIZED VIEW other IN CLUSTER ic AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            update o.other by swap <- o/other.sql:1 definition changed
            update-indexes s.table1 by in-place <- on cluster ic with other <- o/other.sql:1 definition changed
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (2 rows of deployments)
              (3 rows of objects)
            stage: create schemas
              CREATE SCHEMA o_x
            stage: create clusters
              (copy ic to ic_x)
            stage: build objects
              CREATE MATERIALIZED VIEW o_x.other IN CLUSTER ic_x AS SELECT 2 AS a
            stage: build indexes
              CREATE INDEX t1_a__x IN CLUSTER ic_x ON s.table1 (a)
            promote: wait until ready
              (wait)
            promote: swap
              ALTER SCHEMA o SWAP WITH o_x
              ALTER CLUSTER ic SWAP WITH ic_x
              ALTER INDEX s.t1_a RENAME TO t1_a__x_old
              ALTER INDEX s.t1_a__x RENAME TO t1_a
            promote: drop the old version
              DROP INDEX s.t1_a__x_old RESTRICT
              DROP MATERIALIZED VIEW o_x.other RESTRICT
              DROP SCHEMA o_x RESTRICT
              DROP CLUSTER ic_x RESTRICT
        ",
    );
}

#[test]
fn views_that_share_a_cluster_only_by_their_indexes_stay() {
    let project = deployed(&[
        ("public/flippers", "CREATE VIEW flippers AS SELECT 1 AS a;"),
        (
            "public/flip_activities",
            "CREATE VIEW flip_activities AS SELECT 1 AS a; CREATE INDEX fa IN CLUSTER q ON flip_activities (a);",
        ),
        (
            "internal/winning_bids",
            "CREATE VIEW winning_bids AS SELECT 1 AS a; CREATE INDEX wb IN CLUSTER q ON winning_bids (a);",
        ),
    ]);
    let edit = project.edit(&[("public/flippers", "CREATE VIEW flippers AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            update-indexes internal.winning_bids by in-place <- on cluster q with flip_activities <- in schema public with flippers <- public/flippers.sql:1 definition changed
            rebuild public.flip_activities by swap <- in schema public with flippers <- public/flippers.sql:1 definition changed
            update public.flippers by swap <- public/flippers.sql:1 definition changed
        ",
    );
}

#[test]
fn dependants_in_other_schemas_are_built() {
    let edit = bids().edit(&[(
        "internal/winning_bids",
        "CREATE MATERIALIZED VIEW winning_bids IN CLUSTER staging AS SELECT 2 AS a;
         CREATE INDEX wb IN CLUSTER q ON winning_bids (a);",
    )]);
    expect(
        &edit.changes(),
        "
            update-indexes foo.b by in-place <- on cluster q with winning_bids <- internal/winning_bids.sql:1 definition changed
            update internal.winning_bids by swap <- internal/winning_bids.sql:1 definition changed
            rebuild public.flip_activities by swap <- reads winning_bids <- internal/winning_bids.sql:1 definition changed
            rebuild public.flippers by swap <- reads flip_activities <- reads winning_bids <- internal/winning_bids.sql:1 definition changed
        ",
    );
}

#[test]
fn a_view_of_its_own_schema_moves_nothing_but_the_indexes_on_its_cluster() {
    let edit =
        bids().edit(&[("foo/b", "CREATE VIEW b AS SELECT 2 AS a; CREATE INDEX b_a IN CLUSTER q ON b (a);")]);
    expect(
        &edit.changes(),
        "
            update foo.b by swap <- foo/b.sql:1 definition changed
            update-indexes internal.winning_bids by in-place <- on cluster q with b <- foo/b.sql:1 definition changed
            update-indexes public.flip_activities by in-place <- on cluster q with b <- foo/b.sql:1 definition changed
        ",
    );
}

fn bids() -> crate::scenario::Scenario {
    deployed(&[
        (
            "internal/winning_bids",
            "CREATE MATERIALIZED VIEW winning_bids IN CLUSTER staging AS SELECT 1 AS a;
             CREATE INDEX wb IN CLUSTER q ON winning_bids (a);",
        ),
        (
            "public/flip_activities",
            "CREATE VIEW flip_activities AS SELECT a FROM internal.winning_bids;
             CREATE INDEX fa IN CLUSTER q ON flip_activities (a);",
        ),
        ("public/flippers", "CREATE VIEW flippers AS SELECT a FROM flip_activities;"),
        ("foo/b", "CREATE VIEW b AS SELECT 1 AS a; CREATE INDEX b_a IN CLUSTER q ON b (a);"),
    ])
}

#[test]
fn a_new_view_swaps_its_schema() {
    let project = deployed(&[("s/a", "CREATE VIEW a AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("s/b", "CREATE VIEW b AS SELECT 1 AS a;")]);
    expect(
        &edit.changes(),
        "
            rebuild s.a by swap <- in schema s with b <- s/b.sql:1 new
            create s.b by swap <- s/b.sql:1 new
        ",
    );
}

/// `mv2` has nothing to do with the edit, but its cluster is swapped under it and dropped.
#[test]
fn nothing_is_left_behind_on_a_cluster_that_is_reached_by_a_dependency() {
    let project = deployed(&[
        ("a/va", "CREATE VIEW va AS SELECT 1 AS a;"),
        ("b/mv1", "CREATE MATERIALIZED VIEW mv1 IN CLUSTER x AS SELECT a FROM a.va;"),
        ("c/mv2", "CREATE MATERIALIZED VIEW mv2 IN CLUSTER x AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("a/va", "CREATE VIEW va AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            update a.va by swap <- a/va.sql:1 definition changed
            rebuild b.mv1 by swap <- reads va <- a/va.sql:1 definition changed
            rebuild c.mv2 by swap <- on cluster x with mv1 <- reads va <- a/va.sql:1 definition changed
        ",
    );
}

#[test]
fn the_value_of_a_variable_changes_the_objects_that_use_it() {
    let settings = |limit: u32| format!("[prod.variables]\nlimit = \"{limit}\"\n");
    let project = first(&[
        ("/project.toml", &settings(1)),
        ("a/va", "CREATE VIEW va AS SELECT :limit AS a;"),
        ("b/vb", "CREATE VIEW vb AS SELECT 1 AS a;"),
    ])
    .profile("prod")
    .promoted();
    let edit = project.edit(&[("/project.toml", &settings(2))]);
    expect(
        &edit.changes(),
        "
            update a.va by swap <- a/va.sql:1 definition changed
        ",
    );
    assert_eq!(edit.plan().profile.as_deref(), Some("prod"), "and the plan says for which profile it is");
}

#[test]
fn comments_blanks_and_letter_case_change_nothing() {
    let project = deployed(&[("a/va", "CREATE VIEW va AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("a/va", "-- One.\ncreate view VA as\n  select 1 as A;")]);
    expect(&edit.changes(), "");
    assert!(edit.plan().phases.is_empty());
}

#[test]
fn a_requested_schema_is_built_with_what_reads_it() {
    let project = || {
        deployed(&[
            ("s/a", "CREATE VIEW a AS SELECT 1 AS a;"),
            ("t/b", "CREATE VIEW b AS SELECT a FROM s.a;"),
            ("u/c", "CREATE VIEW c AS SELECT 1 AS a;"),
        ])
    };
    let one = project().option(|o| o.redeploy_schemas = vec!["app.s".into()]);
    expect(
        &one.changes(),
        "
            rebuild s.a by swap <- --redeploy-schema app.s
            rebuild t.b by swap <- reads a <- --redeploy-schema app.s
        ",
    );
    let all = project().option(|o| o.redeploy_all = true);
    expect(
        &all.changes(),
        "
            rebuild s.a by swap <- --redeploy-all
            rebuild t.b by swap <- --redeploy-all
            rebuild u.c by swap <- --redeploy-all
        ",
    );
    let unknown = project().option(|o| o.redeploy_schemas = vec!["app.nope, app".into()]);
    expect(
        &unknown.problems(),
        "
            UnknownSchema: the project has no schema `app.nope` (`--redeploy-schema`)
              help: schemas of the project: `app.s`, `app.t`, `app.u`
            UnknownSchema: `app` (`--redeploy-schema`) is not `database.schema`
              help: schemas of the project: `app.s`, `app.t`, `app.u`
        ",
    );
}

#[test]
fn a_first_deployment_builds_everything_and_makes_the_schemas_to_swap_with() {
    let project = first(&[("s/a", "CREATE VIEW a AS SELECT 1 AS a;")]);
    expect(
        &project.changes(),
        "
            create s.a by swap <- first deployment
            create app
            create s
        ",
    );
    expect(
        &project.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: create databases
              CREATE DATABASE IF NOT EXISTS app
            stage: create schemas
              CREATE SCHEMA s_x
              CREATE SCHEMA IF NOT EXISTS s
            stage: build objects
              CREATE VIEW s_x.a AS SELECT 1 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER SCHEMA s SWAP WITH s_x
            promote: drop the old version
              DROP SCHEMA s_x RESTRICT
        ",
    );
}

#[test]
fn a_snapshot_that_holds_nothing_is_of_no_deployment() {
    let project = first(&[("s/a", "CREATE VIEW a AS SELECT 1 AS a;")]);
    let nothing = Deployed { format: DEPLOYED_FORMAT, ..Deployed::default() };
    assert_eq!(project.plan(), project.after(nothing).plan());
}

#[test]
fn a_view_that_becomes_materialized_is_told_apart_from_an_edit() {
    let project = deployed(&[("s/a", "CREATE VIEW a AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("s/a", "CREATE MATERIALIZED VIEW a IN CLUSTER c AS SELECT 1 AS a;")]);
    expect(
        &edit.changes(),
        "
            change-kind s.a by swap <- s/a.sql:1 is a materialized view, was a view
        ",
    );
    let rename = edit.rename();
    expect(
        &rename.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: build objects
              CREATE MATERIALIZED VIEW s.a__x IN CLUSTER c AS SELECT 1 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER VIEW s.a RENAME TO a__x_old
              ALTER MATERIALIZED VIEW s.a__x RENAME TO a
            promote: drop the old version
              DROP VIEW s.a__x_old RESTRICT
        ",
    );
}
