//! When a deployment is ready, and how one waits for that.
//!
//! [`Expected`] is what the deployment made, by recorded ids. A query gives [`fact::Fact`]s, the facts an
//! [`rule::Observation`], and [`readiness`] says what that means. Nothing but the fetching of rows is
//! asynchronous.

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
