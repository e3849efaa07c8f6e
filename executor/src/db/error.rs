//! What goes wrong with a server, by kind.
//!
//! Materialize gives nearly every error the SQLSTATE `XX000`, so a kind follows from the SQLSTATE where there is one and
//! from the beginning of the message elsewhere.

use std::fmt;

use super::redaction::Redactions;
use crate::host::{Failure, FailureCode};

/// Lines of a statement that an error shows.
const SHOWN_LINES: usize = 5;
/// What helps a statement that took too long.
const MORE_TIME: &str = "give it more time: `--statement-timeout`, or `statement_timeout` in the profile; it is the server's default otherwise";
/// Characters of a line that an error shows.
const SHOWN_WIDTH: usize = 160;

/// What an error means to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The server could not be reached.
    Unreachable,
    /// The connection could not be encrypted as the profile asks for.
    Tls,
    /// The server doesn't know the user, or not with this password, or refuses the network that it comes from.
    Authentication,
    /// The connection ended. What the last statement did is unknown.
    Closed,
    /// Another session changed the catalog while a DDL transaction was open (`40001`): nothing was done.
    Conflict,
    /// A privilege or ownership is missing (`42501`).
    Privilege,
    /// The name is taken.
    NameTaken,
    /// Something that the statement names isn't there (any more).
    Missing,
    /// Something that would be dropped is needed by something else.
    DependedUpon,
    /// A limit of the environment would be passed (`53000`).
    Limit,
    /// The statement was cancelled (`57014`).
    Cancelled,
    /// The statement took longer than it may (`57014` too).
    TimedOut,
    /// The statement can't be read (`42601`).
    Syntax,
    /// It can't run in this transaction (`25…`).
    Transaction,
    /// A replacement has another shape than what it would replace, or that is sealed.
    Replacement,
    /// The server has no such feature, or it is switched off.
    Unsupported,
    /// The answer was another than the one that the question has.
    UnexpectedAnswer,
    /// Anything else.
    Other,
}

impl Kind {
    /// What a failed command is called because of it.
    fn code(self) -> FailureCode {
        match self {
            Self::Unreachable | Self::Tls | Self::Authentication => FailureCode::ConnectionFailed,
            Self::Closed => FailureCode::ConnectionLost,
            Self::Conflict => FailureCode::Conflict,
            Self::TimedOut => FailureCode::TimedOut,
            Self::Privilege
            | Self::NameTaken
            | Self::Missing
            | Self::DependedUpon
            | Self::Limit
            | Self::Cancelled
            | Self::Syntax
            | Self::Transaction
            | Self::Replacement
            | Self::Unsupported
            | Self::UnexpectedAnswer
            | Self::Other => FailureCode::StatementFailed,
        }
    }
}

/// A statement, or a connection, that failed. No text of it holds a hidden value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbError {
    /// What it means.
    pub kind: Kind,
    /// The server's code; absent where the server didn't say anything.
    pub sqlstate: Option<Box<str>>,
    /// What happened.
    pub message: Box<str>,
    /// More about it.
    pub detail: Option<Box<str>>,
    /// What to do.
    pub hint: Option<Box<str>>,
    /// The first lines of the statement.
    pub statement: Option<Box<str>>,
}

impl DbError {
    /// An error that no server reported.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into().into_boxed_str();
        Self { kind, sqlstate: None, message, detail: None, hint: None, statement: None }
    }

    /// With what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into_boxed_str());
        self
    }

    /// An answer that doesn't fit its question.
    pub(crate) fn unexpected(message: impl Into<String>) -> Self {
        Self::new(Kind::UnexpectedAnswer, message)
    }

    /// What the server or the connection said about `statement`.
    pub(super) fn of_statement(
        error: &tokio_postgres::Error,
        statement: &str,
        redactions: &Redactions,
    ) -> Self {
        let mut failed = match error.as_db_error() {
            Some(reported) => Self::reported(reported, redactions),
            None if error.is_closed() => Self::new(Kind::Closed, "the connection to the server was closed"),
            None => Self::new(Kind::Closed, redactions.scrub(&in_words(error))),
        };
        failed.statement = Some(first_lines(&redactions.scrub(statement)).into_boxed_str());
        failed
    }

    /// What a server reported.
    pub(super) fn reported(error: &tokio_postgres::error::DbError, redactions: &Redactions) -> Self {
        let scrubbed = |text: &str| redactions.scrub(text).into_boxed_str();
        let kind = kind(error.code().code(), error.message());
        let more_time = (kind == Kind::TimedOut).then(|| MORE_TIME.into());
        Self {
            kind,
            sqlstate: Some(error.code().code().into()),
            message: scrubbed(error.message()),
            detail: error.detail().map(scrubbed),
            hint: error.hint().map(scrubbed).or(more_time),
            statement: None,
        }
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DbError {}

/// All of it for a terminal; the hint becomes the help.
impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        let mut message = error.message.into_string();
        if let Some(detail) = &error.detail {
            message.push_str("\n  ");
            message.push_str(&detail.replace('\n', "\n  "));
        }
        if let Some(statement) = &error.statement {
            message.push_str("\n  in: ");
            message.push_str(&statement.replace('\n', "\n      "));
        }
        Self::Refused { code: error.kind.code(), message, help: error.hint.map(Into::into) }
    }
}

