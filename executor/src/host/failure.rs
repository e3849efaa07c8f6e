//! Why a command could not do what it was asked to do.

use std::io;
use std::path::{Path, PathBuf};

use mz_deploy_planner::diagnostic::Diagnostic;

use super::files::Texts;

/// A failed command. All of these end with exit code 1; wrong arguments (2) never get this far.
#[derive(Debug)]
pub enum Failure {
    /// The planner found errors.
    Rejected {
        /// All that it found, warnings included.
        diagnostics: Vec<Diagnostic>,
        /// The texts that they point into.
        texts: Texts,
        /// What their paths are relative to.
        directory: PathBuf,
    },
    /// Something outside the project's text is wrong.
    Refused {
        /// What was found.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// The result that was printed says what is wrong.
    Reported,
    /// The reader of the output went away: nobody is left to be told.
    OutputClosed,
}

impl Failure {
    /// A failure without a place in a text.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), help: None }
    }

    /// A failure without a place in a text, and what to do.
    pub fn with_help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), help: Some(help.into()) }
    }

    /// An operation on a file that failed: ``can't read `x`: permission denied``.
    pub fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("can't {what} `{}`: {}", path.display(), reason(error)))
    }
}

/// The system's words without its error number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.chars().next().into_iter().flat_map(char::to_lowercase).chain(text.chars().skip(1)).collect()
}
