//! Queries: names to ids, and on to the engine's dialect.

mod cancel;
mod copy;
mod create;
mod describe;
mod explain;
mod feature;
mod lower;
mod mirror;
mod names;
mod resolve;
mod select;
mod shape;
mod show;
mod subscribe;
#[cfg(test)]
mod tests;
mod types;
mod write;

pub use cancel::{CancelPlan, plan_cancel};
pub use copy::{CopyColumn, CopyFormat, CopyFrom, CopyKind, CopyPlan, plan_copy};
pub use create::{Planning, plan_item};
pub use explain::plan_explain;
pub use mirror::mirror;
pub use resolve::References;
pub use select::{QueryPlan, Time, plan_select};
pub use show::{AnswerPlan, plan_show_create};
pub use subscribe::{SubscribePlan, plan_subscribe, retarget};
pub use write::{WritePlan, plan_delete, plan_insert, plan_update};
