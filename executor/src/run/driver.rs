//! Does what the [`machine`](super::machine) says, one task after another.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::Live;
use mz_deploy_planner::plan::{Action, Effect, Phase, Plan, Postcondition, Step};

use super::attend::{Stopped, attend};
use super::machine::{Event, Machine, Next, Outcome, Task};
use super::steps::StepLog;
use crate::db::lease::Lease;
use crate::db::{Connection, DbError, Kind, Notice, Scope, observe};
use crate::host::{Failure, Interrupt};

/// Statements that are sent before the first answer is awaited. Enough to hide any distance, few enough that what goes on
/// after an error is little.
const WINDOW: usize = 32;
/// How long it counts that a lease was held, while many statements are sent: it isn't asked before every window.
const HELD_FOR: Duration = Duration::from_secs(2);

/// The way to an environment.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Everything is done here.
    pub connection: &'a Connection,
    /// Looks while a transaction is open on the other one.
    pub observer: &'a Connection,
    /// What is looked at.
    pub scope: &'a Scope,
    /// The plan of the same command for what is there now: a step that it doesn't have mustn't be done any more.
    pub replan: &'a dyn Fn(&Live) -> Result<Plan, Vec<Diagnostic>>,
    /// What has to be held as long as anything is changed.
    pub lease: Option<&'a Lease>,
    /// How long a step may take that waits for data; nothing else limits it.
    pub step_timeout: Option<Duration>,
    /// What was done is written there.
    pub log: &'a StepLog,
}

/// What happens in a run, for whoever watches.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A phase begins.
    Phase {
        /// Its name.
        name: &'a str,
        /// How many steps it has.
        steps: usize,
    },
    /// A step was done, or failed.
    Step {
        /// Which.
        step: &'a Step,
        /// How long it took; steps that are sent together share the time.
        took: Duration,
        /// Why it failed.
        error: Option<&'a DbError>,
    },
    /// A step hasn't ended yet.
    Waiting {
        /// Which.
        step: &'a Step,
        /// For how long.
        since: Duration,
    },
    /// The server remarked on something.
    Notice(&'a Notice),
}

/// A step that failed, and why.
#[derive(Debug)]
pub struct FailedStep {
    /// Its number through all phases.
    pub number: usize,
    /// Why.
    pub error: StepError,
}

/// Why a step failed.
#[derive(Debug)]
pub enum StepError {
    /// The server refused the statement.
    Database(DbError),
    /// Its effect failed.
    Effect(Failure),
}

/// How a run ended, and what failed in it.
#[derive(Debug)]
pub struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// What failed, in order.
    pub failed: Vec<FailedStep>,
    /// What is in the way of going on, if the run ended for that.
    pub obstacles: Vec<Diagnostic>,
    /// Production is another version than before.
    pub is_exchanged: bool,
}

/// Runs a plan. `perform` does what is not a statement: it gets effects that belong together.
pub async fn run(
    world: World<'_>,
    plan: &Plan,
    interrupt: &Interrupt,
    mut perform: impl AsyncFnMut(&[&Effect]) -> Result<(), Failure>,
    mut tell: impl FnMut(Progress<'_>),
) -> Run {
    let mut progress = |what: Progress<'_>| {
        world.log.hear(what);
        tell(what);
    };
    let steps: Vec<&Step> = plan.phases.iter().flat_map(|phase| &phase.steps).collect();
    let mut phases = Phases::new(plan);
    let mut machine = Machine::new(plan);
    let mut failed = Vec::new();
    let mut obstacles = Vec::new();
    // A check sees the lease in the same moment as everything else.
    let mut was_checked = false;
    loop {
        let task = match machine.next() {
            Next::Do(task) => task,
            Next::Stop(outcome) => {
                return Run { outcome, failed, obstacles, is_exchanged: machine.is_exchanged() };
            }
        };
        if interrupt.is_requested() {
            machine.tell(Event::Interrupted);
            continue;
        }
        let range = task.steps();
        let these = steps.get(range.clone()).unwrap_or_default();
        if !std::mem::take(&mut was_checked) && changes_anything(&task, these) {
            let held = is_held(world, range.start, &mut failed).await;
            if held != Event::Done {
                machine.tell(held);
                continue;
            }
        }
        phases.begin(&task, &mut progress);
        was_checked = matches!(task, Task::Check(_));
        let event = match task {
            Task::Check(_) => {
                check(world, world.connection, range.start, these, &mut failed, &mut obstacles).await
            }
            Task::Send(_) => send(world, range, these, interrupt, &mut failed, &mut progress).await,
            Task::Transaction(_) => {
                transaction(world, range, these, interrupt, &mut failed, &mut obstacles, &mut progress).await
            }
            Task::Perform(_) => {
                let began = Instant::now();
                let effects: Vec<&Effect> = these.iter().filter_map(|step| effect(step)).collect();
                let performed = perform(&effects);
                match attend(world.connection, interrupt, None, performed, |_| ()).await {
                    (_, Some(Stopped::Insisted)) if !machine.is_exchanged() => Event::Interrupted,
                    (Ok(()), _) => {
                        let took = began.elapsed();
                        for step in these {
                            progress(Progress::Step { step, took, error: None });
                        }
                        Event::Done
                    }
                    (Err(failure), _) => {
                        failed.push(FailedStep { number: range.start, error: StepError::Effect(failure) });
                        Event::Failed(range.start)
                    }
                }
            }
        };
        world.connection.notices().iter().for_each(|notice| progress(Progress::Notice(notice)));
        machine.tell(event);
    }
}

