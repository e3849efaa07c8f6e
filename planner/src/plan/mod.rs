//! Plans: what would be done, why, and every statement.
//!
//! ```text
//! facts ─▶ closure ─▶ draft (names, clusters, indexes) ─▶ operations ─▶ steps
//! ```
//!
//! A draft has everything decided; operations are what it does, countable without any text; lowering writes the
//! statements down.

mod baseline;
mod changes;
mod checks;
mod companions;
mod deployed_after;
mod digests;
mod draft;
mod indexes;
mod ledger;
mod lifecycle;
mod lower;
mod lower_object;
mod model;
mod naming;
mod needs;
mod observed;
mod operation;
mod other_form;
mod paths;
mod promote_phases;
mod removed;
mod rename_conflict;
mod replacement_cycle;
mod retirement;
mod scopes;
mod stage;
mod stage_phases;
mod text;

pub(crate) use baseline::Baseline;
pub use deployed_after::{deployed_after, deployed_after_plan};
pub use lifecycle::{
    ANNOTATION, Keep, PromoteOptions, Side, State, abort, cleanup, marker, promote, recorded_ids, rollback,
    state, unfinished_stage,
};
pub use model::*;
pub use stage::stage;
pub(crate) use stage::stage_from;
