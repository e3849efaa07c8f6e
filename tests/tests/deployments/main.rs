//! What happens to a deployment after it was planned: stage to its end, promotion, abort, rollback, cleanup, and each of
//! them killed anywhere.

mod abort;
mod environment;
mod kept;
mod killed;
mod metadata;
mod promote;
mod story;
