//! Promotion: what is exchanged, in which order, and what is in the way.

use mz_deploy_planner::input::StrategyChoice;
use mz_deploy_planner::plan::PromoteOptions;
use mz_deploy_planner::view::{plan_json, plan_markdown, plan_sql, read_plan};

use crate::story::{Story, deployed, problems, snapshot, snapshot_text};

const SINK: &str = "CREATE SINK k IN CLUSTER sinks FROM app.s.m INTO KAFKA CONNECTION app.k.broker (TOPIC 't') \
                    FORMAT JSON ENVELOPE DEBEZIUM;";

/// A materialized view, a view of it in another schema, a sink.
pub(crate) fn project() -> Story {
    deployed(
        &[
            "CREATE SCHEMA app.k",
            "CREATE CONNECTION app.k.broker TO KAFKA",
            "CREATE SCHEMA app.raw",
            "CREATE TABLE app.raw.t (a int)",
        ],
        &[
            ("raw/t", "CREATE TABLE t (a int);"),
            ("k/broker", "CREATE CONNECTION broker TO KAFKA (BROKER 'b:9092');"),
            ("k/k", SINK),
            ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a FROM app.raw.t;"),
            ("s/n", "CREATE VIEW n AS SELECT a FROM app.s.m; CREATE INDEX n_a IN CLUSTER c ON n (a);"),
            ("u/v", "CREATE VIEW v AS SELECT a FROM app.s.n;"),
        ],
    )
}

/// Everything that follows from an edit of `m`.
pub(crate) fn staged(strategy: StrategyChoice) -> Story {
    let mut story = project()
        .edit(&[("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a + 1 AS a FROM app.raw.t;")]);
    story.stage("x", strategy);
    story
}

/// One sink is new, another one is made again, and what both read is swapped.
pub(crate) fn with_sinks() -> Story {
    let new = SINK.replace("SINK k", "SINK l").replace("'t'", "'l'");
    let mut story = project().edit(&[
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a + 1 AS a FROM app.raw.t;"),
        ("k/k", &SINK.replace("'t'", "'u'")),
        ("k/l", &new),
    ]);
    story.stage("x", StrategyChoice::Swap);
    story
}

/// A stable schema, and a normal one whose view the stable one reads.
pub(crate) fn mixture() -> Story {
    let mut story = deployed(
        &["CREATE SCHEMA app.raw", "CREATE TABLE app.raw.t (a int)"],
        &[
            ("raw/t", "CREATE TABLE t (a int);"),
            ("s/v", "CREATE VIEW v AS SELECT a FROM app.raw.t;"),
            ("api", "SET api = stable;"),
            (
                "api/m",
                "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a FROM app.s.v; COMMENT ON MATERIALIZED VIEW m IS 'of all';",
            ),
        ],
    );
    story.environment.run("CREATE CLUSTER other (SIZE = '1cc')");
    story.environment.run("CREATE DATABASE bi");
    story
        .environment
        .run("CREATE MATERIALIZED VIEW bi.public.report IN CLUSTER other AS SELECT a FROM app.api.m");
    let mut story = story.edit(&[("s/v", "CREATE VIEW v AS SELECT a + 1 AS a FROM app.raw.t;")]);
    story.stage("x", StrategyChoice::Swap);
    story
}

#[test]
fn schemas_and_clusters_are_swapped_sinks_follow_and_the_old_version_goes() {
    let mut story = staged(StrategyChoice::Swap);
    snapshot("swap", &story.promote());
    story.finish(Story::promote);
    let objects = story.environment.objects();
    assert!(
        objects.iter().any(|line| line.starts_with("sink app.k.k ") && line.contains("app.s.m")),
        "{objects:#?}"
    );
    assert!(!objects.iter().any(|line| line.contains("_x")), "{objects:#?}");
}

