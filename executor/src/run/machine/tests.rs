use mz_deploy_planner::input::StrategyChoice;
use mz_deploy_planner::plan::{
    Cause, Cost, Inputs, Inverse, Moment, PLAN_FORMAT, Phase, Postcondition, Precondition,
};
use proptest::prelude::*;

use super::*;

/// Kinds of steps: `s` a statement, `t` one of the swap transaction, `d` a drop, `v` an effect that says that all went
/// well, `r` a row for the ledger.
fn step(kind: char) -> Step {
    let cause = Cause { object: None, path: None, line: None };
    let sql = Action::Sql("SELECT 1".into());
    let effect = |effect| Action::Effect(Box::new(effect));
    let record = || Effect::Record { table: "t".into(), columns: Vec::new(), rows: Vec::new() };
    let plain = Step {
        action: sql,
        cause,
        preconditions: Vec::new(),
        postcondition: None,
        inverse: Inverse::Nothing,
        group: None,
    };
    match kind {
        't' => Step { group: Some("swap".into()), ..plain },
        'd' => Step {
            preconditions: vec![Precondition::Present { kind: "schema".into(), name: "s".into(), id: None }],
            postcondition: Some(Postcondition::Gone),
            ..plain
        },
        'v' => Step { action: effect(Effect::WaitUntilReady), ..plain },
        'r' => Step { action: effect(record()), ..plain },
        _ => plain,
    }
}

/// A plan of phases, each a word of kinds of steps.
fn plan(command: Command, phases: &str) -> Plan {
    let phase =
        |word: &str| Phase { name: word.into(), at: Moment::Now, steps: word.chars().map(step).collect() };
    Plan {
        format: PLAN_FORMAT,
        command,
        id: "id".into(),
        deploy_id: "x".into(),
        profile: None,
        strategy: StrategyChoice::Swap,
        taken: StrategyChoice::Swap,
        inputs: Inputs::default(),
        changes: Vec::new(),
        needs: Vec::new(),
        scopes: Vec::new(),
        drift: Vec::new(),
        notes: Vec::new(),
        withdrawn: Vec::new(),
        unchanged: Vec::new(),
        cost: Cost::default(),
        alternatives: Vec::new(),
        phases: phases.split_whitespace().map(phase).collect(),
    }
}

/// Runs a plan. `fails` says which steps fail. Returns the steps that were done, in order, and how it ended.
fn run(command: Command, phases: &str, fails: &[usize]) -> (Vec<usize>, Outcome) {
    let plan = plan(command, phases);
    let mut machine = Machine::new(&plan);
    let mut done = Vec::new();
    loop {
        let task = match machine.next() {
            Next::Do(task) => task,
            Next::Stop(outcome) => return (done, outcome),
        };
        if matches!(task, Task::Check(_)) {
            machine.tell(Event::Done);
            continue;
        }
        let failing = task.steps().find(|step| fails.contains(step));
        match (&task, failing) {
            // A transaction is done as a whole or not at all.
            (Task::Transaction(_), Some(step)) => machine.tell(Event::Failed(step)),
            (_, Some(step)) => {
                done.extend(task.steps().start..step);
                machine.tell(Event::Failed(step));
            }
            (_, None) => {
                done.extend(task.steps());
                machine.tell(Event::Done);
            }
        }
    }
}

#[test]
fn without_failures_everything_is_done_once_and_in_order() {
    let (done, outcome) = run(Command::Promote, "v ss ttt ss v dd v", &[]);
    assert_eq!(done, (0..12).collect::<Vec<_>>());
    assert_eq!(outcome, Outcome::Complete);
}

#[test]
fn drops_are_looked_at_before_they_are_sent_and_once_if_they_follow_one_another() {
    let looks = |phases: &str| -> Vec<(usize, usize)> {
        let planned = Machine::new(&plan(Command::Promote, phases)).tasks;
        let looks = planned.into_iter().filter(|planned| matches!(planned.task, Task::Check(_)));
        looks.map(|planned| planned.task.steps()).map(|steps| (steps.start, steps.end)).collect()
    };
    assert_eq!(looks("t dd d d v"), [(1, 5)]);
    assert_eq!(looks("t dd v dd s d"), [(1, 3), (4, 6), (7, 8)]);
}

