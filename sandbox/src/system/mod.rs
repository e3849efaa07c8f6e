//! The system relations: what the catalog looks like from within.
//!
//! [`bootstrap_sql`] makes them in the engine, [`populate`] fills them, [`refresh`] follows each change of the catalog.

mod engine;
mod refresh;
mod relations;
mod rows;
mod text;

pub use engine::{append_rows, bootstrap_sql, engine_name, replace_rows, stored_relations};
pub use refresh::{populate, refresh};
pub use relations::{
    BuiltinColumn, BuiltinFunction, BuiltinRelation, BuiltinRelationKind, BuiltinType, SYSTEM_SCHEMAS,
    functions, relations, types,
};
pub use rows::{Table, rows};
pub use text::{Row, timestamp};
