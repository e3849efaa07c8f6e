//! A recorded plan is a row of a table that several roles may write to. Nothing of it runs unless it is a statement that
//! such a phase has: one statement, which begins as those do. What a statement is about is bound to recorded ids besides.

use smol_str::format_smolstr;

use crate::diagnostic::{Code, Diagnostic};
use crate::plan::model::{Action, Inverse, Moment, Phase, Plan};
use crate::plan::promote_phases::{IN_PLACE, OLD_VERSION, REPLACEMENTS, SINKS};
use crate::source::Location;
use crate::syntax::token::{Token, TokenKind, tokenize};

const ALTERED: &[&str] = &["GRANT", "REVOKE", "COMMENT ON", "ALTER DEFAULT PRIVILEGES"];
const STAGED: &[&str] = &[
    "CREATE DATABASE",
    "CREATE SCHEMA",
    "CREATE CLUSTER",
    "CREATE VIEW",
    "CREATE MATERIALIZED VIEW",
    "CREATE REPLACEMENT MATERIALIZED VIEW",
    "CREATE INDEX",
    "CREATE DEFAULT INDEX",
    "CREATE OR REPLACE VIEW",
    "CREATE OR REPLACE MATERIALIZED VIEW",
];
const SINK: &[&str] = &["CREATE SINK", "DROP SINK", "ALTER SINK"];
const REPLACED: &[&str] = &["ALTER MATERIALIZED VIEW"];
const DROPPED: &[&str] = &["DROP"];

/// The errors for statements that can't be a plan's.
pub(super) fn check(plan: &Plan) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for phase in &plan.phases {
        for step in phase.steps.iter().filter(|step| step.group.is_none()) {
            if let Action::Sql(sql) = &step.action
                && (!begins_as(sql, expected(phase)) || cascades(sql))
            {
                problems.push(problem(sql, &phase.name));
            }
            if let Inverse::Sql(sql) = &step.inverse
                && let Some(expected) = expected_inverse(phase)
                && (!begins_as(sql, expected) || cascades(sql))
            {
                problems.push(problem(sql, &phase.name));
            }
        }
    }
    problems
}

/// The error for a statement.
pub(super) fn problem(sql: &str, phase: &str) -> Diagnostic {
    let message = format_smolstr!("the recorded plan has `{sql}` in the phase `{phase}`, where it can't be");
    Diagnostic::error(Code::InvalidRecord, Location::nowhere(), message)
        .help("the record was changed: find out by whom, then take away by hand what was staged")
}

fn expected(phase: &Phase) -> [&'static [&'static str]; 2] {
    match (phase.at, phase.name.as_str()) {
        (Moment::Stage, _) => [STAGED, ALTERED],
        (_, SINKS) => [SINK, ALTERED],
        (_, REPLACEMENTS) => [REPLACED, ALTERED],
        (_, IN_PLACE) => [ALTERED, &[]],
        (_, OLD_VERSION) => [DROPPED, &[]],
        _ => [&[], &[]],
    }
}

/// How the inverses begin that are looked at: what they drop is dropped by statements that are written anew.
fn expected_inverse(phase: &Phase) -> Option<[&'static [&'static str]; 2]> {
    match (phase.at, phase.name.as_str()) {
        (Moment::Stage, _) => Some([DROPPED, ALTERED]),
        (_, SINKS) => Some([SINK, ALTERED]),
        (_, IN_PLACE) => Some([ALTERED, &[]]),
        _ => None,
    }
}

/// True for a statement that changes nothing but grants, comments and default privileges.
pub(super) fn alters(sql: &str) -> bool {
    begins_as(sql, [ALTERED, &[]])
}

/// True for a drop that takes along what it doesn't name: no plan has one.
fn cascades(sql: &str) -> bool {
    let (tokens, _) = tokenize(sql);
    let is = |token: Option<&Token>, word| token.is_some_and(|token| token.is_keyword(sql, word));
    is(tokens.first(), "DROP") && is(tokens.last(), "CASCADE")
}

fn begins_as(sql: &str, expected: [&[&str]; 2]) -> bool {
    let (tokens, error) = tokenize(sql);
    let is_one = error.is_none() && tokens.iter().all(|token| token.kind != TokenKind::Semicolon);
    let begins = |words: &str| {
        let mut rest = tokens.iter();
        words.split(' ').all(|word| rest.next().is_some_and(|token| token.is_keyword(sql, word)))
    };
    is_one && expected.into_iter().flatten().any(|words| begins(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_one_and_begins_as_those_of_its_phase() {
        assert!(begins_as("create  sink app.k.k FROM app.s.m INTO KAFKA", [SINK, ALTERED]));
        assert!(begins_as("COMMENT ON SINK app.k.k IS ';'", [SINK, ALTERED]));
        assert!(!begins_as("CREATE SINK app.k.k FROM app.s.m; DROP DATABASE app", [SINK, ALTERED]));
        assert!(!begins_as("/* CREATE SINK */ DROP DATABASE app CASCADE", [SINK, ALTERED]));
        assert!(!begins_as("CREATE SINK 'x", [SINK, ALTERED]));
        assert!(!begins_as("", [SINK, ALTERED]));
    }

    #[test]
    fn a_drop_that_ends_with_cascade_is_told_from_one_of_something_of_that_name() {
        assert!(cascades("DROP VIEW app.s.v CASCADE"));
        assert!(cascades("drop schema app.s /* RESTRICT */ cascade -- RESTRICT"));
        assert!(!cascades("DROP VIEW app.s.cascade RESTRICT"));
        assert!(!cascades("COMMENT ON VIEW app.s.v IS 'CASCADE'"));
    }
}
