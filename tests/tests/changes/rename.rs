//! `rename` builds what changed and what reads it, and nothing else.

use mz_deploy_planner::input::StrategyChoice;

use crate::scenario::{Scenario, count, deployed, expect};

/// A hundred models on one cluster: ten chains of ten. `m05` reads `m04`, which reads `m03`, down to `m00`.
fn hundred() -> Scenario {
    let files: Vec<(String, String)> = (0..100)
        .map(|i| {
            let input =
                if i % 10 == 0 { "(VALUES (1)) AS t (a)".to_owned() } else { format!("m{:02}", i - 1) };
            let text = format!(
                "CREATE MATERIALIZED VIEW m{i:02} IN CLUSTER c AS SELECT a FROM {input};
                 CREATE INDEX m{i:02}_a IN CLUSTER c ON m{i:02} (a);"
            );
            (format!("s/m{i:02}"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    deployed(&files)
}

fn edit(project: Scenario, model: u32) -> Scenario {
    let text = format!(
        "CREATE MATERIALIZED VIEW m{model:02} IN CLUSTER c AS SELECT a + 1 AS a FROM m{:02};
         CREATE INDEX m{model:02}_a IN CLUSTER c ON m{model:02} (a);",
        model - 1
    );
    project.edit(&[(&format!("s/m{model:02}"), &text)])
}

#[test]
fn an_edited_leaf_is_the_only_thing_that_is_built() {
    let rename = edit(hundred(), 59).rename().plan();
    assert_eq!(rename.cost.objects, 1);
    assert!(count(&rename) <= 8, "{} statements", count(&rename));
    assert_eq!(rename.cost.statements, count(&rename));
    let swap = edit(hundred(), 59).plan();
    assert_eq!(swap.cost.objects, 100);
    assert_eq!(swap.cost.statements, count(&swap));
    assert_eq!(rename.alternatives.first().and_then(|a| a.cost), Some(swap.cost));
    assert_eq!(swap.alternatives.first().and_then(|a| a.cost), Some(rename.cost));
}

#[test]
fn an_edit_in_the_middle_builds_exactly_what_reads_it() {
    let plan = edit(hundred(), 55).rename();
    expect(
        &plan.changes(),
        "
            update s.m55 by rename <- s/m55.sql:1 definition changed
            rebuild s.m56 by rename <- reads m55 <- s/m55.sql:1 definition changed
            rebuild s.m57 by rename <- reads m56 <- reads m55 <- s/m55.sql:1 definition changed
            rebuild s.m58 by rename <- reads m57 <- reads m56 <- reads m55 <- s/m55.sql:1 definition changed
            rebuild s.m59 by rename <- reads m58 <- reads m57 <- reads m56 <- reads m55 <- s/m55.sql:1 definition changed
        ",
    );
}

#[test]
fn auto_renames_where_that_builds_less() {
    let plan = edit(hundred(), 59).strategy(StrategyChoice::Auto).plan();
    assert_eq!((plan.strategy, plan.taken), (StrategyChoice::Auto, StrategyChoice::Rename));
    let whole = deployed(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;")])
        .edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;")])
        .strategy(StrategyChoice::Auto)
        .plan();
    assert_eq!(whole.taken, StrategyChoice::Swap);
}

#[test]
fn names_are_exchanged_in_one_transaction() {
    let project = deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        (
            "s/w",
            "CREATE MATERIALIZED VIEW w IN CLUSTER c AS SELECT v.a FROM v;
             CREATE INDEX w_a IN CLUSTER c ON w (a);
             GRANT SELECT ON w TO reader;",
        ),
    ]);
    let edit = project.edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;")]).rename();
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (2 rows of objects)
            stage: build objects
              CREATE VIEW s.v__x AS SELECT 2 AS a
              CREATE MATERIALIZED VIEW s.w__x IN CLUSTER c AS SELECT v__x.a FROM s.v__x
              CREATE INDEX w_a__x IN CLUSTER c ON s.w__x (a)
              GRANT SELECT ON s.w__x TO reader
            promote: wait until ready
              (wait)
            promote: swap
              ALTER VIEW s.v RENAME TO v__x_old
              ALTER MATERIALIZED VIEW s.w RENAME TO w__x_old
              ALTER INDEX s.w_a RENAME TO w_a__x_old
              ALTER VIEW s.v__x RENAME TO v
              ALTER MATERIALIZED VIEW s.w__x RENAME TO w
              ALTER INDEX s.w_a__x RENAME TO w_a
            promote: drop the old version
              DROP MATERIALIZED VIEW s.w__x_old RESTRICT
              DROP VIEW s.v__x_old RESTRICT
        ",
    );
    for phase in edit.plan().phases {
        let is_swap = phase.name == "swap";
        assert!(phase.steps.iter().all(|step| step.group.is_some() == is_swap), "{}", phase.name);
    }
}

/// Seen on the server: it refuses a rename to an identifier that a reader uses for anything else.
#[test]
fn a_reader_that_uses_the_name_for_something_else_is_in_the_way() {
    let project = || {
        deployed(&[
            ("s/amount", "CREATE VIEW amount AS SELECT 1 AS amount;"),
            ("s/total", "CREATE VIEW total AS SELECT sum(amount) AS total FROM amount;"),
            ("s/other", "CREATE VIEW other AS SELECT 1 AS a;"),
        ])
        .edit(&[("s/amount", "CREATE VIEW amount AS SELECT 2 AS amount;")])
    };
    expect(
        &project().rename().problems(),
        "
            RenameConflict: the deployed `app.s.total` reads `app.s.amount` and uses `amount` for something else too, so the server would refuse the rename
              help: deploy with `--strategy swap` this time
            RenameConflict: `app.s.total` reads `app.s.amount` and uses `amount` for something else too, so the server would refuse the rename
              help: use another name than `amount` here, or deploy with `--strategy swap`
        ",
    );
    let auto = project().strategy(StrategyChoice::Auto).plan();
    assert_eq!(auto.taken, StrategyChoice::Swap);
    assert!(auto.alternatives.iter().any(|a| a.obstacle.is_some() && a.cost.is_none()));
}

#[test]
fn a_new_object_gets_its_schema_and_appears_at_promotion() {
    let project = deployed(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let edit = project
        .edit(&[("t", "GRANT USAGE ON SCHEMA t TO reader;"), ("t/w", "CREATE VIEW w AS SELECT a FROM s.v;")])
        .rename();
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: create schemas
              CREATE SCHEMA IF NOT EXISTS t
            stage: prepare schemas
              GRANT USAGE ON SCHEMA t TO reader
            stage: build objects
              CREATE VIEW t.w__x AS SELECT a FROM s.v
            promote: wait until ready
              (wait)
            promote: swap
              ALTER VIEW t.w__x RENAME TO w
        ",
    );
}

/// What reads what may have turned round, so the order of drops is that of the old version.
#[test]
fn old_versions_are_dropped_in_their_own_order() {
    let project =
        deployed(&[("s/a", "CREATE VIEW a AS SELECT x FROM b;"), ("s/b", "CREATE VIEW b AS SELECT 1 AS x;")]);
    let edit = project
        .edit(&[("s/a", "CREATE VIEW a AS SELECT 1 AS x;"), ("s/b", "CREATE VIEW b AS SELECT x FROM a;")])
        .rename();
    let statements = edit.statements();
    let position = |text: &str| statements.find(text).expect(text);
    assert!(position("DROP VIEW s.a__x_old") < position("DROP VIEW s.b__x_old"));
    assert!(position("CREATE VIEW s.a__x") < position("CREATE VIEW s.b__x"));
}

/// The swap transaction would fail, or the drop would hit the new index.
#[test]
fn an_index_that_moves_to_another_view_retires_the_one_that_has_its_name() {
    let project = deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX i1 IN CLUSTER q ON v (a);"),
        ("s/w", "CREATE VIEW w AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("s/w", "CREATE VIEW w AS SELECT 1 AS a; CREATE INDEX i1 IN CLUSTER q ON w (a);"),
    ]);
    expect(
        &edit.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (2 rows of objects)
            stage: build indexes
              CREATE INDEX i1__x IN CLUSTER q ON s.w (a)
            promote: wait until ready
              (wait)
            promote: swap
              ALTER INDEX s.i1 RENAME TO i1__x_old
              ALTER INDEX s.i1__x RENAME TO i1
            promote: drop the old version
              DROP INDEX s.i1__x_old RESTRICT
        ",
    );
}

#[test]
fn an_index_that_moves_between_built_views_retires_the_one_that_has_its_name() {
    let project = deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX i1 IN CLUSTER q ON v (a);"),
        ("s/w", "CREATE VIEW w AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[
        ("s/v", "CREATE VIEW v AS SELECT 2 AS a;"),
        ("s/w", "CREATE VIEW w AS SELECT 2 AS a; CREATE INDEX i1 IN CLUSTER q ON w (a);"),
    ]);
    let statements = edit.rename().statements();
    assert!(statements.contains("  ALTER INDEX s.i1 RENAME TO i1__x_old\n"), "{statements}");
}

