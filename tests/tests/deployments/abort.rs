//! Taking away what was staged.

use mz_deploy_planner::input::StrategyChoice;

use crate::promote::{mixture, project, staged};
use crate::story::{Story, problems, snapshot};

#[test]
fn what_was_staged_goes_in_the_opposite_order() {
    let before = project().environment;
    let mut story = staged(StrategyChoice::Swap);
    snapshot("abort", &story.abort());
    story.finish(Story::abort);
    assert_eq!(story.environment.live, before.live);
}

#[test]
fn staged_objects_beside_production_go_one_by_one() {
    let before = project().environment;
    let mut story = staged(StrategyChoice::Rename);
    story.finish(Story::abort);
    assert_eq!(story.environment.live, before.live);
    let mut story = mixture();
    story.finish(Story::abort);
    assert!(!story.environment.objects().iter().any(|line| line.contains("_x")));
}

#[test]
fn what_is_in_production_is_not_aborted() {
    let mut story = staged(StrategyChoice::Swap);
    let plan = story.promote().expect("nothing is in the way");
    let units = crate::story::units(&plan, mz_deploy_planner::plan::Moment::Now);
    let swap = units.iter().position(|unit| unit.len() > 1).expect("there is a transaction");
    story.begin_to(&plan, swap + 1);
    let problems = problems(&story.abort());
    assert!(problems.contains("`promote` finishes it; `rollback` goes back"), "{problems}");
}

#[test]
fn a_promotion_that_was_killed_before_its_swap_can_be_aborted() {
    let before = project().environment;
    let mut story = staged(StrategyChoice::Swap);
    let plan = story.promote().expect("nothing is in the way");
    story.begin_to(&plan, 4);
    assert_ne!(story.environment.live.schemas, staged(StrategyChoice::Swap).environment.live.schemas);
    story.finish(Story::abort);
    assert_eq!(story.environment.live, before.live);
}

#[test]
fn things_of_others_are_in_the_way_of_an_abort() {
    let mut story = staged(StrategyChoice::Swap);
    story.environment.run("CREATE VIEW app.u_x.mine AS SELECT 1");
    story.environment.run("CREATE DATABASE bi");
    story.environment.run("CREATE VIEW bi.public.preview AS SELECT a FROM app.u_x.v");
    let problems = problems(&story.abort());
    assert!(problems.contains("`app.u_x.mine`") && problems.contains("`bi.public.preview`"), "{problems}");
}

/// The name is the same, the thing isn't.
#[test]
fn what_took_a_staged_name_stays() {
    let mut story = staged(StrategyChoice::Rename);
    story.environment.run("DROP VIEW app.u.v__x RESTRICT");
    story.environment.run("CREATE VIEW app.u.v__x AS SELECT 1");
    snapshot("abort_leaves_what_is_not_its_own", &story.abort());
}

#[test]
fn an_interrupted_stage_takes_away_what_is_newer_and_its_own() {
    let mut story = project().edit(&[("u/v", "CREATE VIEW v AS SELECT a, 1 AS b FROM app.s.n;")]);
    story.environment.run("CREATE SCHEMA app.later_x");
    story.begin("x", StrategyChoice::Swap);
    let before = story.environment.clone();
    story.environment.run("CREATE SCHEMA app.u_x");
    let plan = story.abort().expect("nothing is in the way");
    story.begin_to(&plan, 9);
    assert_eq!(story.environment.live, before.live);
    // The same name, but somebody else's.
    story.environment.run("CREATE SCHEMA app.u_x");
    let schemas = &mut story.environment.live.schemas;
    let schema = schemas.iter_mut().find(|s| s.name.schema.as_str() == "u_x").expect("it was made");
    schema.owner = "reader".into();
    story.finish(Story::abort);
    assert!(story.environment.live.schemas.iter().any(|s| s.name.schema.as_str() == "u_x"));
}

/// Until stage has recorded what it made, a name alone says nothing: what has it may be older than the stage.
#[test]
fn what_got_a_staged_name_and_is_older_than_the_stage_stays() {
    let mut story = project().edit(&[("u/v", "CREATE VIEW v AS SELECT a, 1 AS b FROM app.s.n;")]);
    story.environment.run("CREATE SCHEMA app.mine");
    story.begin("x", StrategyChoice::Swap);
    story.environment.run("ALTER SCHEMA app.mine RENAME TO u_x");
    story.finish(Story::abort);
    assert!(story.environment.live.schemas.iter().any(|s| s.name.to_string() == "app.u_x"));
}

#[test]
fn schemas_and_databases_that_stage_made_go_if_they_are_still_empty() {
    let edit = |story: Story| story.edit(&[("w/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let before = project().environment;
    let mut story = edit(project());
    story.stage("x", StrategyChoice::Rename);
    story.finish(Story::abort);
    assert_eq!(story.environment.live, before.live);
    let mut story = edit(project());
    story.stage("x", StrategyChoice::Rename);
    story.environment.run("CREATE VIEW app.w.mine AS SELECT 1");
    story.finish(Story::abort);
    let objects = story.environment.objects();
    assert!(objects.iter().any(|line| line.contains("app.w.mine")), "{objects:#?}");
}
