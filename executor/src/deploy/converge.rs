//! Observe, plan, run; and again, until nothing is left to do or something is in the way.

use std::time::Duration;

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::Live;
use mz_deploy_planner::plan::{Command, Effect, Plan};

use super::hold::taken_over;
use super::session::{Session, rejected};
use crate::db::Scope;
use crate::db::lease::{Held, Lease};
use crate::host::{Failure, FailureCode, Interrupt};
use crate::run::driver::{self, FailedStep, Progress, Run, StepError, World};
use crate::run::machine::Outcome;
use crate::run::steps::StepLog;

/// How often a plan is made again because the environment moved while it ran.
const ATTEMPTS: u32 = 10;
/// How long the first pause is before that; each further one is twice as long, and none is longer than a second.
const PAUSE: Duration = Duration::from_millis(50);

/// What is run, and how.
pub struct Work<'a> {
    /// The environment.
    pub session: &'a Session,
    /// What is looked at.
    pub scope: &'a Scope,
    /// Ends it before its time.
    pub interrupt: &'a Interrupt,
    /// What is to be done in a given environment.
    pub plan: &'a dyn Fn(&Live) -> Result<Plan, Vec<Diagnostic>>,
    /// What has to be held as long as anything is changed. There is one for each deployment.
    pub lease: Option<&'a Lease>,
}

impl<'a> Work<'a> {
    /// The connection, as long as what has to be held is.
    fn held(&self) -> Held<'a> {
        let connection = &self.session.connection;
        self.lease.map_or(Held::from(connection), |lease| Held::new(connection, lease))
    }
}

/// Runs `first`, a plan that was made and approved, and what has to follow it. What was done is written down, as far as the
/// connection allows it.
pub async fn converge(
    work: &Work<'_>,
    first: Plan,
    perform: impl AsyncFnMut(&[&Effect]) -> Result<(), Failure>,
    progress: impl FnMut(Progress<'_>),
) -> Result<(), Failure> {
    let log = StepLog::new(&first);
    let is_abort = first.command == Command::Abort;
    let result = to_the_end(work, first, &log, perform, progress).await;
    // Of a deployment that was taken away nothing is left, and neither are its steps; and one that was taken over may be another by now.
    if !(is_abort && result.is_ok()) {
        drop(work.held().pipeline(&log.take_all()).await);
    }
    result
}

async fn to_the_end(
    work: &Work<'_>,
    first: Plan,
    log: &StepLog,
    mut perform: impl AsyncFnMut(&[&Effect]) -> Result<(), Failure>,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<(), Failure> {
    let mut plan = first;
    let mut is_exchanged = false;
    for attempt in 0..ATTEMPTS {
        let exchanges = plan.phases.iter().flat_map(|phase| &phase.steps).any(|step| step.group.is_some());
        let connection = &work.session.connection;
        let observer = if exchanges { work.session.observer().await? } else { connection };
        let world = World {
            connection,
            observer,
            scope: work.scope,
            replan: work.plan,
            lease: work.lease,
            step_timeout: work.session.step_timeout,
            log,
        };
        let mut run = driver::run(world, &plan, work.interrupt, &mut perform, &mut progress).await;
        log.failed(&plan, &run.failed);
        is_exchanged |= run.is_exchanged;
        // What fails may fail for what somebody does who took over: that is to be said then.
        if let Some(lease) = work.lease
            && matches!(run.outcome, Outcome::TakenOver | Outcome::Failed { .. } | Outcome::Partial { .. })
        {
            match lease.is_held(connection).await {
                Ok(false) => return Err(taken_over(connection, lease, &plan.deploy_id, is_exchanged).await),
                // It wasn't there for a moment: somebody pushed it aside by mistake.
                Ok(true) if run.outcome == Outcome::TakenOver => run.outcome = Outcome::Again,
                Ok(true) | Err(_) => {}
            }
        }
        if run.outcome != Outcome::Again {
            return end(run, &plan);
        }
        let left = |failure: Failure| if is_exchanged { unfinished(&failure, &plan) } else { failure };
        if connection.is_closed() {
            return Err(lost());
        }
        tokio::time::sleep(pause(attempt)).await;
        let live = match (work.held().observe(work.scope).await, work.lease) {
            (Ok(live), _) => live,
            (Err(_), Some(lease)) if lease.lost_to().is_some() => {
                return Err(taken_over(connection, lease, &plan.deploy_id, is_exchanged).await);
            }
            (Err(error), _) => return Err(error.into()),
        };
        plan = (work.plan)(&live).map_err(rejected).map_err(left)?;
    }
    let message = format!("others change the environment all the time: {ATTEMPTS} attempts were in vain");
    Err(Failure::coded(FailureCode::Conflict, message).help("try again when less is going on"))
}

/// Longer from attempt to attempt, and never as long as that of another session that met the same conflict.
fn pause(attempt: u32) -> Duration {
    let longest = PAUSE.saturating_mul(1 << attempt.min(5)).min(Duration::from_secs(1));
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}

fn lost() -> Failure {
    Failure::new("the connection to the server was lost, and what the last statement did isn't known")
        .help("run the same command again: it looks at what is there, and goes on from that")
}

/// What is in the way of the rest, when the versions were exchanged.
fn unfinished(why: &Failure, plan: &Plan) -> Failure {
    let command = plan.command.name();
    let message =
        format!("the versions were exchanged, but something is in the way of the rest: {}", why.words());
    Failure::coded(FailureCode::Partial, message).help(format!(
        "run `mz-deploy {command} {}` again when it isn't: it does what is left",
        plan.deploy_id
    ))
}

fn end(run: Run, plan: &Plan) -> Result<(), Failure> {
    let Run { outcome, failed, is_exchanged, .. } = run;
    match outcome {
        Outcome::Complete => Ok(()),
        Outcome::Interrupted { .. } if is_exchanged => {
            Err(unfinished(&Failure::new("you asked to stop"), plan))
        }
        Outcome::Interrupted { .. } => Err(Failure::coded(FailureCode::Failed, "stopped as you asked")
            .help("run the same command again to go on")),
        Outcome::Partial { .. } => Err(partial(failed, plan)),
        Outcome::Failed { .. } | Outcome::Again | Outcome::TakenOver => {
            Err(failed.into_iter().next().map_or_else(lost, |failed| match failed.error {
                StepError::Database(error) => error.into(),
                StepError::Effect(failure) => failure,
            }))
        }
    }
}

/// What is left after an exchange that can't be taken back by doing nothing.
fn partial(failed: Vec<FailedStep>, plan: &Plan) -> Failure {
    let count = failed.len();
    let steps = if count == 1 { "one step" } else { "steps" };
    let mut message = format!("the versions were exchanged, but {count} {steps} failed:");
    if count == 1 {
        message = format!("the versions were exchanged, but {steps} failed:");
    }
    for failed in failed {
        let why = match failed.error {
            StepError::Database(error) => {
                let statement = error.statement.as_deref().unwrap_or_default();
                let statement = statement.lines().next().unwrap_or_default();
                format!("{statement}: {}", error.message)
            }
            StepError::Effect(Failure::Refused { message, .. }) => message,
            StepError::Effect(_) => "the ledger could not be written".to_owned(),
        };
        message.push_str("\n  ");
        message.push_str(&why);
    }
    let command = plan.command.name();
    Failure::coded(FailureCode::Partial, message).help(format!(
        "mend the cause and run `mz-deploy {command} {}` again: it does what is left",
        plan.deploy_id
    ))
}
