//! What is done next, and what a failure means: pure, so that every order of events can be tried.
//!
//! A machine runs one plan. It hands out tasks one by one and is told how each ended. It never looks at the world: a
//! run that met a conflict ends, and the command observes and plans again.

use std::collections::VecDeque;
use std::ops::Range;

use mz_deploy_planner::plan::{Action, Command, Effect, Plan, Postcondition, Step};

/// What to do. Steps are numbered through all phases, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Look whether what these steps require still holds; nothing is done where it doesn't. A deployment is forgotten only if nothing
    /// of it is left.
    Check(Range<usize>),
    /// Send the statements of these steps one after another, without waiting for answers in between.
    Send(Range<usize>),
    /// Send the statements of these steps as one transaction, and look before its end whether what they require holds.
    Transaction(Range<usize>),
    /// Perform the effects of these steps. Several are rows for the ledger, which are written together.
    Perform(Range<usize>),
}

impl Task {
    /// The steps that it is about.
    pub fn steps(&self) -> Range<usize> {
        match self {
            Self::Check(steps) | Self::Send(steps) | Self::Transaction(steps) | Self::Perform(steps) => {
                steps.clone()
            }
        }
    }
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was done.
    Done,
    /// A step failed; those before it in the task were done.
    Failed(usize),
    /// Somebody else was quicker: what a step requires doesn't hold, or the server refused it for that reason. Neither it nor a
    /// transaction that it is in was done.
    Conflict,
    /// Whether the transaction was done can't be known: the connection ended during its last statement.
    Unknown,
    /// Somebody asked to stop.
    Interrupted,
    /// Somebody took over the deployment. Nothing more was done.
    TakenOver,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Complete,
    /// A step failed and nothing that can't be undone happened.
    Failed {
        /// The step.
        step: usize,
    },
    /// The exchange is done, but these steps failed; what would follow them is left.
    Partial {
        /// The steps that failed.
        failed: Vec<usize>,
    },
    /// Observe and plan again: the world moved, or it isn't known what happened.
    Again,
    /// Somebody asked to stop; this many steps were begun.
    Interrupted {
        /// The first step that wasn't begun.
        at: usize,
    },
    /// Somebody took over the deployment, and does what is left.
    TakenOver,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Do this and tell how it ended.
    Do(Task),
    /// Nothing more.
    Stop(Outcome),
}

/// The run of a plan.
#[derive(Clone, Debug)]
pub struct Machine {
    tasks: VecDeque<Planned>,
    /// The plan exchanges what production is; after that the way is forward.
    exchanges: bool,
    /// That was done.
    is_exchanged: bool,
    failed: Vec<usize>,
    ended: Option<Outcome>,
}

#[derive(Clone, Debug)]
struct Planned {
    task: Task,
    /// Only done if nothing failed before.
    is_barrier: bool,
}

impl Machine {
    /// A run of a plan that hasn't begun.
    pub fn new(plan: &Plan) -> Self {
        let exchanges = matches!(plan.command, Command::Promote | Command::Rollback);
        let is_exchanged = exchanges && !has_transaction(plan);
        Self { tasks: tasks(plan, is_exchanged), exchanges, is_exchanged, failed: Vec::new(), ended: None }
    }

    /// What to do now.
    pub fn next(&self) -> Next {
        if let Some(outcome) = &self.ended {
            return Next::Stop(outcome.clone());
        }
        match self.tasks.front() {
            Some(planned) if planned.is_barrier && !self.failed.is_empty() => Next::Stop(self.partial()),
            Some(planned) => Next::Do(planned.task.clone()),
            None if self.failed.is_empty() => Next::Stop(Outcome::Complete),
            None => Next::Stop(self.partial()),
        }
    }

