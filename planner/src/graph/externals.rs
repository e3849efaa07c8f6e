//! What a project needs from outside: each such object has to be declared in `project.toml`, once.
//!
//! Objects of system schemas need no declaration: every environment has them, so a declaration would say nothing that
//! a reviewer or a check could use. One that is there all the same is accepted, also when nothing mentions it.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use crate::diagnostic::{Code, Diagnostic, closest, did_you_mean};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{Dependency, Object, PROJECT_FILE, Project};
use crate::source::Location;

/// A mention of something that isn't an object of the project.
pub(super) struct Mention<'a> {
    pub(super) object: &'a Object,
    pub(super) dependency: &'a Dependency,
}

impl Mention<'_> {
    fn location(&self) -> Location {
        Location::new(self.object.path.clone(), self.object.text.to_original(self.dependency.span))
    }
}

/// Errors for names that nothing declares, each at its first mention; warnings for declarations that nothing uses.
pub(super) fn check(project: &Project, mentions: Vec<Mention<'_>>) -> Vec<Diagnostic> {
    let declared = &project.settings.dependencies;
    let mut used = BTreeSet::new();
    let mut undeclared: BTreeMap<&ObjectName, Undeclared<'_>> = BTreeMap::new();
    for mention in mentions {
        let name = &mention.dependency.name;
        used.insert(name);
        let is_broken = project.broken.binary_search(name).is_ok() || project.unknown.may_hold(name);
        if name.schema.is_system() || is_broken || declared.contains_key(name) {
            continue;
        }
        let location = mention.location();
        undeclared
            .entry(name)
            .and_modify(|known| {
                known.count += 1;
                if location < known.first {
                    known.first.clone_from(&location);
                    known.by = mention.object;
                }
            })
            .or_insert(Undeclared { first: location, by: mention.object, count: 1 });
    }
    let errors =
        undeclared.into_iter().map(|(name, undeclared)| undeclared_dependency(project, name, undeclared));
    // An object that could not be read may use anything.
    let all_is_known = project.broken.is_empty() && project.unknown.is_nothing();
    let unused = declared
        .iter()
        .filter(|(name, _)| all_is_known && !used.contains(name) && !name.schema.is_system())
        .map(|(name, span)| unused_dependency(project, name, Location::new(PROJECT_FILE, *span)));
    errors.chain(unused).collect()
}

/// Mentions of a name that nothing declares.
struct Undeclared<'a> {
    first: Location,
    /// The object of the first mention.
    by: &'a Object,
    count: usize,
}

fn undeclared_dependency(project: &Project, name: &ObjectName, undeclared: Undeclared<'_>) -> Diagnostic {
    let Undeclared { first, by, count } = undeclared;
    let label = match count {
        1 => SmolStr::default(),
        n => format_smolstr!("first of {n} files that mention it"),
    };
    let mut diagnostic = Diagnostic::error(
        Code::UndeclaredDependencies,
        first,
        format_smolstr!("`{name}` is neither in the project nor declared in `{PROJECT_FILE}`"),
    )
    .label(label);
    if let Some(suggestion) = suggestion(project, name, by) {
        diagnostic = diagnostic.help(suggestion);
    }
    diagnostic
        .help(format_smolstr!("if it exists outside the project, declare it: {}", toml_line(project, name)))
}

/// The line of `project.toml` that declares `name` besides what is declared there.
fn toml_line(project: &Project, name: &ObjectName) -> SmolStr {
    let mut names: BTreeSet<&ObjectName> = project.settings.dependencies.keys().collect();
    names.insert(name);
    if names.len() > 3 {
        return format_smolstr!("add {} to `dependencies`", toml_string(name));
    }
    let list: Vec<SmolStr> = names.into_iter().map(toml_string).collect();
    format_smolstr!("`dependencies = [{}]`", list.join(", "))
}

/// A name as a TOML string: a literal string where quotes of identifiers would need escaping.
fn toml_string(name: &ObjectName) -> SmolStr {
    let printed = name.to_string();
    if printed.contains('"') && !printed.contains('\'') {
        return format_smolstr!("'{printed}'");
    }
    format_smolstr!("\"{}\"", printed.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unused_dependency(project: &Project, name: &ObjectName, at: Location) -> Diagnostic {
    if project.position(name).is_some() {
        return Diagnostic::warning(
            Code::UnusedDependency,
            at,
            format_smolstr!("`{name}` is declared as a dependency, but the project defines it"),
        )
        .help("remove it from `dependencies`");
    }
    Diagnostic::warning(Code::UnusedDependency, at, format_smolstr!("nothing in the project uses `{name}`"))
        .help("remove it from `dependencies`")
}

/// What was probably meant.
fn suggestion(project: &Project, name: &ObjectName, by: &Object) -> Option<SmolStr> {
    if let Some(schema) = catalog_schema(name.name.as_str()) {
        let meant = SchemaName::system(Ident::new(schema)).object(name.name.clone());
        return Some(format_smolstr!("write `{meant}` for the catalog's relation of this name"));
    }
    // An object never means itself.
    let others = || project.objects.iter().filter(|o| o.name != by.name);
    if let Some(elsewhere) = others().find(|o| o.name.name == name.name) {
        return Some(did_you_mean(&elsewhere.name));
    }
    let siblings = others().filter(|o| o.name.schema == name.schema).map(|o| o.name.name.as_str());
    let near = closest(name.name.as_str(), siblings)?;
    Some(did_you_mean(name.schema.object(Ident::new(near))))
}

/// The schema of a catalog relation that is usually written without one. The prefix decides: relations of
/// `mz_internal` and `mz_introspection` have the same prefix, so the well-known ones of them are listed.
fn catalog_schema(name: &str) -> Option<&'static str> {
    const INTERNAL: &[&str] = &[
        "mz_cluster_replica_statuses",
        "mz_comments",
        "mz_compute_dependencies",
        "mz_hydration_statuses",
        "mz_object_dependencies",
        "mz_sink_statuses",
        "mz_source_statuses",
        "mz_wallclock_global_lag",
    ];
    if INTERNAL.contains(&name) {
        return Some("mz_internal");
    }
    if name.starts_with("mz_") {
        return Some("mz_catalog");
    }
    name.starts_with("pg_").then_some("pg_catalog")
}
