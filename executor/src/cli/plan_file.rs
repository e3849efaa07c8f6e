//! Plans in files: saved for a reader, and run once they were read.

use std::path::Path;

use mz_deploy_planner::plan::Plan;
use mz_deploy_planner::view;

use super::arguments::shared::{PlanOut, SavedPlan};
use super::terminal::Terminal;
use super::{read, save};
use crate::host::{Failure, FailureCode};

/// Fails if the plan can't be saved where that was asked for: before any work is done.
pub(super) fn check(options: &PlanOut) -> Result<(), Failure> {
    let Some(path) = options.out.as_deref().filter(|path| path.is_dir()) else { return Ok(()) };
    let message = format!("can't save the plan in `{}`, which is a directory", path.display());
    let help = format!("name a file: `--out {}`", path.join("plan.json").display());
    Err(Failure::with_help(message, help))
}

/// Saves a plan, if that was asked for.
pub(super) fn save_plan(options: &PlanOut, plan: &Plan, terminal: Terminal) -> Result<(), Failure> {
    let Some(path) = &options.out else { return Ok(()) };
    save(path, plan)?;
    terminal.info(format_args!("Saved the plan in `{}`", path.display()));
    Ok(())
}

/// Fails if a plan isn't the one that was read and approved, if there is one: nothing else may be run. Returns whether there is one.
pub(super) fn approve(options: &SavedPlan, plan: &Plan) -> Result<bool, Failure> {
    let Some(path) = &options.plan else { return Ok(false) };
    let saved = read(path, view::read_plan)?;
    if saved == *plan { Ok(true) } else { Err(differs(path, &saved, plan)) }
}

fn differs(path: &Path, saved: &Plan, plan: &Plan) -> Failure {
    let (then, now) = (&saved.inputs, &plan.inputs);
    let what = if (saved.command, &saved.deploy_id, &saved.profile)
        != (plan.command, &plan.deploy_id, &plan.profile)
    {
        "it is for another command, deployment or profile"
    } else if then.environment != now.environment {
        "it is for another environment"
    } else if then.project != now.project {
        "the project has changed since"
    } else if then.deployed != now.deployed {
        "something else was deployed since"
    } else if then.world != now.world {
        "the environment has changed since"
    } else {
        "other options, or another version of the tool, make another plan"
    };
    let message = format!("`{}` isn't what would be done now: {what}", path.display());
    Failure::coded(FailureCode::PlanDiffers, message)
        .help("save the plan again with `--out`, and read it again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::documents::example;
    use crate::host::Class;

    /// What is said about a saved plan when another one is to be run.
    fn verdict(saved: &Plan, plan: &Plan) -> Option<String> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("plan.json");
        save(&path, saved).expect("it is saved");
        match approve(&SavedPlan { plan: Some(path) }, plan) {
            Ok(_) => None,
            Err(failure) => {
                assert_eq!(failure.class(), Some(Class::Conflict));
                let Failure::Refused { message, .. } = failure else { unreachable!("{failure:?}") };
                message.split_once(" isn't what would be done now: ").map(|(_, what)| what.to_owned())
            }
        }
    }

    #[test]
    fn the_plan_that_was_read_is_run() {
        assert_eq!(verdict(&example::swap(), &example::swap()), None);
        assert!(matches!(approve(&SavedPlan { plan: None }, &example::swap()), Ok(false)));
    }

    #[test]
    fn another_plan_is_refused_with_what_has_changed() {
        let plan = example::swap();
        let because = |change: fn(&mut Plan)| {
            let mut saved = plan.clone();
            change(&mut saved);
            verdict(&saved, &plan).expect("it is refused")
        };
        assert!(because(|plan| plan.deploy_id = "v3".into()).starts_with("it is for another command"));
        assert_eq!(because(|plan| plan.inputs.project = "x".into()), "the project has changed since");
        assert_eq!(because(|plan| plan.inputs.deployed = None), "something else was deployed since");
        let world = because(|plan| plan.inputs.world = Some("x".into()));
        assert_eq!(world, "the environment has changed since");
        let environment = because(|plan| plan.inputs.environment = Some("x".into()));
        assert_eq!(environment, "it is for another environment");
        assert!(because(|plan| drop(plan.phases.pop())).starts_with("other options"));
    }
}
