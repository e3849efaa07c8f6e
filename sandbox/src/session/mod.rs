//! A client's session: variables, transactions, prepared statements, portals and cursors.
pub(crate) mod definitions;
mod value;
