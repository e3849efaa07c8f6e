//! `SHOW …` as queries over `mz_internal.mz_show_*`.
//!
//! A `SHOW` becomes a `SELECT` in Materialize's own dialect, which then goes the way of every query: so it can stand
//! in a subquery, its `WHERE` sees the columns of its result, and types and errors of that come out as anywhere.

use std::fmt::Write as _;

use mz_deploy_planner::name::Ident;

use super::text::literal;
use crate::catalog::{Catalog, Item, RoleId, SchemaId, kebab, written};
use crate::error::{SqlError, SqlState};
use crate::plan::SessionView;
use crate::sql::ast::{Expr, Name, SelectStatement, SetExpr, Show, ShowFilter, ShowWhat, Statement};
use crate::sql::parser::parse_statements;

/// What to select, before the filter of the statement.
struct Listing {
    /// The relation of `mz_internal`.
    relation: &'static str,
    /// The columns of the answer, in order. It is sorted by the first, then the next.
    columns: &'static [&'static str],
    /// Another order.
    order: Option<&'static str>,
    /// Which rows.
    conditions: Vec<String>,
}

/// The query that a `SHOW` stands for.
pub fn show(show: &Show, catalog: &Catalog, session: &SessionView) -> Result<SelectStatement, SqlError> {
    let listing = listing(show, catalog, session)?;
    let mut sql =
        format!("SELECT {} FROM (SELECT * FROM mz_internal.{}", names(listing.columns), listing.relation);
    for (n, condition) in listing.conditions.iter().enumerate() {
        let _ = write!(sql, " {} {condition}", if n == 0 { "WHERE" } else { "AND" });
    }
    let order = listing.order.map_or_else(|| names(listing.columns), str::to_owned);
    let _ = write!(sql, ") AS shown");
    if let Some(ShowFilter::Like(pattern)) = &show.filter {
        let column = listing.columns.first().copied().unwrap_or_default();
        let _ = write!(sql, " WHERE {column} LIKE {}", literal(pattern));
    }
    let _ = write!(sql, " ORDER BY {order}");
    let mut select = parse_select(&sql)?;
    if let (Some(ShowFilter::Where(filter)), SetExpr::Select(body)) = (&show.filter, &mut select.query.body) {
        body.selection = Some(Expr::clone(filter));
    }
    Ok(select)
}

fn parse_select(sql: &str) -> Result<SelectStatement, SqlError> {
    match parse_statements(sql)?.pop().map(|parsed| parsed.statement) {
        Some(Statement::Select(select)) => Ok(select),
        _ => Err(SqlError::unsupported("this form of SHOW")),
    }
}

fn names(columns: &[&str]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| super::text::ident(column)).collect();
    quoted.join(", ")
}

fn listing(show: &Show, catalog: &Catalog, session: &SessionView) -> Result<Listing, SqlError> {
    let (relation, columns): (_, &'static [&'static str]) = match &show.what {
        ShowWhat::Objects => ("mz_show_all_objects", &["name", "type", "comment"]),
        ShowWhat::Tables => ("mz_show_tables", &["name", "comment"]),
        ShowWhat::Views => ("mz_show_views", &["name", "comment"]),
        ShowWhat::MaterializedViews => ("mz_show_materialized_views", &["name", "cluster", "comment"]),
        ShowWhat::Indexes => ("mz_show_indexes", &["name", "on", "cluster", "key", "comment"]),
        ShowWhat::Sources => ("mz_show_sources", &["name", "type", "cluster", "comment"]),
        ShowWhat::Subsources => ("mz_show_sources", &["name", "type"]),
        ShowWhat::Sinks => ("mz_show_sinks", &["name", "type", "cluster", "comment"]),
        ShowWhat::Connections => ("mz_show_connections", &["name", "type", "comment"]),
        ShowWhat::Secrets => ("mz_show_secrets", &["name", "comment"]),
        ShowWhat::Types => ("mz_show_types", &["name", "comment"]),
        ShowWhat::Schemas => ("mz_show_schemas", &["name", "comment"]),
        ShowWhat::Databases => ("mz_show_databases", &["name", "comment"]),
        ShowWhat::Clusters => ("mz_show_clusters", &["name", "replicas", "comment"]),
        ShowWhat::ClusterReplicas => {
            ("mz_show_cluster_replicas", &["cluster", "replica", "size", "ready", "comment"])
        }
        ShowWhat::Roles => ("mz_show_roles", &["name", "comment"]),
        ShowWhat::NetworkPolicies => ("mz_show_network_policies", &["name", "rules", "comment"]),
        ShowWhat::Columns => ("mz_show_columns", &["name", "nullable", "type", "comment"]),
        ShowWhat::Privileges { .. } => (
            "mz_show_all_privileges",
            &["grantor", "grantee", "database", "schema", "name", "object_type", "privilege_type"],
        ),
        ShowWhat::DefaultPrivileges { .. } => (
            "mz_show_default_privileges",
            &["object_owner", "database", "schema", "object_type", "grantee", "privilege_type"],
        ),
        ShowWhat::RoleMembership { .. } => ("mz_show_role_members", &["role", "member", "grantor"]),
    };
    let order = matches!(show.what, ShowWhat::Columns).then_some("position");
    Ok(Listing { relation, columns, order, conditions: conditions(show, catalog, session)? })
}

