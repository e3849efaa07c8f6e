//! `DROP`: what goes, what goes along, and what stands in the way.

use std::collections::BTreeSet;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::names::{is_absence, resolve_kind, skipping};
use super::rbac::{Requirements, describe_quoted, name};
use super::role;
use crate::catalog::{Catalog, DatabaseId, ItemId, ItemKind, ObjectId, Op, Privilege, RoleId, SchemaId};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{DropBehavior, ObjectKind, ObjectName};

const CASCADE_HINT: &str = "Use DROP ... CASCADE to drop the dependent objects too.";

pub(super) fn drop(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    if_exists: bool,
    names: &[ObjectName],
    behavior: Option<DropBehavior>,
) -> Result<Planned, SqlError> {
    let mut notices = Vec::new();
    let mut objects = Vec::new();
    for target in names {
        match find(catalog, session, kind, target) {
            Ok(object) => objects.push(object),
            Err(error) if if_exists && is_absence(&error) => notices.push(skipping(kind, target)),
            Err(error) => return Err(error),
        }
    }
    let cascade = behavior == Some(DropBehavior::Cascade);
    let named: BTreeSet<ObjectId> = objects.iter().copied().collect();
    for object in &objects {
        check_droppable(catalog, session, *object)?;
        if !cascade {
            check_restrict(catalog, session, *object, &named, behavior)?;
        }
    }
    let all = catalog.dependents(&objects);
    let all = with_progress(catalog, all);
    notices.extend(cascades_to(catalog, &all, &named));
    let requires = requirements(catalog, &objects);
    let ops = if all.is_empty() { Vec::new() } else { vec![Op::Drop { objects: all }] };
    Ok(Planned::new(DdlPlan { ops, notices, ..DdlPlan::default() }, requires))
}

fn find(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    target: &ObjectName,
) -> Result<ObjectId, SqlError> {
    if let (ObjectKind::Role, ObjectName::Ident(name)) = (kind, target) {
        role::check_name(name)?;
    }
    resolve_kind(catalog, session, kind, target)
}