#[test]
fn a_plan_of_a_promotion_reads_well_in_every_format() {
    let plan = mixture().promote().expect("nothing is in the way");
    assert_eq!(read_plan("plan.json", &plan_json(&plan)), Ok(plan.clone()));
    // What only digests tell differs with each change of the project.
    let stable = |text: String| text.replace(plan.id.as_str(), "<id>").replace(&plan.id[..19], "<id>");
    snapshot_text("mixture.markdown", &stable(plan_markdown(&plan)));
    snapshot_text("mixture.sql", &stable(plan_sql(&plan)));
}

#[test]
fn objects_are_renamed_in_their_own_schema() {
    let mut story = staged(StrategyChoice::Rename);
    snapshot("rename", &story.promote());
    story.finish(Story::promote);
    assert!(!story.environment.objects().iter().any(|line| line.contains("__x")));
}

#[test]
fn sinks_are_made_after_the_swap() {
    let mut story = with_sinks();
    snapshot("sinks", &story.promote());
    story.finish(|story| story.promote_with(&crate::kept::keep()));
    snapshot("rollback_with_sinks", &story.rollback());
}

/// Readers of others keep the view of a stable schema; it is told before that the way back is closed.
#[test]
fn a_stable_view_is_replaced_after_what_it_reads_was_swapped() {
    let mut story = mixture();
    snapshot("mixture", &story.promote());
    story.finish(Story::promote);
    let objects = story.environment.objects();
    assert!(objects.iter().any(|line| line.contains("report") && line.contains("app.api.m")), "{objects:#?}");
}

#[test]
fn a_kept_old_version_is_not_dropped() {
    let story = staged(StrategyChoice::Swap);
    snapshot("keep", &story.promote_with(&crate::kept::keep()));
}

#[test]
fn after_the_swap_only_the_rest_is_planned() {
    let mut story = staged(StrategyChoice::Swap);
    let plan = story.promote().expect("nothing is in the way");
    let swap = crate::story::units(&plan, mz_deploy_planner::plan::Moment::Now)
        .iter()
        .position(|unit| unit.len() > 1)
        .expect("there is a transaction");
    story.begin_to(&plan, swap + 1);
    snapshot("resumed_after_the_swap", &story.promote());
}

/// Somebody else promoted the same schema, and the ids behind its names are others.
#[test]
fn what_was_promoted_meanwhile_is_a_conflict_and_says_by_whom() {
    let mut story = staged(StrategyChoice::Swap);
    for sql in [
        "CREATE SCHEMA app.s_y",
        "ALTER SCHEMA app.s SWAP WITH s_y",
        "CREATE SCHEMA _mz_deploy.apply_y_pre",
        "COMMENT ON SCHEMA _mz_deploy.apply_y_pre IS 'swapped=true'",
    ] {
        story.environment.run(sql);
    }
    snapshot("conflict", &story.promote());
}

/// Another version took the place of the one that was there, as this deployment would: with its schema, or alone.
pub(crate) fn promoted_meanwhile(story: &mut Story, strategy: StrategyChoice) {
    let statements = if strategy == StrategyChoice::Swap {
        [
            "CREATE SCHEMA app.u_y",
            "CREATE VIEW app.u_y.v AS SELECT 3",
            "ALTER SCHEMA app.u SWAP WITH u_y",
            "DROP SCHEMA app.u_y CASCADE",
        ]
        .as_slice()
    } else {
        &[
            "ALTER VIEW app.u.v RENAME TO old",
            "CREATE VIEW app.u.v AS SELECT 3",
            "DROP VIEW app.u.old RESTRICT",
        ]
    };
    for sql in statements {
        story.environment.run(sql);
    }
}

#[test]
fn force_puts_the_deployment_over_what_is_there() {
    let mut story = staged(StrategyChoice::Swap);
    promoted_meanwhile(&mut story, StrategyChoice::Swap);
    assert!(problems(&story.promote()).contains("Conflict"));
    let options = PromoteOptions { force: true, ..PromoteOptions::default() };
    snapshot("force", &story.promote_with(&options));
    story.finish(|story| story.promote_with(&options));
    assert!(!story.environment.objects().iter().any(|line| line.contains("_x")));
}

