//! A local server that behaves like Materialize: the wire protocol, the catalog, and answers from an embedded
//! PostgreSQL.
//!
//! ```text
//! wire ─▶ session ─▶ sql ─▶ plan, query ─▶ coordinator ─▶ catalog
//!                                               └───────▶ engine
//! ```

pub mod catalog;
pub mod coordinator;
pub mod engine;
pub mod error;
pub mod fault;
#[doc(hidden)]
pub mod fuzzing;
pub mod journal;
pub mod plan;
pub mod query;
pub mod result;
mod server;
mod session;
pub mod source;
pub mod sql;
pub mod system;
pub mod time;
mod wire;
mod words;

pub use server::{Options, Sandbox, StartError};
