//! Killed anywhere, planned again, finished: the end is always the same.

use mz_deploy_planner::input::{Live, StrategyChoice};
use mz_deploy_planner::plan::{Action, Effect, Keep, Moment, Plan, PromoteOptions};

use crate::kept::{keep, kept};
use crate::promote::{mixture, project, staged, with_sinks};
use crate::story::{Planned, Story, problems, units};

/// Runs every prefix of a plan, plans again, and compares the end.
#[track_caller]
fn killed_everywhere(story: &Story, command: impl Fn(&Story) -> Planned + Copy) {
    let plan = command(story).expect("nothing is in the way");
    let mut whole = story.clone();
    whole.finish(command);
    let n = units(&plan, Moment::Now).len();
    assert!(n > 2, "there is something to interrupt");
    for done in 0..=n {
        let mut killed = story.clone();
        killed.begin_to(&plan, done);
        // The last unit records that nothing is left; what is planned after that says the same or that it is over.
        match command(&killed) {
            Ok(rest) => {
                let rest = units(&rest, Moment::Now).len();
                killed.begin_to(&command(&killed).expect("it was planned before"), rest);
            }
            Err(problems) => assert!(done >= n - 1, "after {done} of {n}: {problems:#?}"),
        }
        assert_eq!(comparable(&killed), comparable(&whole), "after {done} of {n}");
        assert_eq!(
            (killed.deployment().is_promoted, killed.deployment().is_kept),
            (whole.deployment().is_promoted, whole.deployment().is_kept),
            "after {done} of {n}"
        );
    }
}

fn comparable(story: &Story) -> &Live {
    &story.environment.live
}

#[test]
fn a_promotion_ends_the_same_wherever_it_was_killed() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
        killed_everywhere(&staged(strategy), Story::promote);
        killed_everywhere(&staged(strategy), |story| story.promote_with(&keep()));
    }
    killed_everywhere(&mixture(), Story::promote);
}

#[test]
fn an_abort_ends_the_same_wherever_it_was_killed() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
        killed_everywhere(&staged(strategy), Story::abort);
    }
    killed_everywhere(&mixture(), Story::abort);
}

#[test]
fn a_rollback_ends_the_same_wherever_it_was_killed() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
        killed_everywhere(&kept(strategy), Story::rollback);
    }
}

/// Nothing was recorded of the promotion, but sinks had moved: that they read a staged version is what tells of it.
#[test]
fn a_rollback_of_an_unfinished_promotion_ends_the_same_wherever_it_was_killed() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
        let mut story = staged(strategy);
        let plan = story.promote().expect("nothing is in the way");
        let is_verification = |action: &Action| match action {
            Action::Effect(effect) => matches!(**effect, Effect::Verify { .. }),
            Action::Sql(_) => false,
        };
        let units = units(&plan, Moment::Now);
        let verified = units.iter().position(|unit| unit.iter().any(|step| is_verification(&step.action)));
        story.begin_to(&plan, verified.expect("the exchange is verified"));
        killed_everywhere(&story, Story::rollback);
    }
}

/// What the deployment is put over is dropped too, though its ids were others at stage.
#[test]
fn a_forced_promotion_ends_the_same_wherever_it_was_killed() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
        let mut story = staged(strategy);
        crate::promote::promoted_meanwhile(&mut story, strategy);
        let force = |keep| PromoteOptions { force: true, keep };
        killed_everywhere(&story, |story| story.promote_with(&force(None)));
        let kept = Keep { seconds: None };
        killed_everywhere(&story, |story| story.promote_with(&force(Some(kept))));
        let mut back = story.clone();
        back.finish(|story| story.promote_with(&force(Some(kept))));
        back.finish(Story::rollback);
        assert_eq!(back.environment.objects(), story.environment.objects());
    }
}

/// A sink that promotion made goes with a rollback; one that took the place of another can't, and reads the old version
/// again.
#[test]
fn sinks_that_were_made_end_the_same_too() {
    let mut story = with_sinks();
    killed_everywhere(&story, Story::promote);
    story.finish(|story| story.promote_with(&keep()));
    killed_everywhere(&story, Story::rollback);
    story.finish(Story::rollback);
    let sinks = |story: &Story| -> Vec<String> {
        story.environment.objects().into_iter().filter(|line| line.starts_with("sink")).collect()
    };
    assert_eq!(sinks(&story).len(), 1, "{:#?}", sinks(&story));
    assert!(sinks(&story).iter().all(|line| line.contains("app.k.k ") && line.contains("app.s.m")));
    killed_everywhere(&story, Story::promote);
    story.finish(Story::promote);
    assert_eq!(sinks(&story).len(), 2, "{:#?}", sinks(&story));
}

#[test]
fn a_cleanup_ends_the_same_wherever_it_was_killed() {
    for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
        killed_everywhere(&kept(strategy), Story::cleanup);
    }
}

/// Indexes too, named or not, are made once.
#[test]
fn a_stage_ends_the_same_wherever_it_was_killed() {
    let edits: [&[(&str, &str)]; 2] = [
        &[(
            "s/m",
            "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a + 1 AS a FROM app.raw.t; CREATE INDEX IN CLUSTER c ON m (a); CREATE INDEX IN CLUSTER c ON m (a + 1);",
        )],
        &[("w/v", "CREATE VIEW v AS SELECT a FROM app.u.v; CREATE DEFAULT INDEX IN CLUSTER c ON v;")],
    ];
    for files in edits {
        for strategy in [StrategyChoice::Swap, StrategyChoice::Rename] {
            let mut story = project().edit(files);
            story.begin("x", strategy);
            let plan: Plan = story.unfinished_stage().expect("nothing is in the way");
            let mut whole = story.clone();
            whole.finish(Story::unfinished_stage);
            for done in 0..=units(&plan, Moment::Now).len() {
                let mut killed = story.clone();
                killed.begin_to(&plan, done);
                killed.finish(Story::unfinished_stage);
                assert_eq!(comparable(&killed), comparable(&whole), "after {done}");
                let mut aborted = story.clone();
                aborted.begin_to(&plan, done);
                aborted.finish(Story::abort);
                assert_eq!(comparable(&aborted), comparable(&story), "aborted after {done}");
            }
        }
    }
}

/// What has a name that is still to be made, or had one that was there, is somebody else's by now.
#[test]
fn a_stage_is_not_gone_on_with_over_what_others_did_meanwhile() {
    let begun = || {
        let mut story = project()
            .edit(&[("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a + 1 AS a FROM app.raw.t;")]);
        story.begin("x", StrategyChoice::Swap);
        story
    };
    let mut story = begun();
    story.environment.run("CREATE SCHEMA app.s_x");
    let schemas = &mut story.environment.live.schemas;
    let schema = schemas.iter_mut().find(|s| s.name.schema.as_str() == "s_x").expect("it was made");
    schema.owner = "reader".into();
    let taken = problems(&story.unfinished_stage());
    assert!(taken.starts_with("NameCollision: the schema `app.s_x` is to be staged"), "{taken}");
    let mut story = begun();
    story.environment.run("CREATE CLUSTER other (SIZE = '1cc')");
    story.environment.run("ALTER CLUSTER c SWAP WITH other");
    let moved = problems(&story.unfinished_stage());
    assert!(moved.starts_with("Conflict: the cluster `c`"), "{moved}");
}
