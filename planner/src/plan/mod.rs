//! Plans: what would be done, why, and every statement.

mod model;

pub use model::*;
