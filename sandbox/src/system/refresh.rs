//! Keeping the base tables in step with the catalog.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::append_rows;
use super::rows::{self, Rows, Table};
use super::text::{self, Row};
use crate::catalog::{AuditEvent, Catalog, Effects, ObjectId};

/// Statements that fill the empty base tables with all that the catalog has.
pub fn populate(catalog: &Catalog) -> Vec<String> {
    let mut by_table = BTreeMap::new();
    for object in rows::objects(catalog) {
        collect(&mut by_table, rows::rows(catalog, object));
    }
    collect(&mut by_table, rows::privilege_rows(catalog));
    inserts(by_table)
}

/// Statements that bring the base tables from one state of the catalog to the next. Only rows that differ are touched:
/// the cost is that of the change, whatever the size of the catalog.
pub fn refresh(old: &Catalog, new: &Catalog, effects: &Effects) -> Vec<String> {
    let mut deletes: BTreeMap<Table, Vec<String>> = BTreeMap::new();
    let mut by_table = BTreeMap::new();
    for object in touched(old, new, effects) {
        let (before, after) = (grouped(rows::rows(old, object)), grouped(rows::rows(new, object)));
        let tables: BTreeSet<Table> = before.keys().chain(after.keys()).copied().collect();
        for table in tables.into_iter().filter(|table| before.get(table) != after.get(table)) {
            if before.contains_key(&table) {
                deletes.entry(table).or_default().push(rows::key(object));
            }
            by_table
                .entry(table)
                .or_insert_with(Vec::new)
                .extend(after.get(&table).into_iter().flatten().cloned());
        }
    }
    let mut statements: Vec<String> = deletes
        .into_iter()
        .map(|(table, keys)| {
            let keys = text::literal(&text::array(keys));
            format!("DELETE FROM {} WHERE key = ANY ({keys}::text[])", table.engine_name())
        })
        .collect();
    if effects.privileges_changed {
        let tables = [Table::SystemPrivilege, Table::DefaultPrivilege];
        statements.extend(tables.map(|table| format!("DELETE FROM {}", table.engine_name())));
        collect(&mut by_table, rows::privilege_rows(new));
    }
    statements.extend(inserts(by_table));
    let events: Vec<Row> = effects.events.iter().map(event_row).collect();
    statements.extend(append_rows("mz_catalog", "mz_audit_events", &events).into_iter().flatten());
    statements
}

/// What a transaction touched, with the replicas of its clusters: they have rows of their own.
fn touched(old: &Catalog, new: &Catalog, effects: &Effects) -> BTreeSet<ObjectId> {
    let mut touched = effects.touched.clone();
    touched.extend(effects.moved.iter().flat_map(|(from, to)| [ObjectId::Item(*from), ObjectId::Item(*to)]));
    for object in &effects.touched {
        let ObjectId::Cluster(id) = object else { continue };
        for cluster in [old.cluster(*id), new.cluster(*id)].into_iter().flatten() {
            touched.extend(cluster.replicas.iter().map(|replica| ObjectId::Replica(*id, replica.id)));
        }
    }
    touched
}

fn event_row(event: &AuditEvent) -> Row {
    vec![
        Some(event.id.to_string()),
        Some(event.event_type.clone()),
        Some(event.object_type.clone()),
        Some(event.details.to_string()),
        event.user.clone(),
        Some(text::timestamp(event.occurred_at)),
    ]
}

fn grouped(rows: Rows) -> BTreeMap<Table, Vec<Row>> {
    let mut by_table = BTreeMap::new();
    collect(&mut by_table, rows);
    by_table
}

fn collect(by_table: &mut BTreeMap<Table, Vec<Row>>, rows: Rows) {
    for (table, row) in rows {
        by_table.entry(table).or_default().push(row);
    }
}

fn inserts(by_table: BTreeMap<Table, Vec<Row>>) -> Vec<String> {
    by_table.iter().flat_map(|(table, rows)| text::inserts(table.engine_name(), rows)).collect()
}
