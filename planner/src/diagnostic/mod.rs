//! One model for everything that the planner has to say about a project, and its renderers.
//!
//! A [`Diagnostic`] is data: a stable code, a severity, places in files, and what to do. Renderers are leaves.

mod code;
pub mod github;
mod secrets;
mod similar;
pub mod text;

pub use code::Code;
pub use similar::{closest, did_you_mean};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::source::Location;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The project can't be planned as it is.
    Error,
    /// Legal, but probably not meant.
    Warning,
}

/// A place and what it has to do with the problem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there; may be empty.
    pub message: SmolStr,
}

/// A replacement of text that would solve the problem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fix {
    /// What is replaced.
    pub location: Location,
    /// By what.
    pub replacement: SmolStr,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The cause; the first label of a problem, always present.
    pub primary: Label,
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of the kind of problem.
    pub code: Code,
    /// What was found: lower case, no full stop, user text in backticks.
    pub message: SmolStr,
    /// Further places that matter.
    pub secondary: Vec<Label>,
    /// What to do, one sentence a line.
    pub help: Vec<SmolStr>,
    /// A replacement that solves it, where there is one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, location: Location, message: impl Into<SmolStr>) -> Self {
        Self {
            primary: Label { location, message: SmolStr::default() },
            severity: Severity::Error,
            code,
            message: message.into(),
            secondary: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// A warning.
    pub fn warning(code: Code, location: Location, message: impl Into<SmolStr>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, location, message) }
    }

    /// Says what is at the cause.
    #[must_use]
    pub fn label(mut self, message: impl Into<SmolStr>) -> Self {
        self.primary.message = message.into();
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn and(mut self, location: Location, message: impl Into<SmolStr>) -> Self {
        self.secondary.push(Label { location, message: message.into() });
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<SmolStr>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a replacement that solves it.
    #[must_use]
    pub fn fix(mut self, location: Location, replacement: impl Into<SmolStr>) -> Self {
        self.fix = Some(Fix { location, replacement: replacement.into() });
        self
    }

    /// True for errors.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by file and position, and removes repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort();
    diagnostics.dedup();
}
