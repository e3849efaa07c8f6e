//! The names that could follow.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr};

use super::hover::detail;
use super::reading::Reading;
use super::{At, Codebase};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::Subject;

/// The most names that are offered at once: the next letters choose among the others.
const MOST: usize = 200;

/// Names that could follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CompletionsView {
    /// There are more than these.
    pub incomplete: bool,
    /// How many UTF-16 code units before the place belong to the name that is being written.
    pub written: usize,
    /// The names, the nearest first.
    pub completions: Vec<CompletionView>,
}

/// A name that could follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CompletionView {
    /// What is inserted: the name with as many parts as the file needs.
    pub name: SmolStr,
    /// What it is.
    pub kind: CompletionKind,
    /// More about it, in words.
    pub detail: SmolStr,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is named after what it stands for")]
pub enum CompletionKind {
    Object,
    Cluster,
    Variable,
}

/// Names that could follow at a place: variables behind a colon, clusters behind `CLUSTER`, objects elsewhere.
pub fn completions(code: &Codebase<'_>, at: At<'_>) -> CompletionsView {
    let Some(reading) = code.read(at.path) else {
        return CompletionsView { incomplete: false, written: 0, completions: Vec::new() };
    };
    let offset = reading.offset(at) as usize;
    let before = reading.on_disk.get(..offset).unwrap_or_default();
    let start = before.rfind(|c: char| !is_name(c)).map_or(0, |at| at + last_char_len(before, at));
    let written = before.get(start..).unwrap_or_default();
    let context = before.get(..start).unwrap_or_default();
    let last_word = context.split_whitespace().next_back().unwrap_or_default();
    let mut found = if context.ends_with(':') && !context.ends_with("::") {
        variables(code)
    } else if last_word.eq_ignore_ascii_case("cluster") && context.ends_with(char::is_whitespace) {
        clusters(code)
    } else {
        objects(code, &reading)
    };
    let wanted = written.to_lowercase();
    // `a.b` is the beginning of a qualified name; `b` may be its last part.
    found.retain(|c| {
        let name = c.name.to_lowercase();
        name.starts_with(&wanted)
            || name.rsplit('.').next().is_some_and(|last| last.trim_matches('"').starts_with(&wanted))
    });
    let incomplete = found.len() > MOST;
    found.truncate(MOST);
    CompletionsView { incomplete, written: written.encode_utf16().count(), completions: found }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '"')
}

fn last_char_len(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

fn variables(code: &Codebase<'_>) -> Vec<CompletionView> {
    let variables = code.context.variables.iter();
    variables
        .map(|(name, value)| CompletionView {
            name: name.clone(),
            kind: CompletionKind::Variable,
            detail: value.clone(),
        })
        .collect()
}

fn clusters(code: &Codebase<'_>) -> Vec<CompletionView> {
    let project = &code.compiled.project;
    let mut names: Vec<SmolStr> = Vec::new();
    for infrastructure in &project.infrastructure {
        if project.cluster(&infrastructure.name).is_some_and(|cluster| cluster.path == infrastructure.path) {
            names.push(code.written_cluster(&infrastructure.name).to_smolstr());
        }
    }
    names.extend(project.settings.shared_clusters.keys().map(ToSmolStr::to_smolstr));
    names.sort();
    let view = |name| CompletionView { name, kind: CompletionKind::Cluster, detail: "cluster".to_smolstr() };
    names.into_iter().map(view).collect()
}

/// Objects, those of the file's schema first.
fn objects(code: &Codebase<'_>, reading: &Reading<'_>) -> Vec<CompletionView> {
    let (own, schema) = match &reading.subject {
        Some(Subject::Object(name)) => (Some(name), Some(&name.schema)),
        _ => (None, None),
    };
    let project = &code.compiled.project;
    let objects = project.objects.iter().map(|object| (&object.name, Some(object.kind)));
    let externals = project.settings.dependencies.keys().map(|name| (name, None));
    let mut found: Vec<(usize, CompletionView)> = objects
        .chain(externals)
        .filter(|(name, _)| own != Some(*name))
        .map(|(name, kind)| {
            let parts = parts_needed(name, schema);
            let name = code.written_object(name, parts);
            (parts, CompletionView { name, kind: CompletionKind::Object, detail: detail(kind) })
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| (a, &x.name).cmp(&(b, &y.name)));
    found.into_iter().map(|(_, view)| view).collect()
}

/// With how many parts a file of `schema` has to write a name.
pub(super) fn parts_needed(name: &ObjectName, schema: Option<&SchemaName>) -> usize {
    match schema {
        Some(schema) if *schema == name.schema => 1,
        Some(schema) if schema.database == name.schema.database || name.schema.is_system() => 2,
        _ => 3,
    }
}

impl Codebase<'_> {
    /// A name with its last `parts` parts, as files write it: without the profile's suffix.
    pub(super) fn written_object(&self, name: &ObjectName, parts: usize) -> SmolStr {
        let database = name.schema.database.as_ref().map(|database| self.context.written_database(database));
        let all = [database, Some(&name.schema.schema), Some(&name.name)];
        let all: Vec<String> = all.into_iter().flatten().map(ToString::to_string).collect();
        all.get(all.len().saturating_sub(parts)..).unwrap_or_default().join(".").into()
    }

    /// A cluster as files write it.
    pub(super) fn written_cluster<'c>(&'c self, full: &'c Ident) -> &'c Ident {
        self.context.clusters.iter().find(|(_, value)| *value == full).map_or(full, |(written, _)| written)
    }
}
