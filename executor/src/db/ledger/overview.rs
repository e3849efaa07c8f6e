//! The ledger as a whole: which deployments there are, and what is in production.

use std::collections::{BTreeMap, BTreeSet};

use mz_deploy_planner::name::{Ident, SchemaName};
use mz_deploy_planner::plan::is_deploy_id;

use super::deployed::{Claim, HashedObject, Snapshot};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::rows::{Row, Rows};

/// Of each schema, the newest promoted deployment.
const NEWEST: &str = "\
WITH newest AS (
    SELECT DISTINCT ON (database, schema) database, schema, deploy_id
    FROM _mz_deploy.tables.deployments
    WHERE promoted_at IS NOT NULL
    ORDER BY database, schema, promoted_at DESC, deploy_id
)
";

const DEPLOYMENTS: &str = "\
SELECT deploy_id, deployed_at::text AS deployed_at, promoted_at::text AS promoted_at, database, schema, deployed_by, commit, kind
FROM _mz_deploy.tables.deployments";

const HISTORY: &str =
    "SELECT deploy_id, event, at::text AS at, role, host, details FROM _mz_deploy.tables.history";

const FACTS: &str = "\
SELECT 'kept' AS fact, deploy_id, until::text AS value FROM _mz_deploy.tables.kept
UNION ALL
SELECT DISTINCT 'plan', deploy_id, NULL::text FROM _mz_deploy.tables.plans
UNION ALL
SELECT 'version', NULL::text, max(version)::text FROM _mz_deploy.tables.migrations";

/// Snapshots that say what is in production. One that touched no schema, but only databases, has no row elsewhere.
const SNAPSHOTS: &str = "\
SELECT deploy_id, part, body FROM _mz_deploy.tables.snapshots
WHERE deploy_id IN (SELECT deploy_id FROM newest)
    OR deploy_id NOT IN (SELECT deploy_id FROM _mz_deploy.tables.deployments)";

/// Objects in production of which no snapshot tells.
const HASHED: &str = "\
SELECT o.database, o.schema, o.object, o.hash
FROM _mz_deploy.tables.objects o
JOIN newest n ON n.deploy_id = o.deploy_id AND n.database = o.database AND n.schema = o.schema
WHERE o.deploy_id NOT IN (SELECT deploy_id FROM _mz_deploy.tables.snapshots)";

/// Something that happened to a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The deployment.
    pub deploy_id: String,
    /// What: `stage`, `staged`, `swapped`, `promoted`, …
    pub event: String,
    /// When, by the server's clock.
    pub at: String,
    /// Who.
    pub role: String,
    /// Where they were.
    pub host: String,
    /// More about it, as JSON.
    pub details: String,
}

/// What the ledger says about a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeploymentRecord {
    /// Names it.
    pub deploy_id: String,
    /// When it was staged, by the clock of whoever staged it.
    pub deployed_at: String,
    /// When it was promoted.
    pub promoted_at: Option<String>,
    /// Who staged it.
    pub deployed_by: String,
    /// The commit that it was staged from.
    pub commit: Option<String>,
    /// Its schemas, and how each was deployed.
    pub schemas: BTreeMap<SchemaName, String>,
    /// Its plan is in the ledger. The original tool leaves none.
    pub has_plan: bool,
    /// The old version is kept until then; without a time until it is cleaned up.
    pub kept: Option<Option<String>>,
}

/// The ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The version of its tables.
    pub version: u64,
    /// Deployments by their ids.
    pub deployments: BTreeMap<String, DeploymentRecord>,
    /// What happened, in order.
    pub history: Vec<Event>,
    pub(super) snapshots: BTreeMap<String, Snapshot>,
    pub(super) hashed: Vec<HashedObject>,
}

/// Reads it, with queries in one flight that see one moment.
pub async fn read(connection: &Connection) -> Result<Ledger, DbError> {
    let (snapshots, hashed) = (format!("{NEWEST}{SNAPSHOTS}"), format!("{NEWEST}{HASHED}"));
    let queries = ["BEGIN READ ONLY", DEPLOYMENTS, HISTORY, FACTS, &snapshots, &hashed, "COMMIT"];
    let [_, deployments, history, facts, snapshots, hashed, _] = connection.query_each(&queries).await?;
    let mut ledger = Ledger { history: events(&history)?, ..Ledger::default() };
    for row in &deployments {
        ledger.add_deployment(row)?;
    }
    ledger.add_deployments_without_schemas(&facts)?;
    for row in &facts {
        ledger.add_fact(row)?;
    }
    for (deploy_id, body) in joined(&snapshots)? {
        let snapshot = Snapshot::read(&deploy_id, &body)?;
        ledger.snapshots.insert(deploy_id, snapshot);
    }
    for row in &hashed {
        let name = schema(row)?.object(Ident::new(row.text("object")?));
        ledger.hashed.push(HashedObject { name, hash: plain(row.text("hash")?) });
    }
    Ok(ledger)
}

