//! Where a name is defined, and who mentions it.

use toml::de::{DeTable, DeValue};

use super::reading::{Reading, Role};
use super::{At, Codebase, Symbol};
use crate::name::Ident;
use crate::project::{InfrastructureKind, PROJECT_FILE, subject};
use crate::source::{LineIndex, Span};
use crate::view::diagnostics::{LabelView, place};

/// Where the name that somebody points to is defined: in its file, or in `project.toml` if it comes from outside. Empty if
/// there is no name, or nothing of the project defines it.
pub fn definition(code: &Codebase<'_>, at: At<'_>) -> Vec<LabelView> {
    let Some((_, mention)) = code.mention_at(at) else { return Vec::new() };
    code.definition_of(&mention.symbol).into_iter().collect()
}

/// Every place where the name that somebody points to stands, sorted by file and position. The definition is among them
/// if `with_definition` is set.
pub fn references(code: &Codebase<'_>, at: At<'_>, with_definition: bool) -> Vec<LabelView> {
    let Some((_, mention)) = code.mention_at(at) else { return Vec::new() };
    let mut found = Vec::new();
    for reading in code.readings_with(&mention.symbol) {
        let mentions = reading.mentions(code).into_iter();
        let wanted = mentions.filter(|m| m.symbol == mention.symbol);
        let wanted = wanted.filter(|m| with_definition || m.role != Role::Definition);
        found.extend(wanted.map(|m| reading.place(m.span)));
    }
    if let Some(declared) = code.in_settings(&mention.symbol).filter(|_| with_definition) {
        found.push(declared);
    }
    found
}

impl<'a> Codebase<'a> {
    pub(super) fn definition_of(&self, symbol: &Symbol) -> Option<LabelView> {
        let Some(path) = self.file_of(symbol) else { return self.in_settings(symbol) };
        let reading = self.read(path)?;
        let mentions = reading.mentions(self).into_iter();
        let mut definitions = mentions.filter(|m| m.role == Role::Definition && m.symbol == *symbol);
        // A sink without a name, a modifier, or a file with errors: its beginning.
        let span = definitions.next().map_or(Span::default(), |m| m.span);
        Some(reading.place(span))
    }

    /// The file that is about something. Of the variants for profiles it is the active one.
    pub(super) fn file_of(&self, symbol: &Symbol) -> Option<&'a str> {
        let project = &self.compiled.project;
        let infrastructure = |kind: InfrastructureKind, name: &Ident| {
            project.infrastructure.iter().find(|i| i.kind == kind && i.name == *name).map(|i| &i.path)
        };
        let active = match symbol {
            Symbol::Object(name) => {
                project.position(name).and_then(|p| project.objects.get(p)).map(|o| &o.path)
            }
            Symbol::Cluster(name) => infrastructure(InfrastructureKind::Cluster, name),
            Symbol::Role(name) => infrastructure(InfrastructureKind::Role, name),
            Symbol::NetworkPolicy(name) => infrastructure(InfrastructureKind::NetworkPolicy, name),
            Symbol::Schema(_) | Symbol::Database(_) => None,
            Symbol::Variable(_) => return None,
        };
        if let Some(path) = active {
            return self.files.get_key_value(path.as_str()).map(|(path, _)| *path);
        }
        // A file with errors defines nothing, but its path says what it is about.
        let is_about = |path: &&str| {
            subject(path, &self.context).is_some_and(|subject| Symbol::of_subject(subject) == *symbol)
        };
        self.files.keys().copied().find(is_about)
    }

    /// Where `project.toml` declares something.
    fn in_settings(&self, symbol: &Symbol) -> Option<LabelView> {
        let settings = &self.compiled.project.settings;
        let text: &str = self.files.get(PROJECT_FILE)?;
        let span = match symbol {
            Symbol::Object(name) => *settings.dependencies.get(name)?,
            Symbol::Cluster(name) => *settings.shared_clusters.get(name)?,
            Symbol::Variable(name) => variable_key(text, settings.profile.as_deref()?, name)?,
            _ => return None,
        };
        Some(place(&LineIndex::new(text), PROJECT_FILE, span))
    }

    /// The files that may mention something: those in whose text its name stands, or all of them where a variable may
    /// hold it.
    pub(super) fn readings_with(&self, symbol: &Symbol) -> impl Iterator<Item = Reading<'a>> {
        let full = symbol.last().to_lowercase();
        // Files write clusters and databases without the profile's suffix.
        let name = match symbol {
            Symbol::Cluster(_) | Symbol::Database(_) => {
                full.strip_suffix(self.context.suffix.as_str()).unwrap_or(&full).to_owned()
            }
            _ => full,
        };
        let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let in_variable = self.context.variables.values().any(|value| value.to_lowercase().contains(&name));
        let all = !is_plain || (in_variable && !matches!(symbol, Symbol::Variable(_)));
        self.files
            .iter()
            .filter(move |(_, text)| all || contains_ignoring_case(text, &name))
            .filter_map(|(path, _)| self.read(path))
    }
}

/// `name` is in lower case and ASCII.
fn contains_ignoring_case(text: &str, name: &str) -> bool {
    let name = name.as_bytes();
    !name.is_empty() && text.as_bytes().windows(name.len()).any(|window| window.eq_ignore_ascii_case(name))
}

/// Where the value of a variable of a profile stands in `project.toml`.
fn variable_key(text: &str, profile: &str, name: &str) -> Option<Span> {
    let (root, _) = DeTable::parse_recoverable(text);
    let root = root.get_ref();
    let nested = root.get("profiles").and_then(|value| table(value.get_ref())).and_then(|t| t.get(profile));
    let profile = table(nested.or_else(|| root.get(profile))?.get_ref())?;
    let variables = table(profile.get("variables")?.get_ref())?;
    let (key, _) = variables.iter().find(|(key, _)| key.get_ref() == name)?;
    Some(Span::new(key.span().start, key.span().end))
}

fn table<'t, 's>(value: &'t DeValue<'s>) -> Option<&'t DeTable<'s>> {
    match value {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}
