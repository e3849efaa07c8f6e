//! Running plans: [`machine`] decides, the driver acts.

pub mod machine;
