//! `CREATE VIEW`

use mz_deploy_planner::name::Ident;

use super::super::select::{StoredQuery, stored_query};
use super::{Place, Planning, already_exists, refuse_duplicates, skipping};
use crate::catalog::{ItemKind, View};
use crate::error::{SqlError, SqlState};
use crate::plan::{DdlPlan, wrong_kind};
use crate::sql::ast::{CreateView, ObjectKind};

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateView) -> Result<DdlPlan, SqlError> {
    let mut stored = stored_query(&create.query, planning.catalog, planning.session, planning.engine)?;
    let place = planning.place(&create.name, create.temporary)?;
    name_columns(&mut stored, &create.columns, "view", &place)?;
    planning.refuse_replacements(&stored.references.reads)?;
    if !create.temporary {
        refuse_system_wildcards(&stored)?;
        planning.refuse_unstable(&stored.references.reads, "view")?;
    }
    let uses = stored.references.uses.clone();

    let mut ops = Vec::new();
    match planning.occupant(&place) {
        Some(old) if create.or_replace => {
            if !matches!(old.kind, ItemKind::View(_)) {
                return Err(wrong_kind(planning.catalog, planning.session, old, ObjectKind::View));
            }
            ops.push(planning.replace(old, &place, &uses)?);
        }
        Some(old) if !create.if_not_exists => return Err(already_exists(old, &place.full)),
        Some(_) => return Ok(skipping("view", &place.name)),
        None => {
            if planning.is_taken(&place, create.if_not_exists)? {
                return Ok(skipping("view", &place.name));
            }
        }
    }
    let statement = CreateView {
        name: planning.stored_name(&place),
        or_replace: false,
        if_not_exists: false,
        query: stored.query,
        ..create.clone()
    };
    let view = View { columns: stored.columns, keys: stored.keys, create: Some(statement) };
    ops.push(planning.new_item(place, uses, ItemKind::View(view)));
    Ok(DdlPlan { ops, ..DdlPlan::default() })
}

/// Gives the columns the names that the statement lists, as far as it does, and refuses names that occur twice.
pub(super) fn name_columns(
    stored: &mut StoredQuery,
    names: &[Ident],
    kind: &str,
    place: &Place,
) -> Result<(), SqlError> {
    if names.len() > stored.columns.len() {
        let (full, have) = (&place.full, stored.columns.len());
        return Err(SqlError::internal(format!(
            "{kind} {full} definition names {} column{}, but {kind} {full} has {have} column{}",
            names.len(),
            plural(names.len()),
            plural(have)
        )));
    }
    for (column, name) in stored.columns.iter_mut().zip(names) {
        column.name = name.clone();
    }
    refuse_duplicates(stored.columns.iter().map(|column| &column.name))
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// What a stored `*` stands for must not change with a new version of the server.
pub(super) fn refuse_system_wildcards(stored: &StoredQuery) -> Result<(), SqlError> {
    if stored.references.wildcard && stored.references.reads_system() {
        return Err(SqlError::new(
            SqlState::FEATURE_NOT_SUPPORTED,
            "cannot use wildcard expansions or NATURAL JOINs in a view that depends on system objects",
        ));
    }
    if stored.references.show {
        return Err(SqlError::internal("SHOW commands are not allowed in views"));
    }
    Ok(())
}
