//! What the meaning of a file depends on besides its own text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::layout::{self, Place};
use super::model::{InfrastructureKind, Settings};
use super::settings::active_profile;
use crate::input::Config;
use crate::name::{Ident, SchemaName};
use crate::resolve;

/// The version of what [`compile_file`](super::compile_file) makes of a file. A cache of an older version is stale.
const COMPILED_FORMAT: u32 = 3;

/// What a file's meaning depends on besides its own text. Files compiled in equal contexts can be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileContext {
    /// The active profile.
    pub profile: Option<SmolStr>,
    /// The suffix of databases and of the project's clusters.
    pub suffix: SmolStr,
    /// Variables of the profile.
    pub variables: BTreeMap<SmolStr, SmolStr>,
    /// The table of `project.toml` that they stand in.
    pub variables_table: Option<SmolStr>,
    /// With a suffix: databases of the project, to their names with the suffix.
    pub databases: BTreeMap<Ident, Ident>,
    /// With a suffix: clusters of the project, to their names with the suffix.
    pub clusters: BTreeMap<Ident, Ident>,
}

impl FileContext {
    /// A digest of the context and of the version of this compiler, in hex: a key for a cache of compiled files.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(COMPILED_FORMAT.to_le_bytes());
        hasher.update(env!("CARGO_PKG_VERSION"));
        // Maps are ordered, and no value in a context can fail to be written.
        hasher.update(serde_json::to_vec(self).unwrap_or_default());
        hasher.finalize().iter().fold(String::with_capacity(64), |hex, byte| {
            use std::fmt::Write;
            let mut hex = hex;
            // Writing to a string can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What names mean in a file of `schema`.
    pub(crate) fn names_in(&self, schema: SchemaName) -> resolve::Context {
        resolve::Context { schema, database_map: self.databases.clone(), cluster_map: self.clusters.clone() }
    }

    /// A database as files of the project write it: the other way round.
    pub(crate) fn written_database<'a>(&'a self, full: &'a Ident) -> &'a Ident {
        self.databases.iter().find(|(_, value)| *value == full).map_or(full, |(written, _)| written)
    }

    /// The full name of a database that a file of the project mentions.
    pub(super) fn database<'a>(&'a self, written: &'a Ident) -> &'a Ident {
        self.databases.get(written).unwrap_or(written)
    }

    /// The full name of a cluster that a file of the project mentions.
    pub(super) fn cluster<'a>(&'a self, written: &'a Ident) -> &'a Ident {
        self.clusters.get(written).unwrap_or(written)
    }
}

/// The context of all files of a project, from their paths.
pub fn file_context<'a>(
    paths: impl Iterator<Item = &'a str>,
    settings: &Settings,
    config: &Config,
) -> FileContext {
    let mut context = FileContext {
        profile: active_profile(config).map(Into::into),
        suffix: settings.suffix.clone(),
        variables: settings.variables.clone(),
        variables_table: settings.variables_table.clone(),
        ..FileContext::default()
    };
    if context.suffix.is_empty() {
        return context;
    }
    let mut last_database = "";
    for path in paths {
        if let Some((database, _)) = layout::directories(path)
            && database != last_database
        {
            last_database = database;
            add_suffixed(&mut context.databases, Ident::new(database), &settings.suffix);
        }
        if let Place::Infrastructure { kind: InfrastructureKind::Cluster, file } = layout::place(path)
            && (file.profile.is_none() || file.profile == context.profile.as_deref())
        {
            // A file and the cluster in it may differ in letter case.
            for name in [Ident::new(file.name), Ident::folded(file.name)] {
                if !settings.shared_clusters.contains_key(&name) {
                    add_suffixed(&mut context.clusters, name, &settings.suffix);
                }
            }
        }
    }
    context
}

/// A name that gets too long is kept as it is: the files that stand under it report the problem.
fn add_suffixed(names: &mut BTreeMap<Ident, Ident>, name: Ident, suffix: &str) {
    let suffixed = name.suffixed(suffix).unwrap_or_else(|error| Ident::new(error.name));
    names.insert(name, suffixed);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: &[&str] = &[
        "clusters/compute.sql",
        "clusters/prod_only#prod.sql",
        "clusters/shared.sql",
        "models/app.sql",
        "models/app/core/v.sql",
        "models/app_s/core/v.sql",
        "models/lonely.sql",
    ];

    fn context(suffix: &str) -> FileContext {
        let shared_clusters = BTreeMap::from([("shared".into(), crate::source::Span::default())]);
        let settings = Settings { suffix: suffix.into(), shared_clusters, ..Settings::default() };
        file_context(PATHS.iter().copied(), &settings, &Config { profile: Some("staging".into()) })
    }

    #[test]
    fn a_suffix_applies_to_databases_and_clusters_of_the_project_and_only_once() {
        let context = context("_s");
        let databases: Vec<_> = context.databases.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(databases, [("app", "app_s"), ("app_s", "app_s_s")]);
        let clusters: Vec<_> = context.clusters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(clusters, [("compute", "compute_s")]);
    }

    #[test]
    fn without_a_suffix_a_new_database_or_cluster_changes_no_other_file() {
        assert_eq!(context("").databases, BTreeMap::new());
        assert_eq!(context("").clusters, BTreeMap::new());
        assert_ne!(context("").digest(), context("_s").digest());
        assert_eq!(context("").digest().len(), 64);
    }
}
