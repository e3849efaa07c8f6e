//! From statements to operations on the catalog, with the server's checks, errors and notices.

mod context;

pub use context::{DdlPlan, SessionView};
