//! `GRANT`, `REVOKE` and `ALTER DEFAULT PRIVILEGES`

use mz_deploy_planner::name::Ident;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::names::resolve;
use super::rbac::{Requirements, describe_quoted, kind};
use crate::catalog::{
    Catalog, DefaultPrivilegeKey, ItemKind, ObjectId, Op, Privilege, PrivilegeSet, RoleId, applicable,
};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{AlterDefaultPrivileges, GrantPrivileges, GrantTarget, ObjectKind, Privileges};

pub(super) fn change(
    catalog: &Catalog,
    session: &SessionView,
    change: &GrantPrivileges,
    is_grant: bool,
) -> Result<Planned, SqlError> {
    let (objects, is_list) = targets(catalog, session, &change.target)?;
    let grantees = grantees(catalog, &change.roles)?;
    let mut plan = DdlPlan::default();
    let mut requires = Requirements::default();
    for object in objects {
        let possible = applicable(object.map(|object| kind(catalog, object)));
        let wanted: PrivilegeSet = match &change.privileges {
            Privileges::All => possible.clone(),
            Privileges::List(list) => list.iter().copied().collect(),
        };
        let impossible: PrivilegeSet = wanted.difference(&possible).copied().collect();
        if !impossible.is_empty() {
            let on = object.map_or_else(|| "SYSTEM".to_owned(), |object| describe_quoted(catalog, object));
            let message = format!("invalid privilege types {} for {on}", keywords(&impossible));
            if is_list {
                return Err(SqlError::internal(message));
            }
            plan.notices.push(Notice::new(
                SqlState::SUCCESS,
                format!("non-applicable privilege types {} for {on}", keywords(&impossible)),
            ));
        }
        let privileges: PrivilegeSet = wanted.intersection(&possible).copied().collect();
        require(catalog, object, &mut requires);
        if privileges.is_empty() {
            continue;
        }
        let grantor = object.and_then(|object| catalog.owner(object)).unwrap_or(RoleId::MZ_SYSTEM);
        for grantee in &grantees {
            let (grantee, privileges) = (*grantee, privileges.clone());
            plan.ops.push(if is_grant {
                Op::Grant { object, grantee, grantor, privileges }
            } else {
                Op::Revoke { object, grantee, grantor, privileges }
            });
        }
    }
    Ok(Planned::new(plan, requires))
}

fn keywords(privileges: &PrivilegeSet) -> String {
    let words: Vec<&str> = privileges.iter().map(|privilege| privilege.keyword()).collect();
    words.join(", ")
}

/// Who may grant: superusers on the system, owners elsewhere.
fn require(catalog: &Catalog, object: Option<ObjectId>, requires: &mut Requirements) {
    let Some(object) = object else {
        requires.superuser = Some("GRANT/REVOKE SYSTEM PRIVILEGES");
        return;
    };
    if !requires.ownership.contains(&object) {
        requires.ownership.push(object);
    }
    let container = match object {
        ObjectId::Item(id) => catalog.item(id).and_then(|item| item.schema).map(ObjectId::Schema),
        ObjectId::Schema(id) => catalog.schema(id).and_then(|schema| schema.database).map(ObjectId::Database),
        _ => None,
    };
    requires.privileges.extend(container.map(|container| (Some(container), Privilege::Usage)));
}

/// The objects of a grant; true if they are named one by one.
fn targets(
    catalog: &Catalog,
    session: &SessionView,
    target: &GrantTarget,
) -> Result<(Vec<Option<ObjectId>>, bool), SqlError> {
    let in_schemas = |wanted: ObjectKind, schemas: Vec<crate::catalog::SchemaId>| {
        let items = schemas.into_iter().flat_map(|schema| catalog.items_in_schema(schema));
        let items = items.filter(|item| is_granted_as(&item.kind, wanted));
        items.map(|item| Some(ObjectId::Item(item.id))).collect::<Vec<_>>()
    };
    match target {
        GrantTarget::System => Ok((vec![None], true)),
        GrantTarget::Objects(wanted, names) => {
            let resolved = names.iter().map(|name| {
                let object = resolve(catalog, session, *wanted, name)?;
                check_kind(catalog, session, object, *wanted)?;
                Ok(Some(object))
            });
            Ok((resolved.collect::<Result<_, SqlError>>()?, true))
        }
        GrantTarget::AllInSchemas(wanted, names) => {
            let schemas = names.iter().map(|name| Ok(catalog.resolve_schema(session, name)?.id));
            Ok((in_schemas(*wanted, schemas.collect::<Result<_, SqlError>>()?), false))
        }
        GrantTarget::AllInDatabases(wanted, names) => {
            let databases = names.iter().map(|name| Ok(catalog.resolve_database(name)?.id));
            let databases: Vec<_> = databases.collect::<Result<_, SqlError>>()?;
            let schemas: Vec<_> = databases
                .into_iter()
                .flat_map(|database| catalog.schemas_in_database(database))
                .map(|schema| schema.id)
                .collect();
            if *wanted == ObjectKind::Schema {
                let schemas = schemas.into_iter().map(|id| Some(ObjectId::Schema(id)));
                return Ok((schemas.collect(), false));
            }
            Ok((in_schemas(*wanted, schemas), false))
        }
        GrantTarget::All(wanted) => Ok((all(catalog, *wanted), false)),
    }
}

