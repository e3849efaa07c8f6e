//! The path of a file says what the file is.
//!
//! ```text
//! project.toml  types.lock
//! models/<database>.sql                    modifier of a database
//! models/<database>/<schema>.sql           modifier of a schema
//! models/<database>/<schema>/<object>.sql  object; <object>#<profile>.sql for one profile
//! clusters/<name>.sql  roles/<name>.sql  network-policies/<name>.sql    #<profile> as above
//! ```
//!
//! `@` is reserved for versions of objects. What has no place in this tree is ignored, with a warning if it looks
//! like SQL that was meant for the project. What is in a hidden directory is not looked at.

use smol_str::{SmolStr, format_smolstr};

use super::model::InfrastructureKind;
use super::settings::PROJECT_FILE;
use super::types_lock::TYPES_LOCK_FILE;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Location;

/// The directory of databases, schemas and objects.
pub(super) const MODELS: &str = "models";
const CLUSTERS: &str = "clusters";
const ROLES: &str = "roles";
const NETWORK_POLICIES: &str = "network-policies";

/// The directories of a project, sorted. What is SQL in them, at any depth, belongs to it.
pub const DIRECTORIES: [&str; 4] = [CLUSTERS, MODELS, NETWORK_POLICIES, ROLES];
/// The files of a project that stand in no directory.
pub const ROOT_FILES: [&str; 2] = [PROJECT_FILE, TYPES_LOCK_FILE];

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    ProjectFile,
    TypesLock,
    DatabaseModifier {
        database: &'a str,
    },
    SchemaModifier {
        database: &'a str,
        schema: &'a str,
    },
    Object {
        database: &'a str,
        schema: &'a str,
        file: Stem<'a>,
    },
    Infrastructure {
        kind: InfrastructureKind,
        file: Stem<'a>,
    },
    /// Nothing reads it; the reason, if it looks as if something should.
    Ignored(Option<&'static str>),
}

/// A file name without `.sql`: `<name>` or `<name>#<profile>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stem<'a> {
    pub(super) name: &'a str,
    pub(super) profile: Option<&'a str>,
}

impl<'a> Stem<'a> {
    fn new(stem: &'a str) -> Self {
        match stem.rsplit_once('#') {
            Some((name, profile)) => Self { name, profile: Some(profile) },
            None => Self { name: stem, profile: None },
        }
    }

    /// Why this can't be the name of a file, apart from the naming rule.
    pub(super) fn problem(&self, path: &str) -> Option<Diagnostic> {
        let error = |message: SmolStr, help: &str| {
            Some(Diagnostic::error(Code::InvalidFileName, Location::file(path), message).help(help))
        };
        match self.profile {
            Some("") => error(
                format_smolstr!("the profile behind `#` is missing in `{}#`", self.name),
                "write `<name>#<profile>.sql`, or leave out the `#`",
            ),
            Some(profile) if self.name.is_empty() => error(
                format_smolstr!("the name before `#` is missing in `#{profile}`"),
                "write `<name>#<profile>.sql`",
            ),
            _ => None,
        }
    }

    /// The same for the name of an object, in which `@` is reserved.
    pub(super) fn problem_as_object(&self, path: &str) -> Option<Diagnostic> {
        if !self.name.contains('@') {
            return self.problem(path);
        }
        let message = format_smolstr!("`@` is reserved in the names of objects: `{}`", self.name);
        let error = Diagnostic::error(Code::InvalidFileName, Location::file(path), message);
        Some(error.help("choose a name without `@`"))
    }
}

/// True for the path of a file that is compiled with a project, be it for a warning; also for a directory, whose path ends
/// in `/`, that such files may stand in. Relative to the project, with `/`.
pub fn belongs(path: &str) -> bool {
    match path.strip_suffix('/') {
        Some(directory) => {
            let mut names = directory.split('/');
            names.next().is_some_and(|first| DIRECTORIES.contains(&first)) && names.all(is_visible)
        }
        None => place(path) != Place::Ignored(None),
    }
}

/// What the file at `path` is.
pub(super) fn place(path: &str) -> Place<'_> {
    if path.rsplit_once('/').is_some_and(|(directories, _)| !directories.split('/').all(is_visible)) {
        return Place::Ignored(None);
    }
    let mut parts = path.split('/');
    let mut next = || parts.next();
    let (first, second, third, fourth, fifth) = (next(), next(), next(), next(), next());
    match (first.unwrap_or_default(), second, third, fourth, fifth) {
        (PROJECT_FILE, None, ..) => Place::ProjectFile,
        (TYPES_LOCK_FILE, None, ..) => Place::TypesLock,
        (MODELS, Some(file), None, ..) => {
            sql_stem(file, |stem| no_profile(stem).unwrap_or(Place::DatabaseModifier { database: stem }))
        }
        (MODELS, Some(database), Some(file), None, _) => sql_stem(file, |stem| {
            no_profile(stem).unwrap_or(Place::SchemaModifier { database, schema: stem })
        }),
        (MODELS, Some(database), Some(schema), Some(file), None) => {
            sql_stem(file, |stem| Place::Object { database, schema, file: Stem::new(stem) })
        }
        (MODELS, _, _, _, Some(_)) if looks_like_sql(path) => {
            Place::Ignored(Some("move it: objects stand directly in the directory of their schema"))
        }
        (directory, Some(file), third, ..) => match infrastructure(directory) {
            Some(kind) if third.is_none() => {
                sql_stem(file, |stem| Place::Infrastructure { kind, file: Stem::new(stem) })
            }
            Some(_) if looks_like_sql(path) => {
                Place::Ignored(Some("move it: definitions stand directly in their directory"))
            }
            _ => Place::Ignored(None),
        },
        _ => Place::Ignored(None),
    }
}

