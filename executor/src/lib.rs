//! The native half of mz-deploy: reads the project from disk, asks the planner, prints what it says.

mod cli;
pub mod db;
pub mod host;

pub use cli::run;
