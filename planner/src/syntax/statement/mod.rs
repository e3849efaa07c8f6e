//! The statement parser: recursive descent over the tokens of a file, one file per family of statements.
//!
//! It is strict about the structure of a statement and lenient about the names of options, of which every version of
//! the server brings more. No keyword is reserved where a name is expected; an optional name is absent only if the
//! keyword that follows it stands in its place (`CREATE INDEX ON t`). Queries, expressions and types are cut out here
//! and read by [`super::query`]. Nothing recurses into nested parentheses, so depth is bounded by the grammar.

mod column;
mod comment;
mod connection;
mod cursor;
mod dispatch;
mod file;
mod format;
mod index;
mod infrastructure;
mod options;
mod other;
mod privilege;
mod sink;
mod source;
mod table;
mod unit_test;
mod user_type;
mod view;
mod webhook;

pub use file::{Parsed, parse};

#[cfg(test)]
mod robustness_tests;
#[cfg(test)]
mod tests;