/// True if `path` lies in the directory of databases.
pub(super) fn is_in_models(path: &str) -> bool {
    path.strip_prefix(MODELS).is_some_and(|rest| rest.starts_with('/'))
}

/// True if `path` lies in the directory of clusters.
pub(super) fn is_in_clusters(path: &str) -> bool {
    path.split_once('/').and_then(|(directory, _)| infrastructure(directory))
        == Some(InfrastructureKind::Cluster)
}

/// The database and the schema whose directories `path` lies in.
pub(super) fn directories(path: &str) -> Option<(&str, Option<&str>)> {
    let mut parts = path.strip_prefix(MODELS)?.strip_prefix('/')?.split('/');
    let (database, schema, file) = (parts.next()?, parts.next()?, parts.next());
    let schema = file.is_some().then_some(schema).filter(|schema| is_visible(schema));
    is_visible(database).then_some((database, schema))
}

fn infrastructure(directory: &str) -> Option<InfrastructureKind> {
    match directory {
        CLUSTERS => Some(InfrastructureKind::Cluster),
        ROLES => Some(InfrastructureKind::Role),
        NETWORK_POLICIES => Some(InfrastructureKind::NetworkPolicy),
        _ => None,
    }
}

/// The place of an SQL file by its name without `.sql`; other files are ignored.
fn sql_stem<'a>(file: &'a str, place: impl FnOnce(&'a str) -> Place<'a>) -> Place<'a> {
    match file.strip_suffix(".sql") {
        Some(stem) if is_visible(file) => place(stem),
        Some(_) => Place::Ignored(Some("rename it: a file is hidden if its name starts with a dot")),
        None if looks_like_sql(file) => {
            Place::Ignored(Some("rename it: the extension is `.sql`, in lower case"))
        }
        None => Place::Ignored(None),
    }
}

fn no_profile(stem: &str) -> Option<Place<'_>> {
    stem.contains('#').then_some(Place::Ignored(Some(
        "rename it: the modifier of a database or schema has no variants for profiles",
    )))
}

fn is_visible(name: &str) -> bool {
    !name.starts_with('.')
}

fn looks_like_sql(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("sql"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object<'a>(name: &'a str, profile: Option<&'a str>) -> Place<'a> {
        Place::Object { database: "app", schema: "core", file: Stem { name, profile } }
    }

    fn cluster<'a>(name: &'a str, profile: Option<&'a str>) -> Place<'a> {
        Place::Infrastructure { kind: InfrastructureKind::Cluster, file: Stem { name, profile } }
    }

    #[test]
    fn the_path_says_what_a_file_is() {
        for (path, expected) in [
            ("project.toml", Place::ProjectFile),
            ("types.lock", Place::TypesLock),
            ("models/app.sql", Place::DatabaseModifier { database: "app" }),
            ("models/app/core.sql", Place::SchemaModifier { database: "app", schema: "core" }),
            ("models/app/core/v.sql", object("v", None)),
            ("models/app/core/v#staging.sql", object("v", Some("staging"))),
            ("models/app/core/v#a#b.sql", object("v#a", Some("b"))),
            ("models/app/core/stg__orders.sql", object("stg__orders", None)),
            ("models/app/core/v.old.sql", object("v.old", None)),
            ("clusters/compute.sql", cluster("compute", None)),
            ("clusters/compute#staging.sql", cluster("compute", Some("staging"))),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }

    #[test]
    fn sql_without_a_place_is_ignored_with_a_reason_and_other_files_in_silence() {
        for (path, has_reason) in [
            ("models/app/core/sub/v.sql", true),
            ("models/app/core/a/b/v.sql", true),
            ("models/app/core/.v.sql", true),
            ("models/app/core/.sql", true),
            ("models/app/core/v.SQL", true),
            ("models/app#staging.sql", true),
            ("clusters/eu/compute.sql", true),
            ("models/app/core/README.md", false),
            ("models/.git/core/v.sql", false),
            ("models/app/.trash/v.sql", false),
            ("models/app/core/.trash/v.sql", false),
            ("models/app/core/a/.trash/v.sql", false),
            ("clusters/eu/.trash/compute.sql", false),
            ("scripts/backfill.sql", false),
            ("README.md", false),
            ("", false),
        ] {
            match place(path) {
                Place::Ignored(reason) => assert_eq!(reason.is_some(), has_reason, "{path}"),
                other => panic!("{path}: {other:?}"),
            }
            assert_eq!(belongs(path), has_reason, "{path}");
        }
    }

    #[test]
    fn a_directory_belongs_to_a_project_if_its_files_may() {
        for directory in
            ["models/", "models/app/", "models/app/core/", "models/a/b/c/d/", "clusters/", "roles/eu/"]
        {
            assert!(belongs(directory), "{directory}");
            assert!(belongs(&format!("{directory}v.sql")), "{directory}");
        }
        for directory in
            ["", "/", "src/", "models", "models.old/", ".git/", "models/.git/", "models/app/.git/core/"]
        {
            assert!(!belongs(directory), "{directory}");
            assert!(!belongs(&format!("{directory}v.sql")), "{directory}");
        }
        assert!(ROOT_FILES.into_iter().all(belongs));
    }

    #[test]
    fn directories_are_known_from_the_files_in_them() {
        assert_eq!(directories("models/app/core/v.sql"), Some(("app", Some("core"))));
        assert_eq!(directories("models/app/core/sub/v.sql"), Some(("app", Some("core"))));
        assert_eq!(directories("models/app/.keep"), Some(("app", None)));
        assert_eq!(directories("models/app.sql"), None);
        assert_eq!(directories("models/.git/x"), None);
        assert_eq!(directories("clusters/a.sql"), None);
    }
}