    /// How the task that [`Self::next`] gave ended.
    pub fn tell(&mut self, event: Event) {
        let Some(Planned { task, is_barrier }) = self.tasks.pop_front() else { return };
        match event {
            Event::Done => self.is_exchanged |= self.exchanges && matches!(task, Task::Transaction(_)),
            Event::Failed(step) if self.is_exchanged => {
                self.failed.push(step);
                let left = step + 1..task.steps().end;
                if !left.is_empty() && matches!(task, Task::Send(_)) {
                    self.tasks.push_front(Planned { task: Task::Send(left), is_barrier });
                }
            }
            Event::Failed(step) => self.ended = Some(Outcome::Failed { step }),
            Event::Conflict | Event::Unknown => self.ended = Some(Outcome::Again),
            Event::Interrupted => self.ended = Some(Outcome::Interrupted { at: task.steps().start }),
            Event::TakenOver => self.ended = Some(Outcome::TakenOver),
        }
    }

    /// True if production is another version than before.
    pub fn is_exchanged(&self) -> bool {
        self.is_exchanged
    }

    fn partial(&self) -> Outcome {
        Outcome::Partial { failed: self.failed.clone() }
    }
}

/// A plan of an exchange without one goes on after it.
fn has_transaction(plan: &Plan) -> bool {
    plan.phases.iter().flat_map(|phase| &phase.steps).any(|step| step.group.is_some())
}

/// The tasks of a plan, in order.
fn tasks(plan: &Plan, mut is_exchanged: bool) -> VecDeque<Planned> {
    let exchanges = matches!(plan.command, Command::Promote | Command::Rollback);
    let mut tasks = VecDeque::new();
    let mut number = 0;
    for phase in &plan.phases {
        for run in phase.steps.chunk_by(together) {
            let steps = number..number + run.len();
            number = steps.end;
            add(&mut tasks, run, steps, is_exchanged);
            is_exchanged |= exchanges && run.iter().any(|step| step.group.is_some());
        }
    }
    tasks
}

fn add(tasks: &mut VecDeque<Planned>, run: &[Step], steps: Range<usize>, is_exchanged: bool) {
    let mut push = |task, is_barrier| tasks.push_back(Planned { task, is_barrier });
    match run.first().map(|step| (&step.action, &step.group)) {
        Some((_, Some(_))) => push(Task::Transaction(steps), true),
        Some((Action::Effect(effect), None)) => {
            if matches!(**effect, Effect::Forget) {
                push(Task::Check(steps.clone()), true);
            }
            push(Task::Perform(steps), is_barrier(effect));
        }
        Some((Action::Sql(_), None)) => {
            if run.iter().any(takes_away) {
                look_before(tasks, &steps, is_exchanged);
                tasks.push_back(Planned { task: Task::Send(steps), is_barrier: is_exchanged });
            } else if is_exchanged {
                // Each of these may take long and fails on its own.
                steps.for_each(|step| push(Task::Send(step..step + 1), false));
            } else {
                push(Task::Send(steps), false);
            }
        }
        None => {}
    }
}

/// Has these drops looked at before they are sent; one look is for all drops that follow one another.
fn look_before(tasks: &mut VecDeque<Planned>, drops: &Range<usize>, is_barrier: bool) {
    match tasks.iter_mut().rev().find(|planned| !matches!(planned.task, Task::Send(_))) {
        Some(Planned { task: Task::Check(looked), .. }) if looked.end == drops.start => {
            looked.end = drops.end;
        }
        _ => tasks.push_back(Planned { task: Task::Check(drops.clone()), is_barrier }),
    }
}

/// Steps that are one task.
fn together(a: &Step, b: &Step) -> bool {
    let is_like = match (&a.action, &b.action) {
        (Action::Sql(_), Action::Sql(_)) => takes_away(a) == takes_away(b),
        (Action::Effect(a), Action::Effect(b)) => is_row(a) && is_row(b),
        _ => false,
    };
    is_like && a.group == b.group
}

/// A step that drops something: that it is still the same thing is looked at before.
fn takes_away(step: &Step) -> bool {
    step.group.is_none() && step.postcondition == Some(Postcondition::Gone)
}

fn is_row(effect: &Effect) -> bool {
    matches!(effect, Effect::Record { .. })
}

/// Effects that say that all went well.
fn is_barrier(effect: &Effect) -> bool {
    !matches!(effect, Effect::KeepRemoved { .. } | Effect::DropUnnamedIndex { .. })
}

#[cfg(test)]
mod tests;
