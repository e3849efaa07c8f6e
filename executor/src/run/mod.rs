//! Running plans: [`machine`] decides, [`driver`] acts.

pub mod driver;
pub mod machine;
