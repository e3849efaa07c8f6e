//! An old version that was kept: the way back to it, and its end.

use mz_deploy_planner::input::StrategyChoice;
use mz_deploy_planner::plan::{Keep, PromoteOptions, State, state};

use crate::promote::{mixture, staged};
use crate::story::{Story, problems, snapshot};

pub(crate) fn keep() -> PromoteOptions {
    PromoteOptions { keep: Some(Keep { seconds: Some(172_800) }), force: false }
}

/// A deployment that was promoted with `--keep`.
pub(crate) fn kept(strategy: StrategyChoice) -> Story {
    let mut story = staged(strategy);
    story.finish(|story| story.promote_with(&keep()));
    story
}

fn state_of(story: &Story) -> State {
    state(story.deployment(), &story.environment.live)
}

#[test]
fn a_rollback_exchanges_the_versions_again_and_the_deployment_is_merely_staged() {
    let before = staged(StrategyChoice::Swap).environment.objects();
    let mut story = kept(StrategyChoice::Swap);
    assert_eq!(state_of(&story), State::Kept);
    snapshot("rollback", &story.rollback());
    story.finish(Story::rollback);
    assert_eq!(state_of(&story), State::Staged);
    assert_eq!(story.environment.objects(), before);
}

#[test]
fn a_rollback_renames_back_in_the_opposite_order() {
    let before = staged(StrategyChoice::Rename).environment.objects();
    let mut story = kept(StrategyChoice::Rename);
    snapshot("rollback_of_renames", &story.rollback());
    story.finish(Story::rollback);
    assert_eq!(story.environment.objects(), before);
}

#[test]
fn what_was_rolled_back_can_be_promoted_again_or_aborted() {
    let mut story = kept(StrategyChoice::Swap);
    story.finish(Story::rollback);
    let mut again = story.clone();
    again.finish(Story::promote);
    assert_eq!(state_of(&again), State::Promoted);
    story.finish(Story::abort);
    assert!(!story.environment.objects().iter().any(|line| line.contains("_x")));
}

#[test]
fn a_rollback_says_before_that_a_replacement_stays() {
    let mut story = mixture();
    story.finish(|story| story.promote_with(&keep()));
    snapshot("rollback_of_a_mixture", &story.rollback());
    story.finish(Story::rollback);
    story.finish(Story::promote);
}

#[test]
fn there_is_no_way_back_to_what_is_gone() {
    let mut story = kept(StrategyChoice::Swap);
    story.environment.run("DROP SCHEMA app.u_x CASCADE");
    let problems = problems(&story.rollback());
    assert!(problems.contains("the old version of the schema `app.u`"), "{problems}");
}

#[test]
fn an_old_version_of_which_something_was_dropped_is_no_old_version() {
    let mut story = kept(StrategyChoice::Swap);
    story.environment.run("DROP VIEW app.u_x.v RESTRICT");
    let problems = problems(&story.rollback());
    assert!(
        problems.contains("`app.u.v` (") && problems.contains("of the old version is gone"),
        "{problems}"
    );
}

#[test]
fn another_promotion_over_it_is_a_conflict() {
    let mut story = kept(StrategyChoice::Swap);
    story.environment.run("CREATE SCHEMA app.u_y");
    story.environment.run("ALTER SCHEMA app.u SWAP WITH u_y");
    let problems = problems(&story.rollback());
    assert!(problems.contains("Conflict: the schema `app.u` isn't what this deployment put"), "{problems}");
}

#[test]
fn nothing_is_rolled_back_that_is_not_in_production() {
    let story = staged(StrategyChoice::Swap);
    assert!(problems(&story.rollback()).starts_with("WrongState"));
    assert!(problems(&story.cleanup()).starts_with("WrongState"));
}

#[test]
fn a_cleanup_drops_what_was_kept_and_nothing_else() {
    let mut once = staged(StrategyChoice::Swap);
    once.finish(Story::promote);
    let mut story = kept(StrategyChoice::Swap);
    assert!(problems(&story.promote()).contains("`cleanup` drops the old version"));
    snapshot("cleanup", &story.cleanup());
    story.finish(Story::cleanup);
    assert_eq!(state_of(&story), State::Promoted);
    assert_eq!(story.environment.objects(), once.environment.objects());
}

#[test]
fn a_reader_of_what_was_kept_is_in_the_way_of_its_cleanup() {
    let mut story = kept(StrategyChoice::Swap);
    story.environment.run("CREATE DATABASE bi");
    story.environment.run("CREATE VIEW bi.public.report AS SELECT a FROM app.u_x.v");
    let problems = problems(&story.cleanup());
    assert!(problems.starts_with("ForeignDependent: `bi.public.report`"), "{problems}");
}
