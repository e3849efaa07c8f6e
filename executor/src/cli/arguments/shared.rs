//! Options that several commands have.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use mz_deploy_planner::input::{StageOptions as Stage, StrategyChoice};
use mz_deploy_planner::plan::is_deploy_id;

use crate::host::period;

/// What is deployed, and how: what `plan` shows with these is what `stage` does with them.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct ChangeOptions {
    /// The name of the deployment, part of the names of what is staged [default: the commit, or a digest of the
    /// project's files if they are not those of a commit]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) deploy_id: Option<String>,

    /// How changes reach production [default: the project's choice, which is swap unless project.toml says otherwise]
    #[arg(long, value_enum)]
    strategy: Option<StrategyOption>,

    /// Deploy a schema again though nothing changed in it (repeatable, or separated by commas)
    #[arg(long, value_name = "DATABASE.SCHEMA", value_delimiter = ',', conflicts_with = "redeploy_all")]
    redeploy_schema: Vec<String>,

    /// Deploy everything again
    #[arg(long)]
    redeploy_all: bool,

    /// Drop what was removed from the project, at promotion; it is kept otherwise
    #[arg(long)]
    drop_removed: bool,
}

impl ChangeOptions {
    /// In the planner's words, with the name that the deployment got.
    pub(in crate::cli) fn named(&self, deploy_id: &str) -> Stage {
        Stage {
            deploy_id: deploy_id.into(),
            strategy: self.strategy.map(Into::into),
            redeploy_schemas: self.redeploy_schema.iter().map(Into::into).collect(),
            redeploy_all: self.redeploy_all,
            drop_removed: self.drop_removed,
        }
    }
}

/// How changes reach production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StrategyOption {
    /// Whole schemas and clusters beside production, swapped
    Swap,
    /// The changed objects and what reads them beside the old ones, renamed
    Rename,
    /// Rename where it builds less than swap
    Auto,
}

impl From<StrategyOption> for StrategyChoice {
    fn from(option: StrategyOption) -> Self {
        match option {
            StrategyOption::Swap => Self::Swap,
            StrategyOption::Rename => Self::Rename,
            StrategyOption::Auto => Self::Auto,
        }
    }
}

/// Where a plan is saved.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct PlanOut {
    /// Save the plan as JSON in this file, as well as printing it
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
}

/// A plan that was made and read before.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct SavedPlan {
    /// Run this plan, which --out saved; refused if it isn't what would be done now
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) plan: Option<PathBuf>,
}

/// Which deployment.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct DeployId {
    /// The deployment's name, as `list` and `stage` print it
    #[arg(value_name = "ID", value_parser = deploy_id)]
    pub(in crate::cli) deploy_id: String,
}

/// A name of a deployment is a plain word: it becomes part of other names.
pub(super) fn deploy_id(text: &str) -> Result<String, String> {
    if is_deploy_id(text) {
        Ok(text.to_owned())
    } else {
        Err("use 1 to 64 letters, digits, `_` and `-`".to_owned())
    }
}

/// Whether anything is done.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct DryRun {
    /// Print the plan and do nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

/// Whether somebody is asked.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct Confirmation {
    /// Don't ask before the plan is run
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}

/// What happens if another session works on the deployment.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct Lease {
    /// Take the deployment over from a session that works on it
    ///
    /// That session stops, with exit code 3, before the next batch of statements that it would send, which is of 32 at most; those that it
    /// has sent are still done. One that was killed on this machine needs no taking over: the same command goes on by itself.
    #[arg(long)]
    pub(in crate::cli) take_over: bool,
}

/// How long a step may wait for data.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct StepTimeout {
    /// Stop a statement that waits for data after this time, and say what is left: seconds, or `90s`, `5m` [default: never]
    ///
    /// `APPLY REPLACEMENT` and `ALTER SINK … SET FROM` wait until what they read has caught up, which may be never.
    #[arg(long, value_name = "DURATION", value_parser = period::parse)]
    pub(in crate::cli) step_timeout: Option<Duration>,
}

/// How fresh staged results must be.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct AllowedLag {
    /// How far behind its inputs a cluster may be and still count as ready: seconds, or `90s`, `5m`, `1h30m`
    #[arg(long, value_name = "DURATION", value_parser = period::parse, default_value = "5m")]
    pub(in crate::cli) allowed_lag: Duration,
}
