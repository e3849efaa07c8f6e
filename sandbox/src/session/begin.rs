//! The beginning and the end of a session.

use std::sync::Arc;

use mz_deploy_planner::name::Ident;

use super::Session;
use super::definitions::SERVER_VERSION;
use super::transaction::Transaction;
use super::variables::{Report, Variables};
use crate::catalog::{Catalog, ObjectId, Op, Role, Transaction as CatalogTransaction};
use crate::coordinator::{Change, Coordinator, State, uuid};
use crate::error::{Notice, SqlError, SqlState};
use crate::plan::Findings;

/// A setting that a client asks for when it connects: name and value.
pub(crate) type StartupSetting = (String, String);

const CREATE_DATABASE: &str = "Create the database with CREATE DATABASE or pick an extant database with SET DATABASE = name. List available databases with SHOW DATABASES.";

impl Session {
    /// A session of a role, which is made if there is none of this name.
    pub(crate) fn begin(
        coordinator: Arc<Coordinator>,
        connection: u32,
        user: &str,
        settings: &[StartupSetting],
    ) -> Result<Self, SqlError> {
        let role = role_of(&coordinator, user)?;
        let mut session = Self {
            coordinator,
            connection,
            role: role.id,
            user: user.to_owned(),
            uuid: uuid(),
            variables: Variables::default(),
            transaction: Transaction::default(),
            statements: std::collections::BTreeMap::new(),
            portals: std::collections::BTreeMap::new(),
            cursors: std::collections::BTreeMap::new(),
            notices: Vec::new(),
            reports: Vec::new(),
            findings: Findings::default(),
            in_cursor: false,
        };
        for (name, values) in &role.defaults {
            session.variables.set_role_default(name, values);
        }
        for (name, value) in settings {
            if let Err(error) = session.variables.set_default(name, value) {
                let message = format!("startup setting {name} not set: {}", error.message);
                session.notices.push(Notice::new(SqlState::SUCCESS, message));
            }
        }
        Ok(session)
    }

    /// What a client is told when it connects. `notices` come first.
    pub(crate) fn welcome(&mut self, notices: &mut Vec<Notice>) {
        notices.append(&mut self.notices);
        let catalog = self.coordinator.catalog();
        let (database, cluster) = (self.variables.database(), self.variables.cluster());
        let has_cluster = catalog.cluster_by_name(&cluster).is_some();
        if self.variables.is_on("welcome_message") {
            let text = self.welcome_text(&database, &cluster, has_cluster);
            notices.push(Notice::new(SqlState::SUCCESS, text));
        }
        if catalog.database_by_name(&database).is_none() {
            let message = format!("session database {} does not exist", in_quotes(&database));
            notices.push(Notice::new(SqlState("MZ004"), message).with_hint(CREATE_DATABASE));
        }
        if !has_cluster {
            let name = in_quotes(&cluster);
            notices.push(if self.variables.is_role_default("cluster") {
                Notice::new(SqlState("MZ005"), format!("role default cluster {name} does not exist"))
                    .with_hint("Change the default cluster for the current role with `ALTER ROLE <role> SET cluster TO <cluster>;`.")
            } else {
                Notice::new(SqlState("MZ005"), format!("session default cluster {name} does not exist"))
                    .with_hint("Pick an extant cluster with SET CLUSTER = name. Run SHOW CLUSTERS to see available clusters.")
            });
        }
        self.notices = std::mem::take(notices);
    }

    fn welcome_text(&self, database: &Ident, cluster: &Ident, has_cluster: bool) -> String {
        let path = self.variables.search_path();
        let names: Vec<_> = path.iter().map(Ident::as_str).collect();
        let schemas = if names.len() == 1 { "Schema" } else { "Search path" };
        let missing = if has_cluster { "" } else { " (does not exist)" };
        format!(
            "connected to Materialize {SERVER_VERSION}\n  Environment ID: {}\n  Region: local/az1\n  User: {}\n  \
             Cluster: {}{missing}\n  Database: {}\n  {schemas}: {}\n  Session UUID: {}\n\n\
             Issue a SQL query to get started. Need help?\n  \
             View documentation: https://materialize.com/s/docs\n  \
             Join our Slack community: https://materialize.com/s/chat\n    ",
            self.coordinator.environment_id(),
            self.user,
            cluster.as_str(),
            database.as_str(),
            names.join(", "),
            self.uuid,
        )
    }

    /// The parameters that a client is told when it connects.
    pub(crate) fn parameters(&self) -> Vec<Report> {
        self.variables.reports()
    }

    /// The client is gone: so is what belongs to it alone.
    pub(crate) fn close(&mut self) {
        self.transaction = Transaction::default();
        // Nobody is left to be told that the engine failed.
        let _ = self.drop_temporary_items();
    }

    pub(super) fn drop_temporary_items(&self) -> Result<(), SqlError> {
        let mut state = self.coordinator.lock();
        let items = state.catalog.temporary_items(self.connection);
        let objects: Vec<_> = items.map(|item| ObjectId::Item(item.id)).collect();
        if objects.is_empty() {
            return Ok(());
        }
        let transaction = self.catalog_transaction(vec![Op::Drop { objects }]);
        let scratch = Catalog::clone(&state.catalog);
        self.coordinator
            .apply(&mut state, Change { transaction, scratch, secrets: Vec::new(), rows: Vec::new() })?;
        Ok(())
    }
}

fn in_quotes(name: &Ident) -> String {
    format!("\"{}\"", name.as_str())
}

fn role_of(coordinator: &Coordinator, user: &str) -> Result<Role, SqlError> {
    if user.starts_with("mz_") {
        let message = format!("unauthorized login to user '{user}'");
        return Err(SqlError::new(SqlState::INSUFFICIENT_PRIVILEGE, message));
    }
    let name = Ident::new(user);
    let mut state = coordinator.lock();
    if let Some(role) = state.catalog.role_by_name(&name) {
        return Ok(role.clone());
    }
    make_role(coordinator, &mut state, &name)
}

fn make_role(coordinator: &Coordinator, state: &mut State, name: &Ident) -> Result<Role, SqlError> {
    let mut scratch = Catalog::clone(&state.catalog);
    let id = scratch.next_role_id();
    let op = Op::CreateRole { id, name: name.clone(), can_login: None, superuser: None };
    let user = Some(name.as_str().to_owned());
    let transaction = CatalogTransaction { ops: vec![op], user, now: coordinator.clock().now() };
    coordinator.apply(state, Change { transaction, scratch, secrets: Vec::new(), rows: Vec::new() })?;
    match state.catalog.role(id) {
        Some(role) => Ok(role.clone()),
        None => Err(SqlError::internal(format!("unknown role '{}'", name.as_str()))),
    }
}
