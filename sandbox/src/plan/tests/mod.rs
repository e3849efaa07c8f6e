//! Planning against what the real server was seen to do.

mod item;
mod replay;
pub(crate) mod world;
