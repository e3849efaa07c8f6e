//! What the journal keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, ItemId, NextIds, Transaction};
use crate::engine::stored;
use crate::source::Progress;

/// What one acknowledged statement, or one transaction, changed. All of it is there after a restart, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The change of the catalog.
    pub catalog: Option<CatalogChange>,
    /// Values of secrets.
    pub secrets: Vec<(ItemId, Vec<u8>)>,
    /// Rows of tables.
    pub writes: Vec<Write>,
    /// How far load generators have come.
    pub sources: Vec<(ItemId, Progress)>,
    /// The clock was held, moved or let go.
    pub clock: Option<ClockChange>,
}

/// What became of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockChange {
    /// It stands at a time, in milliseconds since 1970.
    Held(u64),
    /// It follows the machine's.
    Released,
}

/// A change of the catalog, with the ids that were taken for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogChange {
    /// What to apply.
    pub transaction: Transaction,
    /// The next ids, as they were before it was applied.
    pub next: NextIds,
}

/// A change of a table's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The table.
    pub table: ItemId,
    /// Its rows that came and went.
    pub changes: Vec<RowChange>,
}

/// A row that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// Its values as text.
    pub row: Vec<Option<String>>,
    /// How often; negative if it went.
    pub count: i64,
}

/// The rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The table.
    pub table: ItemId,
    /// Its rows, values as text.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Everything at one point in time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The catalog. [`Catalog::restored`] makes it whole.
    pub catalog: Catalog,
    /// Values of secrets.
    pub secrets: BTreeMap<ItemId, Vec<u8>>,
    /// Rows.
    pub tables: Vec<TableRows>,
    /// How far sources have come.
    pub sources: BTreeMap<ItemId, Progress>,
    /// Where a held clock stands, in milliseconds since 1970.
    pub clock: Option<u64>,
    /// The audit log, as the system relation has it.
    pub audit: Vec<Vec<Option<String>>>,
    /// The environment's id.
    pub environment_id: String,
}

impl Write {
    /// The statements that make it in the engine. Of equal rows as many go as are said to.
    pub fn sql(&self) -> Vec<String> {
        let table = stored(self.table);
        let mut statements = Vec::new();
        for change in &self.changes {
            if change.count < 0 {
                let values = values(&change.row);
                statements.push(format!(
                    "DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM {table} t \
                     WHERE t IS NOT DISTINCT FROM ROW({values})::{table} LIMIT {}))",
                    change.count.unsigned_abs()
                ));
            } else if change.count > 0 {
                let repeated = vec![change.row.clone(); usize::try_from(change.count).unwrap_or_default()];
                statements.extend(insert(self.table, &repeated));
            }
        }
        statements
    }
}

impl TableRows {
    /// The change that makes them the rows of an empty table.
    pub fn write(&self) -> Write {
        let changes = self.rows.iter().map(|row| RowChange { row: row.clone(), count: 1 }).collect();
        Write { table: self.table, changes }
    }

    /// The statement that inserts them; none if there are none.
    pub fn sql(&self) -> Option<String> {
        insert(self.table, &self.rows)
    }
}

/// The statement that inserts rows, values as text, into a relation of the engine.
pub(crate) fn insert(table: ItemId, rows: &[Vec<Option<String>>]) -> Option<String> {
    let table = stored(table);
    let rows: Vec<String> = rows.iter().map(|row| format!("({})", values(row))).collect();
    if rows.iter().any(|row| row == "()") {
        // A table without columns has rows all the same.
        let count = rows.len();
        return Some(format!("INSERT INTO {table} SELECT FROM pg_catalog.generate_series(1, {count})"));
    }
    (!rows.is_empty()).then(|| format!("INSERT INTO {table} VALUES {}", rows.join(", ")))
}

fn values(row: &[Option<String>]) -> String {
    let values = row.iter().map(|value| match value {
        Some(text) => format!("'{}'", text.replace('\'', "''")),
        None => "NULL".to_owned(),
    });
    values.collect::<Vec<_>>().join(", ")
}
