//! When a deployment is ready, and how one waits for that.
//!
//! ```text
//! recorded ids ─▶ Expected ─▶ query ─▶ facts ─▶ Observation ─┐
//!                    │          └▶ subscription ─▶ Changes ──┤
//!                    └──────────────────────────────────────▶ readiness ─▶ lines, documents
//! ```
//!
//! Nothing but the fetching of rows, in [`watch`], is asynchronous.

pub mod changes;
pub mod dashboard;
pub mod estimate;
mod expected;
pub mod fact;
pub mod line;
pub mod query;
pub mod rule;
pub mod watch;

pub use expected::{Dataflow, Expected, ExpectedCluster, ExpectedObject};
pub use rule::{ClusterReadiness, Readiness, Reason, Status, Verdict, readiness};

#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod test_snapshot;
