//! What the ledger knows of one deployment.

use std::collections::BTreeMap;

use mz_deploy_planner::input::{Deployment, HighestIds, RecordedId};
use mz_deploy_planner::name::{Ident, Literal, ObjectName};
use mz_deploy_planner::plan::{Command, Plan, is_deploy_id};
use mz_deploy_planner::view::read_plan;

use super::overview::{Event, events, joined, plain};
use crate::db::connection::{Connection, each};
use crate::db::error::DbError;
use crate::db::rows::Rows;

/// What was found under a deploy id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A deployment that another tool staged, of which there is no plan.
    WithoutPlan,
    /// A deployment.
    Deployment(Box<Deployment>),
}

/// What the ledger says under a deploy id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The deployment.
    pub found: Found,
    /// What happened to it last; that is told also of one that isn't there any more.
    pub last_event: Option<Event>,
}

/// Looks a deployment up, with queries in one flight that see one moment.
pub async fn deployment(connection: &Connection, deploy_id: &str) -> Result<Record, DbError> {
    record_in(deploy_id, connection.query_all(&questions(deploy_id)).await)
}

/// The questions that [`deployment`] asks, to be sent along with others.
pub fn questions(deploy_id: &str) -> [String; 7] {
    let id = Literal(deploy_id);
    [
        "BEGIN READ ONLY".to_owned(),
        format!("SELECT deploy_id, part, body FROM _mz_deploy.tables.plans WHERE deploy_id = {id}"),
        format!("SELECT side, kind, name, id FROM _mz_deploy.tables.ids WHERE deploy_id = {id}"),
        format!("SELECT family, number FROM _mz_deploy.tables.highest WHERE deploy_id = {id}"),
        history_of(deploy_id),
        format!(
            "SELECT 'row' AS fact, promoted_at::text AS promoted_at FROM _mz_deploy.tables.deployments WHERE deploy_id = {id} \
             UNION ALL SELECT 'kept', NULL::text FROM _mz_deploy.tables.kept WHERE deploy_id = {id}"
        ),
        "COMMIT".to_owned(),
    ]
}

/// What the answers to them say.
pub fn record_in(deploy_id: &str, answers: Vec<Result<Rows, DbError>>) -> Result<Record, DbError> {
    let [_, plans, ids, highest, history, facts, _] = each(answers)?;
    if !is_deploy_id(deploy_id) {
        return Ok(Record { found: Found::Nothing, last_event: None });
    }
    let (rows, kept): (Vec<_>, Vec<_>) = facts.iter().partition(|row| row.get("fact") == Some("row"));
    let events = events(&history)?;
    let last_event = events.last().cloned();
    let Some(body) = joined(&plans)?.remove(deploy_id) else {
        let found = if rows.is_empty() { Found::Nothing } else { Found::WithoutPlan };
        return Ok(Record { found, last_event });
    };
    let last = |wanted: &str| events.iter().rposition(|event| event.event == wanted);
    let is_promoted = if rows.is_empty() {
        // Nothing but databases was touched: there is no row to mark.
        last("promoted") > last("rolled back") && last("promoted") > last("stage")
    } else {
        rows.iter().any(|row| row.get("promoted_at").is_some())
    };
    let deployment = Deployment {
        plan: plan(deploy_id, &body)?,
        staged: recorded(&ids, "staged")?,
        production: recorded(&ids, "production")?,
        before: highest_ids(&highest)?,
        staged_by: staged_by(&events),
        is_staged: last("staged").is_some() && last("staged") > last("stage"),
        is_promoted,
        is_kept: !kept.is_empty(),
    };
    Ok(Record { found: Found::Deployment(Box::new(deployment)), last_event })
}

/// The question for what happened to a deployment.
fn history_of(deploy_id: &str) -> String {
    format!(
        "SELECT deploy_id, event, at::text AS at, role, host, details FROM _mz_deploy.tables.history WHERE deploy_id = {}",
        Literal(deploy_id)
    )
}

/// Whoever is known to have begun a stage or to have gone on with it.
fn staged_by(events: &[Event]) -> Vec<Ident> {
    let began = events.iter().filter(|event| event.event == "stage");
    let mut roles: Vec<Ident> = began.map(|event| Ident::new(event.role.as_str())).collect();
    roles.sort();
    roles.dedup();
    roles
}

/// The objects that a deployment recorded with the hashes of their definitions, sorted by name: all of the schemas that it touched.
pub async fn objects(
    connection: &Connection,
    deploy_id: &str,
) -> Result<BTreeMap<ObjectName, String>, DbError> {
    let sql = format!(
        "SELECT database, schema, object, hash FROM _mz_deploy.tables.objects WHERE deploy_id = {}",
        Literal(deploy_id)
    );
    let rows = connection.query(&sql).await?;
    let mut objects = BTreeMap::new();
    for row in &rows {
        let name = ObjectName::new(row.text("database")?, row.text("schema")?, row.text("object")?);
        objects.insert(name, plain(row.text("hash")?));
    }
    Ok(objects)
}

/// What happened to a deployment last; nothing if nobody knows it.
pub async fn last_event(connection: &Connection, deploy_id: &str) -> Result<Option<Event>, DbError> {
    Ok(events(&connection.query(&history_of(deploy_id)).await?)?.pop())
}

/// The plan of a deployment. It will be run, so it has to be what its digest says, and of this deployment.
fn plan(deploy_id: &str, body: &str) -> Result<Plan, DbError> {
    let path = format!("the ledger's plan of `{deploy_id}`");
    let plan = read_plan(&path, body).map_err(|problem| DbError::unexpected(problem.message.to_string()))?;
    if plan.command != Command::Stage || plan.deploy_id != deploy_id || !plan.is_intact() {
        let message = format!("the ledger's plan of `{deploy_id}` isn't the one that was written for it");
        return Err(DbError::unexpected(message).with_hint(
            "somebody changed the tables of `_mz_deploy`: look at who may write to them, and stage again",
        ));
    }
    Ok(plan)
}

fn recorded(rows: &Rows, side: &str) -> Result<Vec<RecordedId>, DbError> {
    let mut ids = Vec::new();
    for row in rows.iter().filter(|row| row.get("side") == Some(side)) {
        ids.push(RecordedId {
            kind: row.text("kind")?.into(),
            name: row.text("name")?.into(),
            id: row.text("id")?.into(),
        });
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn highest_ids(rows: &Rows) -> Result<HighestIds, DbError> {
    // Without a record, nothing is newer than everything.
    let none = u64::MAX;
    let mut highest = HighestIds { database: none, schema: none, cluster: none, object: none };
    for row in rows {
        let number = row.parse("number")?;
        match row.text("family")? {
            "database" => highest.database = number,
            "schema" => highest.schema = number,
            "cluster" => highest.cluster = number,
            "object" => highest.object = number,
            _ => {}
        }
    }
    Ok(highest)
}
