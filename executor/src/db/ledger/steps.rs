//! The log of steps: what a command did for a deployment, when, how long that took, and what failed.

use std::time::Duration;

use mz_deploy_planner::name::Literal;

use super::TABLES;
use super::insert::{Insert, Value};
use super::rows::checked;
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// A step that ended, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Which one it was for its command.
    pub number: u64,
    /// What it did.
    pub step: String,
    /// How long ago it ended: the time is the server's.
    pub ago: Duration,
    /// How long it took; steps that were sent together share the time.
    pub took_ms: u64,
    /// Why it failed.
    pub error: Option<String>,
}

/// A step that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedStep {
    /// The command.
    pub command: String,
    /// Which one it was in that run of the command, from 0.
    pub number: u64,
    /// What it did.
    pub step: String,
    /// When it ended, by the server's clock.
    pub at: String,
    /// How long it took.
    pub took_ms: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Rows about steps.
pub fn steps(deploy_id: &str, command: &str, rows: impl IntoIterator<Item = StepRow>) -> Insert {
    let rows = rows.into_iter().map(|row| {
        let outcome = match row.error {
            Some(error) => serde_json::json!({ "error": error }),
            None => serde_json::json!({ "took_ms": row.took_ms }),
        };
        [
            Value::from(deploy_id),
            Value::from(command),
            Value::Number(row.number),
            Value::Text(row.step),
            Value::Text(outcome.to_string()),
            Value::Ago(row.ago),
        ]
    });
    Insert::new("steps", ["deploy_id", "command", "number", "statement", "outcome", "at"], rows)
}

/// The steps of a deployment, in order.
pub async fn logged_steps(connection: &Connection, deploy_id: &str) -> Result<Vec<LoggedStep>, DbError> {
    checked(deploy_id)?;
    let sql = format!(
        "SELECT command, number, statement, outcome, at::text AS at FROM {TABLES}.steps WHERE deploy_id = {} ORDER BY at, number",
        Literal(deploy_id)
    );
    let mut steps = Vec::new();
    for row in &connection.query(&sql).await? {
        // A row that says something else is shown as far as it can be read.
        let outcome: serde_json::Value = serde_json::from_str(row.text("outcome")?).unwrap_or_default();
        steps.push(LoggedStep {
            command: row.text("command")?.to_owned(),
            number: row.parse("number")?,
            step: row.text("statement")?.to_owned(),
            at: row.text("at")?.to_owned(),
            took_ms: outcome.get("took_ms").and_then(serde_json::Value::as_u64),
            error: outcome.get("error").and_then(serde_json::Value::as_str).map(str::to_owned),
        });
    }
    Ok(steps)
}
