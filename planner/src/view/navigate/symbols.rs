//! What a file holds, and the names of a project.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::reading::Reading;
use super::{Codebase, Symbol};
use crate::name::printed;
use crate::project::{InfrastructureKind, ObjectKind};
use crate::source::{LineIndex, Location, Span};
use crate::syntax::ast::{Body, Statement};
use crate::view::diagnostics::{LabelView, place};

/// The most names that a search finds: nobody reads more.
const MOST: usize = 500;

/// What something is, for its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is named after what it stands for")]
pub enum SymbolKind {
    View,
    MaterializedView,
    Table,
    Source,
    Sink,
    Secret,
    Connection,
    Cluster,
    Role,
    NetworkPolicy,
    Index,
    Grant,
    Comment,
    UnitTest,
    Column,
    Other,
}

impl From<ObjectKind> for SymbolKind {
    fn from(kind: ObjectKind) -> Self {
        match kind {
            ObjectKind::View => Self::View,
            ObjectKind::MaterializedView => Self::MaterializedView,
            ObjectKind::Table | ObjectKind::TableFromSource => Self::Table,
            ObjectKind::Source => Self::Source,
            ObjectKind::Sink => Self::Sink,
            ObjectKind::Secret => Self::Secret,
            ObjectKind::Connection => Self::Connection,
        }
    }
}

impl From<InfrastructureKind> for SymbolKind {
    fn from(kind: InfrastructureKind) -> Self {
        match kind {
            InfrastructureKind::Cluster => Self::Cluster,
            InfrastructureKind::Role => Self::Role,
            InfrastructureKind::NetworkPolicy => Self::NetworkPolicy,
        }
    }
}

/// A part of a file, or a thing of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SymbolView {
    /// Its name, or what the statement does.
    pub name: SmolStr,
    /// What it is.
    pub kind: SymbolKind,
    /// More about it, in words.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub detail: SmolStr,
    /// All of it.
    pub at: LabelView,
    /// The part that names it.
    pub selection: LabelView,
    /// What belongs to it, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Self>,
}

/// What a file holds: what it makes, with its columns and the statements that go with it.
pub fn symbols(code: &Codebase<'_>, path: &str) -> Vec<SymbolView> {
    let Some(reading) = code.read(path) else { return Vec::new() };
    let mut all: Vec<(bool, SymbolView)> = reading
        .statements
        .iter()
        .map(|statement| (Reading::is_primary(statement), statement_symbol(&reading, statement)))
        .collect();
    let primary = all.iter().position(|(is_primary, _)| *is_primary);
    let Some((_, mut root)) = primary.map(|at| all.remove(at)) else {
        return all.into_iter().map(|(_, symbol)| symbol).collect();
    };
    root.children.extend(all.into_iter().map(|(_, symbol)| symbol));
    vec![root]
}

fn statement_symbol(reading: &Reading<'_>, statement: &Statement) -> SymbolView {
    let (kind, name, selection, detail) = describe(reading, statement);
    let columns = match &statement.body {
        Body::Table(table) => table.columns.iter().map(|c| (&c.name, c.data_type.clone())).collect(),
        Body::View(view) => view.columns.iter().map(|c| (c, SmolStr::default())).collect(),
        Body::MaterializedView(view) => view.columns.iter().map(|c| (c, SmolStr::default())).collect(),
        _ => Vec::new(),
    };
    let column = |(name, detail): (&crate::syntax::ast::SpannedIdent, SmolStr)| {
        let at = reading.resolved_place(name.span);
        let name = name.value.as_str().into();
        SymbolView { name, kind: SymbolKind::Column, detail, selection: at.clone(), at, children: Vec::new() }
    };
    SymbolView {
        name,
        kind,
        detail,
        at: reading.resolved_place(statement.span),
        selection: reading.resolved_place(selection),
        children: columns.into_iter().map(column).collect(),
    }
}

