//! A client's session: variables, transactions, prepared statements, portals and cursors. A session is asked and
//! answers; whatever has to be waited for comes back as a value.
//!
//! The engine keeps the present alone, so the reads of a block each see the present; those of the server see the time of
//! the block's first read.

mod answer;
mod as_of;
mod begin;
mod changes;
mod copy_format;
mod cursor;
pub(crate) mod definitions;
mod encode;
mod fault;
mod parameter;
mod planning;
mod prepared;
mod read;
mod run;
mod settings;
mod subscription;
mod time_domain;
mod transaction;
mod upstream;
pub(crate) mod value;
mod variables;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

pub(crate) use answer::{Answer, Bound, Fetch, Tag, Wait};
pub(crate) use begin::StartupSetting;
pub(crate) use copy_format::encode as encode_copy;
pub(crate) use encode::bool as encode_bool;
pub(crate) use subscription::Subscription;
pub(crate) use transaction::Status;

use crate::catalog::{Catalog, Op, RoleId, Transaction as CatalogTransaction};
use crate::coordinator::{Coordinator, engine_failed};
use crate::engine::{Exclusive, SessionSettings};
use crate::error::{Notice, SqlError};
use crate::plan::{Findings, SessionView};
use crate::sql::ast::ParsedStatement;
use crate::time::Clock;
use cursor::Cursor;
use prepared::{Portal, Prepared};
use transaction::Transaction;
use variables::{Report, Variables};

/// A client's session.
pub(crate) struct Session {
    coordinator: Arc<Coordinator>,
    connection: u32,
    role: RoleId,
    user: String,
    uuid: String,
    variables: Variables,
    transaction: Transaction,
    statements: BTreeMap<String, Prepared>,
    portals: BTreeMap<String, Portal>,
    cursors: BTreeMap<String, Cursor>,
    notices: Vec<Notice>,
    reports: Vec<Report>,
    /// What other systems said, for the statement that runs.
    findings: Findings,
    /// A cursor is being opened: its rows don't go straight to the client.
    in_cursor: bool,
}

impl Session {
    pub(crate) fn role(&self) -> RoleId {
        self.role
    }

    pub(crate) fn status(&self) -> Status {
        self.transaction.status()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.coordinator.clock()
    }

    /// Follows the changes of the catalog and of rows from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.coordinator.changes()
    }

    /// What to tell the client beside the answer, as far as it wants to hear it.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        let notices = std::mem::take(&mut self.notices);
        notices.into_iter().filter(|notice| self.variables.lets_through(notice.severity)).collect()
    }

    /// Variables whose new values the client must know.
    pub(crate) fn take_reports(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports)
    }

    /// How long the client may idle now; `None` for ever.
    pub(crate) fn idle_timeout(&self) -> Option<Duration> {
        (self.status() != Status::Idle).then(|| self.variables.idle_in_transaction_timeout()).flatten()
    }

    /// The statements of a text.
    #[expect(clippy::unused_self, reason = "a session may be told to read another dialect")]
    pub(crate) fn parse(&self, text: &str) -> Result<Vec<ParsedStatement>, SqlError> {
        crate::sql::parser::parse_statements(text)
    }

    /// The catalog that the session sees: its transaction's own, or everybody's.
    fn catalog(&self) -> Arc<Catalog> {
        match self.transaction.catalog() {
            Some(catalog) => Arc::new(catalog.clone()),
            None => self.coordinator.catalog(),
        }
    }

    fn view(&self) -> SessionView {
        SessionView {
            connection: self.connection,
            role: self.role,
            database: self.variables.database(),
            search_path: self.variables.search_path(),
            cluster: self.variables.cluster(),
        }
    }

    /// The engine, which is the session's until it is let go. The coordinator's lock is taken before, if at all.
    fn engine(&self, catalog: &Catalog) -> Result<Exclusive<'_>, SqlError> {
        self.coordinator.engine().for_session(self.engine_settings(catalog)).map_err(engine_failed)
    }

    /// What the engine knows of the session.
    fn engine_settings(&self, catalog: &Catalog) -> SessionSettings {
        let view = self.view();
        let schemas = catalog.listed_schemas(&view);
        SessionSettings {
            user: self.user.clone(),
            session_user: self.user.clone(),
            superuser: catalog.is_superuser(self.role),
            database: view.database.as_str().to_owned(),
            schemas: schemas.into_iter().map(|schema| schema.name.as_str().to_owned()).collect(),
            session_id: self.uuid.clone(),
            connection_id: self.connection,
            now: self.clock().now(),
            wall_clock: self.wall_clock(),
            version: format!("{} (sandbox)", definitions::SERVER_VERSION),
            environment_id: self.coordinator.environment_id().to_owned(),
            started: self.coordinator.started().to_owned(),
            variables: self.variables.by_name(),
        }
    }

    /// What `now()` says if the clock is not the machine's: in microseconds.
    fn wall_clock(&self) -> Option<i64> {
        let clock = self.clock();
        clock.is_held().then(|| i64::try_from(clock.now().saturating_mul(1000)).unwrap_or(i64::MAX))
    }

    /// A transaction of the catalog in the name of the session.
    fn catalog_transaction(&self, ops: Vec<Op>) -> CatalogTransaction {
        CatalogTransaction { ops, user: Some(self.user.clone()), now: self.clock().now() }
    }
}
