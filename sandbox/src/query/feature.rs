//! Features that the server has behind flags that are off.

use crate::error::SqlError;

/// A feature in private preview.
pub(super) fn unavailable(what: &str, flag: &str) -> SqlError {
    SqlError::internal(format!("{what} is not available"))
        .with_detail(format!("The requested feature ({flag}) is in private preview."))
        .with_hint("Contact support to discuss enabling the feature in your Materialize region.")
}

/// A feature that only the server's own tests use.
pub(super) fn unsafe_feature(what: &str, flag: &str) -> SqlError {
    SqlError::internal(format!("{what} is not supported")).with_detail(format!(
        "The requested feature ({flag}) is unsafe and is meant only for internal development and testing of Materialize."
    ))
}
