//! What the catalog holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use super::privilege::{Acl, PrivilegeSet};
use crate::sql::ast;

/// A database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Database {
    pub id: DatabaseId,
    pub oid: u32,
    pub name: Ident,
    pub owner: RoleId,
    pub acl: Acl,
}

/// A schema. One without a database is the server's own (`mz_catalog`, `pg_catalog`, …) and is seen from every
/// database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Schema {
    pub id: SchemaId,
    pub oid: u32,
    pub database: Option<DatabaseId>,
    pub name: Ident,
    pub owner: RoleId,
    pub acl: Acl,
}

/// A cluster and its replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Cluster {
    pub id: ClusterId,
    pub name: Ident,
    pub owner: RoleId,
    pub acl: Acl,
    /// `None` for an unmanaged cluster.
    pub managed: Option<ManagedCluster>,
    pub replicas: Vec<Replica>,
}

/// What a managed cluster is told to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the options of the statement")]
pub struct ManagedCluster {
    pub size: String,
    pub replication_factor: u32,
    pub availability_zones: Vec<String>,
    pub introspection_debugging: bool,
    /// In microseconds; `None` is off.
    pub introspection_interval: Option<i64>,
    pub schedule: ast::Schedule,
}

/// A replica of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Replica {
    pub id: ReplicaId,
    pub name: Ident,
    pub owner: RoleId,
    pub size: String,
    pub availability_zone: Option<String>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Role {
    pub id: RoleId,
    pub oid: u32,
    pub name: Ident,
    /// `NULL` for roles that a login made.
    pub can_login: Option<bool>,
    pub superuser: Option<bool>,
    /// Defaults of session variables, by name.
    pub defaults: BTreeMap<String, Vec<String>>,
    /// The roles that this one is a member of, each with who granted it.
    pub member_of: BTreeMap<RoleId, RoleId>,
}

/// A network policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct NetworkPolicy {
    pub id: NetworkPolicyId,
    pub oid: u32,
    pub name: Ident,
    pub owner: RoleId,
    pub acl: Acl,
    pub rules: Vec<NetworkPolicyRule>,
}

/// A rule of a network policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct NetworkPolicyRule {
    pub name: Ident,
    pub action: String,
    pub direction: String,
    pub address: String,
}

/// An item of a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Item {
    pub id: ItemId,
    pub oid: u32,
    /// `None` for temporary items, which live in the schema of a session.
    pub schema: Option<SchemaId>,
    /// The session (its connection id) that a temporary item belongs to.
    pub session: Option<u32>,
    pub name: Ident,
    pub owner: RoleId,
    /// Empty for indexes and sinks, which have no privileges.
    pub acl: Acl,
    /// What it directly depends on: relations, types, connections, secrets, the target of a replacement.
    pub uses: BTreeSet<ItemId>,
    pub kind: ItemKind,
}

/// What an item is. Statements are kept resolved: items and clusters by id, functions and types by their full names,
/// so that the printers make `create_sql` and `SHOW CREATE` of them at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after the kind of item")]
pub enum ItemKind {
    Table(Table),
    View(View),
    MaterializedView(MaterializedView),
    Index(Index),
    Source(Source),
    Sink(Sink),
    Connection(Connection),
    /// The value itself is kept by the coordinator, never here.
    Secret,
    Type(Type),
    /// A builtin function: one item an overload.
    Function,
}

impl ItemKind {
    /// The kind as statements name it.
    pub fn object_kind(&self) -> ast::ObjectKind {
        match self {
            Self::Table(_) => ast::ObjectKind::Table,
            Self::View(_) => ast::ObjectKind::View,
            Self::MaterializedView(_) => ast::ObjectKind::MaterializedView,
            Self::Index(_) => ast::ObjectKind::Index,
            Self::Source(_) => ast::ObjectKind::Source,
            Self::Sink(_) => ast::ObjectKind::Sink,
            Self::Connection(_) => ast::ObjectKind::Connection,
            Self::Secret => ast::ObjectKind::Secret,
            Self::Type(_) => ast::ObjectKind::Type,
            Self::Function => ast::ObjectKind::Function,
        }
    }

