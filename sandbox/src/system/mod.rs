//! The system relations: what the catalog looks like from within.

mod relations;

pub use relations::{
    BuiltinColumn, BuiltinFunction, BuiltinRelation, BuiltinRelationKind, BuiltinType, SYSTEM_SCHEMAS,
    functions, relations, types,
};
