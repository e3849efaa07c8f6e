//! Profile variants: of the files of one object, the one for the active profile, else the default.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::format_smolstr;

use super::compile::{CompiledFile, Contents, ObjectFile};
use super::model::InfrastructureKind;
use super::object::ObjectKind;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::ObjectName;
use crate::source::{Location, Span};

/// What variants are of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Subject<'a> {
    Object(&'a ObjectName),
    Infrastructure(InfrastructureKind, &'a str),
}

/// For each file, whether it is active. Files that aren't variants always are.
pub(super) fn choose(
    files: &[Arc<CompiledFile>],
    active: Option<&str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<bool> {
    let mut is_active = vec![true; files.len()];
    // Few objects have variants, so only those are grouped.
    let mut groups: BTreeMap<Subject<'_>, Vec<usize>> = BTreeMap::new();
    for (subject, profile) in files.iter().filter_map(|file| subject(file)) {
        if profile.is_some() {
            groups.entry(subject).or_default();
        }
    }
    if groups.is_empty() {
        return is_active;
    }
    for (index, file) in files.iter().enumerate() {
        if let Some((subject, _)) = subject(file)
            && let Some(group) = groups.get_mut(&subject)
        {
            group.push(index);
        }
    }
    for group in groups.values() {
        let profile = |index: &usize| files.get(*index).and_then(|file| subject(file)).and_then(|(_, p)| p);
        let chosen = group
            .iter()
            .find(|index| active.is_some() && profile(index) == active)
            .or_else(|| group.iter().find(|index| profile(index).is_none()));
        for index in group {
            if let Some(flag) = is_active.get_mut(*index) {
                *flag = Some(index) == chosen;
            }
        }
        let group: Vec<&CompiledFile> =
            group.iter().filter_map(|i| files.get(*i)).map(AsRef::as_ref).collect();
        check_kinds(&group, diagnostics);
    }
    is_active
}

fn subject(file: &CompiledFile) -> Option<(Subject<'_>, Option<&str>)> {
    match &file.contents {
        Contents::Object(object) => Some((Subject::Object(&object.name), object.profile.as_deref())),
        Contents::Infrastructure(definition) => {
            Some((Subject::Infrastructure(definition.kind, &definition.name), definition.profile.as_deref()))
        }
        _ => None,
    }
}

/// A variant whose statement says what it is.
struct Variant<'a> {
    path: &'a str,
    file: &'a ObjectFile,
    kind: ObjectKind,
    span: Span,
}

impl Variant<'_> {
    fn location(&self) -> Location {
        Location::new(self.path, self.span)
    }
}

/// All variants of an object are of one kind, the default's; views and materialized views have no variants.
fn check_kinds(group: &[&CompiledFile], diagnostics: &mut Vec<Diagnostic>) {
    let mut variants: Vec<Variant<'_>> = group
        .iter()
        .filter_map(|compiled| match &compiled.contents {
            Contents::Object(file) => {
                let (kind, span) = file.kind?;
                Some(Variant { path: &compiled.path, file, kind, span })
            }
            _ => None,
        })
        .collect();
    variants.sort_by_key(|variant| variant.file.profile.is_some());
    let Some(reference) = variants.first() else { return };
    for variant in &variants {
        let Some(profile) = &variant.file.profile else { continue };
        let name = &variant.file.name.name;
        let noun = variant.kind.noun();
        if variant.kind.is_computation() {
            let message = format_smolstr!("the {noun} `{name}` has a variant for the profile `{profile}`");
            diagnostics.push(
                Diagnostic::error(Code::ProfileOverrideNotAllowed, variant.location(), message)
                    .help("remove the file: views and materialized views are the same in every environment")
                    .help("a variable such as `:name` can hold what differs"),
            );
        } else if class(variant.kind) != class(reference.kind) {
            let message = format_smolstr!(
                "the variant of `{name}` for the profile `{profile}` is a {noun}, but `{name}` is a {}",
                reference.kind.noun()
            );
            diagnostics.push(
                Diagnostic::error(Code::ProfileObjectTypeMismatch, variant.location(), message)
                    .and(reference.location(), format_smolstr!("a {}", reference.kind.noun()))
                    .help("all variants of an object must be of one type"),
            );
        }
    }
}

/// Tables of both kinds are one kind.
fn class(kind: ObjectKind) -> ObjectKind {
    if kind == ObjectKind::TableFromSource { ObjectKind::Table } else { kind }
}
