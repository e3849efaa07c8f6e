//! Calls of the functions of schema `mz_sandbox`, by which a session makes things go wrong.

use std::borrow::Cow;
use std::time::Duration;

use super::plan::{Action, Rule, When};
use crate::error::{SqlError, SqlState};
use crate::sql::ast::{Expr, FunctionArgs, SelectItem, SetExpr, Statement, Value, With};
use crate::time::{Pattern, parse_duration};

/// The schema of the functions. It is no part of the catalog: nothing but a bare call in a `SELECT` knows it.
pub const SCHEMA: &str = "mz_sandbox";

/// The functions, with their arguments.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("advance", "interval"),
    ("clear", ""),
    ("delay", "pattern, n, interval"),
    ("disk_full", "boolean"),
    ("drop_connection", "pattern, n, 'before' | 'after'"),
    ("fail_statement", "pattern, n, code, message"),
    ("hold_clock", ""),
    ("lag", "pattern of objects, interval"),
    ("list", ""),
    ("lose_replica", "cluster.replica"),
    ("oom", "cluster"),
    ("release_clock", ""),
    ("restart_replica", "cluster.replica"),
    ("run_after", "pattern, n, sql"),
    ("run_before", "pattern, n, sql"),
    ("set_hydration", "pattern of objects, interval"),
];

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// From now on this rule holds.
    Add(Rule),
    /// Everything is well again.
    Clear,
    /// Says what rules there are.
    List,
    /// The replicas of a cluster run out of memory.
    Oom(String),
    /// A replica is gone: cluster, replica.
    LoseReplica(String, String),
    /// A replica's process ends and starts again: cluster, replica.
    RestartReplica(String, String),
    /// Objects are this far behind; `None` for ever further.
    Lag(Pattern, Option<Duration>),
    /// Objects take this long to hydrate; `None` for ever.
    SetHydration(Pattern, Option<Duration>),
    /// The clock stands still.
    HoldClock,
    /// It goes on.
    ReleaseClock,
    /// It moves forward.
    Advance(Duration),
    /// The data directory has no room, or has again.
    DiskFull(bool),
}

impl Call {
    /// Reads a statement `SELECT mz_sandbox.f(…)`; `None` if it isn't one.
    pub fn parse(statement: &Statement) -> Option<Result<Self, SqlError>> {
        let Statement::Select(select) = statement else { return None };
        let query = &select.query;
        let SetExpr::Select(body) = &query.body else { return None };
        let [SelectItem::Expr { expr: Expr::Function(function), .. }] = body.projection.as_slice() else {
            return None;
        };
        let [schema, name] = function.name.0.as_slice() else { return None };
        if schema.as_str() != SCHEMA {
            return None;
        }
        let is_bare = body.from.is_empty()
            && body.selection.is_none()
            && body.group_by.is_empty()
            && matches!(&query.with, With::Simple(ctes) if ctes.is_empty());
        let FunctionArgs::List(arguments) = &function.args else {
            return Some(Err(wrong_arguments(name.as_str())));
        };
        if !is_bare {
            return Some(Err(SqlError::unsupported(format!("{SCHEMA}.{} within a query", name.as_str()))));
        }
        let arguments: Option<Vec<Argument>> = arguments.iter().map(argument).collect();
        Some(match arguments {
            Some(arguments) => call(name.as_str(), &arguments),
            None => Err(wrong_arguments(name.as_str())),
        })
    }
}

/// An argument: a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Argument {
    Text(String),
    Number(u64),
    Boolean(bool),
    Null,
}

fn argument(expr: &Expr) -> Option<Argument> {
    match expr {
        Expr::Nested(inner) => argument(inner),
        Expr::Value(Value::String(text)) => Some(Argument::Text(text.clone())),
        Expr::Value(Value::Number(text)) => text.parse().ok().map(Argument::Number),
        Expr::Value(Value::Boolean(value)) => Some(Argument::Boolean(*value)),
        Expr::Value(Value::Null) => Some(Argument::Null),
        // A unit after the text is as good as one in it.
        Expr::Value(Value::Interval(interval)) => match &interval.from {
            Some(unit) => Some(Argument::Text(format!("{} {unit}", interval.value))),
            None => Some(Argument::Text(interval.value.clone())),
        },
        _ => None,
    }
}

