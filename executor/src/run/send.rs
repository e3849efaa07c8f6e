//! Sends statements, many of them in one flight.

use std::time::{Duration, Instant};

use mz_deploy_planner::plan::{Postcondition, Step};

use super::attend::{Stopped, attend};
use super::check::{is_held, look};
use super::driver::{Met, Progress, World, statement};
use super::machine::Event;
use crate::db::lease::Lease;
use crate::db::{DbError, Kind};
use crate::host::Interrupt;

/// Statements that are sent before the first answer is awaited. Enough to hide any distance, few enough that what goes on
/// after an error, or after the lease was lost, is little.
const WINDOW: usize = 32;

/// Sends statements in windows, the first of which is step `number`. After a failure no further window is sent; what the rest of its
/// own window did is seen when the environment is looked at again.
pub(super) async fn send(
    world: World<'_>,
    mut number: usize,
    steps: &[&Step],
    interrupt: &Interrupt,
    met: &mut Met,
    progress: &mut impl FnMut(Progress<'_>),
) -> Event {
    for window in steps.chunks(WINDOW) {
        if interrupt.is_requested() {
            return Event::Interrupted;
        }
        let held = is_held(world, number, met).await;
        if held != Event::Done {
            return held;
        }
        let flight = fly(world, window, interrupt, progress).await;
        let event = land(world, number, window, flight, met, progress).await;
        if event != Event::Done {
            return event;
        }
        number += window.len();
    }
    Event::Done
}

/// What came of a window.
struct Flight {
    /// When its first statement's turn came, as far as that is known.
    began: Instant,
    /// What the server said to each step, and when.
    answers: Vec<(Result<(), DbError>, Instant)>,
    stopped: Option<Stopped>,
}

/// Sends a window.
async fn fly(
    world: World<'_>,
    window: &[&Step],
    interrupt: &Interrupt,
    progress: &mut impl FnMut(Progress<'_>),
) -> Flight {
    let limit = world.step_timeout.filter(|_| window.iter().any(|step| waits_for_data(step)));
    // What is to be written down of earlier steps goes along, but not with what is timed; whether it could be, nothing depends on.
    let rows = if limit.is_some() { Vec::new() } else { world.log.take_finished() };
    let question = world.lease.map(Lease::question);
    let statements: Vec<&str> = rows
        .iter()
        .map(String::as_str)
        .chain(window.iter().filter_map(|step| statement(step)))
        // Whether the next window may be sent is asked at the end of this one.
        .chain(question.as_deref())
        .collect();
    let sent = Instant::now();
    let waiting = |since| {
        if let [step] = window {
            progress(Progress::Waiting { step, since });
        }
    };
    let answers = world.connection.query_all_timed(&statements);
    let (mut answers, stopped) = attend(world.connection, interrupt, limit, answers, waiting).await;
    if let Some(lease) = world.lease {
        lease.hear(answers.pop().and_then(|(answer, _)| answer.ok()).as_ref(), sent);
    }
    let of_steps = answers.split_off(rows.len());
    let began = answers.last().map_or(sent, |(_, at)| *at);
    let answers = of_steps.into_iter().map(|(answer, at)| (answer.map(drop), at)).collect();
    Flight { began, answers, stopped }
}

/// Tells what came of a window.
async fn land(
    world: World<'_>,
    first: usize,
    window: &[&Step],
    flight: Flight,
    met: &mut Met,
    progress: &mut impl FnMut(Progress<'_>),
) -> Event {
    let mut failed = None;
    for ((number, step), (answer, at)) in (first..).zip(window).zip(flight.answers) {
        let took = at - flight.began;
        match answer {
            Ok(()) => progress(Progress::Step { step, took, error: None }),
            Err(error) if failed.is_none() => failed = Some((number, step, error, took)),
            // What follows a failure mostly fails because of it.
            Err(_) => {}
        }
    }
    let Some((number, step, error, took)) = failed else { return Event::Done };
    if flight.stopped == Some(Stopped::Insisted) && error.kind == Kind::Cancelled {
        return Event::Interrupted;
    }
    // Whoever was taken over may have made it since it was looked at: then it isn't to be made any more. And what keeps something
    // from being dropped was made since: a new plan tells what it is.
    if matches!(error.kind, Kind::NameTaken | Kind::DependedUpon) && world.lease.is_some() {
        let now = look(world, world.connection, &[*step]).await;
        if let Ok(event @ (Event::Conflict | Event::TakenOver)) = now {
            return event;
        }
    }
    let error = if flight.stopped == Some(Stopped::Late) { too_late(error, took) } else { error };
    progress(Progress::Step { step, took, error: Some(&error) });
    met.failure(number, error)
}

/// True for steps that wait until what they read has caught up, which may be never.
fn waits_for_data(step: &Step) -> bool {
    matches!(step.postcondition, Some(Postcondition::Reads { .. } | Postcondition::TakenOver { .. }))
}

/// The error of a statement that was stopped because its time was over; what it failed for otherwise stays.
fn too_late(error: DbError, took: Duration) -> DbError {
    if error.kind != Kind::Cancelled {
        return error;
    }
    let seconds = took.as_secs_f64();
    let message = format!("not done within {seconds:.1} s, and stopped: it waits for data that doesn't come");
    let hint = "look at what its cluster does and whether it has a replica, or give it more time with `--step-timeout`";
    DbError { statement: error.statement, ..DbError::new(Kind::TimedOut, message).with_hint(hint) }
}
