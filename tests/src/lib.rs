//! What the tests and benches of mz-deploy share.

pub mod case;
pub mod fuzz;
pub mod synthetic;
