//! Facts of the live catalog that a plan depends on.

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
    /// The options of a managed cluster as SQL, for instance `SIZE = '50cc', REPLICATION FACTOR = 2`.
    pub options: SmolStr,
    /// Grants and the comment as statements, to be repeated on a staged copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<LiveGrant>,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
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
}
