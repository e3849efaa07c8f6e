//! Taking away what was staged.

use mz_deploy_planner::input::StrategyChoice;
use mz_deploy_planner::plan::{self, TakenAway};

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
    let problems = problems(&story.abort());
    assert!(problems.contains("`app.u_x`: that is `reader`"), "{problems}");
    story.environment.run("ALTER SCHEMA app.u_x RENAME TO theirs");
    story.finish(Story::abort);
    assert!(story.environment.live.schemas.iter().any(|s| s.name.schema.as_str() == "theirs"));
}

/// Whoever can't take away all of it takes away nothing, and the record stays.
#[test]
fn an_abort_takes_the_owner_of_what_was_staged_or_a_member_of_it() {
    let before = project().environment;
    let edit = [("u/v", "CREATE VIEW v AS SELECT a, 1 AS b FROM app.s.n;")];
    let mut begun = project().edit(&edit);
    begun.begin("x", StrategyChoice::Swap);
    begun.environment.run("CREATE SCHEMA app.u_x");
    for mut story in [staged(StrategyChoice::Swap), staged(StrategyChoice::Rename), begun] {
        story.environment.connect_as("colleague");
        let problems = problems(&story.abort());
        assert!(problems.contains("that is `deployer`, and `colleague` isn't a member of it"), "{problems}");
        assert!(problems.contains("let an administrator run `GRANT deployer TO colleague`"), "{problems}");
        let before = &before.live;
        let mut made = story.environment.live.clone();
        for schema in made.schemas.iter_mut().filter(|s| !before.schemas.contains(s)) {
            schema.owner = "team".into();
        }
        made.clusters
            .iter_mut()
            .filter(|c| !before.clusters.contains(c))
            .for_each(|c| c.owner = "team".into());
        made.objects.iter_mut().filter(|o| !before.objects.contains(o)).for_each(|o| o.owner = "team".into());
        story.environment.live = made;
        story.environment.add_member("team", "deployer");
        story.finish(Story::abort);
        assert_eq!(story.environment.live.schemas, before.schemas);
        assert_eq!(story.environment.live.objects, before.objects);
    }
}

/// Whoever may speak for a team mate doesn't drop what that one made by hand, though it has the name that was planned.
#[test]
fn what_a_team_mate_made_by_hand_is_not_of_an_unfinished_stage() {
    let mut story = project().edit(&[("u/v", "CREATE VIEW v AS SELECT a, 1 AS b FROM app.s.n;")]);
    story.begin("x", StrategyChoice::Swap);
    story.environment.run("CREATE SCHEMA app.u_x");
    let is_there =
        |story: &Story| story.environment.live.schemas.iter().any(|s| s.name.to_string() == "app.u_x");
    story.environment.add_member("deployer", "colleague");
    for (owner, is_taken_away) in [("team", false), ("deployer", true), ("colleague", true)] {
        let mut story = story.clone();
        story.environment.run(&format!("ALTER SCHEMA app.u_x OWNER TO {owner}"));
        story.environment.connect_as("colleague");
        story.finish(Story::abort);
        assert_ne!(is_there(&story), is_taken_away, "of {owner}");
    }
    // What another one made who went on with it is.
    story.environment.run("ALTER SCHEMA app.u_x OWNER TO team");
    story.deployment_mut().staged_by.push("team".into());
    story.environment.connect_as("colleague");
    story.finish(Story::abort);
    assert!(!is_there(&story));
}

#[test]
fn a_marker_belongs_to_all_deployers_once_it_is_given_away() {
    let mut story = staged(StrategyChoice::Swap);
    let plan = story.promote().expect("nothing is in the way");
    let marks = plan.phases.iter().take_while(|phase| phase.name != "swap");
    let marks = marks.map(|phase| phase.steps.len()).sum::<usize>();
    let may = |story: &Story| {
        let result = plan::require_deployer(&story.environment.live, "x");
        result.map_err(|found| problems(&Err(found)))
    };
    for (done, is_given) in [(marks - 6, true), (marks - 5, false), (marks - 4, true), (marks, true)] {
        let mut story = story.clone();
        story.begin_to(&plan, done);
        story.environment.connect_as("colleague");
        match may(&story) {
            Ok(()) => assert!(is_given, "after {done} steps"),
            Err(why) => {
                assert!(!is_given, "{why}");
                assert!(why.contains("`_mz_deploy.apply_x_pre`: that is `deployer`"), "{why}");
            }
        }
    }
    story.begin_to(&plan, marks + 1);
    story.environment.connect_as("reader");
    let why = may(&story).expect_err("it is no deployer");
    assert!(why.contains("`reader` can't deploy: it isn't a member of `materialize_deployer`"), "{why}");
    assert!(why.contains("`GRANT materialize_deployer TO reader`"), "{why}");
}

#[test]
fn what_an_abort_takes_away_is_counted_without_the_marker() {
    let mut story = staged(StrategyChoice::Swap);
    let counted = TakenAway { schemas: 2, clusters: 1 };
    assert_eq!(plan::taken_away(&story.abort().expect("nothing is in the way")), counted);
    let plan = story.promote().expect("nothing is in the way");
    story.begin_to(&plan, plan.phases.iter().take_while(|p| p.name != "swap").map(|p| p.steps.len()).sum());
    let abort = story.abort().expect("nothing is in the way");
    assert!(mz_deploy_planner::view::plan_sql(&abort).contains("DROP SCHEMA _mz_deploy.apply_x_pre"));
    assert_eq!(plan::taken_away(&abort), counted);
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
