//! Facts of the live catalog that a plan depends on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::name::{Ident, ObjectName, SchemaName};

/// The version of the file format that this planner reads and writes.
pub const LIVE_FORMAT: u32 = 1;

/// What was observed in the environment. Ids are the catalog's (`u123`); lists are sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Live {
    /// Version of the format: 1.
    pub format: u32,
    /// `mz_environment_id()`.
    pub environment: SmolStr,
    /// `mz_version()`.
    pub version: SmolStr,
    /// Databases.
    #[serde(default)]
    pub databases: Vec<LiveDatabase>,
    /// Schemas of databases.
    #[serde(default)]
    pub schemas: Vec<LiveSchema>,
    /// User clusters.
    #[serde(default)]
    pub clusters: Vec<LiveCluster>,
    /// Objects of the databases, indexes included.
    #[serde(default)]
    pub objects: Vec<LiveObject>,
    /// Roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<LiveRole>,
    /// Network policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network_policies: Vec<LiveNetworkPolicy>,
    /// Default privileges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_privileges: Vec<LiveDefaultPrivilege>,
    /// Who looked; absent in a catalog that isn't meant to be changed by whoever took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<LiveSession>,
    /// Limits of the environment that a deployment may meet, by their name (`max_clusters`, `max_objects_per_schema`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<SmolStr, u64>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveRole {
    /// Catalog id.
    pub id: SmolStr,
    /// Its name.
    pub name: Ident,
    /// Roles that it is a direct member of, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_of: Vec<Ident>,
    /// What its sessions begin with (`ALTER ROLE … SET`), by the names of the variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<SmolStr, SmolStr>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
}

/// A network policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveNetworkPolicy {
    /// The catalog id.
    pub id: SmolStr,
    /// The name.
    pub name: Ident,
    /// The owner.
    pub owner: Ident,
    /// What others than the owner may do with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<LiveGrant>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
}

/// The session that looked at the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveSession {
    /// Its role.
    pub role: Ident,
    /// It may do everything: a superuser, or privileges aren't checked in this environment.
    pub is_superuser: bool,
    /// Its system privileges, sorted: `CREATECLUSTER`, `CREATEDB`, `CREATEROLE`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub privileges: Vec<SmolStr>,
}

/// What a role gets on things that another role makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveDefaultPrivilege {
    /// The role that makes them; absent for all roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<Ident>,
    /// The database; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Ident>,
    /// The schema; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaName>,
    /// `table`, `type`, `secret`, `connection`, `schema`, `database` or `cluster`.
    pub object_type: SmolStr,
    /// The privilege and who gets it.
    pub grant: LiveGrant,
}

/// A database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveDatabase {
    /// Catalog id.
    pub id: SmolStr,
    /// Its name.
    pub name: Ident,
    /// Its owner.
    pub owner: Ident,
    /// Privileges of others than its owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<LiveGrant>,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
}

/// A schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveSchema {
    /// Catalog id.
    pub id: SmolStr,
    /// Its name.
    pub name: SchemaName,
    /// Its owner.
    pub owner: Ident,
    /// Privileges of others than its owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<LiveGrant>,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveCluster {
    /// Catalog id.
    pub id: SmolStr,
    /// Its name.
    pub name: Ident,
    /// Its owner.
    pub owner: Ident,
    /// The options of a managed cluster as SQL, for instance `SIZE = '50cc', REPLICATION FACTOR = 2`. Empty if they
    /// weren't looked up: a copy of the cluster then reads them when it is made.
    #[serde(default)]
    pub options: SmolStr,
    /// Replicas of an unmanaged cluster; absent for a managed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<Vec<LiveReplica>>,
    /// Privileges of others than its owner, to be repeated on a staged copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<LiveGrant>,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
}

/// A replica of an unmanaged cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveReplica {
    /// Its name.
    pub name: Ident,
    /// Its size.
    pub size: SmolStr,
    /// Its availability zone, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<SmolStr>,
}

/// A privilege that a role has on a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveGrant {
    /// The privilege, for instance `USAGE`.
    pub privilege: SmolStr,
    /// The role; absent for `PUBLIC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Ident>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveObject {
    /// Catalog id.
    pub id: SmolStr,
    /// Its name.
    pub name: ObjectName,
    /// `mz_objects.type`: `view`, `materialized-view`, `index`, `table`, `source`, `sink`, `connection`, `secret`, …
    pub kind: SmolStr,
    /// The cluster that it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Ident>,
    /// Its owner.
    pub owner: Ident,
    /// Ids of what it depends on, sorted; for an index, its relation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<SmolStr>,
    /// Privileges of others than its owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<LiveGrant>,
    /// Comments on it and on its columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<LiveComment>,
    /// For a replacement: the id of the materialized view that it would replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<SmolStr>,
}

/// A comment on an object or one of its columns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveComment {
    /// The column; absent for the object itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<Ident>,
    /// The text.
    pub text: SmolStr,
}
