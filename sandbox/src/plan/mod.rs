//! From statements to operations on the catalog, with the server's checks, errors and notices.

mod cluster;
mod comment;
mod container;
mod context;
mod ddl;
mod drop;
mod grant;
mod inquiry;
mod limits;
mod names;
mod owner;
pub mod rbac;
mod rename;
mod rename_conflict;
mod role;
mod system_variable;
#[cfg(test)]
pub(crate) mod tests;

pub use context::{DdlPlan, SessionView};
pub use ddl::{Planned, plan_ddl};
pub use inquiry::{Findings, Inquiry};
pub use limits::Limits;
pub(crate) use names::{article, wrong_kind};
