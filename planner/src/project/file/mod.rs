//! The three kinds of SQL files, each with its rules: objects, modifiers, and clusters, roles and network policies.

mod companions;
pub(super) mod infrastructure;
pub(super) mod modifier;
mod name;
pub(super) mod object;
mod report;
mod statement_kind;

pub(super) use report::{Report, Statements};
