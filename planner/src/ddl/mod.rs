//! Statement values to SQL text. No other module writes SQL.

mod statement;
pub(crate) mod undo;

pub(crate) use statement::{Ddl, Item, REPLACEMENT, for_target};
