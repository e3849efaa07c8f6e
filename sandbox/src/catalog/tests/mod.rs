//! The catalog as a reader of the server's documentation would describe it.

mod audit;
mod change;
mod dependents;
mod history;
mod privileges;
mod resolution;
