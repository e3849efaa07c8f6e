//! What a file is about, from its path alone: so a file that has errors is known, too.

use super::context::FileContext;
use super::file::object;
use super::layout::{self, Place};
use super::model::InfrastructureKind;
use crate::name::{Ident, ObjectName, SchemaName};

/// What a file of SQL is about. Names have the profile's suffix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Object(ObjectName),
    Schema(SchemaName),
    Database(Ident),
    Infrastructure(InfrastructureKind, Ident),
}

/// What the file at `path` is about, if it is one of SQL that the project reads. Variants for profiles included.
pub(crate) fn subject(path: &str, context: &FileContext) -> Option<Subject> {
    Some(match layout::place(path) {
        Place::Object { database, schema, file } => {
            let written = object::Path {
                database: Ident::new(database),
                schema: Ident::new(schema),
                name: Ident::new(file.name),
            };
            Subject::Object(written.full_name(context))
        }
        Place::SchemaModifier { database, schema } => {
            let database = context.database(&Ident::new(database)).clone();
            Subject::Schema(SchemaName::new(database, Ident::new(schema)))
        }
        Place::DatabaseModifier { database } => {
            Subject::Database(context.database(&Ident::new(database)).clone())
        }
        Place::Infrastructure { kind: kind @ InfrastructureKind::Cluster, file } => {
            Subject::Infrastructure(kind, context.cluster(&Ident::new(file.name)).clone())
        }
        Place::Infrastructure { kind, file } => Subject::Infrastructure(kind, Ident::new(file.name)),
        Place::ProjectFile | Place::TypesLock | Place::Ignored(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_its_file_is_about_with_the_suffix_of_the_profile() {
        let suffixed = |name: &str| [(Ident::new(name), Ident::new(format!("{name}_s")))];
        let context = FileContext {
            databases: suffixed("app").into(),
            clusters: suffixed("compute").into(),
            ..FileContext::default()
        };
        let object = Subject::Object(ObjectName::new("app_s", "core", "v"));
        assert_eq!(subject("models/app/core/v#staging.sql", &context), Some(object));
        let schema = Subject::Schema(SchemaName::new("app_s".into(), "core".into()));
        assert_eq!(subject("models/app/core.sql", &context), Some(schema));
        let cluster = Subject::Infrastructure(InfrastructureKind::Cluster, "compute_s".into());
        assert_eq!(subject("clusters/compute.sql", &context), Some(cluster));
        assert_eq!(subject("project.toml", &context), None);
    }
}
