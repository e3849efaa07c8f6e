//! Running plans: [`machine`] decides, [`driver`] acts.

mod attend;
mod check;
pub mod driver;
mod exchange;
pub mod machine;
mod send;
pub mod steps;