/// Some things are never dropped, whoever asks.
fn check_droppable(catalog: &Catalog, session: &SessionView, object: ObjectId) -> Result<(), SqlError> {
    let required = |kind: &str, name: &str| {
        Err(SqlError::internal(format!(
            "cannot drop {kind} {name} because it is required by the database system"
        )))
    };
    match object {
        ObjectId::Schema(id @ SchemaId::System(_)) => {
            required("schema", &name(catalog, ObjectId::Schema(id)))
        }
        ObjectId::Database(id @ DatabaseId::System(_)) => {
            required("database", &name(catalog, ObjectId::Database(id)))
        }
        ObjectId::Item(id @ ItemId::System(_)) => {
            let item = catalog.item(id);
            let kind = item.map_or("view", |item| item.kind.object_kind().words());
            let name = item.map(|item| item.name.as_str().to_owned()).unwrap_or_default();
            required(kind, &name)
        }
        ObjectId::Role(id) if id == session.role => Err(SqlError::internal("current role cannot be dropped")),
        ObjectId::Role(id) => check_role_is_free(catalog, id),
        ObjectId::Replica(cluster, _) => match catalog.cluster(cluster) {
            Some(cluster) if cluster.managed.is_some() => {
                Err(SqlError::internal("cannot drop replica of managed cluster"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn check_role_is_free(catalog: &Catalog, id: RoleId) -> Result<(), SqlError> {
    let Some(found) = catalog.role(id) else { return Ok(()) };
    let holdings = role::holdings(catalog, found);
    if holdings.is_empty() {
        return Ok(());
    }
    Err(SqlError::new(
        SqlState::DEPENDENT_OBJECTS,
        format!("role {:?} cannot be dropped because some objects depend on it", found.name.as_str()),
    )
    .with_detail(holdings.join("\n")))
}

/// Without `CASCADE` nothing that isn't named may go along.
fn check_restrict(
    catalog: &Catalog,
    session: &SessionView,
    object: ObjectId,
    named: &BTreeSet<ObjectId>,
    behavior: Option<DropBehavior>,
) -> Result<(), SqlError> {
    match object {
        ObjectId::Item(id) => match first_dependant(catalog, id, named) {
            None => Ok(()),
            Some(user) => {
                let describe = |id: ItemId| {
                    let kind = catalog.item(id).map_or("view", |item| item.kind.object_kind().words());
                    format!("{kind} {:?}", catalog.minimal_name(session, id))
                };
                Err(SqlError::internal(format!(
                    "cannot drop {}: still depended upon by {}",
                    describe(id),
                    describe(user)
                ))
                .with_hint(CASCADE_HINT))
            }
        },
        ObjectId::Schema(id) if catalog.items_in_schema(id).next().is_some() => {
            Err(SqlError::internal(format!(
                "schema '{}' cannot be dropped without CASCADE while it contains objects",
                name(catalog, object)
            )))
        }
        // Databases go with all that they hold, unless they are told not to.
        ObjectId::Database(id)
            if behavior == Some(DropBehavior::Restrict)
                && catalog.schemas_in_database(id).next().is_some() =>
        {
            Err(SqlError::internal(format!(
                "database '{}' cannot be dropped with RESTRICT while it contains schemas",
                name(catalog, object)
            )))
        }
        ObjectId::Cluster(id)
            if catalog.items_on_cluster(id).any(|item| !named.contains(&ObjectId::Item(item.id))) =>
        {
            Err(SqlError::internal(format!(
                "cannot drop cluster {:?} because other objects depend on it",
                name(catalog, object)
            ))
            .with_hint(CASCADE_HINT))
        }
        _ => Ok(()),
    }
}

/// Who would miss an item. Indexes go with their relation without being counted, and so do the collections that a
/// source made along with itself.
fn first_dependant(catalog: &Catalog, id: ItemId, named: &BTreeSet<ObjectId>) -> Option<ItemId> {
    catalog.used_by(id).find(|user| {
        let Some(item) = catalog.item(*user) else { return false };
        match &item.kind {
            ItemKind::Index(_) => false,
            ItemKind::Source(source) if source.parent == Some(id) => {
                first_dependant(catalog, *user, named).is_some()
            }
            _ => !named.contains(&ObjectId::Item(*user)),
        }
    })
}

/// A source takes its progress collection along, which it depends on rather than the other way round.
fn with_progress(catalog: &Catalog, mut all: Vec<ObjectId>) -> Vec<ObjectId> {
    let listed: BTreeSet<ObjectId> = all.iter().copied().collect();
    let progress: Vec<ObjectId> = catalog
        .items()
        .filter(|item| match &item.kind {
            ItemKind::Source(source) => {
                source.parent.is_some_and(|parent| listed.contains(&ObjectId::Item(parent)))
            }
            _ => false,
        })
        .map(|item| ObjectId::Item(item.id))
        .filter(|object| !listed.contains(object))
        .collect();
    all.extend(progress);
    all
}

/// What is dropped without being named.
fn cascades_to(catalog: &Catalog, all: &[ObjectId], named: &BTreeSet<ObjectId>) -> Option<Notice> {
    let lines: Vec<String> = all
        .iter()
        .filter(|object| !named.contains(object) && !is_companion(catalog, **object))
        .map(|object| format!("drop cascades to {}", describe_quoted(catalog, *object)))
        .collect();
    if lines.is_empty() {
        return None;
    }
    let message = format!("drop cascades to {} other objects", lines.len());
    Some(Notice::new(SqlState::SUCCESS, message).with_detail(lines.join("\n")))
}

/// Progress collections go without a word.
fn is_companion(catalog: &Catalog, object: ObjectId) -> bool {
    let ObjectId::Item(id) = object else { return false };
    catalog.item(id).is_some_and(
        |item| matches!(&item.kind, ItemKind::Source(source) if source.source_type == "progress"),
    )
}

/// Ownership of what is named, and usage of where it is.
fn requirements(catalog: &Catalog, objects: &[ObjectId]) -> Requirements {
    let mut required = Requirements::default();
    for object in objects {
        let container = match object {
            ObjectId::Item(id) => catalog.item(*id).and_then(|item| item.schema).map(ObjectId::Schema),
            ObjectId::Schema(id) => {
                catalog.schema(*id).and_then(|schema| schema.database).map(ObjectId::Database)
            }
            ObjectId::Replica(cluster, _) => Some(ObjectId::Cluster(*cluster)),
            ObjectId::Role(_) => {
                required.privileges.push((None, Privilege::CreateRole));
                continue;
            }
            ObjectId::Database(_) | ObjectId::Cluster(_) | ObjectId::NetworkPolicy(_) => None,
        };
        required.ownership.push(*object);
        required.privileges.extend(container.map(|container| (Some(container), Privilege::Usage)));
    }
    required
}
