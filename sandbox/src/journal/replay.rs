//! From a snapshot and what happened since to where it led.

use std::collections::BTreeMap;

use super::entry::{CatalogChange, ClockChange, Entry, Snapshot, TableRows, Write};
use crate::catalog::{AuditEvent, Catalog, ItemId, ItemKind, ObjectId};
use crate::error::SqlError;
use crate::system::timestamp;

/// The rows of a table, each with how often it is there.
type Rows = BTreeMap<Vec<Option<String>>, i64>;

/// A state that entries are applied to, in memory: no engine takes part.
#[derive(Debug)]
pub struct Replay {
    snapshot: Snapshot,
    rows: BTreeMap<ItemId, Rows>,
}

impl Replay {
    /// Begins at a snapshot whose catalog is whole.
    pub fn new(mut snapshot: Snapshot) -> Self {
        let mut rows: BTreeMap<ItemId, Rows> = BTreeMap::new();
        for table in std::mem::take(&mut snapshot.tables) {
            let counts = rows.entry(table.table).or_default();
            for row in table.rows {
                *counts.entry(row).or_default() += 1;
            }
        }
        Self { snapshot, rows }
    }

    /// Goes on by one entry.
    pub fn apply(&mut self, entry: Entry) -> Result<(), SqlError> {
        let Entry { catalog, secrets, writes, sources, clock } = entry;
        if let Some(change) = catalog {
            self.change(change)?;
        }
        let catalog = &self.snapshot.catalog;
        self.snapshot.secrets.extend(secrets);
        self.snapshot.secrets.retain(|id, _| catalog.item(*id).is_some());
        self.snapshot.sources.extend(sources);
        self.snapshot.sources.retain(|id, _| catalog.item(*id).is_some());
        for write in writes {
            self.write(write);
        }
        match clock {
            Some(ClockChange::Held(time)) => self.snapshot.clock = Some(time),
            Some(ClockChange::Released) => self.snapshot.clock = None,
            None => {}
        }
        Ok(())
    }

    fn change(&mut self, change: CatalogChange) -> Result<(), SqlError> {
        let catalog = &mut self.snapshot.catalog;
        catalog.next = change.next;
        let effects = catalog.apply(&change.transaction)?;
        self.rows.retain(|id, _| catalog.item(*id).is_some());
        for object in &effects.touched {
            if let ObjectId::Item(id) = object
                && let Some(rows) = self.rows.get_mut(id)
                && let Some(width) = width(catalog, *id)
            {
                *rows = std::mem::take(rows)
                    .into_iter()
                    .map(|(row, count)| (widened(row, width), count))
                    .collect();
            }
        }
        self.snapshot.audit.extend(effects.events.iter().map(audit_row));
        Ok(())
    }

    fn write(&mut self, write: Write) {
        let rows = self.rows.entry(write.table).or_default();
        for change in write.changes {
            *rows.entry(change.row).or_default() += change.count;
        }
        rows.retain(|_, count| *count != 0);
    }

    /// Where it led.
    pub fn finish(self) -> Snapshot {
        let table = |(table, rows): (ItemId, Rows)| {
            let repeated = |(row, count): (Vec<Option<String>>, i64)| {
                std::iter::repeat_n(row, usize::try_from(count).unwrap_or_default())
            };
            TableRows { table, rows: rows.into_iter().flat_map(repeated).collect() }
        };
        let tables = self.rows.into_iter().map(table).collect();
        Snapshot { tables, ..self.snapshot }
    }
}

/// How many columns a table has.
fn width(catalog: &Catalog, id: ItemId) -> Option<usize> {
    match &catalog.item(id)?.kind {
        ItemKind::Table(table) => Some(table.columns.len()),
        _ => None,
    }
}

/// A row of a table that got more columns: they are NULL in it.
fn widened(mut row: Vec<Option<String>>, width: usize) -> Vec<Option<String>> {
    row.resize(width.max(row.len()), None);
    row
}

/// An event as `mz_audit_events` has it.
fn audit_row(event: &AuditEvent) -> Vec<Option<String>> {
    vec![
        Some(event.id.to_string()),
        Some(event.event_type.clone()),
        Some(event.object_type.clone()),
        Some(event.details.to_string()),
        event.user.clone(),
        Some(timestamp(event.occurred_at)),
    ]
}
