//! What was deployed last: the planner's memory, written by the executor, readable as a file.

use serde::{Deserialize, Deserializer, Serialize};
use smol_str::SmolStr;

use crate::fingerprint::Fingerprint;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{CompanionKind, ObjectKind};

/// The version of the file format that this planner reads and writes.
pub const DEPLOYED_FORMAT: u32 = 1;

/// The last promoted state of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    /// Version of the format: 1.
    pub format: u32,
    /// The environment that this was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<SmolStr>,
    /// Schemas, sorted by name.
    #[serde(default)]
    pub schemas: Vec<DeployedSchema>,
    /// Objects, sorted by name.
    #[serde(default)]
    pub objects: Vec<DeployedObject>,
    /// Statements of modifier files, sorted.
    #[serde(default)]
    pub modifiers: Vec<DeployedModifier>,
}

impl Deployed {
    /// True if nothing was ever deployed.
    pub fn is_empty(&self) -> bool {
        self.schemas.is_empty() && self.objects.is_empty() && self.modifiers.is_empty()
    }
}

/// How the objects of a schema were deployed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SchemaDeploymentKind {
    /// By swap.
    Objects,
    /// By replacement in place: a stable schema.
    Replacement,
    /// Sinks only.
    Sinks,
    /// Tables and other things that `apply` makes.
    Tables,
}

/// A schema that was deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeployedSchema {
    /// Its name.
    pub name: SchemaName,
    /// How.
    pub kind: SchemaDeploymentKind,
}

/// An object that was deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeployedObject {
    /// Its name.
    pub name: ObjectName,
    /// What it is.
    pub kind: ObjectKind,
    /// Of its definition.
    pub fingerprint: Fingerprint,
    /// The cluster of its statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Ident>,
    /// Its definition with full names, for showing what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<SmolStr>,
    /// Its indexes, grants and comments, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "exact")]
    pub companions: Vec<DeployedCompanion>,
}

/// Reads a short list without room for more: a snapshot has thousands of them.
fn exact<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}

/// An index, grant or comment that was deployed with its object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeployedCompanion {
    /// Which kind of statement.
    pub kind: CompanionKind,
    /// Of the statement.
    pub fingerprint: Fingerprint,
    /// The statement with full names.
    pub sql: SmolStr,
    /// The name of an index, as the server has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Ident>,
    /// The cluster of an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Ident>,
}

/// A statement of a modifier file that was deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeployedModifier {
    /// The database.
    pub database: Ident,
    /// The schema, for schema modifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Ident>,
    /// Of the statement.
    pub fingerprint: Fingerprint,
    /// The statement with full names.
    pub sql: SmolStr,
}
