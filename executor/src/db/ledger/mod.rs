//! The ledger: which deployments there are, what each of them made, what is in production because of which.
//!
//! Rows are read as claims of others. A text in them is shown or compared; none is ever run as a statement. What is run
//! comes from a plan, which is read by the planner's reader and has to be what its own digest says.

mod deployed;
mod deployment;
mod insert;
mod overview;
mod rows;
mod stage;
mod steps;
mod tidy;

pub use deployed::{Claim, Snapshot};
pub use deployment::{Found, Record, deployment, last_event, objects, questions, record_in};
pub use insert::{Insert, Value, record, write};
pub use overview::{DeploymentRecord, Event, Ledger, read};
pub use rows::{Marking, erase, event, keep, kept, mark, recorded, server_time, server_time_in, unkeep};
pub use stage::{Origin, begun};
pub use steps::{LoggedStep, StepRow, logged_steps, steps};
pub use tidy::{overdue, tidy};

/// The schema of the tables.
const TABLES: &str = "_mz_deploy.tables";
