//! What the base tables say of the catalog. A pure projection: an object's rows are made of the object alone, and of
//! the names of what it refers to.

mod column_type;
mod containers;
mod items;

use crate::catalog::{Acl, Catalog, ObjectId, kebab, letters};
use crate::system::text::{self, Row};

/// A table of `sql/base.sql`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is named after its table")]
pub enum Table {
    Database,
    Schema,
    Cluster,
    Replica,
    Role,
    RoleMember,
    RoleParameter,
    NetworkPolicy,
    NetworkPolicyRule,
    Item,
    ItemColumn,
    IndexColumn,
    SourceReference,
    PostgresTable,
    Dependency,
    Comment,
    RefreshStrategy,
    TypeDetail,
    Function,
    SystemPrivilege,
    DefaultPrivilege,
}

impl Table {
    pub(super) fn engine_name(self) -> &'static str {
        match self {
            Self::Database => "base.database",
            Self::Schema => "base.schema",
            Self::Cluster => "base.cluster",
            Self::Replica => "base.replica",
            Self::Role => "base.role",
            Self::RoleMember => "base.role_member",
            Self::RoleParameter => "base.role_parameter",
            Self::NetworkPolicy => "base.network_policy",
            Self::NetworkPolicyRule => "base.network_policy_rule",
            Self::Item => "base.item",
            Self::ItemColumn => "base.item_column",
            Self::IndexColumn => "base.index_column",
            Self::SourceReference => "base.source_reference",
            Self::PostgresTable => "base.postgres_table",
            Self::Dependency => "base.dependency",
            Self::Comment => "base.comment",
            Self::RefreshStrategy => "base.refresh_strategy",
            Self::TypeDetail => "base.type_detail",
            Self::Function => "base.function",
            Self::SystemPrivilege => "base.system_privilege",
            Self::DefaultPrivilege => "base.default_privilege",
        }
    }
}

/// Rows of base tables, each with the object that it is about.
pub(super) type Rows = Vec<(Table, Row)>;

/// The rows that are about an object; none if there is no such object.
pub fn rows(catalog: &Catalog, object: ObjectId) -> Vec<(Table, Row)> {
    let mut rows = Vec::new();
    match object {
        ObjectId::Item(id) => {
            if let Some(item) = catalog.item(id) {
                items::rows(catalog, item, &mut rows);
            }
        }
        _ => containers::rows(catalog, object, &mut rows),
    }
    comments(catalog, object, &mut rows);
    let key = key(object);
    for (_, row) in &mut rows {
        row.insert(0, Some(key.clone()));
    }
    rows
}

/// The rows of the privileges that are about no object.
pub(super) fn privilege_rows(catalog: &Catalog) -> Rows {
    let system = catalog.acl(None).into_iter().flatten();
    let system = system.map(|item| (Table::SystemPrivilege, vec![text("system"), text(item.clone())]));
    let default = catalog.default_privileges().map(|(key, privileges)| {
        let row = vec![
            text("default"),
            text(key.creator),
            key.database.map(|id| id.to_string()),
            key.schema.map(|id| id.to_string()),
            text(kebab(key.kind)),
            text(key.grantee),
            Some(letters(privileges)),
        ];
        (Table::DefaultPrivilege, row)
    });
    system.chain(default).collect()
}

/// Every object that has rows.
pub(super) fn objects(catalog: &Catalog) -> impl Iterator<Item = ObjectId> {
    let databases = catalog.databases().map(|database| ObjectId::Database(database.id));
    let schemas = catalog.schemas().map(|schema| ObjectId::Schema(schema.id));
    let clusters = catalog.clusters().map(|cluster| ObjectId::Cluster(cluster.id));
    let replicas = catalog
        .clusters()
        .flat_map(|cluster| cluster.replicas.iter().map(|replica| ObjectId::Replica(cluster.id, replica.id)));
    let roles = catalog.roles().map(|role| ObjectId::Role(role.id));
    let policies = catalog.network_policies().map(|policy| ObjectId::NetworkPolicy(policy.id));
    let items = catalog.items().map(|item| ObjectId::Item(item.id));
    databases.chain(schemas).chain(clusters).chain(replicas).chain(roles).chain(policies).chain(items)
}

/// What rows about an object are found by. Items go by their ids, so that tables join on it.
pub(super) fn key(object: ObjectId) -> String {
    match object {
        ObjectId::Item(id) => id.to_string(),
        ObjectId::Database(id) => format!("database {id}"),
        ObjectId::Schema(id) => format!("schema {id}"),
        ObjectId::Cluster(id) => format!("cluster {id}"),
        ObjectId::Replica(_, id) => format!("replica {id}"),
        ObjectId::Role(id) => format!("role {id}"),
        ObjectId::NetworkPolicy(id) => format!("policy {id}"),
    }
}

fn comments(catalog: &Catalog, object: ObjectId, rows: &mut Rows) {
    let id = match object {
        ObjectId::Item(id) => id.to_string(),
        ObjectId::Database(id) => id.to_string(),
        ObjectId::Schema(id) => id.to_string(),
        ObjectId::Cluster(id) => id.to_string(),
        ObjectId::Replica(_, id) => id.to_string(),
        ObjectId::Role(id) => id.to_string(),
        ObjectId::NetworkPolicy(id) => id.to_string(),
    };
    for (column, comment) in catalog.comments_of(object) {
        let Some(kind) = comment_type(catalog, object) else { continue };
        let row = vec![Some(id.clone()), text(kind), column.map(|n| n.to_string()), text(comment)];
        rows.push((Table::Comment, row));
    }
}

/// The kind of an object as `mz_comments` says it.
fn comment_type(catalog: &Catalog, object: ObjectId) -> Option<&'static str> {
    Some(match object {
        ObjectId::Item(id) => kebab(catalog.item(id)?.kind.object_kind()),
        ObjectId::Database(_) => "database",
        ObjectId::Schema(_) => "schema",
        ObjectId::Cluster(_) => "cluster",
        ObjectId::Replica(..) => "cluster-replica",
        ObjectId::Role(_) => "role",
        ObjectId::NetworkPolicy(_) => "network-policy",
    })
}

#[expect(clippy::unnecessary_wraps, reason = "a value of a row")]
fn text(value: impl std::fmt::Display) -> Option<String> {
    Some(value.to_string())
}

#[expect(clippy::unnecessary_wraps, reason = "a value of a row")]
fn boolean(value: bool) -> Option<String> {
    Some(if value { "t" } else { "f" }.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "a value of a row")]
fn acl(acl: &Acl) -> Option<String> {
    Some(text::array(acl.iter().map(ToString::to_string)))
}
