//! Files and directories that the host could not read: what they hold is unknown, but it may be there, so that
//! mentions of it are no mistakes.

use std::collections::BTreeSet;

use super::compile::{CompiledFile, Contents, InfrastructureFile, ObjectFile};
use super::context::FileContext;
use super::layout::{self, Place};
use super::settings::PROJECT_FILE;
use crate::diagnostic::Diagnostic;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::source::FilePath;

/// What nothing is known of, because a directory or the settings could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Any object may exist.
    everything: bool,
    databases: BTreeSet<Ident>,
    schemas: BTreeSet<SchemaName>,
    clusters: bool,
}

impl Unknown {
    /// True if an object of this name may exist.
    pub(crate) fn may_hold(&self, name: &ObjectName) -> bool {
        self.everything
            || self.schemas.contains(&name.schema)
            || name.schema.database.as_ref().is_some_and(|database| self.databases.contains(database))
    }

    /// True if clusters may exist that no file defines.
    pub(super) fn may_hold_clusters(&self) -> bool {
        self.clusters
    }

    /// True if everything could be read.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what `path` would tell: a directory (with `/` at its end) or the settings.
    pub(super) fn add(&mut self, path: &str, suffix: &str) {
        let full = |database: &str| {
            let name = Ident::new(database);
            name.suffixed(suffix).unwrap_or_else(|error| Ident::new(error.name))
        };
        if path == PROJECT_FILE {
            self.everything = true;
            self.clusters = true;
            return;
        }
        match layout::directories(path) {
            Some((database, Some(schema))) if !schema.is_empty() => {
                self.schemas.insert(SchemaName::new(full(database), Ident::new(schema)));
            }
            Some((database, _)) if !database.is_empty() => {
                self.databases.insert(full(database));
            }
            _ if layout::is_in_models(path) => self.everything = true,
            _ => self.clusters |= layout::is_in_clusters(path),
        }
    }
}

/// Stands for a file whose text is not known. `problem` says why.
pub fn unreadable_file(path: &str, problem: Diagnostic, context: &FileContext) -> CompiledFile {
    let contents = match layout::place(path) {
        Place::ProjectFile => Contents::Unreadable,
        Place::TypesLock | Place::Ignored(_) => Contents::Nothing,
        Place::DatabaseModifier { .. } | Place::SchemaModifier { .. } => Contents::Modifier(None),
        Place::Object { database, schema, file } => {
            let database = Ident::new(database);
            let schema = SchemaName::new(context.database(&database).clone(), Ident::new(schema));
            Contents::Object(ObjectFile {
                name: schema.object(Ident::new(file.name)),
                profile: file.profile.map(Into::into),
                kind: None,
                object: None,
            })
        }
        Place::Infrastructure { kind, file } => Contents::Infrastructure(InfrastructureFile {
            kind,
            name: file.name.into(),
            profile: file.profile.map(Into::into),
            definition: None,
        }),
    };
    compiled(path.into(), contents, problem)
}

/// Stands for a directory that can't be listed. `problem` says why.
pub fn unreadable_directory(path: &str, problem: Diagnostic) -> CompiledFile {
    compiled(smol_str::format_smolstr!("{path}/"), Contents::Unreadable, problem)
}

fn compiled(path: FilePath, contents: Contents, problem: Diagnostic) -> CompiledFile {
    CompiledFile { path, contents, diagnostics: vec![problem], diagnostics_if_active: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::input::{Config, Sources};
    use crate::source::Location;
    use crate::workspace::link;
    use std::sync::Arc;

    /// The codes of a project in which a view reads a table of another schema, on a cluster that has a file, if
    /// `directory` can't be listed.
    fn codes(files: &[(&str, &str)], directory: &str) -> Vec<Code> {
        let sources: Sources = files.iter().map(|(path, text)| (*path, *text)).collect();
        let config = Config::default();
        let (settings, _) = crate::project::read_settings(Some(""), &config);
        let context = crate::project::file_context(files.iter().map(|(p, _)| *p), &settings, &config);
        let compile =
            |(path, text): (&FilePath, &Arc<str>)| crate::project::compile_file(path, text, &context);
        let mut files: Vec<Arc<CompiledFile>> = sources.iter().map(compile).map(Arc::new).collect();
        let problem = Diagnostic::error(Code::UnreadableFile, Location::file(directory), "no permission");
        files.push(Arc::new(unreadable_directory(directory, problem)));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        link(&files, settings, Vec::new(), &config).diagnostics.iter().map(|d| d.code).collect()
    }

    #[test]
    fn a_directory_that_can_not_be_listed_is_the_only_problem() {
        let reader = (
            "models/shop/core/totals.sql",
            "CREATE MATERIALIZED VIEW totals IN CLUSTER compute AS SELECT * FROM raw.orders;",
        );
        let modifier = ("models/shop/raw.sql", "COMMENT ON SCHEMA raw IS 'what comes in';");
        let cluster = ("clusters/compute.sql", "CREATE CLUSTER compute (SIZE = '25cc');");
        assert_eq!(codes(&[reader, modifier, cluster], "models/shop/raw"), [Code::UnreadableFile]);
        assert_eq!(codes(&[reader, cluster], "models/shop"), [Code::UnreadableFile]);
        assert_eq!(codes(&[reader, cluster], "models"), [Code::UnreadableFile]);
        let and_table = ("models/shop/raw/orders.sql", "CREATE TABLE orders (id int);");
        assert_eq!(codes(&[reader, and_table], "clusters"), [Code::UnreadableFile]);
        assert_eq!(codes(&[], "models"), [Code::UnreadableFile]);
        let unrelated = codes(&[reader, cluster], "models/shop/other");
        assert_eq!(unrelated, [Code::UndeclaredDependencies, Code::UnreadableFile]);
    }
}
