//! Stable schemas: their materialized views are replaced in place, and nothing around them moves.

use crate::scenario::{Scenario, deployed, expect};

const MV: &str = "CREATE MATERIALIZED VIEW my_mv IN CLUSTER ac AS SELECT 1 AS a;";
const EDITED: &str = "CREATE MATERIALIZED VIEW my_mv IN CLUSTER ac AS SELECT 2 AS a;";

/// It costs one materialized view, so it is built on the cluster that it runs on: neither its siblings
/// nor its neighbours on the cluster are touched.
#[test]
fn only_the_changed_view_of_a_stable_schema_is_replaced() {
    let project = deployed(&[
        ("a", "SET api = stable;"),
        ("a/mv1", "CREATE MATERIALIZED VIEW mv1 IN CLUSTER ac AS SELECT 1 AS a;"),
        ("a/mv2", "CREATE MATERIALIZED VIEW mv2 IN CLUSTER bc AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("a/mv1", "CREATE MATERIALIZED VIEW mv1 IN CLUSTER ac AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            update a.mv1 by replace <- a/mv1.sql:1 definition changed
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (2 rows of objects)
              (1 rows of replacement_mvs)
            stage: build replacements
              CREATE REPLACEMENT MATERIALIZED VIEW a.mv1__x FOR a.mv1 IN CLUSTER ac AS SELECT 2 AS a
            promote: wait until ready
              (wait)
            promote: apply replacements
              ALTER MATERIALIZED VIEW a.mv1 APPLY REPLACEMENT a.mv1__x
        ",
    );
}

#[test]
fn views_of_a_stable_schema_are_replaced_when_their_cluster_is_swapped() {
    let project = deployed(&[
        ("a", "SET api = stable;"),
        ("a/my_mv", "CREATE MATERIALIZED VIEW my_mv IN CLUSTER shared AS SELECT 1 AS a;"),
        ("a/other", "CREATE MATERIALIZED VIEW other IN CLUSTER shared AS SELECT 1 AS a;"),
        ("public/regular_mv", "CREATE MATERIALIZED VIEW regular_mv IN CLUSTER shared AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[(
        "public/regular_mv",
        "CREATE MATERIALIZED VIEW regular_mv IN CLUSTER shared AS SELECT 2 AS a;",
    )]);
    expect(
        &edit.changes(),
        "
            rebuild a.my_mv by replace <- on cluster shared with regular_mv <- public/regular_mv.sql:1 definition changed
            rebuild a.other by replace <- on cluster shared with regular_mv <- public/regular_mv.sql:1 definition changed
            update public.regular_mv by swap <- public/regular_mv.sql:1 definition changed
        ",
    );
}

#[test]
fn a_stable_view_is_replaced_when_its_input_moves() {
    let edit = api().edit(&[("public/source_view", "CREATE VIEW source_view AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            rebuild a.my_mv by replace <- reads source_view <- public/source_view.sql:1 definition changed
            update public.source_view by swap <- public/source_view.sql:1 definition changed
        ",
    );
}

#[test]
fn readers_of_a_replaced_view_stay() {
    let edit = api().edit(&[(
        "a/my_mv",
        "CREATE MATERIALIZED VIEW my_mv IN CLUSTER ac AS SELECT a + 1 AS a FROM public.source_view;",
    )]);
    expect(
        &edit.changes(),
        "
            update a.my_mv by replace <- a/my_mv.sql:1 definition changed
        ",
    );
}

/// `public.source_view` ← `a.my_mv` (stable) ← `reports.daily`.
fn api() -> Scenario {
    deployed(&[
        ("a", "SET api = stable;"),
        ("a/my_mv", "CREATE MATERIALIZED VIEW my_mv IN CLUSTER ac AS SELECT a FROM public.source_view;"),
        ("public/source_view", "CREATE VIEW source_view AS SELECT 1 AS a;"),
        ("reports/daily", "CREATE VIEW daily AS SELECT a FROM a.my_mv;"),
    ])
}

#[test]
fn a_view_of_a_normal_schema_takes_its_siblings_but_no_stable_neighbour() {
    let project = deployed(&[
        ("a/regular", "CREATE VIEW regular AS SELECT 1 AS a;"),
        ("a/other", "CREATE VIEW other AS SELECT 1 AS a;"),
        ("api", "SET api = stable;"),
        ("api/my_mv", MV),
    ]);
    let edit = project.edit(&[("a/regular", "CREATE VIEW regular AS SELECT 2 AS a;")]);
    expect(
        &edit.changes(),
        "
            rebuild a.other by swap <- in schema a with regular <- a/regular.sql:1 definition changed
            update a.regular by swap <- a/regular.sql:1 definition changed
        ",
    );
}

/// The next edit of one of its views is a replacement, as the schema is recorded as stable now.
#[test]
fn becoming_stable_without_an_edit_builds_nothing() {
    let edit = deployed(&[("a/my_mv", MV)]).edit(&[("a", "SET api = stable;")]);
    expect(
        &edit.changes(),
        "
            become-stable a
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
        ",
    );
}

/// Its shape may have been made ready for its readers just now, so it is swapped once more, and its readers are built
/// again: they would be lost with the old schema.
#[test]
fn becoming_stable_with_an_edit_swaps_once_more_and_builds_the_readers() {
    let project = deployed(&[
        ("a/my_mv", MV),
        ("a/sibling", "CREATE MATERIALIZED VIEW sibling IN CLUSTER bc AS SELECT 1 AS a;"),
        ("reports/daily", "CREATE VIEW daily AS SELECT a FROM a.my_mv;"),
    ]);
    let edit = project.edit(&[("a", "SET api = stable;"), ("a/my_mv", EDITED)]);
    expect(
        &edit.changes(),
        "
            update a.my_mv by swap <- a/my_mv.sql:1 definition changed
            rebuild a.sibling by swap <- in schema a with my_mv <- a/my_mv.sql:1 definition changed
            rebuild reports.daily by swap <- reads my_mv <- a/my_mv.sql:1 definition changed
            become-stable a
        ",
    );
}

#[test]
fn becoming_normal_with_an_edit_swaps_and_builds_the_readers() {
    let project = deployed(&[
        ("a", "SET api = stable;"),
        ("a/my_mv", MV),
        ("reports/daily", "CREATE VIEW daily AS SELECT a FROM a.my_mv;"),
    ]);
    let edit = project.edit(&[("a", ""), ("a/my_mv", EDITED)]);
    expect(
        &edit.changes(),
        "
            update a.my_mv by swap <- a/my_mv.sql:1 definition changed
            rebuild reports.daily by swap <- reads my_mv <- a/my_mv.sql:1 definition changed
            become-normal a
        ",
    );
}

#[test]
fn becoming_normal_without_an_edit_builds_nothing() {
    let edit = deployed(&[("a", "SET api = stable;"), ("a/my_mv", MV)]).edit(&[("a", "")]);
    expect(
        &edit.changes(),
        "
            become-normal a
        ",
    );
}

/// A stable schema must be able to grow, and growing must not disturb its readers.
#[test]
fn a_stable_schema_gets_a_new_view_beside_its_others() {
    let project = deployed(&[("a", "SET api = stable;"), ("a/my_mv", MV)]);
    let edit = project.edit(&[
        ("a/new_mv", "CREATE MATERIALIZED VIEW new_mv IN CLUSTER bc AS SELECT 1 AS a;"),
        ("reports/daily", "CREATE VIEW daily AS SELECT a FROM a.new_mv;"),
    ]);
    expect(
        &edit.changes(),
        "
            create a.new_mv by rename <- a/new_mv.sql:1 new
            create reports.daily by swap <- reports/daily.sql:1 new
            create reports
        ",
    );
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (2 rows of deployments)
              (3 rows of objects)
            stage: create schemas
              CREATE SCHEMA reports_x
              CREATE SCHEMA IF NOT EXISTS reports
            stage: build objects
              CREATE MATERIALIZED VIEW a.new_mv__x IN CLUSTER bc AS SELECT 1 AS a
              CREATE VIEW reports_x.daily AS SELECT a FROM a.new_mv__x
            promote: wait until ready
              (wait)
            promote: swap
              ALTER SCHEMA reports SWAP WITH reports_x
              ALTER MATERIALIZED VIEW a.new_mv__x RENAME TO new_mv
            promote: drop the old version
              DROP SCHEMA reports_x RESTRICT
        ",
    );
}

/// The server: `replacement would cause m to depend on itself`.
#[test]
fn a_dependency_between_stable_views_is_turned_round_in_two_steps() {
    let project = deployed(&[
        ("a", "SET api = stable;"),
        ("a/m", "CREATE MATERIALIZED VIEW m IN CLUSTER ac AS SELECT 1 AS a;"),
        ("a/n", "CREATE MATERIALIZED VIEW n IN CLUSTER ac AS SELECT a FROM m;"),
    ]);
    let edit = project.edit(&[("a/n", "CREATE MATERIALIZED VIEW n IN CLUSTER ac AS SELECT 1 AS a;")]);
    let once = edit.deploy();
    once.edit(&[("a/m", "CREATE MATERIALIZED VIEW m IN CLUSTER ac AS SELECT a FROM n;")]).plan();
    let project = deployed(&[
        ("a", "SET api = stable;"),
        ("a/m", "CREATE MATERIALIZED VIEW m IN CLUSTER ac AS SELECT 1 AS a;"),
        ("a/n", "CREATE MATERIALIZED VIEW n IN CLUSTER ac AS SELECT a FROM m;"),
    ]);
    let edit = project.edit(&[
        ("a/m", "CREATE MATERIALIZED VIEW m IN CLUSTER ac AS SELECT a FROM n;"),
        ("a/n", "CREATE MATERIALIZED VIEW n IN CLUSTER ac AS SELECT 1 AS a;"),
    ]);
    expect(
        &edit.problems(),
        "
            DependencyCycle: the replacement of `app.a.m` would read itself: the deployed `app.a.n` reads it
              help: deploy in two steps: first the change of `app.a.n`, then that of `app.a.m`
        ",
    );
}
