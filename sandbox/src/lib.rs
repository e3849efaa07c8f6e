//! A local server that behaves like Materialize: the wire protocol, the catalog, and answers from an embedded
//! PostgreSQL.
//!
//! ```text
//! wire ─▶ session ─▶ sql ─▶ plan ─▶ coordinator ─▶ catalog
//!                                        └───────▶ engine
//! ```

pub mod engine;
pub mod error;
pub mod result;
