//! Walks over statements.

use super::ast::{Expr, Statement};

/// Calls a function for every expression of a statement. (Placeholder until the walk of the parser's branch is merged.)
pub fn visit_exprs(_statement: &Statement, _each: &mut dyn FnMut(&Expr)) {}
