//! Plans changes to a Materialize environment from a folder of SQL.
//!
//! Values in, values out: no file system, network, clock or environment.

pub(crate) mod changeset;
pub(crate) mod ddl;
pub mod diagnostic;
pub mod fingerprint;
pub mod graph;
pub mod input;
mod linked;
pub mod name;
pub mod plan;
mod preview;
pub mod project;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod view;
mod workspace;

pub use preview::{Preview, Rendering};
pub use workspace::{Compiled, Workspace, compile, link};