fn call(name: &str, arguments: &[Argument]) -> Result<Call, SqlError> {
    use Argument::{Boolean, Text};
    if !FUNCTIONS.iter().any(|(known, _)| *known == name) {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        return Err(SqlError::internal(format!("function \"{SCHEMA}.{name}\" does not exist"))
            .with_hint(format!("There are: {}.", known.join(", "))));
    }
    let wrong = || wrong_arguments(name);
    Ok(match (name, arguments) {
        ("clear", []) => Call::Clear,
        ("list", []) => Call::List,
        ("hold_clock", []) => Call::HoldClock,
        ("release_clock", []) => Call::ReleaseClock,
        ("disk_full", [Boolean(full)]) => Call::DiskFull(*full),
        ("advance", [Text(by)]) => Call::Advance(duration(by)?),
        ("oom", [Text(cluster)]) => Call::Oom(cluster.clone()),
        ("lose_replica", [Text(replica)]) => {
            let (cluster, replica) = replica.rsplit_once('.').ok_or_else(wrong)?;
            Call::LoseReplica(cluster.to_owned(), replica.to_owned())
        }
        ("restart_replica", [Text(replica)]) => {
            let (cluster, replica) = replica.rsplit_once('.').ok_or_else(wrong)?;
            Call::RestartReplica(cluster.to_owned(), replica.to_owned())
        }
        ("lag", [Text(pattern), by]) => Call::Lag(Pattern::new(pattern), optional(by).ok_or_else(wrong)??),
        ("set_hydration", [Text(pattern), takes]) => {
            Call::SetHydration(Pattern::new(pattern), optional(takes).ok_or_else(wrong)??)
        }
        (_, [Text(pattern), nth, rest @ ..]) => {
            let nth = match nth {
                Argument::Number(nth) if *nth > 0 => Some(*nth),
                Argument::Null => None,
                _ => return Err(wrong()),
            };
            let (when, action) = match (name, rest) {
                ("fail_statement", [Text(code), Text(message)]) => {
                    (When::Before, Action::Fail(SqlError::new(state(code)?, message.clone())))
                }
                ("delay", [Text(by)]) => (When::Before, Action::Delay(duration(by)?)),
                ("drop_connection", [Text(when)]) if when == "before" => (When::Before, Action::Disconnect),
                ("drop_connection", [Text(when)]) if when == "after" => (When::After, Action::Disconnect),
                ("run_before", [Text(sql)]) => (When::Before, Action::Run(sql.clone())),
                ("run_after", [Text(sql)]) => (When::After, Action::Run(sql.clone())),
                _ => return Err(wrong()),
            };
            Call::Add(Rule { pattern: Pattern::new(pattern), nth, when, action })
        }
        _ => return Err(wrong()),
    })
}

/// An interval, or NULL for one without end; `None` if it is neither.
fn optional(argument: &Argument) -> Option<Result<Option<Duration>, SqlError>> {
    match argument {
        Argument::Text(text) => Some(duration(text).map(Some)),
        Argument::Null => Some(Ok(None)),
        _ => None,
    }
}

fn duration(text: &str) -> Result<Duration, SqlError> {
    parse_duration(text).ok_or_else(|| {
        let message = format!("invalid interval `{text}`: expected a length such as `500 ms` or `1 minute`");
        SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message)
    })
}

/// A code of five digits and upper-case letters.
fn state(code: &str) -> Result<SqlState, SqlError> {
    let is_code = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    if code.len() != 5 || !code.chars().all(is_code) {
        let message = format!("invalid code `{code}`: expected five digits and upper-case letters");
        return Err(SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message));
    }
    // Codes are known when the program is written, but for these few: each call that names one costs five bytes.
    Ok(SqlState(code.to_owned().leak()))
}

