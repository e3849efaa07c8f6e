//! A project as a whole: what all its files say together, for one profile.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::object::{Object, StatementText};
use super::types_lock::TypesLock;
use super::unreadable::Unknown;
use crate::input::StrategyChoice;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::source::{FilePath, ResolvedText, Span};
use crate::syntax::ast::WithOption;

/// A project, for one profile. Everything in it is sound on its own; problems were reported as diagnostics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Active objects, sorted by name.
    pub objects: Vec<Arc<Object>>,
    /// Active objects whose files have errors, sorted. They are nowhere else, but other objects may mention them.
    pub broken: Vec<ObjectName>,
    /// What could not be read.
    pub unknown: Unknown,
    /// Databases (directories, profile suffix included), with their modifiers.
    pub databases: BTreeMap<Ident, Option<Arc<Modifier>>>,
    /// Schemas (directories), with their modifiers.
    pub schemas: BTreeMap<SchemaName, Option<Arc<Modifier>>>,
    /// Definitions in `clusters/`, `roles/` and `network-policies/`, sorted by kind and name.
    pub infrastructure: Vec<Arc<Infrastructure>>,
    /// What `project.toml` says.
    pub settings: Settings,
    /// What `types.lock` says.
    pub types: Arc<TypesLock>,
}

impl Project {
    /// True if the materialized views of a schema are a stable API that is replaced in place.
    pub fn is_stable(&self, schema: &SchemaName) -> bool {
        self.schemas.get(schema).and_then(Option::as_ref).is_some_and(|m| m.stable.is_some())
    }

    /// The definition of a cluster.
    pub fn cluster(&self, name: &Ident) -> Option<&Infrastructure> {
        self.infrastructure
            .iter()
            .find(|i| i.kind == InfrastructureKind::Cluster && &i.name == name)
            .map(AsRef::as_ref)
    }

    /// The index of an object in [`Project::objects`].
    pub fn position(&self, name: &ObjectName) -> Option<usize> {
        self.objects.binary_search_by(|o| o.name.cmp(name)).ok()
    }
}

/// What `project.toml` says, for the active profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The active profile.
    pub profile: Option<SmolStr>,
    /// The server version that the project is written for, as given.
    pub mz_version: Option<SmolStr>,
    /// Objects outside the project that it may use, and where they are declared.
    pub dependencies: BTreeMap<ObjectName, Span>,
    /// Clusters outside the project that it may use. They never get the profile suffix.
    pub shared_clusters: BTreeMap<Ident, Span>,
    /// How changes reach production.
    pub strategy: StrategyChoice,
    /// The suffix of databases and clusters in this profile.
    pub suffix: SmolStr,
    /// Variables of this profile.
    pub variables: BTreeMap<SmolStr, SmolStr>,
    /// The table of `project.toml` that these variables stand in; absent without a profile.
    pub variables_table: Option<SmolStr>,
    /// The AWS profile with which secrets are resolved.
    pub aws_profile: Option<SmolStr>,
    /// The profile's environment is an emulator.
    pub emulator: bool,
}

/// A modifier file: comments, grants and default privileges of a database or a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modifier {
    /// The file.
    pub path: FilePath,
    /// Its text.
    pub text: Arc<ResolvedText>,
    /// The database, profile suffix included.
    pub database: Ident,
    /// The schema, for schema modifiers.
    pub schema: Option<Ident>,
    /// `SET api = stable`, in the resolved text.
    pub stable: Option<Span>,
    /// What is executed, in file order.
    pub statements: Vec<ModifierStatement>,
}

impl Modifier {
    /// The schema that it modifies, for schema modifiers.
    pub(crate) fn schema_name(&self) -> Option<SchemaName> {
        Some(SchemaName::new(self.database.clone(), self.schema.clone()?))
    }
}

/// A statement of a modifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifierStatement {
    /// The statement that takes it back, with full production names.
    pub undo: SmolStr,
    /// The statement.
    pub statement: StatementText,
}

/// What a file outside `models/` defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is named after what it defines")]
pub enum InfrastructureKind {
    Cluster,
    Role,
    NetworkPolicy,
}

/// A cluster, role or network policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Infrastructure {
    /// Which of them.
    pub kind: InfrastructureKind,
    /// Its name, profile suffix included for clusters.
    pub name: Ident,
    /// The file.
    pub path: FilePath,
    /// Its text.
    pub text: Arc<ResolvedText>,
    /// The `CREATE` statement.
    pub create: StatementText,
    /// The options of a cluster.
    pub options: Vec<WithOption>,
    /// Grants, comments and `ALTER ROLE`, in file order.
    pub companions: Vec<StatementText>,
}