#[test]
fn a_view_that_takes_the_name_of_an_index_retires_it() {
    let project =
        deployed(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX i1 IN CLUSTER q ON v (a);")]);
    let edit = project
        .edit(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;"), ("s/i1", "CREATE VIEW i1 AS SELECT 1 AS a;")]);
    expect(
        &edit.rename().statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (2 rows of objects)
            stage: build objects
              CREATE VIEW s.i1__x AS SELECT 1 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER INDEX s.i1 RENAME TO i1__x_old
              ALTER VIEW s.i1__x RENAME TO i1
            promote: drop the old version
              DROP INDEX s.i1__x_old RESTRICT
        ",
    );
}

#[test]
fn a_model_with_a_new_name_keeps_the_name_of_its_index() {
    let project = || {
        deployed(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX i1 IN CLUSTER q ON v (a);")])
            .edit(&[
                ("s/v", ""),
                ("s/w", "CREATE VIEW w AS SELECT 1 AS a; CREATE INDEX i1 IN CLUSTER q ON w (a);"),
            ])
            .rename()
    };
    expect(
        &project().problems(),
        "
            NameCollision: `app.s.w` takes the name `app.s.i1`, but the deployed `app.s.v` has an index of that name and stays
              help: `app.s.v` was removed from the project: drop it with this deployment: `--drop-removed`
        ",
    );
    expect(
        &project().option(|o| o.drop_removed = true).statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: build objects
              CREATE VIEW s.w__x AS SELECT 1 AS a
              CREATE INDEX i1__x IN CLUSTER q ON s.w__x (a)
            promote: wait until ready
              (wait)
            promote: swap
              ALTER INDEX s.i1 RENAME TO i1__x_old
              ALTER VIEW s.w__x RENAME TO w
              ALTER INDEX s.i1__x RENAME TO i1
            promote: drop the old version
              DROP VIEW IF EXISTS s.v RESTRICT
        ",
    );
}

#[test]
fn an_index_that_takes_the_name_of_a_removed_view_retires_it() {
    let project =
        deployed(&[("s/n", "CREATE VIEW n AS SELECT 1 AS a;"), ("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let edit = project
        .edit(&[
            ("s/n", ""),
            ("s/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX n IN CLUSTER q ON v (a);"),
        ])
        .option(|o| o.drop_removed = true);
    let statements = edit.statements();
    let swap = "  ALTER VIEW s.n RENAME TO n__x_old\n  ALTER INDEX s.n__x RENAME TO n\n";
    assert!(statements.contains(swap), "{statements}");
    assert!(statements.contains("  DROP VIEW IF EXISTS s.n__x_old RESTRICT\n"), "{statements}");
}

#[test]
fn auto_swaps_where_anything_is_in_the_way_of_a_rename() {
    let long = "v".repeat(253);
    let path = format!("s/{long}");
    let project = deployed(&[
        (&path, &format!("CREATE VIEW {long} AS SELECT 1 AS a;")),
        ("s/w", "CREATE VIEW w AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[(&path, &format!("CREATE VIEW {long} AS SELECT 2 AS a;"))]);
    let plan = edit.strategy(StrategyChoice::Auto).plan();
    assert_eq!(plan.taken, StrategyChoice::Swap);
    assert!(plan.alternatives.iter().all(|a| a.obstacle.as_ref().is_some_and(|o| o.contains("longer than"))));
}

#[test]
fn a_removed_reader_that_uses_the_name_for_something_else_is_in_the_way() {
    let project = deployed(&[
        ("s/amount", "CREATE VIEW amount AS SELECT 1 AS amount;"),
        ("s/total", "CREATE VIEW total AS SELECT sum(amount) AS total FROM amount;"),
    ]);
    let edit = project
        .edit(&[("s/amount", "CREATE VIEW amount AS SELECT 2 AS amount;"), ("s/total", "")])
        .option(|o| o.drop_removed = true)
        .rename();
    expect(
        &edit.problems(),
        "
            RenameConflict: the removed `app.s.total` reads `app.s.amount` and uses `amount` for something else too, so the server would refuse the rename
              help: deploy with `--strategy swap` this time
        ",
    );
}
