//! A folder of SQL as a project: layout, settings, variables, validation.

mod model;
mod object;

pub use model::{Infrastructure, InfrastructureKind, Modifier, ModifierStatement, Project, Settings};
pub use object::{Companion, CompanionKind, Dependency, IndexDefinition, Object, ObjectKind, StatementText};
