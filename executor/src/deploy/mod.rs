//! What each command does with an environment: look, plan, run, and look again.

mod converge;
mod session;

pub use session::{Session, rejected};