/// What a statement is, its name, where that stands, and more about it.
fn describe(reading: &Reading<'_>, statement: &Statement) -> (SymbolKind, SmolStr, Span, SmolStr) {
    let named = |kind: SymbolKind, name: &crate::syntax::ast::Name, detail: &str| {
        let last = name.parts.last().map(|part| part.value.as_str().to_smolstr()).unwrap_or_default();
        (kind, last, name.span(), detail.to_smolstr())
    };
    let ident = |kind: SymbolKind, name: &crate::syntax::ast::SpannedIdent, detail: &str| {
        (kind, name.value.as_str().to_smolstr(), name.span, detail.to_smolstr())
    };
    let words = |kind: SymbolKind| {
        // A statement without a name is called by its beginning.
        let text = statement.span.slice(reading.text.as_str());
        let line: String = text.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        (kind, line.into(), statement.span, SmolStr::default())
    };
    match &statement.body {
        Body::View(s) => named(SymbolKind::View, &s.name, "view"),
        Body::MaterializedView(s) => named(SymbolKind::MaterializedView, &s.name, "materialized view"),
        Body::Table(s) => named(SymbolKind::Table, &s.name, "table"),
        Body::TableFromSource(s) => named(SymbolKind::Table, &s.name, "table from source"),
        Body::Source(s) => named(SymbolKind::Source, &s.name, "source"),
        Body::Sink(s) => match &s.name {
            Some(name) => named(SymbolKind::Sink, name, "sink"),
            None => words(SymbolKind::Sink),
        },
        Body::Secret(s) => named(SymbolKind::Secret, &s.name, "secret"),
        Body::Connection(s) => named(SymbolKind::Connection, &s.name, "connection"),
        Body::Cluster(s) => ident(SymbolKind::Cluster, &s.name, "cluster"),
        Body::Role(s) => ident(SymbolKind::Role, &s.name, "role"),
        Body::NetworkPolicy(s) => ident(SymbolKind::NetworkPolicy, &s.name, "network policy"),
        Body::Index(s) => match &s.name {
            Some(name) => ident(SymbolKind::Index, name, "index"),
            None => words(SymbolKind::Index),
        },
        Body::UnitTest(s) => ident(SymbolKind::UnitTest, &s.name, "unit test"),
        Body::Grant(_) | Body::Revoke(_) | Body::GrantRole(_) | Body::RevokeRole(_) => {
            words(SymbolKind::Grant)
        }
        Body::Comment(_) => words(SymbolKind::Comment),
        _ => words(SymbolKind::Other),
    }
}

/// The objects, clusters, roles and network policies of the project whose names have `query` in them, in any letter
/// case; all of them for an empty one. Sorted by name, and not more than 500.
pub fn find_symbols(code: &Codebase<'_>, query: &str) -> Vec<SymbolView> {
    let query = query.to_lowercase();
    let project = &code.compiled.project;
    let objects = project.objects.iter().map(|object| {
        let span = object.text.to_original(object.name_span);
        let name = printed(&object.name);
        (name, object.kind.into(), object.kind.noun(), Location::new(object.path.clone(), span))
    });
    let infrastructure = project.infrastructure.iter().map(|defined| {
        let noun = match defined.kind {
            InfrastructureKind::Cluster => "cluster",
            InfrastructureKind::Role => "role",
            InfrastructureKind::NetworkPolicy => "network policy",
        };
        let span = defined.text.to_original(defined.create.span);
        (printed(&defined.name), defined.kind.into(), noun, Location::new(defined.path.clone(), span))
    });
    let found = objects.chain(infrastructure).filter(|(name, ..)| name.to_lowercase().contains(&query));
    let mut found: Vec<SymbolView> = found
        .take(MOST)
        .filter_map(|(name, kind, noun, location)| {
            let text = code.files.get(location.path.as_str())?;
            let at = place(&LineIndex::new(text), &location.path, location.span);
            let detail = noun.to_smolstr();
            Some(SymbolView { name, kind, detail, selection: at.clone(), at, children: Vec::new() })
        })
        .collect();
    found.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
    found
}

impl Symbol {
    /// The name with its kind, for messages.
    pub(super) fn described(&self) -> SmolStr {
        format_smolstr!("`{}`", self.printed())
    }
}
