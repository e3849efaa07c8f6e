//! `CREATE [REPLACEMENT] MATERIALIZED VIEW`

use std::collections::BTreeSet;

use super::super::feature::unavailable;
use super::super::select::stored_query;
use super::view::{name_columns, refuse_system_wildcards};
use super::{Planning, already_exists, replacement, skipping};
use crate::catalog::{ColumnDesc, ItemId, ItemKind, MaterializedView};
use crate::error::{SqlError, SqlState};
use crate::plan::{DdlPlan, wrong_kind};
use crate::sql::ast::{
    ClusterRef, CreateMaterializedView, ItemRef, ObjectKind, OptionValue, Refresh, SqlOption,
};

const KIND: &str = "materialized view";

pub(super) fn create(
    planning: &mut Planning<'_>,
    create: &CreateMaterializedView,
) -> Result<DdlPlan, SqlError> {
    let mut stored = stored_query(&create.query, planning.catalog, planning.session, planning.engine)?;
    let target = create
        .replacement_for
        .as_ref()
        .map(|target| {
            super::super::resolve::lookup(planning.catalog, planning.session, target).map(|item| item.id)
        })
        .transpose()?;
    let cluster = planning.cluster(create.in_cluster.as_ref())?;
    if create.in_replica.is_some() {
        return Err(unavailable("IN CLUSTER ... REPLICA", "enable_replica_targeted_materialized_views"));
    }
    let place = planning.place(&create.name, false)?;
    name_columns(&mut stored, &create.columns, KIND, &place)?;
    planning.refuse_replacements(&stored.references.reads)?;
    if let Some(target) = target {
        planning.refuse_replacements(&BTreeSet::from([target]))?;
    }
    options(&create.options, &mut stored.columns)?;
    refuse_system_wildcards(&stored)?;
    planning.refuse_unstable(&stored.references.reads, KIND)?;
    refuse_unmaterializable(planning, &stored.references.calls, &stored.references.reads)?;

    let mut uses = stored.references.uses.clone();
    let mut ops = Vec::new();
    if let Some(target) = target {
        replacement::check_target(planning, target, &place.name, &uses)?;
    }
    match planning.occupant(&place) {
        Some(old) if create.or_replace => {
            if !matches!(old.kind, ItemKind::MaterializedView(_)) {
                return Err(wrong_kind(
                    planning.catalog,
                    planning.session,
                    old,
                    ObjectKind::MaterializedView,
                ));
            }
            ops.push(planning.replace(old, &place, &uses)?);
        }
        Some(old) if !create.if_not_exists => return Err(already_exists(old, &place.full)),
        Some(_) => return Ok(skipping(KIND, &place.name)),
        None => {
            if planning.is_taken(&place, create.if_not_exists)? {
                return Ok(skipping(KIND, &place.name));
            }
        }
    }
    if let Some(target) = target {
        replacement::check_schema(planning, target, &stored.columns, &stored.keys)?;
        uses.insert(target);
    }
    let constant = !stored.references.mz_now() && is_constant(planning, &stored.references.reads);
    let statement = CreateMaterializedView {
        name: planning.stored_name(&place),
        or_replace: false,
        if_not_exists: false,
        replacement_for: target.map(ItemRef::Id),
        in_cluster: Some(ClusterRef::Id(cluster)),
        options: stored_options(&create.options),
        query: stored.query,
        as_of: Some(if constant { 0 } else { planning.now }),
        ..create.clone()
    };
    let view = MaterializedView {
        columns: stored.columns,
        keys: stored.keys,
        cluster,
        replaces: target,
        constant,
        create: Some(statement),
    };
    ops.push(planning.new_item(place, uses, ItemKind::MaterializedView(view)));
    Ok(DdlPlan { ops, ..DdlPlan::default() })
}

