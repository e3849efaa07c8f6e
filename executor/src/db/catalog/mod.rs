//! Looking at an environment: its catalog as a [`Live`].
//!
//! The number of queries doesn't depend on what is there. They are sent in one flight, and one read-only transaction makes
//! them see one moment.

mod acl;
mod cluster;
mod queries;
mod read;

use std::collections::BTreeSet;

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::Ident;

use super::connection::{Connection, each};
use super::error::{DbError, Kind};
use super::rows::Rows;

/// How often the catalog is read again when what it named was gone a moment later.
const ATTEMPTS: usize = 5;

/// What is looked at beyond what is always looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Clusters whose options are wanted. Those that aren't there, and unmanaged ones, have none.
    pub clusters: BTreeSet<Ident>,
}

/// Everything that a plan may depend on: user databases with what they hold, clusters, roles, privileges, limits, and who
/// looks.
pub async fn observe(connection: &Connection, wanted: &Scope) -> Result<Live, DbError> {
    observe_and_ask(connection, wanted, &[]).await.map(|(live, _)| live)
}

/// As [`observe`], and the answers to other queries, which go with the same flight.
pub async fn observe_and_ask(
    connection: &Connection,
    wanted: &Scope,
    others: &[String],
) -> Result<(Live, Vec<Result<Rows, DbError>>), DbError> {
    let all: Vec<&str> = queries::ALL.into_iter().chain(others.iter().map(String::as_str)).collect();
    let mut attempt = 1;
    loop {
        let mut answers = connection.query_all(&all).await.into_iter();
        let mut live = live(answers.by_ref().take(queries::ALL.len()))?;
        match cluster::add_options(connection, &mut live, wanted).await {
            Ok(()) => return Ok((live, answers.collect())),
            // Its clusters were renamed or dropped since.
            Err(error) if error.kind == Kind::Missing && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

/// The catalog at one moment.
fn live(answers: impl Iterator<Item = Result<Rows, DbError>>) -> Result<Live, DbError> {
    let [_, containers, objects, comments, relations, _, settings] = each(answers)?;
    read::live(&read::Answers { containers, objects, comments, relations, settings })
}