fn conditions(show: &Show, catalog: &Catalog, session: &SessionView) -> Result<Vec<String>, SqlError> {
    let mut conditions = Vec::new();
    match &show.what {
        ShowWhat::Databases
        | ShowWhat::Clusters
        | ShowWhat::ClusterReplicas
        | ShowWhat::Roles
        | ShowWhat::NetworkPolicies => {}
        ShowWhat::Schemas => {
            let database = match show.from.as_ref().and_then(|name| name.0.last()) {
                Some(name) => name,
                None => &session.database,
            };
            let database = catalog.resolve_database(database)?;
            conditions.push(format!("(database_id IS NULL OR database_id = '{}')", database.id));
        }
        ShowWhat::Columns => {
            if let Some(name) = &show.from {
                conditions.push(format!("id = '{}'", with_columns(catalog, session, name)?.id));
            }
        }
        ShowWhat::Privileges { kind, system, role } => {
            if *system {
                conditions.push("object_type = 'system'".to_owned());
            }
            conditions.extend(kind.map(|kind| format!("object_type = '{}'", kebab(kind))));
            conditions.extend(held_by(catalog, "grantee", role.as_ref())?);
        }
        ShowWhat::DefaultPrivileges { kind, role } => {
            conditions.extend(kind.map(|kind| format!("object_type = '{}'", kebab(kind))));
            conditions.extend(held_by(catalog, "grantee", role.as_ref())?);
        }
        ShowWhat::RoleMembership { role } => conditions.extend(held_by(catalog, "member", role.as_ref())?),
        _ => item_conditions(show, catalog, session, &mut conditions)?,
    }
    Ok(conditions)
}

/// Items are those of one relation, or of one schema.
fn item_conditions(
    show: &Show,
    catalog: &Catalog,
    session: &SessionView,
    conditions: &mut Vec<String>,
) -> Result<(), SqlError> {
    if let Some(name) = &show.on {
        let item = catalog.resolve_item(session, name)?;
        conditions.push(match show.what {
            ShowWhat::Indexes => format!("on_id = '{}'", item.id),
            _ => format!(
                "id IN (SELECT object_id FROM mz_internal.mz_object_dependencies WHERE referenced_object_id = '{}')",
                item.id
            ),
        });
    } else {
        conditions.push(format!("schema_id = '{}'", schema(catalog, session, show.from.as_ref())?));
    }
    if matches!(show.what, ShowWhat::Subsources) {
        conditions.push("type IN ('subsource', 'progress')".to_owned());
    }
    if let Some(cluster) = &show.in_cluster {
        conditions.push(format!("cluster_id = '{}'", catalog.resolve_cluster(cluster)?.id));
    }
    Ok(())
}

fn schema(catalog: &Catalog, session: &SessionView, from: Option<&Name>) -> Result<SchemaId, SqlError> {
    match from {
        Some(name) => catalog.resolve_schema(session, name).map(|schema| schema.id),
        None => catalog.current_schema(session).map(|schema| schema.id).ok_or_else(|| {
            SqlError::new(SqlState::INVALID_SCHEMA_NAME, "no valid schema selected").with_hint(
                "Use SET schema = name to select a schema.  Use SHOW SCHEMAS to list available schemas.  Use SHOW \
                 search_path to show the schema names that we looked for, but none of them existed.",
            )
        }),
    }
}

fn with_columns<'a>(catalog: &'a Catalog, session: &SessionView, name: &Name) -> Result<&'a Item, SqlError> {
    let item = catalog.resolve_item(session, name)?;
    if item.kind.columns().is_some() {
        return Ok(item);
    }
    let kind = item.kind.object_kind().words();
    Err(SqlError::internal(format!("{} is a {kind} and so does not have columns", written(name))))
}

/// What a role has by itself or as a member of others, or what everybody has.
fn held_by(catalog: &Catalog, column: &str, role: Option<&Ident>) -> Result<Option<String>, SqlError> {
    let Some(role) = role else { return Ok(None) };
    let role = catalog.resolve_role(role)?;
    let mut roles = catalog.memberships(role.id);
    roles.insert(role.id);
    let names = roles.into_iter().filter(|id| *id != RoleId::Public).filter_map(|id| catalog.role(id));
    let mut names: Vec<String> = names.map(|role| literal(role.name.as_str())).collect();
    if column == "grantee" {
        names.push("'PUBLIC'".to_owned());
    }
    Ok(Some(format!("{column} IN ({})", names.join(", "))))
}
