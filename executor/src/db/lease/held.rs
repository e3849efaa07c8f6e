//! Statements that only the holder of a lease may send.

use std::time::Instant;

use mz_deploy_planner::input::Live;

use super::Lease;
use crate::db::catalog::{Scope, observe};
use crate::db::connection::Connection;
use crate::db::error::{DbError, Kind};
use crate::db::ledger::server_time;

/// A connection for what only the holder of a lease may do: it is asked for before each flight of statements, and again at its
/// end, so the next flight needs no question of its own.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    connection: &'a Connection,
    lease: Option<&'a Lease>,
}

impl<'a> Held<'a> {
    /// What is sent on a connection as long as a lease is held.
    pub fn new(connection: &'a Connection, lease: &'a Lease) -> Self {
        Self { connection, lease: Some(lease) }
    }

    /// Runs a statement.
    pub async fn execute(self, sql: &str) -> Result<(), DbError> {
        self.pipeline(&[sql]).await
    }

    /// The time of the server's clock, at which the lease is held.
    pub async fn time(self) -> Result<String, DbError> {
        let Some(lease) = self.lease else { return server_time(self.connection).await };
        if lease.is_held(self.connection).await? { Ok(lease.now()) } else { Err(lost()) }
    }

    /// The catalog, at a moment at which the lease is held.
    pub async fn observe(self, wanted: &Scope) -> Result<Live, DbError> {
        let Some(lease) = self.lease else { return observe(self.connection, wanted).await };
        let (live, is_held) = lease.observe(self.connection, wanted).await?;
        if is_held || lease.is_held(self.connection).await? { Ok(live) } else { Err(lost()) }
    }

    /// Runs statements in one flight. Fails if one of them does.
    pub async fn pipeline(self, statements: &[impl AsRef<str>]) -> Result<(), DbError> {
        let Some(lease) = self.lease else {
            return self.connection.pipeline(statements).await.into_iter().collect();
        };
        if !lease.is_still_held(self.connection).await? {
            return Err(lost());
        }
        if statements.is_empty() {
            return Ok(());
        }
        let question = lease.question();
        let sent: Vec<&str> = statements.iter().map(AsRef::as_ref).chain([question.as_str()]).collect();
        let at = Instant::now();
        let mut answers = self.connection.query_all(&sent).await;
        lease.hear(answers.pop().and_then(Result::ok).as_ref(), at);
        answers.into_iter().try_for_each(|answer| answer.map(drop))
    }
}

fn lost() -> DbError {
    DbError::new(Kind::Conflict, "somebody else works on the deployment by now")
}

/// What nobody can hold a lease of.
impl<'a> From<&'a Connection> for Held<'a> {
    fn from(connection: &'a Connection) -> Self {
        Self { connection, lease: None }
    }
}
