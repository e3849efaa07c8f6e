//! Planning against what the real server was seen to do.

mod item;
mod replay;
mod statements;
pub(crate) mod world;
