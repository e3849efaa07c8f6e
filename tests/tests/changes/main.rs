//! What an edit of a deployed project makes necessary, and why.

mod closure;
mod guards;
mod in_place;
mod needs;
mod other_forms;
mod properties;
mod removal;
mod rename;
mod scenario;
mod sinks;
mod stable;