    /// What can be read with `SELECT`, and its columns.
    pub fn columns(&self) -> Option<&[ColumnDesc]> {
        match self {
            Self::Table(table) => Some(&table.columns),
            Self::View(view) => Some(&view.columns),
            Self::MaterializedView(view) => Some(&view.columns),
            Self::Source(source) => Some(&source.columns),
            _ => None,
        }
    }

    /// The cluster that it runs on.
    pub fn cluster(&self) -> Option<ClusterId> {
        match self {
            Self::MaterializedView(view) => Some(view.cluster),
            Self::Index(index) => Some(index.cluster),
            Self::Source(source) => source.cluster,
            Self::Sink(sink) => Some(sink.cluster),
            _ => None,
        }
    }
}

/// A column of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct ColumnDesc {
    pub name: Ident,
    pub data_type: ScalarType,
    pub nullable: bool,
    /// The default of a table's column, resolved.
    pub default: Option<ast::Expr>,
}

/// A type of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScalarType {
    /// A builtin type by its catalog name (`int4`, `text`, `numeric`, `uint8`, `mz_timestamp`, `_int4` for an array)
    /// with `PostgreSQL`'s modifier, -1 for none.
    Builtin {
        /// `pg_type.typname`.
        name: String,
        /// As in `RowDescription`.
        type_mod: i32,
    },
    /// An anonymous list.
    List(Box<ScalarType>),
    /// An anonymous map from text.
    Map(Box<ScalarType>),
    /// An anonymous record.
    Record(Vec<(Ident, ScalarType)>),
    /// An array of something that is not builtin.
    Array(Box<ScalarType>),
    /// A user's type.
    Custom(ItemId),
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the parts of the statement")]
pub struct Table {
    pub columns: Vec<ColumnDesc>,
    /// The statement; `None` for the server's own tables.
    pub create: Option<TableStatement>,
}