#[test]
fn everything_that_is_in_the_way_is_said_at_once() {
    let mut story = staged(StrategyChoice::Swap);
    story.environment.run("CREATE DATABASE bi");
    story.environment.run("CREATE VIEW bi.public.report AS SELECT a FROM app.u.v");
    story.environment.run("CREATE VIEW bi.public.more AS SELECT a FROM bi.public.report");
    story.environment.run("CREATE VIEW app.u.added AS SELECT 1");
    story.environment.run("CREATE TABLE app.raw.other (a int)");
    story.environment.run("CREATE INDEX guest IN CLUSTER c ON app.raw.other (a)");
    story.environment.run("DROP SINK app.k.k RESTRICT");
    snapshot("in_the_way", &story.promote());
}

/// A rename drops objects one by one, so only their readers are lost.
#[test]
fn readers_of_what_a_rename_replaces_are_in_the_way() {
    let mut story = staged(StrategyChoice::Rename);
    story.environment.run("CREATE DATABASE bi");
    story.environment.run("CREATE VIEW bi.public.report AS SELECT a FROM app.u.v");
    story.environment.run("CREATE VIEW app.u.added AS SELECT 1");
    let problems = problems(&story.promote());
    assert!(problems.starts_with("ForeignDependent: `bi.public.report`"), "{problems}");
    assert!(!problems.contains("app.u.added"), "{problems}");
}

/// Readers outside stay with the old version; what stands inside would lose its name.
#[test]
fn what_reads_the_old_version_is_not_in_the_way_if_that_is_kept() {
    let mut story = staged(StrategyChoice::Swap);
    story.environment.run("CREATE DATABASE bi");
    story.environment.run("CREATE VIEW bi.public.report AS SELECT a FROM app.u.v");
    assert!(story.promote().is_err());
    assert!(story.promote_with(&crate::kept::keep()).is_ok());
    story.environment.run("CREATE VIEW app.u.added AS SELECT 1");
    let problems = problems(&story.promote_with(&crate::kept::keep()));
    assert!(problems.contains("app.u.added") && !problems.contains("report"), "{problems}");
}

#[test]
fn a_staged_thing_that_is_missing_is_an_error_before_the_swap() {
    let mut story = staged(StrategyChoice::Swap);
    story.environment.run("DROP VIEW app.u_x.v RESTRICT");
    story.environment.run("CREATE VIEW app.u_x.v AS SELECT 4");
    let problems = problems(&story.promote());
    assert!(problems.starts_with("StagedMissing: the object `app.u_x.v`"), "{problems}");
    assert!(problems.contains("that name means"), "{problems}");
}

#[test]
fn nothing_is_promoted_before_it_is_staged_to_its_end() {
    let mut story = project().edit(&[("u/v", "CREATE VIEW v AS SELECT a, 1 AS b FROM app.s.n;")]);
    story.begin("x", StrategyChoice::Swap);
    let problems = problems(&story.promote());
    assert!(problems.starts_with("WrongState: `promote` isn't possible"), "{problems}");
}

#[test]
fn an_environment_without_a_generation_was_not_set_up() {
    let mut story = staged(StrategyChoice::Swap);
    story.environment.live.schemas.retain(|s| !s.name.schema.as_str().starts_with("generation"));
    assert!(problems(&story.promote()).contains("run `setup`"));
}

