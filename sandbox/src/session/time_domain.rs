//! Which relations the reads of a transaction may share.

use std::collections::BTreeSet;

use super::answer::Result;
use super::read::with_dependencies;
use super::transaction::Reads;
use crate::catalog::{Catalog, Item, ItemId, ItemKind, SchemaId};
use crate::error::{SqlError, SqlState};

/// Relations of the system that every time domain has: those whose rows are stored.
const SYSTEM: &[&str] = &[
    "mz_catalog.mz_array_types",
    "mz_catalog.mz_base_types",
    "mz_catalog.mz_columns",
    "mz_catalog.mz_connections",
    "mz_catalog.mz_databases",
    "mz_catalog.mz_functions",
    "mz_catalog.mz_index_columns",
    "mz_catalog.mz_indexes",
    "mz_catalog.mz_list_types",
    "mz_catalog.mz_map_types",
    "mz_catalog.mz_materialized_views",
    "mz_catalog.mz_operators",
    "mz_catalog.mz_pseudo_types",
    "mz_catalog.mz_role_auth",
    "mz_catalog.mz_role_members",
    "mz_catalog.mz_role_parameters",
    "mz_catalog.mz_roles",
    "mz_catalog.mz_schemas",
    "mz_catalog.mz_secrets",
    "mz_catalog.mz_sinks",
    "mz_catalog.mz_sources",
    "mz_catalog.mz_system_privileges",
    "mz_catalog.mz_tables",
    "mz_catalog.mz_types",
    "mz_catalog.mz_views",
    "mz_internal.mz_aggregates",
    "mz_internal.mz_comments",
    "mz_internal.mz_object_dependencies",
    "mz_internal.mz_type_pg_metadata",
];

/// The schemas that a first read opens for the reads after it.
pub(super) fn schemas(catalog: &Catalog, reads: &BTreeSet<ItemId>) -> BTreeSet<SchemaId> {
    let all = with_dependencies(catalog, reads);
    all.into_iter().filter_map(|id| catalog.item(id)?.schema).collect()
}

/// Whether a read of `reads` fits to the reads before it.
pub(super) fn check(catalog: &Catalog, transaction: &Reads, reads: &BTreeSet<ItemId>) -> Result<()> {
    let user: Vec<&Item> =
        reads.iter().filter(|id| id.is_user()).filter_map(|id| catalog.item(*id)).collect();
    if transaction.on_catalog_server && !user.is_empty() {
        let names: Vec<_> = user.iter().map(|item| name_of(catalog, item.id)).collect();
        let message = format!(
            "querying the following items {} is not allowed from the \"mz_catalog_server\" cluster",
            names.join(", ")
        );
        return Err(SqlError::new(SqlState::RESTRICTED_CLUSTER, message).with_detail(
            "The transaction is executing on the mz_catalog_server cluster, maybe having been routed there by the first statement in the transaction.",
        ));
    }
    let Some(domain) = &transaction.domain else { return Ok(()) };
    let inputs = with_dependencies(catalog, reads);
    let outside: BTreeSet<String> = inputs
        .iter()
        .filter(|id| id.is_user())
        .filter_map(|id| catalog.item(*id))
        .filter(|item| is_stored(catalog, item))
        .filter(|item| item.schema.is_some_and(|schema| !domain.contains(&schema)))
        .map(|item| name_of(catalog, item.id))
        .collect();
    if outside.is_empty() {
        return Ok(());
    }
    let within = catalog
        .items()
        .filter(|item| item.id.is_user() && item.schema.is_some_and(|schema| domain.contains(&schema)))
        .filter(|item| is_stored(catalog, item))
        .map(|item| name_of(catalog, item.id));
    let mut available: Vec<String> = within.chain(SYSTEM.iter().map(|name| format!("\"{name}\""))).collect();
    available.sort();
    let outside: Vec<_> = outside.into_iter().collect();
    let message = "Transactions can only reference objects in the same timedomain. See https://materialize.com/docs/sql/begin/#same-timedomain-error";
    Err(SqlError::new(SqlState::INVALID_TRANSACTION, message).with_detail(format!(
        "The following relations in the query are outside the transaction's time domain:\n{}\nOnly the following relations are available:\n{}",
        outside.join("\n"),
        available.join("\n")
    )))
}

/// Relations whose rows are kept somewhere: views only if they are indexed.
pub(super) fn is_stored(catalog: &Catalog, item: &Item) -> bool {
    match item.kind {
        ItemKind::Table(_) | ItemKind::MaterializedView(_) | ItemKind::Source(_) => true,
        ItemKind::View(_) => catalog
            .used_by(item.id)
            .any(|id| catalog.item(id).is_some_and(|user| matches!(user.kind, ItemKind::Index(_)))),
        _ => false,
    }
}

/// The full name of an item, in quotes.
pub(super) fn name_of(catalog: &Catalog, id: ItemId) -> String {
    match catalog.full_name(id) {
        Some(name) => {
            let parts = name.database.iter().chain([&name.schema, &name.item]);
            let parts: Vec<_> = parts.map(mz_deploy_planner::name::Ident::as_str).collect();
            format!("\"{}\"", parts.join("."))
        }
        None => format!("\"{id}\""),
    }
}
