//! References to full names: which relation, connection, type or cluster each name of a statement means.
//!
//! | written | means |
//! |---|---|
//! | `o` | a CTE in scope, else `o` in the file's schema |
//! | `s.o`, where `s` is a system schema | the server's `s.o`, which has no database |
//! | `s.o` | `o` in schema `s` of the file's database |
//! | `d.s.o` | itself, with the profile's suffix if `d` is a database of the project |
//!
//! Functions are the server's to find. A type is resolved like a relation unless it is built in.

mod occurrence;
mod query;
mod scope;
mod statement;

pub use occurrence::{Occurrence, Target};
pub use statement::{Context, resolve};

#[cfg(test)]
mod tests;