/// Which statement made a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after the statement")]
pub enum TableStatement {
    Table(ast::CreateTable),
    FromSource { source: ItemId, create: ast::CreateTableFromSource },
    Webhook(ast::CreateWebhookSource),
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the parts of the statement")]
pub struct View {
    pub columns: Vec<ColumnDesc>,
    /// Sets of columns (by position from 0) whose values identify a row, as far as they are known.
    pub keys: Vec<Vec<usize>>,
    /// The statement; `None` for the server's own views.
    pub create: Option<ast::CreateView>,
}

/// A materialized view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the parts of the statement")]
pub struct MaterializedView {
    pub columns: Vec<ColumnDesc>,
    pub keys: Vec<Vec<usize>>,
    pub cluster: ClusterId,
    /// The view that this one is to replace.
    pub replaces: Option<ItemId>,
    /// Reads nothing that changes: it is sealed at once.
    pub constant: bool,
    /// The statement; `None` for the server's own.
    pub create: Option<ast::CreateMaterializedView>,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the parts of the statement")]
pub struct Index {
    pub on: ItemId,
    pub cluster: ClusterId,
    /// The key, resolved.
    pub key: Vec<IndexKey>,
    /// The statement with its name and its key written out; `None` for the server's own.
    pub create: Option<ast::CreateIndex>,
}

/// A part of an index's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct IndexKey {
    pub expr: ast::Expr,
    /// The position of the column, from 0, if it is one.
    pub column: Option<usize>,
    pub nullable: bool,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct Source {
    /// As `mz_sources.type` says it: `load-generator`, `postgres`, `kafka`, `progress`, `subsource`, `webhook`, …
    pub source_type: String,
    pub columns: Vec<ColumnDesc>,
    pub cluster: Option<ClusterId>,
    pub connection: Option<ItemId>,
    /// The source that a progress collection or a subsource belongs to.
    pub parent: Option<ItemId>,
    /// What tables can be made of it, as `mz_source_references` lists it.
    pub references: Vec<SourceReference>,
    pub create: SourceStatement,
}

/// Something that a source can give to a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct SourceReference {
    pub namespace: String,
    pub name: String,
    /// In milliseconds since 1970.
    pub updated_at: u64,
    /// `None` where the source gives one relation alone.
    pub columns: Option<Vec<String>>,
}

/// Which statement made a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after the statement")]
pub enum SourceStatement {
    Source(ast::CreateSource),
    Webhook(ast::CreateWebhookSource),
    /// Made along with another source. The text of its `CREATE SUBSOURCE` has this upstream name.
    Subsource(Option<ast::Name>),
    /// The server's own: logs and such.
    Builtin,
}

/// A sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the parts of the statement")]
pub struct Sink {
    pub from: ItemId,
    pub cluster: ClusterId,
    pub connection: ItemId,
    pub create: ast::CreateSink,
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the parts of the statement")]
pub struct Connection {
    pub create: ast::CreateConnection,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// The server's own.
    Builtin {
        /// As `mz_types.category` says it.
        category: String,
    },
    /// A user's.
    Custom {
        /// What it stands for.
        definition: ScalarType,
        /// The statement.
        create: (ast::Name, ast::TypeDefinition),
    },
}

/// What a comment or an owner belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after the kind of object")]
pub enum ObjectId {
    Item(ItemId),
    Database(DatabaseId),
    Schema(SchemaId),
    Cluster(ClusterId),
    Replica(ClusterId, ReplicaId),
    Role(RoleId),
    NetworkPolicy(NetworkPolicyId),
}

/// What new objects of a kind grant by default.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct DefaultPrivilegeKey {
    /// Whose new objects; `PUBLIC` is everybody's.
    pub creator: RoleId,
    pub database: Option<DatabaseId>,
    pub schema: Option<SchemaId>,
    pub kind: ast::ObjectKind,
    pub grantee: RoleId,
}

/// An event of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct AuditEvent {
    pub id: u64,
    /// `create`, `drop`, `alter`, `grant`, `revoke`, `comment`.
    pub event_type: String,
    /// As in `mz_audit_events.object_type`.
    pub object_type: String,
    pub details: serde_json::Value,
    pub user: Option<String>,
    /// In milliseconds.
    pub occurred_at: u64,
}

/// The state of the catalog. A copy is cheap: everything in it is shared until it is changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// Grows with every change. An open DDL transaction compares it.
    pub(crate) revision: u64,
    pub(crate) databases: BTreeMap<DatabaseId, Arc<Database>>,
    pub(crate) schemas: BTreeMap<SchemaId, Arc<Schema>>,
    pub(crate) clusters: BTreeMap<ClusterId, Arc<Cluster>>,
    pub(crate) roles: BTreeMap<RoleId, Arc<Role>>,
    pub(crate) network_policies: BTreeMap<NetworkPolicyId, Arc<NetworkPolicy>>,
    pub(crate) items: BTreeMap<ItemId, Arc<Item>>,
    /// Who is granted what on `SYSTEM`.
    pub(crate) system_acl: Acl,
    #[serde(with = "pairs")]
    pub(crate) default_privileges: BTreeMap<DefaultPrivilegeKey, PrivilegeSet>,
    /// Comments, by object and column (from 1).
    #[serde(with = "pairs")]
    pub(crate) comments: BTreeMap<(ObjectId, Option<u32>), Arc<str>>,
    pub(crate) next: NextIds,
    /// What stands for what: derived from the above, but for the order of dependants; kept in step by the operations.
    pub(crate) names: super::names::NameIndex,
}

/// Maps as lists of pairs: their keys are no strings, which JSON asks for.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Vec::<(K, V)>::deserialize(deserializer).map(|pairs| pairs.into_iter().collect())
    }
}

/// The next id of each family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is named after its family")]
pub struct NextIds {
    pub item: u64,
    pub database: u64,
    pub schema: u64,
    pub cluster: u64,
    pub replica: u64,
    pub role: u64,
    pub network_policy: u64,
    pub oid: u32,
    pub audit_event: u64,
}
