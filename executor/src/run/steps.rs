//! What was done, step by step, for the ledger.
//!
//! Rows about the steps of a phase are sent with the first statements of a later one, and what is left at the end of the run: they
//! cost no round trip of their own. Nothing is ever done because of them, as what was done is seen in the catalog.

use std::cell::RefCell;
use std::time::Instant;

use mz_deploy_planner::plan::{Action, Plan};
use mz_deploy_planner::view;

use super::driver::{FailedStep, Progress, StepError};
use crate::db::ledger::{self, StepRow};
use crate::host::Failure;

/// Steps that were done and aren't written down yet.
#[derive(Debug)]
pub struct StepLog {
    /// Of which deployment; empty if it is of none, then nothing is written.
    deploy_id: String,
    command: &'static str,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    done: Vec<Done>,
    /// How many of these are of earlier phases.
    finished: usize,
    /// How many there were before.
    written: usize,
}

#[derive(Debug)]
struct Done {
    step: String,
    ended: Instant,
    took_ms: u64,
    error: Option<String>,
}

impl StepLog {
    /// Of the runs of a plan and of those that have to follow it.
    pub fn new(plan: &Plan) -> Self {
        Self {
            deploy_id: plan.deploy_id.to_string(),
            command: plan.command.name(),
            state: RefCell::default(),
        }
    }

    /// Notes what happens in a run. Failures are told at its end, with all that is known of them.
    pub fn hear(&self, progress: Progress<'_>) {
        let mut state = self.state.borrow_mut();
        match progress {
            Progress::Phase { .. } => state.finished = state.done.len(),
            Progress::Step { step, took, error: None } => state.done.push(Done {
                step: words(&step.action),
                ended: Instant::now(),
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                error: None,
            }),
            Progress::Step { .. } | Progress::Waiting { .. } | Progress::Notice(_) => {}
        }
    }

    /// Notes the steps that failed in a run of `plan`.
    pub fn failed(&self, plan: &Plan, failed: &[FailedStep]) {
        let steps: Vec<_> = plan.phases.iter().flat_map(|phase| &phase.steps).collect();
        let mut state = self.state.borrow_mut();
        for failed in failed {
            let Some(step) = steps.get(failed.number) else { continue };
            let error = match &failed.error {
                StepError::Database(error) => error.message.to_string(),
                StepError::Effect(failure) => Failure::words(failure),
            };
            let step = words(&step.action);
            state.done.push(Done { step, ended: Instant::now(), took_ms: 0, error: Some(error) });
        }
    }

    /// The statements that write down what was done in earlier phases.
    pub fn take_finished(&self) -> Vec<String> {
        let finished = self.state.borrow().finished;
        self.take(finished)
    }

    /// The statements that write down everything.
    pub fn take_all(&self) -> Vec<String> {
        let all = self.state.borrow().done.len();
        self.take(all)
    }

    fn take(&self, count: usize) -> Vec<String> {
        let mut state = self.state.borrow_mut();
        let before = state.written;
        let done: Vec<Done> = state.done.drain(..count).collect();
        state.written += done.len();
        state.finished = 0;
        if self.deploy_id.is_empty() || done.is_empty() {
            return Vec::new();
        }
        // One moment for all: steps that ended together must not seem to have ended in the opposite order.
        let now = Instant::now();
        let rows = done.into_iter().zip(before..).map(|(done, number)| StepRow {
            number: u64::try_from(number).unwrap_or(u64::MAX),
            step: done.step,
            ago: now.saturating_duration_since(done.ended),
            took_ms: done.took_ms,
            error: done.error,
        });
        ledger::steps(&self.deploy_id, self.command, rows).statements()
    }
}

/// The first line of what a step does.
fn words(action: &Action) -> String {
    match action {
        Action::Sql(sql) => sql.lines().next().unwrap_or_default().to_owned(),
        Action::Effect(effect) => view::effect_in_words(effect),
    }
}