#[test]
fn a_failure_before_the_exchange_ends_the_run() {
    let (done, outcome) = run(Command::Promote, "ss ttt s dd", &[1]);
    assert_eq!((done, outcome), (vec![0], Outcome::Failed { step: 1 }));
}

#[test]
fn a_failed_exchange_leaves_nothing_done_after_it() {
    let (done, outcome) = run(Command::Promote, "ss ttt s dd", &[3]);
    assert_eq!((done, outcome), (vec![0, 1], Outcome::Failed { step: 3 }));
}

#[test]
fn after_the_exchange_a_failure_keeps_others_from_nothing_but_what_relies_on_all() {
    let (done, outcome) = run(Command::Promote, "t sss v dd", &[1]);
    assert_eq!((done, outcome), (vec![0, 2, 3], Outcome::Partial { failed: vec![1] }));
}

#[test]
fn a_promotion_that_goes_on_after_the_exchange_is_forgiving_too() {
    let (done, outcome) = run(Command::Promote, "sss v dd", &[0, 2]);
    assert_eq!((done, outcome), (vec![1], Outcome::Partial { failed: vec![0, 2] }));
}

#[test]
fn a_transaction_of_apply_is_no_point_of_no_return() {
    let (done, outcome) = run(Command::Apply, "tt ss", &[2]);
    assert_eq!((done, outcome), (vec![0, 1], Outcome::Failed { step: 2 }));
}

#[test]
fn rows_of_the_ledger_are_one_task() {
    let machine = Machine::new(&plan(Command::Stage, "rrr s"));
    assert_eq!(machine.next(), Next::Do(Task::Perform(0..3)));
}

#[test]
fn what_is_dropped_is_looked_at_just_before() {
    let mut machine = Machine::new(&plan(Command::Cleanup, "dd"));
    assert_eq!(machine.next(), Next::Do(Task::Check(0..2)));
    machine.tell(Event::Conflict);
    assert_eq!(machine.next(), Next::Stop(Outcome::Again));
}

#[test]
fn a_stop_that_was_asked_for_says_where() {
    let mut machine = Machine::new(&plan(Command::Stage, "r ss"));
    machine.tell(Event::Done);
    machine.tell(Event::Interrupted);
    assert_eq!(machine.next(), Next::Stop(Outcome::Interrupted { at: 1 }));
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::Stage),
        Just(Command::Promote),
        Just(Command::Rollback),
        Just(Command::Cleanup),
        Just(Command::Apply),
    ]
}

proptest! {
    /// Whatever fails: no step is done twice or out of order, a failed step isn't done, and nothing is dropped after
    /// a failure. The outcome is complete exactly if nothing failed.
    #[test]
    fn no_order_of_failures_drops_anything_after_one(
        command in any_command(),
        phases in proptest::collection::vec("[sdvr]{1,4}|t{1,3}", 1..6),
        fails in proptest::collection::vec(0_usize..20, 0..4),
    ) {
        let text = phases.join(" ");
        let kinds: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
        let (done, outcome) = run(command, &text, &fails);
        prop_assert!(done.is_sorted_by(|a, b| a < b));
        prop_assert!(done.iter().all(|step| !fails.contains(step)));
        let first = (0..kinds.len()).find(|step| fails.contains(step));
        if let Some(first) = first {
            let dropped = done.iter().any(|step| *step > first && kinds.get(*step) == Some(&'d'));
            prop_assert!(!dropped, "{text}: {done:?}");
            prop_assert_ne!(&outcome, &Outcome::Complete);
        } else {
            prop_assert_eq!(done.len(), kinds.len());
            prop_assert_eq!(outcome, Outcome::Complete);
        }
    }
}