impl Ledger {
    /// Of each schema, the newest promoted deployment, sorted by schema.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        let mut newest: BTreeMap<&SchemaName, Claim> = BTreeMap::new();
        for record in self.deployments.values() {
            let Some(promoted_at) = &record.promoted_at else { continue };
            for (schema, kind) in &record.schemas {
                let is_older = newest.get(schema).is_some_and(|known| &known.promoted_at >= promoted_at);
                if !is_older {
                    newest.insert(
                        schema,
                        Claim {
                            schema: schema.clone(),
                            deploy_id: record.deploy_id.clone(),
                            promoted_at: promoted_at.clone(),
                            kind: kind.clone(),
                        },
                    );
                }
            }
        }
        newest.into_values()
    }

    /// When a deployment was promoted.
    pub(super) fn promoted_at(&self, deploy_id: &str) -> Option<&str> {
        self.deployments.get(deploy_id)?.promoted_at.as_deref()
    }

    fn record(&mut self, deploy_id: &str) -> &mut DeploymentRecord {
        let new = || DeploymentRecord { deploy_id: deploy_id.to_owned(), ..DeploymentRecord::default() };
        self.deployments.entry(deploy_id.to_owned()).or_insert_with(new)
    }

    fn add_deployment(&mut self, row: &Row) -> Result<(), DbError> {
        let record = self.record(&plain(row.text("deploy_id")?));
        row.text("deployed_at")?.clone_into(&mut record.deployed_at);
        record.promoted_at = row.get("promoted_at").map(str::to_owned).max(record.promoted_at.take());
        record.deployed_by = plain(row.text("deployed_by")?);
        record.commit = row.get("commit").map(plain);
        record.schemas.insert(schema(row)?, plain(row.text("kind")?));
        Ok(())
    }

    /// A deployment that changes nothing but grants and comments of databases has no schema, and so no row: its plan is
    /// there, and what happened says the rest.
    fn add_deployments_without_schemas(&mut self, facts: &Rows) -> Result<(), DbError> {
        let mut without_row = BTreeSet::new();
        for row in facts.iter().filter(|row| row.get("fact") == Some("plan")) {
            let deploy_id = row.text("deploy_id")?;
            if is_deploy_id(deploy_id) && !self.deployments.contains_key(deploy_id) {
                without_row.insert(deploy_id.to_owned());
                self.record(deploy_id);
            }
        }
        let history = std::mem::take(&mut self.history);
        for event in history.iter().filter(|event| without_row.contains(&event.deploy_id)) {
            let record = self.record(&event.deploy_id);
            match event.event.as_str() {
                "stage" => {
                    record.deployed_at.clone_from(&event.at);
                    record.deployed_by.clone_from(&event.role);
                    record.promoted_at = None;
                }
                "promoted" => record.promoted_at = Some(event.at.clone()),
                "rolled back" => record.promoted_at = None,
                _ => {}
            }
        }
        self.history = history;
        Ok(())
    }

    fn add_fact(&mut self, row: &Row) -> Result<(), DbError> {
        if row.text("fact")? == "version" {
            self.version = row.get("value").map_or(Ok(0), |_| row.parse("value"))?;
            return Ok(());
        }
        // Of something that isn't there any more.
        let Some(record) = self.deployments.get_mut(&plain(row.text("deploy_id")?)) else { return Ok(()) };
        match row.text("fact")? {
            "kept" => record.kept = Some(row.get("value").map(str::to_owned)),
            _ => record.has_plan = true,
        }
        Ok(())
    }
}

/// What happened, in order.
pub(super) fn events(rows: &Rows) -> Result<Vec<Event>, DbError> {
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        events.push(Event {
            deploy_id: plain(row.text("deploy_id")?),
            event: plain(row.text("event")?),
            at: row.text("at")?.to_owned(),
            role: plain(row.text("role")?),
            host: plain(row.text("host")?),
            details: plain(row.text("details")?),
        });
    }
    // Of what happened at once, the beginning comes first.
    events.sort_by(|a, b| (&a.at, a.event != "stage").cmp(&(&b.at, b.event != "stage")));
    Ok(events)
}

/// Bodies that are kept in parts, by deployment.
pub(super) fn joined(rows: &Rows) -> Result<BTreeMap<String, String>, DbError> {
    let mut parts: BTreeMap<String, BTreeMap<usize, &str>> = BTreeMap::new();
    for row in rows {
        let deploy_id = row.text("deploy_id")?.to_owned();
        parts.entry(deploy_id).or_default().insert(row.parse("part")?, row.text("body")?);
    }
    let mut bodies = BTreeMap::new();
    for (deploy_id, parts) in parts {
        if parts.keys().ne((0..parts.len()).collect::<Vec<_>>().iter()) {
            return Err(DbError::unexpected(format!(
                "the ledger lacks a part of what it keeps of `{deploy_id}`"
            )));
        }
        bodies.insert(deploy_id, parts.into_values().collect());
    }
    Ok(bodies)
}

fn schema(row: &Row) -> Result<SchemaName, DbError> {
    Ok(SchemaName::new(Ident::new(row.text("database")?), Ident::new(row.text("schema")?)))
}

/// A text that whoever could write to the ledger chose, without what a terminal would obey.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