/// Checks the options; asserted columns can't be NULL.
fn options(options: &[SqlOption], columns: &mut [ColumnDesc]) -> Result<(), SqlError> {
    let mut asserted = BTreeSet::new();
    for option in options {
        match (option.name.as_str(), &option.value) {
            ("ASSERT NOT NULL", Some(OptionValue::Ident(name))) => {
                let column = columns.iter_mut().find(|column| column.name == *name);
                let column = column.ok_or_else(|| {
                    SqlError::internal(format!(
                        "column {:?} in ASSERT NOT NULL option not found",
                        name.as_str()
                    ))
                })?;
                if !asserted.insert(name.clone()) {
                    return Err(SqlError::internal(format!(
                        "duplicate column {} in non-null assertions",
                        name.as_str()
                    )));
                }
                column.nullable = false;
            }
            ("REFRESH", Some(OptionValue::Refresh(Refresh::OnCommit))) => {}
            ("REFRESH", _) => {
                return Err(unavailable(
                    "REFRESH EVERY and REFRESH AT materialized views",
                    "enable_refresh_every_mvs",
                ));
            }
            ("RETAIN HISTORY", _) => {
                return Err(unavailable("RETAIN HISTORY", "enable_logical_compaction_window"));
            }
            ("PARTITION BY", Some(OptionValue::Sequence(names))) => {
                for (place, name) in names.iter().enumerate() {
                    if let OptionValue::Ident(name) = name
                        && columns.get(place).is_none_or(|column| column.name != *name)
                    {
                        return Err(SqlError::internal(
                            "PARTITION BY columns should be a prefix of the relation's columns",
                        ));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The options as they are kept: the way to refresh is always among them.
fn stored_options(options: &[SqlOption]) -> Vec<SqlOption> {
    let mut stored = options.to_vec();
    if !stored.iter().any(|option| option.name == "REFRESH") {
        let value = Some(OptionValue::Refresh(Refresh::OnCommit));
        stored.push(SqlOption { name: "REFRESH".to_owned(), value });
    }
    stored
}

/// Refuses functions whose value depends on the session or the clock, here or in a view below.
pub(super) fn refuse_unmaterializable(
    planning: &Planning<'_>,
    calls: &BTreeSet<(String, String)>,
    reads: &BTreeSet<ItemId>,
) -> Result<(), SqlError> {
    let mut found = calls.iter().find_map(|(_, name)| unmaterializable(name));
    let mut seen = BTreeSet::new();
    let mut open: Vec<ItemId> = reads.iter().copied().filter(|id| id.is_user()).collect();
    while let (None, Some(id)) = (found, open.pop()) {
        let Some(item) = planning.catalog.item(id) else { continue };
        if let (true, ItemKind::View(view)) = (seen.insert(id), &item.kind)
            && let Some(create) = &view.create
        {
            let mut query = create.query.clone();
            let mut resolver = super::super::resolve::Resolver::new(planning.catalog, planning.session);
            resolver.query(&mut query)?;
            found = resolver.references.calls.iter().find_map(|(_, name)| unmaterializable(name));
            open.extend(item.uses.iter().copied().filter(|id| id.is_user()));
        }
    }
    let Some(name) = found else { return Ok(()) };
    let error = SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("cannot materialize call to {name}"));
    Err(if name == "current_timestamp" {
        error
            .with_detail("See: https://materialize.com/docs/sql/functions/now_and_mz_now/")
            .with_hint("In temporal filters `mz_now()` may work instead.")
    } else {
        error
    })
}

fn unmaterializable(name: &str) -> Option<&'static str> {
    Some(match name {
        "now" | "current_timestamp" => "current_timestamp",
        "current_user" | "current_role" | "user" => "current_user",
        "session_user" => "session_user",
        "current_database" | "current_catalog" => "current_database",
        "current_schemas" | "current_schema" => "current_schemas",
        "mz_environment_id" => "mz_environment_id",
        "mz_is_superuser" => "mz_is_superuser",
        "mz_session_id" => "mz_session_id",
        "mz_uptime" => "mz_uptime",
        "mz_version" => "mz_version",
        "mz_version_num" => "mz_version_num",
        "pg_backend_pid" => "pg_backend_pid",
        "pg_postmaster_start_time" => "pg_postmaster_start_time",
        "version" => "version",
        _ => return None,
    })
}

/// True if nothing that is read can change: views over nothing.
fn is_constant(planning: &Planning<'_>, reads: &BTreeSet<ItemId>) -> bool {
    reads.iter().all(|id| match planning.catalog.item(*id).map(|item| (&item.kind, &item.uses)) {
        Some((ItemKind::View(view), uses)) => {
            let relations: BTreeSet<ItemId> = uses
                .iter()
                .copied()
                .filter(|id| planning.catalog.item(*id).is_some_and(|item| item.kind.columns().is_some()))
                .collect();
            let moves = view.create.as_ref().is_none_or(|create| {
                let mut query = create.query.clone();
                let mut resolver = super::super::resolve::Resolver::new(planning.catalog, planning.session);
                resolver.query(&mut query).is_err() || resolver.references.mz_now()
            });
            !moves && is_constant(planning, &relations)
        }
        Some((ItemKind::MaterializedView(view), _)) => view.constant,
        _ => false,
    })
}
