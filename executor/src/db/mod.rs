//! The environment: connections to it, and what is read from and written to it.
//!
//! ```text
//! profile ─▶ Target ─▶ Connection ─▶ rows of text
//! ```

mod catalog;
mod connection;
mod error;
pub mod lease;
pub mod ledger;
mod redaction;
mod rows;
mod session;
mod target;
mod tls;
mod version;

pub use catalog::{Scope, observe, observe_and_ask};
pub use connection::{CancelToken, Connection, Notice};
pub use error::{DbError, Kind};
pub(crate) use redaction::in_hex;
pub use redaction::{Redactions, Secret};
pub use rows::{Row, Rows};
pub use session::{replicas_of, use_cluster};
pub use target::{Target, TlsMode};
pub use version::{Skew, skew};
