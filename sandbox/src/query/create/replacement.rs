//! Replacements of materialized views: the checks of `CREATE` and `APPLY`.

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::resolve::full_name;
use super::super::types;
use super::{Planning, absent, is_absence};
use crate::catalog::{ColumnDesc, ItemId, ItemKind, Op};
use crate::error::{SqlError, SqlState};
use crate::plan::{DdlPlan, wrong_kind};
use crate::sql::ast::{Name, ObjectKind};

/// Refuses targets that can't be replaced.
pub(super) fn check_target(
    planning: &Planning<'_>,
    target: ItemId,
    replacement: &Ident,
    uses: &BTreeSet<ItemId>,
) -> Result<(), SqlError> {
    let Some(item) = planning.catalog.item(target) else { return Ok(()) };
    let name = planning.catalog.minimal_name(planning.session, target);
    if !matches!(item.kind, ItemKind::MaterializedView(_)) {
        let kind = item.kind.object_kind().words();
        return Err(SqlError::internal(format!(
            "cannot replace {kind} {name} with materialized view {}",
            replacement.as_str()
        )));
    }
    if !target.is_user() {
        let name = full_name(planning.catalog, target);
        return Err(SqlError::internal(format!("system item '{name}' cannot be modified")));
    }
    if uses.iter().any(|id| planning.reaches(*id, target)) {
        return Err(SqlError::internal(format!("replacement would cause {name} to depend on itself")));
    }
    let existing = planning.catalog.used_by(target).find(|id| {
        matches!(planning.catalog.item(*id).map(|item| &item.kind),
            Some(ItemKind::MaterializedView(view)) if view.replaces == Some(target))
    });
    if let Some(existing) = existing {
        let existing = planning.catalog.minimal_name(planning.session, existing);
        return Err(SqlError::internal(format!(
            "cannot replace {name} because it already has a replacement: {existing}"
        )));
    }
    Ok(())
}

/// Refuses a replacement whose columns or keys aren't the target's.
pub(super) fn check_schema(
    planning: &Planning<'_>,
    target: ItemId,
    columns: &[ColumnDesc],
    keys: &[Vec<usize>],
) -> Result<(), SqlError> {
    let Some(ItemKind::MaterializedView(view)) = planning.catalog.item(target).map(|item| &item.kind) else {
        return Ok(());
    };
    let differences = differences(&view.columns, &view.keys, columns, keys);
    if differences.is_empty() {
        return Ok(());
    }
    let message = "replacement schema differs from target schema";
    Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message).with_detail(differences.join("\n")))
}

/// A line for each difference.
pub(super) fn differences(
    target: &[ColumnDesc],
    target_keys: &[Vec<usize>],
    replacement: &[ColumnDesc],
    replacement_keys: &[Vec<usize>],
) -> Vec<String> {
    let mut lines = Vec::new();
    for place in 0..target.len().max(replacement.len()) {
        let position = place + 1;
        match (target.get(place), replacement.get(place)) {
            (Some(target), None) => {
                lines.push(format!("missing column {:?} at position {position}", target.name.as_str()));
            }
            (None, Some(extra)) => {
                lines.push(format!("extra column {:?} at position {position}", extra.name.as_str()));
            }
            (Some(target), Some(new)) => lines.extend(difference(target, new, position)),
            (None, None) => {}
        }
    }
    if lines.is_empty() {
        let sorted = |keys: &[Vec<usize>]| keys.iter().cloned().collect::<BTreeSet<_>>();
        if sorted(target_keys) != sorted(replacement_keys) {
            lines.push(format!(
                "keys differ (target: {}, replacement: {})",
                print_keys(target, target_keys),
                print_keys(replacement, replacement_keys)
            ));
        }
    }
    lines
}

fn difference(target: &ColumnDesc, new: &ColumnDesc, position: usize) -> Option<String> {
    let (name, new_name) = (target.name.as_str(), new.name.as_str());
    if name != new_name {
        return Some(format!(
            "column at position {position}: name mismatch (target: {name:?}, replacement: {new_name:?})"
        ));
    }
    if target.data_type != new.data_type {
        return Some(format!(
            "column {name:?} at position {position}: type mismatch (target: {}, replacement: {})",
            types::internal_name(&target.data_type),
            types::internal_name(&new.data_type)
        ));
    }
    let print = |nullable: bool| if nullable { "NULL" } else { "NOT NULL" };
    (target.nullable != new.nullable).then(|| {
        format!(
            "column {name:?} at position {position}: nullability mismatch (target: {}, replacement: {})",
            print(target.nullable),
            print(new.nullable)
        )
    })
}

fn print_keys(columns: &[ColumnDesc], keys: &[Vec<usize>]) -> String {
    if keys.is_empty() {
        return "(none)".to_owned();
    }
    let print = |key: &Vec<usize>| {
        let names: Vec<&str> = key.iter().filter_map(|c| columns.get(*c)).map(|c| c.name.as_str()).collect();
        format!("{{{}}}", names.join(", "))
    };
    keys.iter().map(print).collect::<Vec<_>>().join(", ")
}

/// `ALTER MATERIALIZED VIEW … APPLY REPLACEMENT …`
pub(super) fn apply(
    planning: &Planning<'_>,
    if_exists: bool,
    name: &Name,
    replacement: &Name,
) -> Result<DdlPlan, SqlError> {
    let (catalog, session) = (&*planning.catalog, planning.session);
    let target = match catalog.resolve_item(session, name) {
        Ok(target) => target,
        Err(error) if if_exists && is_absence(&error) => return Ok(absent("MATERIALIZED VIEW", name)),
        Err(error) => return Err(error),
    };
    let new = catalog.resolve_item(session, replacement)?;
    for item in [target, new] {
        if !matches!(item.kind, ItemKind::MaterializedView(_)) {
            return Err(wrong_kind(catalog, session, item, ObjectKind::MaterializedView));
        }
    }
    let replaces = matches!(&new.kind, ItemKind::MaterializedView(view) if view.replaces == Some(target.id));
    let minimal = |id: ItemId| catalog.minimal_name(session, id);
    if !replaces {
        return Err(SqlError::internal(format!(
            "cannot replace materialized view {} with materialized view {}",
            minimal(target.id),
            minimal(new.id)
        )));
    }
    if matches!(&target.kind, ItemKind::MaterializedView(view) if view.constant) {
        return Err(SqlError::new(
            SqlState::NOT_IN_PREREQUISITE_STATE,
            format!("materialized view {} is sealed and thus cannot be replaced", minimal(target.id)),
        ));
    }
    let ops = vec![Op::ApplyReplacement { target: target.id, replacement: new.id }];
    Ok(DdlPlan { ops, ..DdlPlan::default() })
}
