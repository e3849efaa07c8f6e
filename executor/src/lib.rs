//! The native half of mz-deploy: reads the project from disk, asks the planner, prints what it says.

mod cli;
pub mod db;
pub mod deploy;
pub mod host;
pub mod hydration;
pub mod run;

pub use cli::run;
