//! What moves with time: replicas start, dataflows hydrate, frontiers advance, some of it lags or fails.
//!
//! ```text
//! catalog ─▶ Simulation::observe ─┐
//! clock ───▶ Simulation::changes ─┴─▶ rows of base tables of system relations
//! ```
//!
//! Nothing in here waits or looks at a clock but [`Clock`]: the [`Simulation`] is told what time it is, and what it has
//! to say depends on nothing else.

mod civil;
mod clock;
mod duration;
mod frontier;
mod lag;
mod machine;
mod options;
mod pattern;
mod relation;
mod rows;
mod simulation;
mod status;
mod world;

#[cfg(test)]
mod environment;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use civil::timestamptz;
pub use clock::Clock;
pub use duration::parse_duration;
pub use options::{Duration, Lag, Options, Rule};
pub use pattern::Pattern;
pub use relation::{Change, Relation, TextRow};
pub use simulation::Simulation;
