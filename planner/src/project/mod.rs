//! A folder of SQL as a project: layout, settings, variables, validation.

mod model;
mod naming;
mod object;
mod settings;
mod types_lock;
pub mod variables;

pub use model::{Infrastructure, InfrastructureKind, Modifier, ModifierStatement, Project, Settings};
pub use object::{Companion, CompanionKind, Dependency, IndexDefinition, Object, ObjectKind, StatementText};
pub use settings::{PROJECT_FILE, read_settings};
pub use types_lock::{
    LockedColumn, LockedKind, LockedObject, LockedType, TYPES_LOCK_FILE, TypesLock, read_types_lock,
};
