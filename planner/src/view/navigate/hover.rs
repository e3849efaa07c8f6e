//! What is known of a name.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr};

use super::reading::Reading;
use super::{At, Codebase, Symbol};
use crate::name::{ObjectName, printed};
use crate::project::{LockedObject, LockedType, Object, ObjectKind};
use crate::source::FilePath;
use crate::syntax::ast::{Body, TargetKind};
use crate::view::compile::clusters_of;
use crate::view::diagnostics::LabelView;

/// What is known of the name that somebody points to. All names are printed as SQL has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HoverView {
    /// Where the name stands.
    pub at: LabelView,
    /// The name in full, profile suffix included.
    pub name: SmolStr,
    /// What it is, in words: `materialized view`, `cluster`, `variable`, …
    pub what: SmolStr,
    /// The file that defines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<SmolStr>,
    /// The value of a variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<SmolStr>,
    /// Where it and its indexes run, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<SmolStr>,
    /// Its columns, where they are written down: in `CREATE TABLE`, in the column list of a view, or in `types.lock`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnView>,
    /// What it needs, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<SmolStr>,
    /// The objects that need it directly, or run on it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_by: Vec<SmolStr>,
    /// How many objects need it, directly or through others.
    pub downstream: usize,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ColumnView {
    /// Its name.
    pub name: SmolStr,
    /// Its type; absent where only the name is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<SmolStr>,
    /// It is never null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_null: bool,
}

/// What is known of the name that somebody points to.
pub fn hover(code: &Codebase<'_>, at: At<'_>) -> Option<HoverView> {
    let (reading, mention) = code.mention_at(at)?;
    let mut hover = HoverView {
        at: reading.place(mention.span),
        name: mention.symbol.printed(),
        what: code.noun(&mention.symbol).into(),
        path: code.file_of(&mention.symbol).map(Into::into),
        comment: None,
        value: None,
        clusters: Vec::new(),
        columns: Vec::new(),
        reads: Vec::new(),
        read_by: Vec::new(),
        downstream: 0,
    };
    match &mention.symbol {
        Symbol::Object(name) => object(code, name, &mut hover),
        Symbol::Cluster(name) => {
            let on_it = code.compiled.project.objects.iter().filter(|o| clusters_of(o).contains(name));
            hover.read_by = on_it.map(|object| printed(&object.name)).collect();
            hover.downstream = hover.read_by.len();
        }
        Symbol::Variable(name) => hover.value = code.context.variables.get(name).cloned(),
        _ => {}
    }
    if let Some(defining) = hover.path.as_deref().and_then(|path| code.read(path)) {
        hover.comment = comment(&defining, &mention.symbol);
        if hover.columns.is_empty() {
            hover.columns = written_columns(&defining);
        }
    }
    Some(hover)
}

fn object(code: &Codebase<'_>, name: &ObjectName, hover: &mut HoverView) {
    let project = &code.compiled.project;
    let dependents = |object: &&Object| object.dependencies.iter().any(|d| d.name == *name);
    let read_by = project.objects.iter().map(AsRef::as_ref).filter(dependents);
    hover.read_by = read_by.map(|object| printed(&object.name)).collect();
    hover.downstream = code.downstream(name).len();
    if let Some(object) = project.position(name).and_then(|position| project.objects.get(position)) {
        hover.clusters = clusters_of(object).into_iter().map(printed).collect();
        hover.reads = object.dependencies.iter().map(|dependency| printed(&dependency.name)).collect();
    }
    if let Some(locked) = project.types.objects.get(name) {
        hover.columns = locked_columns(locked);
        hover.comment.clone_from(&locked.comment);
    }
}

impl Codebase<'_> {
    /// The objects that need `name`, directly or through others, sorted.
    pub(super) fn downstream(&self, name: &ObjectName) -> Vec<&ObjectName> {
        let project = &self.compiled.project;
        let position = |object: usize| u32::try_from(object).ok();
        let needs = |o: &Object| o.name == *name || o.dependencies.iter().any(|d| d.name == *name);
        let starts = project.objects.iter().enumerate().filter(|(_, o)| needs(o));
        let starts: Vec<u32> = starts.filter_map(|(at, _)| position(at)).collect();
        let downstream = self.compiled.graph.downstream(&starts);
        let objects = project.objects.iter().zip(downstream).filter(|(_, is_reached)| *is_reached);
        objects.map(|(object, _)| &object.name).filter(|object| *object != name).collect()
    }

    fn noun(&self, symbol: &Symbol) -> &'static str {
        let project = &self.compiled.project;
        match symbol {
            Symbol::Object(name) if name.schema.is_system() => "system object",
            Symbol::Object(name) => match project.position(name).and_then(|p| project.objects.get(p)) {
                Some(object) => object.kind.noun(),
                None if self.file_of(symbol).is_some() => "object with errors",
                None => "object outside the project",
            },
            Symbol::Schema(_) => "schema",
            Symbol::Database(_) => "database",
            Symbol::Cluster(name) if project.cluster(name).is_none() => "cluster outside the project",
            Symbol::Cluster(_) => "cluster",
            Symbol::Role(_) => "role",
            Symbol::NetworkPolicy(_) => "network policy",
            Symbol::Variable(_) => "variable",
        }
    }
}

/// The last comment on what a file is about.
fn comment(reading: &Reading<'_>, symbol: &Symbol) -> Option<SmolStr> {
    let is_own = |kind: TargetKind| match symbol {
        Symbol::Object(_) => kind != TargetKind::Column && kind != TargetKind::Index,
        _ => true,
    };
    reading.statements.iter().rev().find_map(|statement| match &statement.body {
        Body::Comment(comment) if is_own(comment.kind) => comment.text.clone(),
        _ => None,
    })
}

fn written_columns(reading: &Reading<'_>) -> Vec<ColumnView> {
    let named = |name: &crate::syntax::ast::SpannedIdent| ColumnView {
        name: name.value.as_str().into(),
        data_type: None,
        not_null: false,
    };
    let columns = reading.statements.iter().find_map(|statement| match &statement.body {
        Body::Table(table) => Some(
            table
                .columns
                .iter()
                .map(|column| ColumnView {
                    data_type: Some(column.data_type.clone()),
                    not_null: column.not_null,
                    ..named(&column.name)
                })
                .collect(),
        ),
        Body::View(view) => Some(view.columns.iter().map(named).collect()),
        Body::MaterializedView(view) => Some(view.columns.iter().map(named).collect()),
        _ => None,
    });
    columns.unwrap_or_default()
}

fn locked_columns(locked: &LockedObject) -> Vec<ColumnView> {
    let column = |column: &crate::project::LockedColumn| ColumnView {
        name: column.name.clone(),
        data_type: Some(type_in_words(&column.data_type)),
        not_null: !column.nullable,
    };
    locked.columns.iter().map(column).collect()
}

fn type_in_words(data_type: &LockedType) -> SmolStr {
    match data_type {
        LockedType::Named(name) => name.clone(),
        LockedType::Array(element) => [type_in_words(element).as_str(), "[]"].concat().into(),
        LockedType::List(element) => [type_in_words(element).as_str(), " list"].concat().into(),
        LockedType::Map(value) => ["map[text=>", type_in_words(value).as_str(), "]"].concat().into(),
        LockedType::Record(_) => "record".into(),
    }
}

/// What is shown beside a name in a list.
pub(super) fn detail(kind: Option<ObjectKind>) -> SmolStr {
    kind.map_or("outside the project", ObjectKind::noun).to_smolstr()
}
