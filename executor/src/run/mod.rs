//! Running plans: [`machine`] decides, [`driver`] acts.

mod attend;
pub mod driver;
pub mod machine;
pub mod steps;
