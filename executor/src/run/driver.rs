//! Does what the [`machine`](super::machine) says, one task after another.

use std::time::{Duration, Instant};

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::Live;
use mz_deploy_planner::plan::{Action, Effect, Phase, Plan, Step};

use super::attend::{Stopped, attend};
use super::check::{check, is_held};
use super::exchange::exchange;
use super::machine::{Event, Machine, Next, Outcome, Task};
use super::send::send;
use super::steps::StepLog;
use crate::db::lease::Lease;
use crate::db::{Connection, DbError, Notice, Scope};
use crate::host::{Failure, Interrupt};

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
    /// Production is another version than before.
    pub is_exchanged: bool,
}

/// What a run has met so far.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub(super) failed: Vec<FailedStep>,
}

impl Met {
    /// Notes that the server refused a step.
    pub(super) fn failure(&mut self, number: usize, error: DbError) -> Event {
        self.failed.push(FailedStep { number, error: StepError::Database(error) });
        Event::Failed(number)
    }
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
    let mut met = Met::default();
    loop {
        let task = match machine.next() {
            Next::Do(task) => task,
            Next::Stop(outcome) => {
                return Run { outcome, failed: met.failed, is_exchanged: machine.is_exchanged() };
            }
        };
        if interrupt.is_requested() {
            machine.tell(Event::Interrupted);
            continue;
        }
        let range = task.steps();
        let these = steps.get(range.clone()).unwrap_or_default();
        if changes_anything(&task, these) {
            let held = is_held(world, range.start, &mut met).await;
            if held != Event::Done {
                machine.tell(held);
                continue;
            }
        }
        phases.begin(&task, &mut progress);
        let number = range.start;
        let event = match task {
            Task::Check(_) => check(world, world.connection, number, these, &mut met).await,
            Task::Send(_) => send(world, number, these, interrupt, &mut met, &mut progress).await,
            Task::Transaction(_) => exchange(world, number, these, interrupt, &mut met, &mut progress).await,
            Task::Perform(_) => {
                effects(world, number, these, interrupt, &mut perform, &mut met, &mut progress).await
            }
        };
        world.connection.notices().iter().for_each(|notice| progress(Progress::Notice(notice)));
        machine.tell(event);
    }
}

/// Performs effects that belong together.
async fn effects(
    world: World<'_>,
    number: usize,
    steps: &[&Step],
    interrupt: &Interrupt,
    perform: &mut impl AsyncFnMut(&[&Effect]) -> Result<(), Failure>,
    met: &mut Met,
    progress: &mut impl FnMut(Progress<'_>),
) -> Event {
    let began = Instant::now();
    let effects: Vec<&Effect> = steps.iter().filter_map(|step| effect(step)).collect();
    let performed = perform(&effects);
    let (performed, stopped) = attend(world.connection, interrupt, None, performed, |_| ()).await;
    match performed {
        // Done is done, also if somebody didn't want to wait for it.
        Ok(()) => {
            let took = began.elapsed();
            for step in steps {
                progress(Progress::Step { step, took, error: None });
            }
            Event::Done
        }
        Err(_) if stopped == Some(Stopped::Insisted) => Event::Interrupted,
        Err(failure) => {
            met.failed.push(FailedStep { number, error: StepError::Effect(failure) });
            Event::Failed(number)
        }
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

pub(super) fn effect(step: &Step) -> Option<&Effect> {
    match &step.action {
        Action::Effect(effect) => Some(effect),
        Action::Sql(_) => None,
    }
}

pub(super) fn statement(step: &Step) -> Option<&str> {
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
