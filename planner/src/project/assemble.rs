//! The files of a project together: which variant of each is active, and the rules that span files.
//!
//! This runs again after every edit, so it is linear and builds no text unless something is wrong.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use super::compile::{CompiledFile, Contents};
use super::layout::{self, MODELS, Place};
use super::model::{Modifier, Project, Settings};
use super::settings::active_profile;
use super::{cluster_rules, naming, schema_rules, sink_rules, variants};
use crate::diagnostic::{Code, Diagnostic, closest, sort};
use crate::input::Config;
use crate::name::{Ident, SchemaName};
use crate::source::{FilePath, Location};

/// Puts compiled files (sorted by path) together. They must have been compiled in the context that
/// [`file_context`](super::file_context) gives for the same settings.
pub fn assemble(
    files: &[Arc<CompiledFile>],
    settings: Settings,
    config: &Config,
) -> (Project, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut project = Project::default();
    find_directories(files, &settings.suffix, &mut project, &mut diagnostics);
    let active = variants::choose(files, active_profile(config), &mut diagnostics);
    for (file, is_active) in files.iter().zip(&active) {
        if is_modifier_of_nothing(file, &project, &settings.suffix) {
            diagnostics.push(without_directory(&file.path));
            continue;
        }
        diagnostics.extend_from_slice(&file.diagnostics);
        if *is_active {
            diagnostics.extend_from_slice(&file.diagnostics_if_active);
            add(&mut project, file, &settings.suffix);
        }
    }
    project.objects.sort_by(|a, b| a.name.cmp(&b.name));
    project.infrastructure.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    project.broken.sort();
    let active =
        files.iter().zip(&active).filter(|(_, is_active)| **is_active).map(|(file, _)| file.as_ref());
    let clusters = cluster_rules::defined(active, &settings.suffix);
    project.settings = settings;
    schema_rules::check(&project, &mut diagnostics);
    sink_rules::check(&project, &mut diagnostics);
    cluster_rules::check(&project, &clusters, &mut diagnostics);
    sort(&mut diagnostics);
    (project, diagnostics)
}

/// Adds what an active file holds.
fn add(project: &mut Project, file: &CompiledFile, suffix: &str) {
    match &file.contents {
        Contents::Object(contents) => match &contents.object {
            Some(object) => project.objects.push(Arc::clone(object)),
            None => project.broken.push(contents.name.clone()),
        },
        Contents::Modifier(Some(modifier)) => add_modifier(project, modifier),
        Contents::Infrastructure(contents) => {
            project.infrastructure.extend(contents.definition.iter().map(Arc::clone));
        }
        Contents::TypesLock(lock) => project.types = Arc::clone(lock),
        Contents::Unreadable => project.unknown.add(&file.path, suffix),
        Contents::Nothing | Contents::Modifier(None) => {}
    }
}

fn add_modifier(project: &mut Project, modifier: &Arc<Modifier>) {
    let slot = match &modifier.schema {
        None => project.databases.get_mut(&modifier.database),
        Some(schema) => project.schemas.get_mut(&SchemaName::new(modifier.database.clone(), schema.clone())),
    };
    if let Some(slot) = slot {
        *slot = Some(Arc::clone(modifier));
    }
}

/// Enters the databases and schemas that have a directory, and checks their names, once for each.
fn find_directories(
    files: &[Arc<CompiledFile>],
    suffix: &str,
    project: &mut Project,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut last = None;
    for file in files {
        // Files are sorted by path, so that most are in the directory of the one before.
        if let Contents::Object(object) = &file.contents {
            let schema = Some(&object.name.schema);
            if schema == last {
                continue;
            }
            last = schema;
        }
        let Some((database, schema)) = layout::directories(&file.path) else { continue };
        let schema = schema.filter(|schema| !schema.is_empty());
        let name = with_suffix(database, suffix);
        if !project.databases.contains_key(&name) {
            check_database(database, &name, diagnostics);
            project.databases.insert(name.clone(), None);
        }
        let Some(schema) = schema else { continue };
        if project.schemas.insert(SchemaName::new(name, Ident::new(schema)), None).is_none() {
            let path = format_smolstr!("{MODELS}/{database}/{schema}");
            check_directory(path, "schema", schema, diagnostics);
        }
    }
    if project.databases.is_empty() && !files.iter().any(|file| layout::is_in_models(&file.path)) {
        diagnostics.push(missing_models(files));
    }
}

fn with_suffix(database: &str, suffix: &str) -> Ident {
    if suffix.is_empty() {
        return Ident::new(database);
    }
    Ident::new(database).suffixed(suffix).unwrap_or_else(|error| Ident::new(error.name))
}

fn check_database(directory: &str, name: &Ident, diagnostics: &mut Vec<Diagnostic>) {
    let path = format_smolstr!("{MODELS}/{directory}");
    if Ident::new(directory).is_short_enough() && !name.is_short_enough() {
        let bytes = name.as_str().len();
        let message = format_smolstr!("`{name}` is {bytes} bytes long, the server allows 255");
        diagnostics.push(
            Diagnostic::error(Code::NameTooLong, Location::file(path), message)
                .help("the profile's suffix is part of the name: shorten one of the two"),
        );
        return;
    }
    check_directory(path, "database", directory, diagnostics);
}

fn check_directory(path: SmolStr, noun: &str, name: &str, diagnostics: &mut Vec<Diagnostic>) {
    if let Err(reason) = naming::check(name) {
        let message = format_smolstr!("`{name}` can't be the name of a {noun}: {reason}");
        diagnostics.push(
            Diagnostic::error(Code::InvalidIdentifier, Location::file(path), message)
                .help("rename the directory")
                .help(naming::RULE),
        );
    }
}

fn missing_models(files: &[Arc<CompiledFile>]) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::MissingModels,
        Location::file(MODELS),
        format_smolstr!("there is no file in the directory `{MODELS}`"),
    );
    let directories = files.iter().filter_map(|file| file.path.split_once('/')).map(|(first, _)| first);
    match closest(MODELS, directories) {
        Some(similar) => {
            problem.help(format_smolstr!("rename `{similar}` to `{MODELS}` if that is what it is"))
        }
        None => problem.help(format_smolstr!("objects stand in `{MODELS}/<database>/<schema>/<object>.sql`")),
    }
}

/// True for a modifier whose database or schema has no directory.
fn is_modifier_of_nothing(file: &CompiledFile, project: &Project, suffix: &str) -> bool {
    if !matches!(file.contents, Contents::Modifier(_)) {
        return false;
    }
    match layout::place(&file.path) {
        Place::DatabaseModifier { database } => {
            !project.databases.contains_key(&with_suffix(database, suffix))
        }
        Place::SchemaModifier { database, schema } => {
            !project.schemas.contains_key(&SchemaName::new(with_suffix(database, suffix), Ident::new(schema)))
        }
        _ => false,
    }
}

fn without_directory(path: &FilePath) -> Diagnostic {
    let directory = path.strip_suffix(".sql").unwrap_or(path);
    let message = format_smolstr!("nothing reads `{path}`: there is no directory `{directory}`");
    Diagnostic::warning(Code::IgnoredFile, Location::file(path.clone()), message)
        .help("a modifier stands beside the directory of its database or schema")
}
