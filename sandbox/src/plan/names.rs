//! From the names in `ALTER`, `DROP`, `COMMENT` and `GRANT` to objects, with the checks of their kinds.

use mz_deploy_planner::name::Ident;

use super::context::SessionView;
use crate::catalog::{Catalog, Item, ObjectId, written};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{Name, ObjectKind, ObjectName};

/// Prefixes of names that are the server's.
const RESERVED_PREFIXES: [&str; 3] = ["mz_", "pg_", "external_"];

/// True for names that users can't give to schemas, clusters, roles and the like.
pub(super) fn is_reserved(name: &Ident) -> bool {
    RESERVED_PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix))
}

/// A name in an error or a notice: without quotes.
pub(super) fn written_object(name: &ObjectName) -> String {
    match name {
        ObjectName::Item(name) => written(name),
        ObjectName::Ident(name) => name.as_str().to_owned(),
        ObjectName::Replica(cluster, replica) => format!("{}.{}", cluster.as_str(), replica.as_str()),
    }
}

/// `VIEW "v" does not exist, skipping`
pub(super) fn skipping(kind: ObjectKind, name: &ObjectName) -> Notice {
    Notice::new(
        SqlState::UNDEFINED_OBJECT,
        format!("{} {:?} does not exist, skipping", kind.keywords(), written_object(name)),
    )
}

/// `t is a table not a view`: the name is as short as it can be.
pub(crate) fn wrong_kind(
    catalog: &Catalog,
    session: &SessionView,
    item: &Item,
    wanted: ObjectKind,
) -> SqlError {
    let name = catalog.minimal_name(session, item.id);
    let is = item.kind.object_kind().words();
    SqlError::internal(format!(
        "{name} is {} {is} not {} {}",
        article(is),
        article(wanted.words()),
        wanted.words()
    ))
}

/// `a` or `an`.
pub(crate) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// What a name of a kind stands for.
pub(super) fn resolve(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    name: &ObjectName,
) -> Result<ObjectId, SqlError> {
    match (kind, name) {
        (ObjectKind::Schema, ObjectName::Item(name)) => {
            Ok(ObjectId::Schema(catalog.resolve_schema(session, name)?.id))
        }
        (ObjectKind::Schema, ObjectName::Ident(name)) => {
            Ok(ObjectId::Schema(catalog.resolve_schema(session, &Name(vec![name.clone()]))?.id))
        }
        (_, ObjectName::Replica(cluster, replica)) => {
            let cluster = catalog.resolve_cluster(cluster)?;
            let found = cluster.replicas.iter().find(|found| found.name == *replica);
            let found = found.ok_or_else(|| {
                SqlError::internal(format!(
                    "CLUSTER {} has no CLUSTER REPLICA named {:?}",
                    cluster.name.as_str(),
                    replica.as_str()
                ))
            })?;
            Ok(ObjectId::Replica(cluster.id, found.id))
        }
        (ObjectKind::Database, ObjectName::Ident(name)) => {
            Ok(ObjectId::Database(catalog.resolve_database(name)?.id))
        }
        (ObjectKind::Cluster, ObjectName::Ident(name)) => {
            Ok(ObjectId::Cluster(catalog.resolve_cluster(name)?.id))
        }
        (ObjectKind::Role, ObjectName::Ident(name)) => Ok(ObjectId::Role(catalog.resolve_role(name)?.id)),
        (ObjectKind::NetworkPolicy, ObjectName::Ident(name)) => {
            Ok(ObjectId::NetworkPolicy(catalog.resolve_network_policy(name)?.id))
        }
        (ObjectKind::Type, ObjectName::Item(name)) => {
            Ok(ObjectId::Item(catalog.resolve_type(session, name)?.id))
        }
        (ObjectKind::Function, ObjectName::Item(name)) => {
            Ok(ObjectId::Item(catalog.resolve_function(session, name)?.id))
        }
        (_, ObjectName::Item(name)) => Ok(ObjectId::Item(catalog.resolve_item(session, name)?.id)),
        (kind, ObjectName::Ident(name)) => {
            let name = Name(vec![name.clone()]);
            resolve(catalog, session, kind, &ObjectName::Item(name))
        }
    }
}

/// What a statement does to what it names.
#[derive(Clone, Copy)]
pub(super) enum Verb {
    Alter,
    Drop,
}

/// Like [`resolve`]; an item must be of the kind that the statement says.
pub(super) fn resolve_kind(
    catalog: &Catalog,
    session: &SessionView,
    verb: Verb,
    kind: ObjectKind,
    name: &ObjectName,
) -> Result<ObjectId, SqlError> {
    let object = resolve(catalog, session, kind, name)?;
    if let ObjectId::Item(id) = object
        && let Some(item) = catalog.item(id)
        && !is_kind(item.kind.object_kind(), kind)
    {
        if (item.kind.object_kind(), kind) == (ObjectKind::MaterializedView, ObjectKind::View) {
            let hint = match verb {
                Verb::Alter => "Use ALTER MATERIALIZED VIEW to rename a materialized view.",
                Verb::Drop => "Use DROP MATERIALIZED VIEW to remove a materialized view.",
            };
            let name = catalog.minimal_name(session, id);
            return Err(SqlError::internal(format!("{name} is not a view")).with_hint(hint));
        }
        return Err(wrong_kind(catalog, session, item, kind));
    }
    Ok(object)
}

fn is_kind(found: ObjectKind, wanted: ObjectKind) -> bool {
    found == wanted || (wanted == ObjectKind::Subsource && found == ObjectKind::Source)
}

/// True for the schema of temporary items, which every session has for itself.
pub(super) fn is_temporary_schema(kind: ObjectKind, name: &ObjectName) -> bool {
    kind == ObjectKind::Schema && written_object(name) == "mz_temp"
}

/// True for errors that `IF EXISTS` turns into a notice: something of that name is not there.
pub(super) fn is_absence(error: &SqlError) -> bool {
    let message = &error.message;
    message.starts_with("unknown ")
        || (message.starts_with("type ") && message.ends_with(" does not exist"))
        || message.contains(" has no CLUSTER REPLICA named ")
}