/// Which phase a step is in.
struct Phases<'p> {
    /// The number of the first step of each phase, with the phase.
    starts: Vec<(usize, &'p Phase)>,
    next: usize,
}

impl<'p> Phases<'p> {
    fn new(plan: &'p Plan) -> Self {
        let mut number = 0;
        let mut starts = Vec::new();
        for phase in &plan.phases {
            starts.push((number, phase));
            number += phase.steps.len();
        }
        Self { starts, next: 0 }
    }

    fn begin(&mut self, task: &Task, progress: &mut impl FnMut(Progress<'_>)) {
        while let Some((start, phase)) = self.starts.get(self.next) {
            if *start > task.steps().start {
                break;
            }
            progress(Progress::Phase { name: &phase.name, steps: phase.steps.len() });
            self.next += 1;
        }
    }
}

fn effect(step: &Step) -> Option<&Effect> {
    match &step.action {
        Action::Effect(effect) => Some(effect),
        Action::Sql(_) => None,
    }
}

fn statement(step: &Step) -> Option<&str> {
    match &step.action {
        Action::Sql(sql) => Some(sql),
        Action::Effect(_) => None,
    }
}

/// True for a task that changes something, and doesn't look itself whether the lease is held.
fn changes_anything(task: &Task, steps: &[&Step]) -> bool {
    let only_looks = |step: &&Step| {
        let looks = |effect: &Effect| {
            matches!(effect, Effect::WaitUntilReady | Effect::Verify { .. } | Effect::KeepRemoved { .. })
        };
        effect(step).is_some_and(looks)
    };
    match task {
        Task::Check(_) | Task::Transaction(_) => false,
        Task::Send(_) | Task::Perform(_) => !steps.iter().all(only_looks),
    }
}

/// Asks whether the lease is held.
async fn is_held(world: World<'_>, number: usize, failed: &mut Vec<FailedStep>) -> Event {
    let Some(lease) = world.lease else { return Event::Done };
    match lease.is_held(world.connection).await {
        Ok(true) => Event::Done,
        Ok(false) => Event::TakenOver,
        Err(error) => {
            failed.push(FailedStep { number, error: StepError::Database(error) });
            Event::Failed(number)
        }
    }
}

/// Looks whether the lease is held and steps would still be planned. An environment that can't be looked at is no reason to go on.
async fn check(
    world: World<'_>,
    connection: &Connection,
    number: usize,
    steps: &[&Step],
    failed: &mut Vec<FailedStep>,
    obstacles: &mut Vec<Diagnostic>,
) -> Event {
    let live = match observe(connection, world.scope).await {
        Ok(live) => live,
        Err(error) => {
            failed.push(FailedStep { number, error: StepError::Database(error) });
            return Event::Failed(number);
        }
    };
    if world.lease.is_some_and(|lease| !lease.is_held_in(&live)) {
        return Event::TakenOver;
    }
    match (world.replan)(&live) {
        Ok(plan) => {
            let planned = plan.phases.iter().flat_map(|phase| &phase.steps);
            let planned: BTreeSet<&str> = planned.filter_map(statement).collect();
            let is_planned = |step: &&Step| statement(step).is_none_or(|sql| planned.contains(sql));
            if steps.iter().all(is_planned) { Event::Done } else { Event::Conflict }
        }
        Err(found) => {
            obstacles.extend(found);
            Event::Conflict
        }
    }
}

/// Sends statements in windows. After a failure no further window is sent; what the rest of its own window did is seen
/// when the environment is looked at again.
async fn send(
    world: World<'_>,
    range: Range<usize>,
    steps: &[&Step],
    interrupt: &Interrupt,
    failed: &mut Vec<FailedStep>,
    progress: &mut impl FnMut(Progress<'_>),
) -> Event {
    let mut number = range.start;
    let mut asked = Instant::now();
    for window in steps.chunks(WINDOW) {
        if interrupt.is_requested() {
            return Event::Interrupted;
        }
        if asked.elapsed() > HELD_FOR {
            let held = is_held(world, number, failed).await;
            if held != Event::Done {
                return held;
            }
            asked = Instant::now();
        }
        // What is to be written down of earlier steps goes along; whether it could be, nothing depends on.
        let rows = world.log.take_finished();
        let sent = rows.iter().map(String::as_str).chain(window.iter().filter_map(|step| statement(step)));
        let statements: Vec<&str> = sent.collect();
        let began = Instant::now();
        let limit = world.step_timeout.filter(|_| window.iter().any(|step| waits_for_data(step)));
        let waiting = |since| {
            if let [step] = window {
                progress(Progress::Waiting { step, since });
            }
        };
        let answers = world.connection.pipeline(&statements);
        let (answers, stopped) = attend(world.connection, interrupt, limit, answers, waiting).await;
        let results = answers.into_iter().skip(rows.len());
        let took = began.elapsed();
        if stopped == Some(Stopped::Insisted) {
            return Event::Interrupted;
        }
        let mut first = None;
        for (step, result) in window.iter().zip(results) {
            match result {
                Ok(()) => progress(Progress::Step { step, took, error: None }),
                Err(error) if first.is_none() => {
                    let error = if stopped.is_some() { too_late(error, took) } else { error };
                    progress(Progress::Step { step, took, error: Some(&error) });
                    failed.push(FailedStep { number, error: StepError::Database(error) });
                    first = Some(number);
                }
                // What follows a failure mostly fails because of it.
                Err(_) => {}
            }
            number += 1;
        }
        if let Some(first) = first {
            return Event::Failed(first);
        }
    }
    Event::Done
}

/// True for steps that wait until what they read has caught up, which may be never.
fn waits_for_data(step: &Step) -> bool {
    matches!(step.postcondition, Some(Postcondition::Reads { .. } | Postcondition::TakenOver { .. }))
}

/// The error of a statement that was stopped because its time was over.
fn too_late(error: DbError, took: Duration) -> DbError {
    let seconds = took.as_secs_f64();
    let message = format!("not done within {seconds:.1} s, and stopped: it waits for data that doesn't come");
    let hint = "look at what its cluster does and whether it has a replica, or give it more time with `--step-timeout`";
    DbError { statement: error.statement, ..DbError::new(Kind::TimedOut, message).with_hint(hint) }
}

/// Exchanges everything or nothing.
///
/// The first statement fixes the revision of the catalog: from then on, any change by anybody makes the transaction fail.
/// So what is seen on the other connection after it still holds at the end, or nothing is done. That the lease is held is among
/// it: nobody can take it over and see the exchange come after.
async fn transaction(
    world: World<'_>,
    range: Range<usize>,
    steps: &[&Step],
    interrupt: &Interrupt,
    failed: &mut Vec<FailedStep>,
    obstacles: &mut Vec<Diagnostic>,
    progress: &mut impl FnMut(Progress<'_>),
) -> Event {
    let began = Instant::now();
    let statements: Vec<&str> = steps.iter().filter_map(|step| statement(step)).collect();
    let Some((first, rest)) = statements.split_first() else { return Event::Done };
    let opening = ["BEGIN", first];
    let opened = world.connection.pipeline(&opening);
    let (opened, stopped) = attend(world.connection, interrupt, None, opened, |_| ()).await;
    if stopped.is_some() {
        let _ = world.connection.execute("ROLLBACK").await;
        return Event::Interrupted;
    }
    if let Some(error) = opened.into_iter().find_map(Result::err) {
        return undo(world.connection, range.start, error, failed).await;
    }
    let holds = check(world, world.observer, range.start, steps, failed, obstacles).await;
    if holds != Event::Done {
        let _ = world.connection.execute("ROLLBACK").await;
        return holds;
    }
    let results = world.connection.pipeline(rest);
    let (results, stopped) = attend(world.connection, interrupt, None, results, |_| ()).await;
    if stopped.is_some() {
        let _ = world.connection.execute("ROLLBACK").await;
        return Event::Interrupted;
    }
    for (number, result) in (range.start + 1..).zip(results) {
        if let Err(error) = result {
            return undo(world.connection, number, error, failed).await;
        }
    }
    // From here on nobody may stop it: what came of it wouldn't be known.
    match world.connection.execute("COMMIT").await {
        Ok(()) => {
            let took = began.elapsed();
            for step in steps {
                progress(Progress::Step { step, took, error: None });
            }
            Event::Done
        }
        Err(error) if error.kind == Kind::Closed => Event::Unknown,
        Err(error) => undo(world.connection, range.start, error, failed).await,
    }
}

/// Ends a transaction that failed.
async fn undo(connection: &Connection, number: usize, error: DbError, failed: &mut Vec<FailedStep>) -> Event {
    let _ = connection.execute("ROLLBACK").await;
    // Names that mean nothing, or something else, are what others leave who were quicker: a new plan tells what it was.
    if matches!(error.kind, Kind::Conflict | Kind::Missing | Kind::NameTaken) {
        return Event::Conflict;
    }
    failed.push(FailedStep { number, error: StepError::Database(error) });
    Event::Failed(number)
}
