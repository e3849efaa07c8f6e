//! Rules about statements.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::error::SqlError;
use crate::time::Pattern;

/// The moment at which something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nothing was done yet.
    Before,
    /// It was done, and the client doesn't know yet.
    After,
}

/// A statement that is about to be done, or was.
#[derive(Clone, Copy, Debug)]
pub struct StatementInfo<'a> {
    /// The session's number.
    pub connection: u32,
    /// As the client wrote it.
    pub text: &'a str,
    /// Which moment it is.
    pub when: When,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Time passes first, unless the rules are forgotten meanwhile.
    Delay(Duration),
    /// Another session does this first.
    Run(String),
    /// The statement fails.
    Fail(SqlError),
    /// The connection ends without a word.
    Disconnect,
}

/// What happens to which statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The statements: their text, without white space and comments around it.
    pub pattern: Pattern,
    /// Which of them, from 1; `None` for every one.
    pub nth: Option<u64>,
    /// Before or after it is done.
    pub when: When,
    /// What happens.
    pub action: Action,
}

/// Rules, and how often each was met.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    rules: Vec<(u64, Rule, u64)>,
    last: u64,
}

impl FaultPlan {
    /// Adds a rule; it counts from now on. Returns its number.
    pub fn add(&mut self, rule: Rule) -> u64 {
        self.last += 1;
        self.rules.push((self.last, rule, 0));
        self.last
    }

    /// Forgets all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// What is to happen now, in order: first what delays and comes in between, then at most one end.
    pub fn next(&mut self, statement: &StatementInfo<'_>) -> Vec<Action> {
        let text = bare(statement.text);
        let mut actions = Vec::new();
        for (_, rule, met) in &mut self.rules {
            if rule.when != statement.when || !rule.pattern.matches(text) {
                continue;
            }
            *met += 1;
            if rule.nth.is_none_or(|nth| nth == *met) {
                actions.push(rule.action.clone());
            }
        }
        let ends = |action: &Action| matches!(action, Action::Fail(_) | Action::Disconnect);
        actions.sort_by_key(ends);
        if let Some(end) = actions.iter().position(ends) {
            actions.truncate(end + 1);
        }
        actions
    }

    /// The rules that can still be met, each as a line: its number, what it says, how often it was met.
    pub fn list(&self) -> Vec<String> {
        let open = self.rules.iter().filter(|(_, rule, met)| rule.nth.is_none_or(|nth| *met < nth));
        open.map(|(number, rule, met)| format!("{number}: {rule} (met {met} times)")).collect()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = match self.when {
            When::Before => "before",
            When::After => "after",
        };
        match self.nth {
            Some(nth) => write!(f, "{when} statement {nth} like `{}`: ", self.pattern)?,
            None => write!(f, "{when} every statement like `{}`: ", self.pattern)?,
        }
        match &self.action {
            Action::Delay(by) => write!(f, "wait {} ms", by.as_millis()),
            Action::Run(sql) => write!(f, "run `{sql}`"),
            Action::Fail(error) => write!(f, "fail with {}: {}", error.code.0, error.message),
            Action::Disconnect => f.write_str("drop the connection"),
        }
    }
}

/// A statement's text without what doesn't count at its ends: white space, comments, the semicolon.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let rest = if let Some(comment) = text.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest)
        } else {
            return text.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
        };
        text = rest.trim_start();
    }
}

/// The handle of a plan that a server and a program share. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    plan: Arc<Mutex<FaultPlan>>,
    cleared: Arc<watch::Sender<()>>,
}

impl Faults {
    /// As [`FaultPlan::add`].
    pub fn add(&self, rule: Rule) -> u64 {
        self.lock().add(rule)
    }

    /// As [`FaultPlan::clear`]. What is delayed because of a rule goes on.
    pub fn clear(&self) {
        self.lock().clear();
        self.cleared.send_replace(());
    }

    /// Ends when the rules are forgotten, at any time after this call.
    pub fn cleared(&self) -> impl Future<Output = ()> + use<> {
        let mut cleared = self.cleared.subscribe();
        async move {
            if cleared.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// As [`FaultPlan::next`].
    pub fn next(&self, statement: &StatementInfo<'_>) -> Vec<Action> {
        self.lock().next(statement)
    }

    /// As [`FaultPlan::list`].
    pub fn list(&self) -> Vec<String> {
        self.lock().list()
    }

    fn lock(&self) -> MutexGuard<'_, FaultPlan> {
        // Rules are whole after every step, so a panic elsewhere does them no harm.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(pattern: &str, nth: Option<u64>, when: When, action: Action) -> Rule {
        Rule { pattern: Pattern::new(pattern), nth, when, action }
    }

    fn boom() -> Action {
        Action::Fail(SqlError::internal("boom"))
    }

    fn before(text: &str) -> StatementInfo<'_> {
        StatementInfo { connection: 1, text, when: When::Before }
    }

    #[test]
    fn the_nth_statement_that_matches_fails_and_no_other() {
        let mut plan = FaultPlan::default();
        plan.add(rule("ALTER SCHEMA%", Some(2), When::Before, boom()));
        let texts = [
            "alter schema a swap with b",
            "SELECT 1",
            "-- second\nALTER SCHEMA c SWAP WITH d;",
            "ALTER SCHEMA e SWAP WITH f",
        ];
        let found: Vec<usize> = texts.iter().map(|text| plan.next(&before(text)).len()).collect();
        assert_eq!(found, [0, 0, 1, 0]);
        assert!(plan.list().is_empty());
    }

    #[test]
    fn before_and_after_are_counted_apart() {
        let mut plan = FaultPlan::default();
        plan.add(rule("COMMIT", Some(1), When::After, Action::Disconnect));
        assert!(plan.next(&before("COMMIT")).is_empty());
        let after = StatementInfo { when: When::After, ..before("COMMIT") };
        assert_eq!(plan.next(&after), [Action::Disconnect]);
    }

    #[test]
    fn what_delays_comes_before_what_ends() {
        let mut plan = FaultPlan::default();
        plan.add(rule("%", None, When::Before, boom()));
        plan.add(rule("%", None, When::Before, Action::Disconnect));
        plan.add(rule("%", None, When::Before, Action::Delay(Duration::from_secs(1))));
        assert_eq!(plan.next(&before("SELECT 1")), [Action::Delay(Duration::from_secs(1)), boom()]);
    }

    #[test]
    fn rules_are_listed_until_they_are_met_or_cleared() {
        let faults = Faults::default();
        faults.add(rule("COMMIT", Some(2), When::After, Action::Disconnect));
        faults.add(rule("%", None, When::Before, Action::Run("DROP TABLE t".to_owned())));
        faults.next(&before("COMMIT"));
        assert_eq!(
            faults.list(),
            [
                "1: after statement 2 like `COMMIT`: drop the connection (met 0 times)",
                "2: before every statement like `%`: run `DROP TABLE t` (met 1 times)",
            ]
        );
        faults.clear();
        assert!(faults.list().is_empty() && faults.next(&before("COMMIT")).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Of any statements exactly the n-th that matches is hit.
        #[test]
        fn a_rule_is_met_once(matching in prop::collection::vec(any::<bool>(), 0..30), nth in 1_u64..10) {
            let mut plan = FaultPlan::default();
            plan.add(rule("DROP%", Some(nth), When::Before, boom()));
            let mut met = 0;
            for matches in matching {
                let hit = !plan.next(&before(if matches { "DROP TABLE t" } else { "SELECT 1" })).is_empty();
                met += u64::from(matches);
                prop_assert_eq!(hit, matches && met == nth);
            }
        }
    }
}
