//! From the journal to a running server.

use std::collections::BTreeSet;
use std::path::Path;

use super::{engine_failed, rows};
use crate::catalog::{Catalog, Effects, ItemId, ObjectId};
use crate::engine::Engine;
use crate::error::SqlError;
use crate::journal::{Journal, Replay, Snapshot, insert};
use crate::query;
use crate::system;

/// Rows that are inserted at once.
const ROWS: usize = 5_000;

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

/// Fills an empty engine.
pub(super) fn fill(engine: &Engine, snapshot: &Snapshot, journaled: bool) -> Result<(), SqlError> {
    let (old, new) = (Catalog::bootstrap(), &snapshot.catalog);
    let items: Vec<ItemId> = new.items().filter(|item| item.id.is_user()).map(|item| item.id).collect();
    let touched: BTreeSet<ObjectId> = items.iter().copied().map(ObjectId::Item).collect();
    let mut statements = system::populate(new);
    statements
        .extend(system::append_rows("mz_catalog", "mz_audit_events", &snapshot.audit).into_iter().flatten());
    statements.extend(query::mirror(&old, new, &Effects { touched, ..Effects::default() })?);
    for table in &snapshot.tables {
        statements.extend(table.rows.chunks(ROWS).filter_map(|rows| insert(table.table, rows)));
    }
    if journaled {
        let written = items.into_iter().filter(|id| rows::is_written(new, *id));
        statements.extend(written.flat_map(rows::triggers_of));
    }
    engine.batch(&statements.join(";\n")).map_err(engine_failed)
}
