//! Owners.

use mz_deploy_planner::name::Ident;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::names::{is_absence, resolve_kind, skipping};
use super::rbac::{Requirements, describe_quoted};
use crate::catalog::{Catalog, ItemKind, ObjectId, Op, Privilege, RoleId};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{DropBehavior, ObjectKind, ObjectName};

/// Everything that has an owner, by kind and id.
pub(super) fn objects(catalog: &Catalog) -> impl Iterator<Item = ObjectId> + '_ {
    let databases = catalog.databases().map(|database| ObjectId::Database(database.id));
    let schemas = catalog.schemas().map(|schema| ObjectId::Schema(schema.id));
    let items = catalog.items().map(|item| ObjectId::Item(item.id));
    let clusters = catalog.clusters().map(|cluster| ObjectId::Cluster(cluster.id));
    let policies = catalog.network_policies().map(|policy| ObjectId::NetworkPolicy(policy.id));
    databases.chain(schemas).chain(items).chain(clusters).chain(policies)
}

pub(super) fn alter(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    if_exists: bool,
    name: &ObjectName,
    owner: &Ident,
) -> Result<Planned, SqlError> {
    let object = match resolve_kind(catalog, session, kind, name) {
        Ok(object) => object,
        Err(error) if if_exists && is_absence(&error) => {
            let plan = DdlPlan { notices: vec![skipping(kind, name)], ..DdlPlan::default() };
            return Ok(Planned::new(plan, Requirements::default()));
        }
        Err(error) => return Err(error),
    };
    let new = catalog.resolve_role(owner)?.id;
    let mut requires = Requirements::owner(object);
    requires.membership.push(new);
    let container = match object {
        ObjectId::Item(id) => catalog.item(id).and_then(|item| item.schema).map(ObjectId::Schema),
        ObjectId::Schema(id) => catalog.schema(id).and_then(|schema| schema.database).map(ObjectId::Database),
        _ => None,
    };
    requires.privileges.extend(container.map(|container| (Some(container), Privilege::Create)));
    if let ObjectId::Item(id) = object
        && catalog.item(id).is_some_and(|item| matches!(item.kind, ItemKind::Index(_)))
    {
        let warning = Notice::warning(
            SqlState::WARNING,
            format!("cannot change owner of {:?}", catalog.minimal_name(session, id)),
        )
        .with_hint("Change the ownership of the index's table, instead.");
        let plan = DdlPlan { notices: vec![warning], ..DdlPlan::default() };
        return Ok(Planned::new(plan, requires));
    }
    let op = Op::ChangeOwner { object, owner: new };
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
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
        let along: Vec<String> = all
            .iter()
            .filter(|object| !owned.contains(object) && !matches!(object, ObjectId::Replica(..)))
            .map(|object| describe_quoted(catalog, *object))
            .collect();
        if !along.is_empty() {
            return Err(SqlError::internal(format!(
                "cannot drop owned objects: still depended upon by {}",
                along.join(", ")
            ))
            .with_hint("Use DROP ... CASCADE to drop the dependent objects too."));
        }
    }
    let mut ops = revocations(catalog, &roles, &all);
    if !all.is_empty() {
        ops.push(Op::Drop { objects: all });
    }
    Ok(Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires))
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
