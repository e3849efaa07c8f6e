//! The program as people run it: arguments, files, streams, exit codes.

mod cache;
mod compile;
#[cfg(unix)]
mod files;
mod graph;
mod named_commands;
mod plan;
mod profile;
mod project;
mod shell;
#[cfg(unix)]
mod sql;
mod usage;
