//! From the journal to a running server.

use std::path::Path;

use super::{Coordinator, State, engine_failed, rows};
use crate::catalog::{Catalog, ColumnDesc, Effects, Item, ItemKind};
use crate::engine::{Engine, quoted, stored};
use crate::error::SqlError;
use crate::journal::{Journal, Replay, Snapshot, TableRows};
use crate::query;
use crate::system;

/// Opens a data directory and reads where its journal leads to. It begins anew from there: what the journal said until
/// now is one snapshot. Without a directory there is a new environment.
pub(super) fn read(
    data: Option<&Path>,
    environment_id: impl FnOnce() -> String,
) -> Result<(Option<Journal>, Snapshot), SqlError> {
    let begin = || Snapshot {
        catalog: Catalog::bootstrap(),
        environment_id: environment_id(),
        ..Snapshot::default()
    };
    let Some(folder) = data else { return Ok((None, begin())) };
    let (mut journal, restored) = Journal::open(folder)?;
    let snapshot = match restored.snapshot {
        Some(mut snapshot) => {
            snapshot.catalog = snapshot.catalog.restored();
            snapshot
        }
        None => begin(),
    };
    let mut replay = Replay::new(snapshot);
    for entry in restored.entries {
        replay.apply(entry)?;
    }
    let snapshot = replay.finish();
    journal.compact(&snapshot)?;
    Ok((Some(journal), snapshot))
}

/// The statements that every engine begins with: the system relations, as they are in a new environment.
pub(super) fn preparation(journaled: bool) -> String {
    let mut sql = system::bootstrap_sql();
    sql.push_str(&system::populate(&Catalog::bootstrap()).join(";\n"));
    sql.push_str(";\n");
    if journaled {
        sql.push_str(rows::NOTES);
    }
    sql
}

/// Brings a prepared engine to where the snapshot is.
pub(super) fn fill(engine: &Engine, snapshot: &Snapshot, journaled: bool) -> Result<(), SqlError> {
    let (old, new) = (Catalog::bootstrap(), &snapshot.catalog);
    let changed = Effects {
        touched: new.differences(&old),
        privileges_changed: new.has_other_privileges(&old),
        ..Effects::default()
    };
    let mut statements = system::refresh(&old, new, &changed);
    statements
        .extend(system::append_rows("mz_catalog", "mz_audit_events", &snapshot.audit).into_iter().flatten());
    statements.extend(query::mirror(&old, new, &changed)?);
    for table in &snapshot.tables {
        statements.extend(rows::inserts(table));
    }
    if journaled {
        let items = new.items().map(|item| item.id).filter(|id| id.is_user());
        statements.extend(items.filter(|id| rows::is_written(new, *id)).flat_map(rows::triggers_of));
    }
    if statements.is_empty() { Ok(()) } else { engine.batch(&statements.join(";\n")).map_err(engine_failed) }
}

impl Coordinator {
    /// Puts a snapshot in the place of a log that became long.
    pub(super) fn compact(&self, state: &mut State) -> Result<(), SqlError> {
        let Some(journal) = state.journal.as_mut().filter(|journal| journal.is_large()) else {
            return Ok(());
        };
        let mut tables = Vec::new();
        for item in state.catalog.items().filter(|item| item.id.is_user()) {
            let Some(columns) = columns(item) else { continue };
            let names: Vec<String> = columns.iter().map(|column| quoted(column.name.as_str())).collect();
            let rows = texts(&self.engine, &names, &stored(item.id))?;
            tables.push(TableRows { table: item.id, rows });
        }
        let audit = ["id", "event_type", "object_type", "details", "user", "occurred_at"].map(quoted);
        let snapshot = Snapshot {
            catalog: Catalog::clone(&state.catalog),
            secrets: state.secrets.clone(),
            tables,
            sources: state.driver.progress().into_iter().collect(),
            clock: self.clock.is_held().then(|| self.clock.now()),
            audit: texts(&self.engine, &audit, "base.\"mz_catalog.mz_audit_events\"")?,
            environment_id: self.environment_id.clone(),
        };
        Ok(journal.compact(&snapshot)?)
    }
}

/// The columns of what has rows of its own.
fn columns(item: &Item) -> Option<&[ColumnDesc]> {
    match &item.kind {
        ItemKind::Table(table) => Some(&table.columns),
        ItemKind::Source(source) => Some(&source.columns),
        _ => None,
    }
}

/// The rows of a relation in the engine's own text.
fn texts(engine: &Engine, columns: &[String], relation: &str) -> Result<Vec<Vec<Option<String>>>, SqlError> {
    let texts: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
    let sql = format!("SELECT {} FROM {relation}", texts.join(", "));
    let rows = engine.query(&sql, &[], &[]).map_err(engine_failed)?.result.rows;
    let text = |value: Option<Vec<u8>>| value.map(|value| String::from_utf8_lossy(&value).into_owned());
    Ok(rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect())
}
