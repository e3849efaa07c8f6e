//! What each command does with an environment: look, plan, run, and look again.
//!
//! A command that was killed does the same once more. What is done is seen, and left out of the plan.

mod aws;
mod change;
mod converge;
mod effects;
mod hold;
mod ready;
pub mod secrets;
mod session;
mod stage;

pub use change::{Change, Wish, overdue, was_aborted};
pub use converge::{Work, converge};
pub use ready::{NotReady, Ready};
pub use session::{Session, rejected};
pub use stage::{StagePlan, Staging};

use mz_deploy_planner::input::Live;
use mz_deploy_planner::plan::Effect;

use crate::db::ledger::Origin;
use crate::host::{self, Failure};

/// Performs the effects of a plan that has none.
pub async fn no_effects(_: &[&Effect]) -> Result<(), Failure> {
    Ok(())
}

/// Who works, and from where.
fn origin(live: &Live, commit: Option<String>) -> Origin {
    let role = live.session.as_ref().map_or("unknown", |session| session.role.as_str()).to_owned();
    Origin { role, host: host::machine_name(), commit }
}
