//! Where the files of things are that aren't in the project any more: the path is the identity, so it can be told.

use smol_str::{SmolStr, format_smolstr};

use crate::name::{Ident, ObjectName};
use crate::project::Project;
use crate::source::FilePath;

/// The file of an object's default variant.
pub(super) fn object(project: &Project, name: &ObjectName) -> FilePath {
    let database = name.schema.database.as_ref().map(|d| directory(project, d)).unwrap_or_default();
    format_smolstr!("models/{database}/{}/{}.sql", name.schema.schema.as_str(), name.name.as_str())
}

/// The modifier of a schema.
pub(super) fn schema(project: &Project, database: &Ident, schema: &Ident) -> FilePath {
    format_smolstr!("models/{}/{}.sql", directory(project, database), schema.as_str())
}

/// The modifier of a database.
pub(super) fn database(project: &Project, database: &Ident) -> FilePath {
    format_smolstr!("models/{}.sql", directory(project, database))
}

/// Where the objects of a schema are.
pub(super) fn schema_directory(project: &Project, database: &Ident, schema: &Ident) -> FilePath {
    format_smolstr!("models/{}/{}/", directory(project, database), schema.as_str())
}

/// Where the schemas of a database are.
pub(super) fn database_directory(project: &Project, database: &Ident) -> FilePath {
    format_smolstr!("models/{}/", directory(project, database))
}

/// The directory of a database, which doesn't have the profile's suffix.
fn directory(project: &Project, database: &Ident) -> SmolStr {
    let suffix = project.settings.suffix.as_str();
    let name = database.as_str();
    name.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(name).into()
}
