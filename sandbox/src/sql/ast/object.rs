//! What statements are about: kinds of objects, their names, and privileges on them.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::Name;

/// A name in `ALTER`, `DROP`, `COMMENT` and `SHOW CREATE`: what it names depends on the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectName {
    /// An item, or a schema: one to three parts.
    Item(Name),
    /// A database, a cluster, a role or a network policy.
    Ident(Ident),
    /// `cluster.replica`
    Replica(Ident, Ident),
}

/// The kinds of objects that statements name by keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum ObjectKind {
    Table,
    View,
    MaterializedView,
    Source,
    Sink,
    Index,
    Type,
    Role,
    Cluster,
    ClusterReplica,
    Secret,
    Connection,
    Database,
    Schema,
    Function,
    NetworkPolicy,
    Subsource,
}

impl ObjectKind {
    /// The keywords: `MATERIALIZED VIEW`.
    pub fn keywords(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Source => "SOURCE",
            Self::Sink => "SINK",
            Self::Index => "INDEX",
            Self::Type => "TYPE",
            Self::Role => "ROLE",
            Self::Cluster => "CLUSTER",
            Self::ClusterReplica => "CLUSTER REPLICA",
            Self::Secret => "SECRET",
            Self::Connection => "CONNECTION",
            Self::Database => "DATABASE",
            Self::Schema => "SCHEMA",
            Self::Function => "FUNCTION",
            Self::NetworkPolicy => "NETWORK POLICY",
            Self::Subsource => "SUBSOURCE",
        }
    }

    /// The keywords in the plural: `TABLES`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Table => "TABLES",
            Self::View => "VIEWS",
            Self::MaterializedView => "MATERIALIZED VIEWS",
            Self::Source => "SOURCES",
            Self::Sink => "SINKS",
            Self::Index => "INDEXES",
            Self::Type => "TYPES",
            Self::Role => "ROLES",
            Self::Cluster => "CLUSTERS",
            Self::ClusterReplica => "CLUSTER REPLICAS",
            Self::Secret => "SECRETS",
            Self::Connection => "CONNECTIONS",
            Self::Database => "DATABASES",
            Self::Schema => "SCHEMAS",
            Self::Function => "FUNCTIONS",
            Self::NetworkPolicy => "NETWORK POLICIES",
            Self::Subsource => "SUBSOURCES",
        }
    }
}

/// `RESTRICT` or `CASCADE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum DropBehavior {
    Restrict,
    Cascade,
}

/// What `COMMENT ON` is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommentTarget {
    /// An object.
    Object(ObjectKind, ObjectName),
    /// `COLUMN relation.column`
    Column(Name, Ident),
}

/// `GRANT privileges ON target TO roles`, or `REVOKE … FROM …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct GrantPrivileges {
    pub privileges: Privileges,
    pub target: GrantTarget,
    pub roles: Vec<Ident>,
}

/// `ALL [PRIVILEGES]` or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum Privileges {
    All,
    List(Vec<crate::catalog::Privilege>),
}

/// What a grant is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantTarget {
    /// `[TABLE] a, b`, `SCHEMA s`, `CLUSTER c`, …
    Objects(ObjectKind, Vec<ObjectName>),
    /// `SYSTEM`
    System,
    /// `ALL TABLES IN SCHEMA s, …`
    AllInSchemas(ObjectKind, Vec<Name>),
    /// `ALL TABLES IN DATABASE d, …`
    AllInDatabases(ObjectKind, Vec<Ident>),
    /// `ALL TABLES`
    All(ObjectKind),
}

/// `ALTER DEFAULT PRIVILEGES FOR … [IN …] { GRANT | REVOKE } …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct AlterDefaultPrivileges {
    /// `None` is `FOR ALL ROLES`.
    pub for_roles: Option<Vec<Ident>>,
    pub in_schemas: Vec<Name>,
    pub in_databases: Vec<Ident>,
    pub grant: bool,
    pub privileges: Privileges,
    pub on: ObjectKind,
    pub roles: Vec<Ident>,
}
