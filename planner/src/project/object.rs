//! An object of the project: one file, compiled.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fingerprint::Fingerprint;
use crate::name::{Ident, ObjectName};
use crate::resolve::Occurrence;
use crate::source::{FilePath, ResolvedText, Span};
use crate::syntax::ast::TargetKind;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is named after its object")]
pub enum ObjectKind {
    View,
    MaterializedView,
    Table,
    TableFromSource,
    Source,
    Sink,
    Secret,
    Connection,
}

impl ObjectKind {
    /// In words: `materialized view`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Table => "table",
            Self::TableFromSource => "table from source",
            Self::Source => "source",
            Self::Sink => "sink",
            Self::Secret => "secret",
            Self::Connection => "connection",
        }
    }

    /// Several of them: `materialized views`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::View => "views",
            Self::MaterializedView => "materialized views",
            Self::Table => "tables",
            Self::TableFromSource => "tables from sources",
            Self::Source => "sources",
            Self::Sink => "sinks",
            Self::Secret => "secrets",
            Self::Connection => "connections",
        }
    }

    /// What stands for it in `ALTER`, `DROP` and `COMMENT ON`.
    pub fn target(self) -> TargetKind {
        match self {
            Self::View => TargetKind::View,
            Self::MaterializedView => TargetKind::MaterializedView,
            Self::Table | Self::TableFromSource => TargetKind::Table,
            Self::Source => TargetKind::Source,
            Self::Sink => TargetKind::Sink,
            Self::Secret => TargetKind::Secret,
            Self::Connection => TargetKind::Connection,
        }
    }

    /// Views and materialized views: what is staged.
    pub fn is_computation(self) -> bool {
        matches!(self, Self::View | Self::MaterializedView)
    }
}

/// The text of a statement of a file, and where names stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementText {
    /// Its text in the file's resolved text, without the semicolon.
    pub span: Span,
    /// The names in it, sorted by position.
    pub occurrences: Vec<Occurrence>,
    /// Of its canonical form.
    pub fingerprint: Fingerprint,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDefinition {
    /// Its name, if it was given one.
    pub name: Option<Ident>,
    /// Where a name goes that wasn't given.
    pub name_position: u32,
    /// Where it runs.
    pub cluster: Ident,
    /// `CREATE INDEX …`
    pub statement: StatementText,
}

/// The kind of a secondary statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is named after its statement")]
pub enum CompanionKind {
    Index,
    Grant,
    Comment,
}

/// A grant or a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// Which of them.
    pub kind: CompanionKind,
    /// The statement that takes it back, with full production names: `REVOKE …` or `COMMENT … IS NULL`.
    pub undo: SmolStr,
    /// `GRANT …` or `COMMENT ON …`.
    pub statement: StatementText,
}

/// Another object that this one needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Which.
    pub name: ObjectName,
    /// Where it is first mentioned, in the resolved text.
    pub span: Span,
}

/// An object of the project, as its active file defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The file.
    pub path: FilePath,
    /// The file's text.
    pub text: Arc<ResolvedText>,
    /// Its name, profile suffix included.
    pub name: ObjectName,
    /// What it is.
    pub kind: ObjectKind,
    /// The primary statement.
    pub statement: StatementText,
    /// The own name in the primary statement, in the resolved text.
    pub name_span: Span,
    /// Where its own statement runs.
    pub cluster: Option<Ident>,
    /// For materialized views: where `REPLACEMENT` and `FOR target` go.
    pub replacement_positions: Option<(u32, u32)>,
    /// The relation that a sink reads.
    pub sink_from: Option<ObjectName>,
    /// Indexes, in file order.
    pub indexes: Vec<IndexDefinition>,
    /// Grants, then comments, each in file order.
    pub companions: Vec<Companion>,
    /// Names of its unit tests, in file order.
    pub tests: Vec<SmolStr>,
    /// What it needs, sorted by name.
    pub dependencies: Vec<Dependency>,
}

impl Object {
    /// True if another version of an object looks the same from outside: to the objects that need it, and to the rules
    /// for the project as a whole. They may differ in what their statements say and where, in nothing else.
    pub(crate) fn has_shape_of(&self, other: &Self) -> bool {
        self.path == other.path
            && self.name == other.name
            && self.kind == other.kind
            && self.cluster == other.cluster
            && self.sink_from == other.sink_from
            && self.indexes.iter().map(|i| &i.cluster).eq(other.indexes.iter().map(|i| &i.cluster))
            && self.dependencies.iter().map(|d| &d.name).eq(other.dependencies.iter().map(|d| &d.name))
    }
}
