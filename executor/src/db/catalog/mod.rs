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

use super::connection::Connection;
use super::error::{DbError, Kind};

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
    let mut attempt = 1;
    loop {
        let mut live = snapshot(connection).await?;
        match cluster::add_options(connection, &mut live, wanted).await {
            Ok(()) => return Ok(live),
            // Its clusters were renamed or dropped since.
            Err(error) if error.kind == Kind::Missing && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

/// The catalog at one moment.
async fn snapshot(connection: &Connection) -> Result<Live, DbError> {
    let [_, containers, objects, comments, relations, _, settings] =
        connection.query_each(&queries::ALL).await?;
    read::live(&read::Answers { containers, objects, comments, relations, settings })
}
