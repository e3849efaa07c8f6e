//! What moves with time: the simulation's relations and the rows of load generators. They are brought up to date when
//! somebody reads them, and from time to time for those who follow them.

use std::collections::BTreeSet;

use super::{Coordinator, State, engine_failed};
use crate::catalog::{Catalog, ItemId};
use crate::engine::Engine;
use crate::error::SqlError;
use crate::journal::Entry;
use crate::time::{Relation, Simulation};

impl Coordinator {
    /// Brings relations up to date that are about to be read: `reads` has also what they are made of.
    pub(crate) fn bring_up_to_date(
        &self,
        state: &mut State,
        reads: &BTreeSet<ItemId>,
    ) -> Result<(), SqlError> {
        if reads.iter().any(|id| state.driver.source_of(*id).is_some()) {
            self.feed(state)?;
        }
        if !reads.is_disjoint(&self.moving) {
            self.refresh(state)?;
        }
        Ok(())
    }

    /// What happens by itself: load generators go on, and whoever follows something hears of what moved.
    pub(crate) fn tick(&self) -> Result<(), SqlError> {
        let mut state = self.lock();
        self.compact(&mut state)?;
        if !state.driver.is_idle() {
            self.feed(&mut state)?;
        }
        if self.changes.receiver_count() > 0 && self.refresh(&mut state)? {
            self.changed();
        }
        drop(state);
        self.engine.tidy().map_err(engine_failed)
    }

    /// Writes the rows of load generators that have come by now.
    fn feed(&self, state: &mut State) -> Result<(), SqlError> {
        let now = self.clock.now();
        state.simulation.advance(now);
        let State { driver, simulation, journal, .. } = state;
        let due = driver.due(now, |source| simulation.is_running(source));
        if due.is_empty() {
            return Ok(());
        }
        let statements: Vec<String> = due.iter().flat_map(|(write, _)| write.sql()).collect();
        self.in_transaction(|| {
            self.engine.batch(&statements.join(";\n")).map_err(engine_failed)?;
            let Some(journal) = journal else { return Ok(()) };
            let writes = due.iter().map(|(write, _)| write.clone()).collect();
            let sources = due.iter().map(|(write, progress)| (write.table, *progress)).collect();
            journal.append(&Entry { writes, sources, ..Entry::default() })?;
            Ok(())
        })?;
        driver.written(&due);
        for (write, _) in &due {
            let Some(source) = driver.source_of(write.table) else { continue };
            let rows = write.changes.iter().map(|change| &change.row);
            count(simulation, [source, write.table], rows);
        }
        self.changed();
        Ok(())
    }

    /// Brings the simulation's relations to the present. True if anything moved.
    fn refresh(&self, state: &mut State) -> Result<bool, SqlError> {
        let changes = state.simulation.changes(self.clock.now());
        let statements: Vec<String> = changes.iter().flat_map(crate::time::Change::sql).collect();
        if statements.is_empty() {
            return Ok(false);
        }
        self.engine.batch(&statements.join(";\n")).map_err(engine_failed)?;
        Ok(true)
    }
}

/// Counts rows that came to a table, for it and for the source that gives them.
pub(super) fn count<'r>(
    simulation: &mut Simulation,
    ids: [ItemId; 2],
    rows: impl Iterator<Item = &'r Vec<Option<String>>>,
) {
    let (mut updates, mut bytes) = (0_u64, 0_u64);
    for row in rows {
        updates = updates.saturating_add(1);
        let size = row.iter().flatten().map(|value| u64::try_from(value.len()).unwrap_or(u64::MAX));
        bytes = size.fold(bytes, u64::saturating_add);
    }
    for id in ids {
        simulation.count(id, updates, bytes, updates);
    }
}

/// The system relations that the simulation fills, and those that are made of them: the engine knows which.
pub(super) fn relations(engine: &Engine, catalog: &Catalog) -> Result<BTreeSet<ItemId>, SqlError> {
    let filled: Vec<String> = Relation::ALL.iter().map(|relation| format!("'{}'", relation.name)).collect();
    let sql = format!(
        "WITH RECURSIVE moving (oid) AS (
             SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'base' AND c.relname IN ({})
             UNION
             SELECT r.ev_class FROM moving m JOIN pg_catalog.pg_depend d ON d.refobjid = m.oid
             JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
         )
         SELECT c.relname FROM moving m JOIN pg_catalog.pg_class c ON c.oid = m.oid",
        filled.join(", ")
    );
    let rows = engine.query(&sql, &[], &[]).map_err(engine_failed)?.result.rows;
    let names: BTreeSet<String> = rows
        .into_iter()
        .flatten()
        .flatten()
        .map(|name| String::from_utf8_lossy(&name).into_owned())
        .collect();
    let system = catalog.items().filter(|item| !item.id.is_user());
    let name_of = |item: &crate::catalog::Item| {
        let schema = catalog.schema(item.schema?)?;
        Some(format!("{}.{}", schema.name.as_str(), item.name.as_str()))
    };
    Ok(system
        .filter(|item| name_of(item).is_some_and(|name| names.contains(&name)))
        .map(|item| item.id)
        .collect())
}
