//! Materialize's SQL: text to typed statements, every name with its span.
//!
//! Statements are ours, queries are parsed by `sqlparser`; none of its types leaves this module. Nothing here prints
//! a statement: what is sent to a server is the user's own text with names replaced by span.

mod advice;
pub mod ast;
pub mod query;
pub mod rewrite;
mod statement;
pub mod token;

pub(crate) use advice::advise;
pub use statement::{Parsed, parse};

use smol_str::SmolStr;

use crate::source::Span;

/// Why a text is not SQL as Materialize reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What was found, and what was expected.
    pub message: SmolStr,
}
