//! An environment that a command works on.

use std::cell::RefCell;
use std::time::Duration;

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::Ident;
use mz_deploy_planner::plan;
use tokio::sync::OnceCell;

use crate::db::ledger::{self, Record};
use crate::db::{Connection, DbError, Scope, Target, observe, observe_and_ask, use_cluster};
use crate::host::{Failure, Texts};

/// A connection to an environment, and a second one when that is needed.
#[derive(Debug)]
pub struct Session {
    target: Target,
    /// Everything is done here.
    pub connection: Connection,
    /// The cluster that its queries run on, unless the server chooses it.
    cluster: RefCell<Option<Ident>>,
    observer: OnceCell<Connection>,
    /// How long a step may take that waits for data.
    pub step_timeout: Option<Duration>,
}

impl Session {
    /// Connects.
    pub async fn open(target: Target) -> Result<Self, DbError> {
        let connection = Connection::open(&target).await?;
        let cluster = RefCell::new(target.cluster().map(Ident::new));
        Ok(Self { target, connection, cluster, observer: OnceCell::new(), step_timeout: None })
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
        self.begin_with_ledger(&live).await?;
        Ok(live)
    }

    /// As [`Self::look_at_ledger`], and what the ledger says of a deployment.
    pub async fn look_up(&self, scope: &Scope, deploy_id: &str) -> Result<(Live, Record), Failure> {
        let questions = ledger::questions(deploy_id);
        let (live, answers) = observe_and_ask(&self.connection, scope, &questions).await?;
        let was_read_there = self.begin_with_ledger(&live).await?;
        let record = if was_read_there {
            ledger::record_in(deploy_id, answers)
        } else {
            ledger::deployment(&self.connection, deploy_id).await
        };
        Ok((live, record?))
    }

    /// Insists on a ledger, and has it read on the cluster of its indexes, whichever was chosen at `setup`. True if it was already.
    async fn begin_with_ledger(&self, live: &Live) -> Result<bool, Failure> {
        plan::require_ledger(live).map_err(|problem| rejected(vec![*problem]))?;
        let Some(cluster) = plan::server_cluster(live) else { return Ok(true) };
        if self.cluster.borrow().as_ref() == Some(cluster) {
            return Ok(true);
        }
        use_cluster(&self.connection, cluster).await?;
        self.cluster.replace(Some(cluster.clone()));
        Ok(false)
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
