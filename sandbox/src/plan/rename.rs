//! `ALTER … RENAME TO` and `ALTER … SWAP WITH`

use mz_deploy_planner::name::Ident;

use super::cluster::check_cluster_name;
use super::container::check_schema_name;
use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::names::{is_absence, is_reserved, resolve, resolve_kind, skipping};
use super::rbac::Requirements;
use super::rename_conflict;
use crate::catalog::{Catalog, ClusterId, ObjectId, Op, Privilege, Schema, SchemaId};
use crate::error::SqlError;
use crate::sql::ast::{ObjectKind, ObjectName};

fn nothing(kind: ObjectKind, name: &ObjectName) -> Planned {
    let plan = DdlPlan { notices: vec![skipping(kind, name)], ..DdlPlan::default() };
    Planned::new(plan, Requirements::default())
}

fn one(op: Op, requires: Requirements) -> Planned {
    Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires)
}

pub(super) fn rename(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    if_exists: bool,
    name: &ObjectName,
    to: &Ident,
) -> Result<Planned, SqlError> {
    let object = match resolve_kind(catalog, session, kind, name) {
        Ok(object) => object,
        Err(error) if if_exists && is_absence(&error) => return Ok(nothing(kind, name)),
        Err(error) => return Err(error),
    };
    let owner = Requirements::owner(object);
    match object {
        ObjectId::Item(id) => {
            let Some(item) = catalog.item(id) else { return Err(SqlError::internal("unknown catalog item")) };
            if !id.is_user() {
                return Err(SqlError::internal(format!(
                    "system item '{}' cannot be modified",
                    item.name.as_str()
                )));
            }
            if kind == ObjectKind::Type {
                return Err(SqlError::internal("renaming types is not supported"));
            }
            rename_conflict::item(catalog, id, to)?;
            Ok(one(Op::RenameItem { id, to: to.clone() }, owner))
        }
        ObjectId::Schema(id) => {
            let Some(schema) = catalog.schema(id) else { return Err(SqlError::internal("unknown schema")) };
            let Some(database) = schema.database else {
                return Err(SqlError::internal(format!(
                    "renaming the {} schema is not supported",
                    schema.name.as_str()
                )));
            };
            check_schema_name(to)?;
            // The new name is looked up when the operation runs; references are looked at before.
            if catalog.schema_by_name(Some(database), to).is_none() {
                rename_conflict::schema(catalog, schema)?;
            }
            let requires = owner.and(Some(ObjectId::Database(database)), Privilege::Create);
            Ok(one(Op::RenameSchema { id, to: to.clone() }, requires))
        }
        ObjectId::Cluster(id) => {
            check_cluster_name(to)?;
            check_cluster(catalog, id, &owner, session)?;
            Ok(one(Op::RenameCluster { id, to: to.clone() }, owner))
        }
        ObjectId::Replica(cluster, id) => {
            if is_reserved(to) {
                return Err(SqlError::internal(format!("replica name {:?} is reserved", to.as_str())));
            }
            Ok(one(Op::RenameReplica { cluster, id, to: to.clone() }, owner))
        }
        ObjectId::Database(_) | ObjectId::Role(_) | ObjectId::NetworkPolicy(_) => {
            Err(SqlError::internal(format!("renaming a {} is not supported", kind.words())))
        }
    }
}

/// The server's own clusters are nobody's to change; others hear first that they don't own them.
fn check_cluster(
    catalog: &Catalog,
    id: ClusterId,
    owner: &Requirements,
    session: &SessionView,
) -> Result<(), SqlError> {
    if id.is_user() {
        return Ok(());
    }
    owner.check(catalog, session.role)?;
    let name = catalog.cluster(id).map(|cluster| cluster.name.as_str().to_owned()).unwrap_or_default();
    Err(SqlError::internal(format!("system cluster '{name}' cannot be modified")))
}

pub(super) fn swap(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    if_exists: bool,
    name: &ObjectName,
    with: &Ident,
) -> Result<Planned, SqlError> {
    let first = match resolve(catalog, session, kind, name) {
        Ok(object) => object,
        Err(error) if if_exists && is_absence(&error) => return Ok(nothing(kind, name)),
        Err(error) => return Err(error),
    };
    match first {
        ObjectId::Schema(a) => swap_schemas(catalog, a, with),
        ObjectId::Cluster(a) => {
            let b = catalog.resolve_cluster(with)?.id;
            let mut requires = Requirements::default();
            requires.ownership.extend([ObjectId::Cluster(a), ObjectId::Cluster(b)]);
            check_cluster(catalog, a, &requires, session)?;
            check_cluster(catalog, b, &requires, session)?;
            Ok(one(Op::SwapClusters { a, b }, requires))
        }
        _ => Err(SqlError::internal("ALTER SWAP for objects not yet supported")),
    }
}

fn swap_schemas(catalog: &Catalog, a: SchemaId, with: &Ident) -> Result<Planned, SqlError> {
    let Some((schema, database)) = catalog.schema(a).and_then(|schema| Some((schema, schema.database?)))
    else {
        return Err(SqlError::internal("cannot swap schemas that are in the ambient database"));
    };
    let other: &Schema = catalog
        .schema_by_name(Some(database), with)
        .ok_or_else(|| SqlError::internal(format!("unknown schema '{}'", with.as_str())))?;
    let mut requires = Requirements::privilege(Some(ObjectId::Database(database)), Privilege::Create);
    requires.ownership.extend([ObjectId::Schema(a), ObjectId::Schema(other.id)]);
    rename_conflict::schema(catalog, schema)?;
    if other.id != a {
        rename_conflict::schema(catalog, other)?;
    }
    Ok(one(Op::SwapSchemas { a, b: other.id }, requires))
}