/// The kind of an error that a server reported.
fn kind(sqlstate: &str, message: &str) -> Kind {
    match sqlstate {
        "40001" => Kind::Conflict,
        "42501" => Kind::Privilege,
        "42601" | "54000" => Kind::Syntax,
        "42701" => Kind::NameTaken,
        "42704" if message.starts_with("unrecognized configuration parameter") => Kind::Unsupported,
        "42704" | "3F000" => Kind::Missing,
        "2BP01" => Kind::DependedUpon,
        "53000" => Kind::Limit,
        "57014" if message.contains("statement timeout") => Kind::TimedOut,
        "57014" => Kind::Cancelled,
        "57P01" | "57P02" | "57P03" => Kind::Closed,
        "28000" | "28P01" | "MZ010" | "MZ011" => Kind::Authentication,
        "55000" => Kind::Replacement,
        _ if sqlstate.starts_with("25") => Kind::Transaction,
        _ if sqlstate.starts_with("08") => Kind::Closed,
        _ => kind_of_message(message),
    }
}

/// The kind of an error whose SQLSTATE says nothing, by what its message says.
fn kind_of_message(message: &str) -> Kind {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| message.starts_with(beginning));
    let holds = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    if message.ends_with("already exists")
        || message == "uniqueness violation"
        || begins(&["cannot create multiple replicas named "])
    {
        Kind::NameTaken
    } else if begins(&["unknown "]) || holds(&[" has no CLUSTER REPLICA named "]) || ends_missing(message) {
        Kind::Missing
    } else if holds(&["still depended upon by ", "because other objects depend on it"])
        || holds(&["cannot be dropped without CASCADE", "cannot be dropped with RESTRICT"])
    {
        Kind::DependedUpon
    } else if begins(&["replacement schema differs", "cannot replace "]) || holds(&["has a replacement:"]) {
        Kind::Replacement
    } else if holds(&[" is not available", " not yet supported", " is not supported", " are not supported"]) {
        Kind::Unsupported
    } else {
        Kind::Other
    }
}

fn ends_missing(message: &str) -> bool {
    message.ends_with("does not exist") || message.ends_with("was dropped")
}

/// What a cause explains better.
const SAYS_NOTHING: [&str; 3] =
    ["db error", "error communicating with the server", "error connecting to server"];

/// An error and its causes, without the ones that say nothing.
pub(super) fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        cause = error.source();
        let said = error.to_string();
        let said = said.split(" (os error").next().unwrap_or_default();
        let is_said = words.iter().any(|word| word.contains(said));
        let is_explained = cause.is_some() && SAYS_NOTHING.contains(&said);
        if !is_said && !is_explained {
            words.push(uncapitalized(said));
        }
    }
    words.join(": ")
}

/// Errors begin with a small letter; the system's don't.
fn uncapitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !chars.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// The beginning of a statement, for an error.
fn first_lines(statement: &str) -> String {
    let statement = statement.trim();
    let mut lines: Vec<String> = Vec::new();
    for line in statement.lines().take(SHOWN_LINES) {
        let mut shown: String = line.chars().take(SHOWN_WIDTH).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        lines.push(shown);
    }
    if statement.lines().nth(SHOWN_LINES).is_some() {
        lines.push("…".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_the_code_and_else_the_message() {
        for (sqlstate, message, expected) in [
            (
                "40001",
                "another session modified the catalog while this DDL transaction was open",
                Kind::Conflict,
            ),
            ("42501", "must be owner of SCHEMA a", Kind::Privilege),
            ("XX000", "unknown catalog item 'v'", Kind::Missing),
            ("XX000", "unknown schema 's'", Kind::Missing),
            ("XX000", "CLUSTER c has no CLUSTER REPLICA named \"r\"", Kind::Missing),
            ("42704", "materialized view 'u1' was dropped", Kind::Missing),
            ("42704", "unrecognized configuration parameter \"x\"", Kind::Unsupported),
            ("XX000", "view \"materialize.public.v\" already exists", Kind::NameTaken),
            ("XX000", "uniqueness violation", Kind::NameTaken),
            ("42701", "column \"c\" of relation \"t\" already exists", Kind::NameTaken),
            ("XX000", "cannot drop view \"v\": still depended upon by view \"w\"", Kind::DependedUpon),
            ("XX000", "cannot drop cluster \"c\" because other objects depend on it", Kind::DependedUpon),
            (
                "XX000",
                "schema 'd.s' cannot be dropped without CASCADE while it contains objects",
                Kind::DependedUpon,
            ),
            ("2BP01", "role \"x\" cannot be dropped because some objects depend on it", Kind::DependedUpon),
            ("53000", "creating Cluster would violate max_clusters limit", Kind::Limit),
            ("57014", "canceling statement due to user request", Kind::Cancelled),
            ("0A000", "replacement schema differs from target schema", Kind::Replacement),
            ("55000", "materialized view mv is sealed and thus cannot be replaced", Kind::Replacement),
            ("25001", "CREATE TABLE t () cannot be run inside a transaction block", Kind::Transaction),
            ("XX000", "ALTER TABLE ... ADD COLUMN ... is not available", Kind::Unsupported),
            ("28P01", "invalid password", Kind::Authentication),
            ("XX000", "division by zero", Kind::Other),
        ] {
            assert_eq!(kind(sqlstate, message), expected, "{sqlstate} {message}");
        }
    }

    #[test]
    fn a_long_statement_is_shown_by_its_beginning() {
        let statement = format!("\nSELECT '{}'\n2\n3\n4\n5\n6", "x".repeat(300));
        let shown = first_lines(&statement);
        assert_eq!(shown.lines().count(), 6);
        assert!(shown.ends_with("5\n…"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= SHOWN_WIDTH + 1));
    }

    #[test]
    fn causes_are_said_once() {
        let io = std::io::Error::other("Connection refused (os error 111)");
        assert_eq!(in_words(&io), "connection refused");
        assert_eq!(in_words(&std::io::Error::other("TLS is off")), "TLS is off");
    }
}
