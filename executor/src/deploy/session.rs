//! An environment that a command works on.

use std::time::Duration;

use mz_deploy_planner::input::Live;
use mz_deploy_planner::plan;
use tokio::sync::OnceCell;

use crate::db::{Connection, DbError, Scope, Target, observe, use_cluster};
use crate::host::{Failure, Texts};

/// A connection to an environment, and a second one when that is needed.
#[derive(Debug)]
pub struct Session {
    target: Target,
    /// Everything is done here.
    pub connection: Connection,
    observer: OnceCell<Connection>,
    /// How long a step may take that waits for data.
    pub step_timeout: Option<Duration>,
}

impl Session {
    /// Connects.
    pub async fn open(target: Target) -> Result<Self, DbError> {
        let connection = Connection::open(&target).await?;
        Ok(Self { target, connection, observer: OnceCell::new(), step_timeout: None })
    }

    /// A connection that can look while a transaction is open on the other one.
    pub async fn observer(&self) -> Result<&Connection, DbError> {
        self.observer.get_or_try_init(|| Connection::open(&self.target)).await
    }

    /// A connection of its own, for something that goes on beside.
    pub async fn another(&self) -> Result<Connection, DbError> {
        Connection::open(&self.target).await
    }

    /// The catalog as it is now.
    pub async fn look(&self, scope: &Scope) -> Result<Live, DbError> {
        observe(&self.connection, scope).await
    }

    /// The catalog of an environment that is set up; a failure that says what is missing if it isn't.
    pub async fn look_at_ledger(&self, scope: &Scope) -> Result<Live, Failure> {
        let live = self.look(scope).await?;
        plan::require_ledger(&live).map_err(|problem| rejected(vec![*problem]))?;
        // The ledger's tables are read on the cluster of their indexes, whichever was chosen at `setup`.
        if let Some(cluster) = plan::server_cluster(&live) {
            use_cluster(&self.connection, cluster).await?;
        }
        Ok(live)
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }
}

/// The failure of a plan that isn't possible in an environment.
pub fn rejected(diagnostics: Vec<mz_deploy_planner::diagnostic::Diagnostic>) -> Failure {
    Failure::Rejected { diagnostics, texts: Texts::new(), directory: std::path::PathBuf::new() }
}
