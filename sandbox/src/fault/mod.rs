//! What goes wrong, and when: statements that fail, wait or lose their connection, others that come in between, replicas
//! that run out of memory, disks that are full.
//!
//! A [`FaultPlan`] is pure: it is told of each statement and says what is to happen. [`Faults`] is the handle to one that
//! a program or a session has; a session writes `SELECT mz_sandbox.fail_statement('ALTER SCHEMA%', 2, 'XX000', 'boom')`,
//! which [`Call::parse`] reads.

mod call;
mod plan;

pub use call::{Call, FUNCTIONS, SCHEMA};
pub use plan::{Action, FaultPlan, Faults, Rule, StatementInfo, When};
