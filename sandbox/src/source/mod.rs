//! Where rows come from by themselves: load generators, and tables of an upstream `PostgreSQL`.

mod auction;
mod driver;
mod generator;
mod marketing;
mod random;
mod tpch;

pub mod postgres;

pub use driver::{Driver, Progress};
pub use generator::Generator;
