//! Looks whether a run may go on: whether the lease is held, and what is to be done is still to be done.

use std::collections::BTreeSet;

use mz_deploy_planner::plan::{Effect, Step};

use super::driver::{Met, World, effect, statement};
use super::machine::Event;
use crate::db::{Connection, DbError, observe};

/// Asks whether the lease is held, unless that was seen a moment ago.
pub(super) async fn is_held(world: World<'_>, number: usize, met: &mut Met) -> Event {
    let Some(lease) = world.lease else { return Event::Done };
    match lease.is_still_held(world.connection).await {
        Ok(true) => Event::Done,
        Ok(false) => Event::TakenOver,
        Err(error) => met.failure(number, error),
    }
}

/// Looks whether the lease is held and steps would still be planned. An environment that can't be looked at is no reason to go on.
pub(super) async fn check(
    world: World<'_>,
    connection: &Connection,
    number: usize,
    steps: &[&Step],
    met: &mut Met,
) -> Event {
    look(world, connection, steps).await.unwrap_or_else(|error| met.failure(number, error))
}

/// As [`check`], where a failure of the look is no step's.
pub(super) async fn look(
    world: World<'_>,
    connection: &Connection,
    steps: &[&Step],
) -> Result<Event, DbError> {
    let (live, is_held) = match world.lease {
        Some(lease) => lease.observe(connection, world.scope).await?,
        None => (observe(connection, world.scope).await?, true),
    };
    if !is_held {
        return Ok(Event::TakenOver);
    }
    // What is in the way now is told when it is still there at the next look.
    let Ok(plan) = (world.replan)(&live) else { return Ok(Event::Conflict) };
    let planned = plan.phases.iter().flat_map(|phase| &phase.steps);
    let planned: BTreeSet<&str> = planned.filter_map(statement).collect();
    let is_planned = |step: &&Step| match effect(step) {
        // What is on no record is found by nobody: something was made since, by whoever was taken over.
        Some(Effect::Forget) => planned.is_empty(),
        _ => statement(step).is_none_or(|sql| planned.contains(sql)),
    };
    Ok(if steps.iter().all(is_planned) { Event::Done } else { Event::Conflict })
}
