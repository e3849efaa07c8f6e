//! How a command ended, in its document.

use serde::Serialize;

/// How a command ended. The exit code says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum Status {
    /// It did what it was asked to do.
    Done,
    /// It did nothing, and shows what it would do.
    Planned,
    /// There is nothing to do.
    Unchanged,
    /// It failed; `error` says why.
    Error,
}

/// The document of a command that has nothing else to say.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::cli) struct StatusDocument {
    pub(in crate::cli) status: Status,
}
