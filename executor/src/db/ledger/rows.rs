//! Rows about a deployment, one kind after the other.

use mz_deploy_planner::input::{HighestIds, RecordedId};
use mz_deploy_planner::name::Literal;
use mz_deploy_planner::plan::is_deploy_id;

use super::TABLES;
use super::insert::{Insert, Value, transaction};
use super::stage::Origin;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::lease::Held;

/// Bytes of a part of something long.
const PART: usize = 250_000;

/// Tables of which an abort takes a deployment's rows. The plan goes last: as long as it is there, the abort can be repeated. What
/// happened stays.
const ERASED: [&str; 12] = [
    "deployments",
    "objects",
    "clusters",
    "pending_statements",
    "replacement_mvs",
    "replacements",
    "snapshots",
    "kept",
    "steps",
    "ids",
    "highest",
    "plans",
];

/// Whether a deployment is in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marking {
    /// It is, from now on.
    Promoted,
    /// It isn't any more: it was rolled back.
    NotPromoted,
}

/// The time of the server's clock, as its tables have it.
pub async fn server_time(connection: &Connection) -> Result<String, DbError> {
    server_time_in(connection, 0).await
}

/// The time that the server's clock will show in some seconds.
pub async fn server_time_in(connection: &Connection, seconds: u64) -> Result<String, DbError> {
    let sql = format!("SELECT (now() + INTERVAL '{seconds} seconds')::text AS now");
    let rows = connection.query(&sql).await?;
    let row = rows.first().ok_or_else(|| DbError::unexpected("the server doesn't know the time"))?;
    row.text("now").map(str::to_owned)
}

/// Something that happened at `now`, the server's time. `details` is JSON.
pub fn event(
    deploy_id: &str,
    event: &str,
    origin: &Origin,
    now: &str,
    details: &serde_json::Value,
) -> Insert {
    let row = [
        Value::from(deploy_id),
        Value::from(event),
        Value::Time(now.to_owned()),
        Value::from(origin.role.as_str()),
        Value::from(origin.host.as_str()),
        Value::Text(details.to_string()),
    ];
    Insert::new("history", ["deploy_id", "event", "at", "role", "host", "details"], [row])
}

/// Ids of one side: `staged` or `production`.
pub fn recorded(deploy_id: &str, side: &str, ids: &[RecordedId]) -> Insert {
    let row = |id: &RecordedId| {
        [
            Value::from(deploy_id),
            Value::from(side),
            Value::from(id.kind.as_str()),
            Value::from(id.name.as_str()),
            Value::from(id.id.as_str()),
        ]
    };
    Insert::new("ids", ["deploy_id", "side", "kind", "name", "id"], ids.iter().map(row))
}

/// The highest ids before a deployment.
pub(super) fn highest(deploy_id: &str, ids: HighestIds) -> Insert {
    let families = [
        ("database", ids.database),
        ("schema", ids.schema),
        ("cluster", ids.cluster),
        ("object", ids.object),
    ];
    let row = |(family, number)| [Value::from(deploy_id), Value::from(family), Value::Number(number)];
    Insert::new("highest", ["deploy_id", "family", "number"], families.map(row))
}

/// That the old version is kept: until a time of the server's clock, or until it is cleaned up.
pub fn kept(deploy_id: &str, until: Option<&str>) -> Insert {
    let until = until.map_or(Value::Null, |until| Value::Time(until.to_owned()));
    Insert::new("kept", ["deploy_id", "until"], [[Value::from(deploy_id), until]])
}

/// Something long, in parts.
pub(super) fn in_parts(table: &'static str, deploy_id: &str, body: &str) -> Insert {
    let mut rows = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(PART));
        let number = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        rows.push([Value::from(deploy_id), Value::Number(number), Value::from(part)]);
        rest = after;
    }
    Insert::new(table, ["deploy_id", "part", "body"], rows)
}

/// Keeps the old version: replaces what was said about it before.
pub async fn keep<'c>(on: impl Into<Held<'c>>, deploy_id: &str, until: Option<&str>) -> Result<(), DbError> {
    let mut statements = vec![deletion("kept", deploy_id)?];
    statements.extend(transaction(&[kept(deploy_id, until)]));
    on.into().pipeline(&statements).await
}

/// Says that the old version isn't kept any more.
pub async fn unkeep<'c>(on: impl Into<Held<'c>>, deploy_id: &str) -> Result<(), DbError> {
    on.into().execute(&deletion("kept", deploy_id)?).await
}

/// Says since when a deployment is in production, by the server's clock, or that it isn't.
pub async fn mark<'c>(on: impl Into<Held<'c>>, deploy_id: &str, marking: Marking) -> Result<(), DbError> {
    checked(deploy_id)?;
    let (value, condition) = match marking {
        // Repeated, it keeps the time of the first.
        Marking::Promoted => ("now()", " AND promoted_at IS NULL"),
        Marking::NotPromoted => ("NULL", ""),
    };
    let id = Literal(deploy_id);
    let sql =
        format!("UPDATE {TABLES}.deployments SET promoted_at = {value} WHERE deploy_id = {id}{condition}");
    on.into().execute(&sql).await
}

/// Takes a deployment's rows away, except for its history, unless it was begun after `until`, a time of the server's clock: then they
/// are those of another one, which has its name.
pub async fn erase<'c>(on: impl Into<Held<'c>>, deploy_id: &str, until: &str) -> Result<(), DbError> {
    let on = on.into();
    let is_another = format!(
        "SELECT 1 FROM {TABLES}.history WHERE deploy_id = {} AND event = 'stage' AND at > {}",
        Literal(deploy_id),
        Value::Time(until.to_owned())
    );
    // Not in one flight: a failure must leave the plan, which is the last.
    for table in ERASED {
        let deletion = deletion(table, deploy_id)?;
        on.execute(&format!("{deletion} AND NOT EXISTS ({is_another})")).await?;
    }
    Ok(())
}

pub(super) fn deletion(table: &str, deploy_id: &str) -> Result<String, DbError> {
    checked(deploy_id)?;
    Ok(format!("DELETE FROM {TABLES}.{table} WHERE deploy_id = {}", Literal(deploy_id)))
}

pub(super) fn checked(deploy_id: &str) -> Result<(), DbError> {
    if is_deploy_id(deploy_id) {
        return Ok(());
    }
    Err(DbError::unexpected(format!("`{}` can't be a deploy id", super::overview::plain(deploy_id))))
}
