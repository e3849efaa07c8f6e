//! Commands of a deployment's life: built, watched, promoted, taken back, looked at.

use std::time::Duration;

use clap::Args;

use super::shared::{
    AllowedLag, ChangeOptions, Confirmation, DeployId, DryRun, Lease, PlanOut, SavedPlan, StepTimeout,
    deploy_id,
};
use crate::host::period;

/// Build what changed beside production
///
/// Compares the project with what is deployed, and builds the new version beside the old one. Nothing that production
/// reads is touched. The name of the deployment is printed, for `wait` and `promote`. A stage that was interrupted goes
/// on where it stopped.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct StageOptions {
    #[command(flatten)]
    pub(in crate::cli) changes: ChangeOptions,

    /// Stage files that are not those of a commit
    #[arg(long)]
    pub(in crate::cli) allow_dirty: bool,

    /// Leave what was made if a statement fails; it is taken away otherwise
    #[arg(long)]
    pub(in crate::cli) no_rollback: bool,

    #[command(flatten)]
    pub(in crate::cli) run: DryRun,

    #[command(flatten)]
    pub(in crate::cli) plan: SavedPlan,

    #[command(flatten)]
    pub(in crate::cli) saved: PlanOut,

    #[command(flatten)]
    pub(in crate::cli) lease: Lease,
}

/// Wait until what was staged is hydrated and has caught up
///
/// Ends with code 0 when all of it is ready, 4 with --once if it isn't, 5 when the time is over.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct WaitOptions {
    #[command(flatten)]
    pub(in crate::cli) deployment: DeployId,

    /// Look once and say how far it is
    #[arg(long, conflicts_with = "timeout")]
    pub(in crate::cli) once: bool,

    /// Give up after this time: seconds, or `90s`, `5m`, `1h30m` [default: never]
    #[arg(long, value_name = "DURATION", value_parser = period::parse)]
    pub(in crate::cli) timeout: Option<Duration>,

    #[command(flatten)]
    pub(in crate::cli) lag: AllowedLag,
}

/// Exchange what was staged and production
///
/// Everything is exchanged in one transaction; then sinks follow, and the old version is dropped. A promotion that was
/// interrupted goes on where it stopped.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct PromoteOptions {
    #[command(flatten)]
    pub(in crate::cli) deployment: DeployId,

    /// Promote though others have promoted to the same schemas since this was staged
    #[arg(long)]
    pub(in crate::cli) force: bool,

    /// Promote though what was staged may not be hydrated
    #[arg(long, conflicts_with = "wait")]
    pub(in crate::cli) no_ready_check: bool,

    /// Keep the old version, for `rollback`: for this time, or without one until `cleanup`
    #[arg(long, value_name = "DURATION", value_parser = Keep::parse, num_args = 0..=1, default_missing_value = CLEANUP)]
    pub(in crate::cli) keep: Option<Keep>,

    /// Wait until what was staged is ready, then promote
    #[arg(long)]
    pub(in crate::cli) wait: bool,

    /// With --wait, give up after this time: seconds, or `90s`, `5m`, `1h30m` [default: never]
    #[arg(long, value_name = "DURATION", value_parser = period::parse, requires = "wait")]
    pub(in crate::cli) timeout: Option<Duration>,

    #[command(flatten)]
    pub(in crate::cli) lag: AllowedLag,

    #[command(flatten)]
    pub(in crate::cli) steps: StepTimeout,

    #[command(flatten)]
    pub(in crate::cli) run: DryRun,

    #[command(flatten)]
    pub(in crate::cli) plan: SavedPlan,

    #[command(flatten)]
    pub(in crate::cli) saved: PlanOut,

    #[command(flatten)]
    pub(in crate::cli) confirmation: Confirmation,

    #[command(flatten)]
    pub(in crate::cli) lease: Lease,
}

/// How long the old version is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Keep {
    /// Until `cleanup` is run for it.
    UntilCleanup,
    /// For a time.
    For(Duration),
}

/// What `--keep` means without a duration.
const CLEANUP: &str = "cleanup";

impl Keep {
    fn parse(text: &str) -> Result<Self, String> {
        if text == CLEANUP { Ok(Self::UntilCleanup) } else { period::parse(text).map(Self::For) }
    }
}

/// Take away what was staged
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct AbortOptions {
    #[command(flatten)]
    pub(in crate::cli) deployment: DeployId,

    #[command(flatten)]
    pub(in crate::cli) lease: Lease,
}

/// Exchange the two versions again, as long as the old one is kept
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct RollbackOptions {
    #[command(flatten)]
    pub(in crate::cli) deployment: DeployId,

    #[command(flatten)]
    pub(in crate::cli) steps: StepTimeout,

    #[command(flatten)]
    pub(in crate::cli) run: DryRun,

    #[command(flatten)]
    pub(in crate::cli) confirmation: Confirmation,

    #[command(flatten)]
    pub(in crate::cli) lease: Lease,
}

/// Drop old versions that were kept
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct CleanupOptions {
    /// The deployment whose old version goes [default: every one whose time is over]
    #[arg(value_name = "ID", value_parser = deploy_id)]
    pub(in crate::cli) deploy_id: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) run: DryRun,

    #[command(flatten)]
    pub(in crate::cli) confirmation: Confirmation,

    #[command(flatten)]
    pub(in crate::cli) lease: Lease,
}

/// List what is staged, and how far it is
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct ListOptions {
    #[command(flatten)]
    pub(in crate::cli) lag: AllowedLag,
}

/// Show what was promoted, newest first
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct LogOptions {
    /// Show this many deployments [default: all]
    #[arg(short = 'l', long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
}

/// Show everything that is known of a deployment
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct DescribeOptions {
    #[command(flatten)]
    pub(in crate::cli) deployment: DeployId,
}
