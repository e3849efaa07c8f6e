//! The graph of dependencies: which object needs which.
//!
//! A node is the position of an object in [`Project::objects`](crate::project::Project::objects), so a node's number
//! is its rank by name, and "ties by name" is "ties by number". An edge leads from a dependent to what it needs.
//! What isn't an object of the project is no node: it is external, and has to be declared in `project.toml`.
//!
//! Nothing here recurses, so a chain of any length is sound.

mod dependencies;
mod externals;
mod order;

pub use dependencies::{Graph, Node, build};