fn all(catalog: &Catalog, wanted: ObjectKind) -> Vec<Option<ObjectId>> {
    match wanted {
        ObjectKind::Database => {
            let databases = catalog.databases().filter(|database| database.id.is_user());
            databases.map(|database| Some(ObjectId::Database(database.id))).collect()
        }
        ObjectKind::Schema => {
            let schemas = catalog.schemas().filter(|schema| schema.id.is_user());
            schemas.map(|schema| Some(ObjectId::Schema(schema.id))).collect()
        }
        ObjectKind::Cluster => {
            let clusters = catalog.clusters().filter(|cluster| cluster.id.is_user());
            clusters.map(|cluster| Some(ObjectId::Cluster(cluster.id))).collect()
        }
        wanted => catalog
            .items()
            .filter(|item| item.id.is_user() && is_granted_as(&item.kind, wanted))
            .map(|item| Some(ObjectId::Item(item.id)))
            .collect(),
    }
}

/// Views, materialized views and sources are tables to a grant.
fn is_granted_as(item: &ItemKind, wanted: ObjectKind) -> bool {
    match wanted {
        ObjectKind::Table => item.columns().is_some(),
        wanted => item.object_kind() == wanted,
    }
}

fn check_kind(
    catalog: &Catalog,
    session: &SessionView,
    object: ObjectId,
    wanted: ObjectKind,
) -> Result<(), SqlError> {
    if let ObjectId::Item(id) = object
        && let Some(item) = catalog.item(id)
        && !is_granted_as(&item.kind, wanted)
    {
        return Err(super::wrong_kind(catalog, session, item, wanted));
    }
    Ok(())
}

fn grantees(catalog: &Catalog, names: &[Ident]) -> Result<Vec<RoleId>, SqlError> {
    names.iter().map(|name| grantee(catalog, name)).collect()
}

fn grantee(catalog: &Catalog, name: &Ident) -> Result<RoleId, SqlError> {
    if name.as_str() == "public" { Ok(RoleId::Public) } else { Ok(catalog.resolve_role(name)?.id) }
}

pub(super) fn change_defaults(
    catalog: &Catalog,
    session: &SessionView,
    change: &AlterDefaultPrivileges,
) -> Result<Planned, SqlError> {
    let mut requires = Requirements::default();
    let creators = match &change.for_roles {
        None => {
            requires.superuser = Some("ALTER DEFAULT PRIVILEGES FOR ALL ROLES");
            vec![RoleId::Public]
        }
        Some(names) => {
            let roles: Vec<RoleId> = names
                .iter()
                .map(|name| Ok(catalog.resolve_role(name)?.id))
                .collect::<Result<_, SqlError>>()?;
            requires.membership.clone_from(&roles);
            roles
        }
    };
    let grantees = grantees(catalog, &change.roles)?;
    let mut places = Vec::new();
    for name in &change.in_schemas {
        let schema = catalog.resolve_schema(session, name)?;
        requires.privileges.push((Some(ObjectId::Schema(schema.id)), Privilege::Usage));
        places.push((schema.database, Some(schema.id)));
    }
    for name in &change.in_databases {
        let database = catalog.resolve_database(name)?;
        requires.privileges.push((Some(ObjectId::Database(database.id)), Privilege::Usage));
        places.push((Some(database.id), None));
    }
    if places.is_empty() {
        places.push((None, None));
    }
    let possible = applicable(Some(change.on));
    let wanted: PrivilegeSet = match &change.privileges {
        Privileges::All => possible.clone(),
        Privileges::List(list) => list.iter().copied().collect(),
    };
    let impossible: PrivilegeSet = wanted.difference(&possible).copied().collect();
    if !impossible.is_empty() {
        return Err(SqlError::internal(format!(
            "invalid privilege types {} for {}S",
            keywords(&impossible),
            super::rbac::keyword(change.on)
        )));
    }
    let mut ops = Vec::new();
    for creator in &creators {
        for (database, schema) in &places {
            for grantee in &grantees {
                let key = DefaultPrivilegeKey {
                    creator: *creator,
                    database: *database,
                    schema: *schema,
                    kind: change.on,
                    grantee: *grantee,
                };
                let privileges = wanted.clone();
                ops.push(if change.grant {
                    Op::GrantDefault { key, privileges }
                } else {
                    Op::RevokeDefault { key, privileges }
                });
            }
        }
    }
    Ok(Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires))
}
