//! Queries: names to ids, and on to the engine's dialect.

mod lower;
mod names;
mod resolve;
mod shape;
mod show;
mod types;
