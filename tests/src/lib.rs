//! What the tests and benches of mz-deploy share.

#![expect(clippy::missing_panics_doc, reason = "what tests share panics to fail a test")]

pub mod case;
pub mod conformance;
pub mod fuzz;
pub mod synthetic;
pub mod upstream;