/// Neither of what promotion drops nor of what takes a stage away.
#[test]
fn a_recorded_drop_that_takes_others_along_never_runs() {
    use mz_deploy_planner::plan::{Action, Inverse};
    let story = staged(StrategyChoice::Swap);
    let changed = |change: fn(&mut mz_deploy_planner::plan::Step) -> bool| {
        let mut story = story.clone();
        let steps = story.deployment_mut().plan.phases.iter_mut().flat_map(|p| &mut p.steps);
        assert_eq!(steps.map(change).filter(|is_changed| *is_changed).take(1).count(), 1);
        story
    };
    let drops = changed(|step| match &mut step.action {
        Action::Sql(sql) if sql.starts_with("DROP SCHEMA") => {
            *sql = sql.replace("RESTRICT", "CASCADE").into();
            true
        }
        _ => false,
    });
    let undoes = changed(|step| match &mut step.inverse {
        Inverse::Sql(sql) if sql.starts_with("DROP SCHEMA") => {
            *sql = sql.replace("RESTRICT", "cascade").into();
            true
        }
        _ => false,
    });
    for planned in [drops.promote(), undoes.abort()] {
        let problems = problems(&planned);
        assert!(problems.starts_with("InvalidRecord: the recorded plan has `DROP SCHEMA"), "{problems}");
    }
}

/// What takes a stage away again is told by what was made, and not by the statement that stands beside it.
#[test]
fn a_recorded_inverse_is_written_anew_or_never_runs() {
    use mz_deploy_planner::plan::{Action, Inverse};
    let changed = |from: &str, to: &str| {
        let mut story = staged(StrategyChoice::Swap);
        let steps = story.deployment_mut().plan.phases.iter_mut().flat_map(|p| &mut p.steps);
        let mut inverses = steps.filter_map(|step| match &mut step.inverse {
            Inverse::Sql(sql) if sql.starts_with(from) => Some(sql),
            _ => None,
        });
        *inverses.next().expect("an inverse") = to.into();
        story.abort()
    };
    let plan = changed("DROP SCHEMA", "DROP DATABASE app").expect("a plan");
    let sent = plan.phases.iter().flat_map(|phase| &phase.steps).filter_map(|step| match &step.action {
        Action::Sql(sql) => Some(sql.as_str()),
        Action::Effect(_) => None,
    });
    assert!(sent.clone().any(|sql| sql.starts_with("DROP SCHEMA app.")));
    assert!(sent.clone().all(|sql| !sql.starts_with("DROP DATABASE")));
    for other in
        ["DROP SCHEMA app.s RESTRICT; DROP DATABASE app", "DELETE FROM app.raw.t", "ALTER ROLE r SUPERUSER"]
    {
        let problems = problems(&changed("DROP SCHEMA", other));
        assert!(problems.starts_with("InvalidRecord:"), "{other}: {problems}");
    }
}

/// A record can be edited by whoever may write to the ledger's tables.
#[test]
fn a_statement_that_is_no_exchange_never_gets_into_the_swap_transaction() {
    use mz_deploy_planner::plan::Action;
    let mut story = staged(StrategyChoice::Swap);
    let steps = story.deployment_mut().plan.phases.iter_mut().flat_map(|p| &mut p.steps);
    let step = steps.into_iter().find(|step| step.group.is_some()).expect("a swap");
    step.action = Action::Sql("DROP DATABASE app CASCADE".into());
    let problems = problems(&story.promote());
    assert!(problems.starts_with("InvalidRecord:"), "{problems}");
}

#[test]
fn a_statement_that_its_phase_does_not_have_never_runs() {
    use mz_deploy_planner::plan::Action;
    let mut story = staged(StrategyChoice::Swap);
    let phases = &mut story.deployment_mut().plan.phases;
    let sinks = phases.iter_mut().find(|phase| phase.name == "move sinks").expect("a sink is moved");
    sinks.steps[0].action = Action::Sql("ALTER SINK app.k.k SET FROM app.s.m; DROP DATABASE app".into());
    let problems = problems(&story.promote());
    assert!(problems.starts_with("InvalidRecord:"), "{problems}");
}

#[test]
fn a_name_that_a_rename_takes_must_be_free() {
    let mut story = staged(StrategyChoice::Rename);
    story.environment.run("ALTER VIEW app.u.v RENAME TO was_v");
    story.environment.run("CREATE VIEW app.u.v__x_old AS SELECT 1");
    let problems = problems(&story.promote());
    assert!(problems.contains("takes the name `app.u.v__x_old`"), "{problems}");
    assert!(problems.contains("is called `app.u.was_v`"), "{problems}");
}
