//! Owners.

use mz_deploy_planner::name::Ident;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::drop::CASCADE_HINT;
use super::names::{Verb, is_absence, resolve_kind, skipping};
use super::rbac::{Requirements, kind, name};
use crate::catalog::{Catalog, ItemKind, ObjectId, Op, Privilege, RoleId};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{DropBehavior, ObjectKind, ObjectName};

/// Everything that has an owner: items, databases with their schemas, clusters with their replicas, network policies.
pub(super) fn objects(catalog: &Catalog) -> impl Iterator<Item = ObjectId> + '_ {
    let items = catalog.items().map(|item| ObjectId::Item(item.id));
    let databases = catalog.databases().flat_map(|database| {
        let schemas = catalog.schemas_in_database(database.id).map(|schema| ObjectId::Schema(schema.id));
        std::iter::once(ObjectId::Database(database.id)).chain(schemas)
    });
    let clusters = catalog.clusters().flat_map(|cluster| {
        let replicas = cluster.replicas.iter().map(|replica| ObjectId::Replica(cluster.id, replica.id));
        std::iter::once(ObjectId::Cluster(cluster.id)).chain(replicas)
    });
    let policies = catalog.network_policies().map(|policy| ObjectId::NetworkPolicy(policy.id));
    items.chain(databases).chain(clusters).chain(policies)
}

pub(super) fn alter(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    if_exists: bool,
    name: &ObjectName,
    owner: &Ident,
) -> Result<Planned, SqlError> {
    let object = match resolve_kind(catalog, session, Verb::Alter, kind, name) {
        Ok(object) => object,
        Err(error) if if_exists && is_absence(&error) => {
            return Ok(Planned::nothing(skipping(kind, name), Requirements::default()));
        }
        Err(error) => return Err(error),
    };
    let new = catalog.resolve_role(owner)?.id;
    let mut requires = Requirements::owner(object);
    requires.membership.push(new);
    // A replica has no place of its own to be made in.
    let container = catalog.container(object).filter(|container| !matches!(container, ObjectId::Cluster(_)));
    requires.privileges.extend(container.map(|container| (Some(container), Privilege::Create)));
    if let ObjectId::Item(id) = object
        && catalog.item(id).is_some_and(|item| matches!(item.kind, ItemKind::Index(_)))
    {
        let warning = Notice::warning(
            SqlState::WARNING,
            format!("cannot change owner of {:?}", catalog.minimal_name(session, id)),
        )
        .with_hint("Change the ownership of the index's table, instead.");
        return Ok(Planned::nothing(warning, requires));
    }
    let op = Op::ChangeOwner { object, owner: new };
    Ok(Planned::one(op, requires))
}

fn roles(catalog: &Catalog, names: &[Ident]) -> Result<Vec<RoleId>, SqlError> {
    names.iter().map(|name| Ok(catalog.resolve_role(name)?.id)).collect()
}

pub(super) fn reassign(catalog: &Catalog, from: &[Ident], to: &Ident) -> Result<Planned, SqlError> {
    let from = roles(catalog, from)?;
    let owner = catalog.resolve_role(to)?.id;
    let mut requires = Requirements::default();
    requires.membership.extend(from.iter().copied().chain([owner]));
    let is_index = |object: &ObjectId| {
        matches!(object, ObjectId::Item(id)
            if catalog.item(*id).is_some_and(|item| matches!(item.kind, ItemKind::Index(_))))
    };
    let ops = objects(catalog)
        .filter(|object| catalog.owner(*object).is_some_and(|owner| from.contains(&owner)))
        .filter(|object| !is_index(object))
        .map(|object| Op::ChangeOwner { object, owner })
        .collect();
    Ok(Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires))
}

pub(super) fn drop_owned(
    catalog: &Catalog,
    session: &SessionView,
    names: &[Ident],
    behavior: Option<DropBehavior>,
) -> Result<Planned, SqlError> {
    let roles = roles(catalog, names)?;
    let mut requires = Requirements::default();
    requires.membership.extend(&roles);
    let owned: Vec<ObjectId> = objects(catalog)
        .filter(|object| catalog.owner(*object).is_some_and(|owner| roles.contains(&owner)))
        .collect();
    let all = catalog.dependents(&owned);
    if behavior != Some(DropBehavior::Cascade) {
        requires.check(catalog, session.role)?;
        owned.iter().try_for_each(|object| check_owned(catalog, *object, &roles))?;
    }
    let mut ops = revocations(catalog, &roles, &all);
    if !all.is_empty() {
        ops.push(Op::Drop { objects: all });
    }
    Ok(Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires))
}

/// Without `CASCADE` nothing goes along that another role owns. All of it is named, in full.
fn check_owned(catalog: &Catalog, object: ObjectId, roles: &[RoleId]) -> Result<(), SqlError> {
    let inside: Vec<ObjectId> = match object {
        ObjectId::Item(id) => catalog.used_by(id).map(ObjectId::Item).collect(),
        ObjectId::Schema(id) => catalog.items_in_schema(id).map(|item| ObjectId::Item(item.id)).collect(),
        ObjectId::Database(id) => {
            catalog.schemas_in_database(id).map(|schema| ObjectId::Schema(schema.id)).collect()
        }
        ObjectId::Cluster(id) => catalog.items_on_cluster(id).map(|item| ObjectId::Item(item.id)).collect(),
        ObjectId::Replica(..) | ObjectId::Role(_) | ObjectId::NetworkPolicy(_) => Vec::new(),
    };
    let describe =
        |object: ObjectId| format!("{} {:?}", kind(catalog, object).words(), name(catalog, object));
    let foreign = inside
        .into_iter()
        .filter(|object| catalog.owner(*object).is_some_and(|owner| !roles.contains(&owner)))
        .map(describe);
    let foreign = foreign.collect::<Vec<_>>();
    if foreign.is_empty() {
        return Ok(());
    }
    let (dropped, foreign) = (describe(object), foreign.join(", "));
    Err(SqlError::internal(format!("cannot drop {dropped}: still depended upon by {foreign}"))
        .with_hint(CASCADE_HINT))
}

/// What the roles were granted on things that stay.
fn revocations(catalog: &Catalog, roles: &[RoleId], dropped: &[ObjectId]) -> Vec<Op> {
    let mut ops = Vec::new();
    let stays = objects(catalog).filter(|object| !dropped.contains(object)).map(Some);
    for object in std::iter::once(None).chain(stays) {
        for item in catalog.acl(object).into_iter().flatten() {
            if roles.contains(&item.grantee) {
                ops.push(Op::Revoke {
                    object,
                    grantee: item.grantee,
                    grantor: item.grantor,
                    privileges: item.privileges.clone(),
                });
            }
        }
    }
    for (key, privileges) in catalog.default_privileges() {
        if roles.contains(&key.grantee) || roles.contains(&key.creator) {
            ops.push(Op::RevokeDefault { key: key.clone(), privileges: privileges.clone() });
        }
    }
    ops
}
