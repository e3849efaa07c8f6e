//! What happens to a deployment after it was staged: promotion, abort, rollback, cleanup.
//!
//! Each plan is made of the recorded stage plan, of the ids that were recorded, and of the catalog as it is. A command that
//! was killed is simply planned again: what is done is recognised by ids and left out.

mod abort;
mod bystanders;
mod carry_over;
mod cleanup;
mod exchange;
mod frame;
mod made;
mod old_version;
mod owners;
mod promote;
mod recorded;
mod resume;
mod rollback;
mod sinks;
mod state;
mod trust;
mod walk;
mod withdrawn;
mod world;

pub use abort::{TakenAway, abort, taken_away};
pub use carry_over::ANNOTATION;
pub use cleanup::cleanup;
pub use frame::nothing;
pub use owners::require_deployer;
pub use promote::{Keep, PromoteOptions, promote};
pub use recorded::{Side, recorded_ids};
pub use resume::unfinished_stage;
pub use rollback::rollback;
pub use state::{State, marker, state};
