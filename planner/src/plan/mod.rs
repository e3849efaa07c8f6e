//! Plans: what would be done, why, and every statement.
//!
//! ```text
//! facts ─▶ closure ─▶ draft (names, clusters, indexes) ─▶ operations ─▶ steps
//! ```
//!
//! A draft has everything decided; operations are what it does, countable without any text; lowering writes the
//! statements down.

mod apply;
mod authority;
mod baseline;
mod changes;
mod checks;
mod companions;
mod deployed_after;
mod digests;
mod draft;
mod drop_order;
mod immediate;
mod indexes;
mod ledger;
mod lifecycle;
mod limits;
mod lower;
mod lower_object;
mod model;
mod naming;
mod needs;
mod observed;
mod operation;
mod other_form;
mod paths;
mod preflight;
mod promote_phases;
mod refusals;
mod removed;
mod rename_conflict;
mod replacement_cycle;
mod retirement;
mod scopes;
mod setup;
mod stage;
mod stage_phases;
mod text;
mod touched;
mod when_run;

pub use apply::{ApplyOptions, ApplyPhase, apply, secret_expression};
pub(crate) use baseline::Baseline;
pub use deployed_after::{deployed_after, deployed_after_plan};
pub use lifecycle::{
    ANNOTATION, Keep, PromoteOptions, Side, State, TakenAway, abort, cleanup, marker, nothing, promote,
    recorded_ids, require_deployer, rollback, state, taken_away, unfinished_stage,
};
pub use model::*;
pub use naming::is_deploy_id;
pub use setup::{
    DEPLOYER_ROLE, LEDGER_DATABASE, LEDGER_VERSION, LedgerGap, SERVER_CLUSTER, SetupOptions, ledger_gaps,
    ledger_version, require_ledger, server_cluster, setup,
};
pub use stage::stage;
pub(crate) use stage::stage_from;
pub use when_run::{comment_on_schema, copy_of_cluster, drop_of_unnamed_index};
