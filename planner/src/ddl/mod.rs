//! Statement values to SQL text. No other module writes SQL.

pub(crate) mod undo;
