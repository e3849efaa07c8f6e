//! Statement values to SQL text. No other module writes SQL.

pub(crate) mod definition;
mod statement;
pub(crate) mod undo;

pub(crate) use statement::{Ddl, Item, REPLACEMENT, for_target};
