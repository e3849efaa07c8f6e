//! The plan of `cleanup`: the old version that a promotion kept is dropped.

use super::frame::{drop_marker, effects, phase, plan};
use super::old_version;
use super::promote::in_the_way;
use super::recorded::Recorded;
use super::state::{self, State, wrong};
use super::walk::Walk;
use crate::diagnostic::{self, Diagnostic};
use crate::input::{Deployment, Live};
use crate::plan::model::{Command, Effect, Plan};
use crate::plan::promote_phases::OLD_VERSION;

/// Plans to drop what was kept. Where nothing is, that was done.
pub fn cleanup(deployment: &Deployment, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
    let state = state::state(deployment, live);
    if state == State::Promoted {
        let phases = vec![phase("close the deployment", effects([Effect::Tidy]))];
        return Ok(plan(Command::Cleanup, deployment, live, Vec::new(), phases));
    }
    if state != State::Kept {
        return Err(wrong(deployment, state, "cleanup"));
    }
    let recorded = Recorded::new(deployment)?;
    let mut walk = Walk::after_swap(&recorded, live);
    let after = walk.world.clone();
    let dropped = old_version::drops(&mut walk, live);
    let mut problems = std::mem::take(&mut walk.problems);
    problems.extend(in_the_way(&walk, live, &dropped, &after, false));
    if !problems.is_empty() {
        diagnostic::sort(&mut problems);
        return Err(problems);
    }
    let mut last = drop_marker(live, &deployment.plan.deploy_id);
    last.extend(effects([Effect::RecordCleanup, Effect::Tidy]));
    let phases = vec![phase(OLD_VERSION, dropped), phase("close the deployment", last)];
    Ok(plan(Command::Cleanup, deployment, live, Vec::new(), phases))
}
