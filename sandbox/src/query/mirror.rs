//! The engine's side of a change of the catalog: tables, views and record types by id.

use std::collections::{BTreeMap, BTreeSet};

use super::lower::{self, quoted};
use super::types;
use crate::catalog::{Catalog, ColumnDesc, Effects, Item, ItemId, ItemKind, ObjectId, ScalarType, Type};
use crate::engine::stored;
use crate::error::SqlError;
use crate::sql::ast::Query;

/// The statements that bring the engine from one state of the catalog to the next: drops first, then what is new, each
/// after what it reads. A view whose input has another id now is made anew, and so is every view above it.
pub fn mirror(old: &Catalog, new: &Catalog, effects: &Effects) -> Result<Vec<String>, SqlError> {
    let touched = effects.touched.iter().filter_map(|object| match object {
        ObjectId::Item(id) => Some(*id),
        _ => None,
    });
    let touched: BTreeSet<ItemId> =
        touched.chain(effects.dropped.iter().copied()).chain(effects.moved.keys().copied()).collect();
    let before: BTreeMap<ItemId, Mirrored<'_>> =
        touched.iter().filter_map(|id| Some((*id, mirrored(old.item(*id)?)?))).collect();
    let after: BTreeMap<ItemId, Mirrored<'_>> =
        touched.iter().filter_map(|id| Some((*id, mirrored(new.item(*id)?)?))).collect();

    let changed = |id: &ItemId| before.get(id) != after.get(id);
    let mut renewed: BTreeSet<ItemId> = touched.iter().copied().filter(changed).collect();
    // What reads something that is made anew is made anew, unless it holds rows of its own.
    let mut open: Vec<ItemId> = renewed.iter().copied().collect();
    while let Some(id) = open.pop() {
        for user in old.used_by(id).chain(new.used_by(id)) {
            let is_view = |catalog: &Catalog| {
                matches!(catalog.item(user).and_then(mirrored), Some(Mirrored::View { .. }))
            };
            if (is_view(old) || is_view(new)) && renewed.insert(user) {
                open.push(user);
            }
        }
    }

    let mut statements = Vec::new();
    // Only a table's new columns leave its rows where they are.
    let mut kept = BTreeSet::new();
    for id in &renewed {
        let (Some(Mirrored::Table { columns: had }), Some(Mirrored::Table { columns: has })) =
            (old.item(*id).and_then(mirrored), new.item(*id).and_then(mirrored))
        else {
            continue;
        };
        kept.insert(*id);
        for column in has.iter().skip(had.len()) {
            let definition = column_definition(new, column)?;
            statements.push(format!("ALTER TABLE {} ADD COLUMN {definition}", lower::relation(new, *id)));
        }
    }
    let mut dropped: Vec<String> = Vec::new();
    for id in in_order(old, &renewed).into_iter().rev().filter(|id| !kept.contains(id)) {
        dropped.extend(old.item(id).and_then(mirrored).map(|kind| drop_statement(id, &kind)));
    }
    dropped.append(&mut statements);
    for id in in_order(new, &renewed).into_iter().filter(|id| !kept.contains(id)) {
        if let Some(kind) = new.item(id).and_then(mirrored) {
            dropped.push(create_statement(new, id, &kind)?);
        }
    }
    Ok(dropped)
}

/// What the engine has of an item.
#[derive(Clone, Debug, PartialEq)]
enum Mirrored<'a> {
    /// Rows: of tables, and of sources.
    Table { columns: &'a [ColumnDesc] },
    /// A query: of views, and of materialized views.
    View { columns: &'a [ColumnDesc], query: &'a Query },
    /// A record type.
    Record { fields: &'a [(mz_deploy_planner::name::Ident, ScalarType)] },
}

fn mirrored(item: &Item) -> Option<Mirrored<'_>> {
    if !item.id.is_user() {
        return None;
    }
    match &item.kind {
        ItemKind::Table(table) => Some(Mirrored::Table { columns: &table.columns }),
        ItemKind::Source(source) => Some(Mirrored::Table { columns: &source.columns }),
        ItemKind::View(view) => {
            Some(Mirrored::View { columns: &view.columns, query: &view.create.as_ref()?.query })
        }
        ItemKind::MaterializedView(view) => {
            Some(Mirrored::View { columns: &view.columns, query: &view.create.as_ref()?.query })
        }
        ItemKind::Type(Type::Custom { definition: ScalarType::Record(fields), .. }) => {
            Some(Mirrored::Record { fields })
        }
        _ => None,
    }
}

/// Items, each after what it uses.
fn in_order(catalog: &Catalog, items: &BTreeSet<ItemId>) -> Vec<ItemId> {
    fn visit(catalog: &Catalog, id: ItemId, seen: &mut BTreeSet<ItemId>, order: &mut Vec<ItemId>) {
        let mut stack = vec![(id, false)];
        while let Some((id, done)) = stack.pop() {
            if done {
                order.push(id);
            } else if seen.insert(id) {
                stack.push((id, true));
                let uses = catalog.item(id).into_iter().flat_map(|item| item.uses.iter().rev());
                stack.extend(uses.filter(|id| id.is_user()).map(|id| (*id, false)));
            }
        }
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for id in items {
        visit(catalog, *id, &mut seen, &mut order);
    }
    order.retain(|id| items.contains(id));
    order
}

fn drop_statement(id: ItemId, kind: &Mirrored<'_>) -> String {
    let what = match kind {
        Mirrored::Table { .. } => "TABLE",
        Mirrored::View { .. } => "VIEW",
        Mirrored::Record { .. } => "TYPE",
    };
    format!("DROP {what} {}", stored(id))
}

fn create_statement(catalog: &Catalog, id: ItemId, kind: &Mirrored<'_>) -> Result<String, SqlError> {
    let own = stored(id);
    Ok(match kind {
        Mirrored::Table { columns } => {
            let columns: Result<Vec<String>, SqlError> =
                columns.iter().map(|column| column_definition(catalog, column)).collect();
            format!("CREATE TABLE {own} ({})", columns?.join(", "))
        }
        Mirrored::View { columns, query } => {
            let names: Vec<String> = columns.iter().map(|column| quoted(column.name.as_str())).collect();
            let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            format!("CREATE VIEW {own}{names} AS {}", lower::query(catalog, query)?)
        }
        Mirrored::Record { fields } => {
            let fields: Result<Vec<String>, SqlError> = fields
                .iter()
                .map(|(name, data_type)| {
                    Ok(format!("{} {}", quoted(name.as_str()), types::engine_type(catalog, data_type)?))
                })
                .collect();
            format!("CREATE TYPE {own} AS ({})", fields?.join(", "))
        }
    })
}

fn column_definition(catalog: &Catalog, column: &ColumnDesc) -> Result<String, SqlError> {
    let mut sql =
        format!("{} {}", quoted(column.name.as_str()), types::engine_type(catalog, &column.data_type)?);
    if let Some(default) = &column.default {
        sql = format!("{sql} DEFAULT {}", lower::expr(catalog, default, None)?);
    }
    Ok(if column.nullable { sql } else { format!("{sql} NOT NULL") })
}
