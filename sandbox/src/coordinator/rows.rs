//! Rows that statements write. With a journal, triggers note each row that comes or goes, in the engine's own text: what
//! a statement computed is kept, not the statement.

use super::{Coordinator, State, engine_failed};
use crate::catalog::{Catalog, Effects, ItemId, ItemKind, ObjectId, TableStatement};
use crate::engine::Engine;
use crate::error::SqlError;
use crate::journal::{Entry, RowChange, TableRows, Write, insert};

/// Rows that are inserted at once.
const AT_ONCE: usize = 5_000;

/// The notes that [`triggers`] leave, and the function that takes them. Columns may be added to a table, so it looks
/// which there are. Writes are transactions with them, in which the engine makes no types by itself, so the usual ones
/// are made here.
pub(super) const NOTES: &str = r#"
CREATE TABLE base.noted (n bigint GENERATED ALWAYS AS IDENTITY, relation text, "row" text[], count int);
CREATE FUNCTION base.note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    list text;
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.format('%I::text', attname), ', ' ORDER BY attnum) INTO list
    FROM pg_catalog.pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped;
    IF TG_OP <> 'INSERT' THEN
        EXECUTE pg_catalog.format(
            'INSERT INTO base.noted (relation, "row", count) SELECT %L, ARRAY[%s]::text[], -1 FROM gone', TG_TABLE_NAME, list);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE pg_catalog.format(
            'INSERT INTO base.noted (relation, "row", count) SELECT %L, ARRAY[%s]::text[], 1 FROM come', TG_TABLE_NAME, list);
    END IF;
    RETURN NULL;
END $$;
SELECT mz_internal.make_all();
"#;

const TAKE: &str = r#"WITH taken AS (DELETE FROM base.noted RETURNING *)
SELECT relation, pg_catalog.to_json("row")::text, count::text FROM taken ORDER BY n"#;

/// The statements that fill an empty table.
pub(super) fn inserts(rows: &TableRows) -> impl Iterator<Item = String> + '_ {
    rows.rows.chunks(AT_ONCE).filter_map(|chunk| insert(rows.table, chunk))
}

/// The statements that make the engine note what happens to the rows of new tables.
pub(super) fn triggers(old: &Catalog, new: &Catalog, effects: &Effects) -> Vec<String> {
    let items = effects.touched.iter().filter_map(|object| match object {
        ObjectId::Item(id) if old.item(*id).is_none() => Some(*id),
        _ => None,
    });
    items.filter(|id| is_written(new, *id)).flat_map(triggers_of).collect()
}

/// True for tables that users write to.
pub(super) fn is_written(catalog: &Catalog, id: ItemId) -> bool {
    catalog.item(id).is_some_and(|item| match &item.kind {
        ItemKind::Table(table) => matches!(table.create, Some(TableStatement::Table(_))),
        _ => false,
    })
}

pub(super) fn triggers_of(id: ItemId) -> [String; 3] {
    let table = crate::engine::stored(id);
    let trigger = |event: &str, tables: &str| {
        format!(
            "CREATE TRIGGER noted_{event} AFTER {event} ON {table} REFERENCING {tables} \
             FOR EACH STATEMENT EXECUTE FUNCTION base.note()"
        )
    };
    [
        trigger("INSERT", "NEW TABLE AS come"),
        trigger("DELETE", "OLD TABLE AS gone"),
        trigger("UPDATE", "OLD TABLE AS gone NEW TABLE AS come"),
    ]
}

impl Coordinator {
    /// Writes rows: all that `work` writes, in the engine and on the disk, or nothing.
    pub(crate) fn write<T>(
        &self,
        state: &mut State,
        work: impl FnOnce(&Engine) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        let done = self.in_transaction(|| {
            let done = work(&self.engine)?;
            self.keep(state)?;
            Ok(done)
        })?;
        self.changed();
        Ok(done)
    }

    /// Writes what one statement of the engine does.
    pub(crate) fn write_one<T>(
        &self,
        state: &mut State,
        work: impl FnOnce(&Engine) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        if state.journal.is_some() {
            return self.write(state, work);
        }
        // A statement is whole by itself.
        let done = work(&self.engine)?;
        self.changed();
        Ok(done)
    }

    /// Writes down which rows came and went in the open transaction.
    fn keep(&self, state: &mut State) -> Result<(), SqlError> {
        let Some(journal) = &mut state.journal else { return Ok(()) };
        let rows = self.engine.query(TAKE, &[], &[]).map_err(engine_failed)?.result.rows;
        let mut writes: Vec<Write> = Vec::new();
        for row in rows {
            let (table, change) = note(row).ok_or_else(|| SqlError::internal("a row was noted wrongly"))?;
            match writes.last_mut().filter(|last| last.table == table) {
                Some(last) => last.changes.push(change),
                None => writes.push(Write { table, changes: vec![change] }),
            }
        }
        if !writes.is_empty() {
            journal.append(&Entry { writes, ..Entry::default() })?;
        }
        Ok(())
    }
}

fn note(row: Vec<Option<Vec<u8>>>) -> Option<(ItemId, RowChange)> {
    let [table, values, count]: [Vec<u8>; 3] =
        row.into_iter().collect::<Option<Vec<_>>>()?.try_into().ok()?;
    let text = |bytes| String::from_utf8(bytes).ok();
    let table = text(table)?.parse().ok()?;
    let row = serde_json::from_slice(&values).ok()?;
    Some((table, RowChange { row, count: text(count)?.parse().ok()? }))
}