fn wrong_arguments(name: &str) -> SqlError {
    let arguments = FUNCTIONS.iter().find(|(known, _)| *known == name).map_or("", |(_, arguments)| arguments);
    let message: Cow<'static, str> = format!("wrong arguments for {SCHEMA}.{name}").into();
    SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message)
        .with_hint(format!("Call {SCHEMA}.{name}({arguments}) with literals."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::parser::parse_statements;

    /// Reads what a session writes.
    fn parse(call: &str) -> Option<Result<Call, SqlError>> {
        let statements = parse_statements(&format!("SELECT {call}")).expect("it is a statement");
        statements.first().and_then(|parsed| Call::parse(&parsed.statement))
    }

    fn problem(call: &str) -> SqlError {
        parse(call).expect("it is a call").expect_err("something is wrong with it")
    }

    fn add(nth: Option<u64>, when: When, action: Action) -> Call {
        Call::Add(Rule { pattern: Pattern::new("ALTER%"), nth, when, action })
    }

    #[test]
    fn calls_are_rules() {
        let boom = || Action::Fail(SqlError::internal("boom"));
        let cases = [
            ("fail_statement('ALTER%', 2, 'XX000', 'boom')", add(Some(2), When::Before, boom())),
            ("fail_statement('ALTER%', NULL, 'XX000', 'boom')", add(None, When::Before, boom())),
            (
                "delay('ALTER%', 1, INTERVAL '5' SECOND)",
                add(Some(1), When::Before, Action::Delay(Duration::from_secs(5))),
            ),
            ("drop_connection('ALTER%', 1, 'before')", add(Some(1), When::Before, Action::Disconnect)),
            ("drop_connection('ALTER%', 1, 'after')", add(Some(1), When::After, Action::Disconnect)),
            (
                "run_before('ALTER%', 1, 'DROP TABLE t')",
                add(Some(1), When::Before, Action::Run("DROP TABLE t".into())),
            ),
            (
                "run_after('ALTER%', 1, 'DROP TABLE t')",
                add(Some(1), When::After, Action::Run("DROP TABLE t".into())),
            ),
        ];
        for (call, expected) in cases {
            assert_eq!(parse(&format!("mz_sandbox.{call}")), Some(Ok(expected)), "{call}");
        }
    }

    #[test]
    fn calls_change_the_world() {
        let minute = Some(Duration::from_mins(1));
        let cases = [
            ("oom('prod')", Call::Oom("prod".into())),
            ("lose_replica('prod.r1')", Call::LoseReplica("prod".into(), "r1".into())),
            ("restart_replica('prod.r1')", Call::RestartReplica("prod".into(), "r1".into())),
            ("lag('m', INTERVAL '1 minute')", Call::Lag(Pattern::new("m"), minute)),
            ("set_hydration('m', '1 minute')", Call::SetHydration(Pattern::new("m"), minute)),
            ("set_hydration('m', NULL)", Call::SetHydration(Pattern::new("m"), None)),
            ("advance('1 minute')", Call::Advance(Duration::from_mins(1))),
            ("hold_clock()", Call::HoldClock),
            ("release_clock()", Call::ReleaseClock),
            ("disk_full(true)", Call::DiskFull(true)),
            ("clear()", Call::Clear),
            ("list()", Call::List),
        ];
        for (call, expected) in cases {
            assert_eq!(parse(&format!("mz_sandbox.{call}")), Some(Ok(expected)), "{call}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_call_is_said() {
        let unknown = problem("mz_sandbox.nosuch()");
        assert_eq!(unknown.message, "function \"mz_sandbox.nosuch\" does not exist");
        let from_zero = problem("mz_sandbox.delay('%', 0, '1s')");
        assert_eq!(
            from_zero.hint.as_deref(),
            Some("Call mz_sandbox.delay(pattern, n, interval) with literals.")
        );
        let interval = problem("mz_sandbox.advance('soon')");
        assert!(interval.message.starts_with("invalid interval `soon`"), "{interval}");
        let code = problem("mz_sandbox.fail_statement('%', 1, 'oops', 'x')");
        assert_eq!(code.code, SqlState::INVALID_PARAMETER_VALUE);
        assert!(problem("mz_sandbox.oom('a' || 'b')").hint.is_some());
        assert_eq!(problem("mz_sandbox.clear() FROM t").code, SqlState::FEATURE_NOT_SUPPORTED);
    }

    #[test]
    fn other_statements_are_no_calls() {
        for call in ["public.clear()", "clear()", "1", "mz_sandbox.clear(), 1"] {
            assert_eq!(parse(call), None, "{call}");
        }
    }
}
