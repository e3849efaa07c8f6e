//! A folder of SQL as a project: layout, settings, variables, validation.
//!
//! [`compile_file`] does all that needs one file only; [`assemble`] puts the results together for one profile.

mod assemble;
mod cluster_rules;
mod compile;
mod context;
mod file;
mod layout;
mod model;
mod naming;
mod object;
mod profiles;
mod schema_rules;
mod settings;
mod sink_rules;
mod subject;
mod types_lock;
mod unreadable;
pub mod variables;
mod variants;

pub use assemble::assemble;
pub use compile::{CompiledFile, Contents, InfrastructureFile, ObjectFile, compile_file};
pub use context::{FileContext, file_context};
pub use layout::{DIRECTORIES, ROOT_FILES, belongs};
pub use model::{Infrastructure, InfrastructureKind, Modifier, ModifierStatement, Project, Settings};
pub(crate) use naming::check as check_name;
pub use object::{Companion, CompanionKind, Dependency, IndexDefinition, Object, ObjectKind, StatementText};
pub use profiles::profiles;
pub use settings::{PROJECT_FILE, read_settings};
pub(crate) use subject::{Subject, subject};
pub use types_lock::{
    LockedColumn, LockedKind, LockedObject, LockedType, TYPES_LOCK_FILE, TypesLock, read_types_lock,
};
pub use unreadable::{Unknown, unreadable_directory, unreadable_file};
