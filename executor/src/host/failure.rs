//! Why a command could not do what it was asked to do, and the exit code that says so.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use mz_deploy_planner::diagnostic::{Code, Diagnostic, Severity};

use super::files::Texts;

/// A failed command.
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
        /// Which kind of thing.
        code: FailureCode,
        /// What was found.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// The result that was printed says what is wrong.
    Reported(Class),
    /// The reader of the output went away: nobody is left to be told.
    OutputClosed,
}

/// How a command ended that didn't do all that it was asked to do. Scripts tell them apart by the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Something is wrong that none of the others names.
    Error,
    /// The arguments are.
    Usage,
    /// Others have changed what the command was about to change.
    Conflict,
    /// What was staged isn't ready.
    NotReady,
    /// The time that was given is over.
    TimedOut,
    /// Some of it was done, and the rest was named; the same command goes on with it.
    Partial,
}

impl Class {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Error => 1,
            Self::Usage => 2,
            Self::Conflict => 3,
            Self::NotReady => 4,
            Self::TimedOut => 5,
            Self::Partial => 6,
        }
    }
}

/// The kind of a failure outside the project's text. The name is stable: it is `error.code` in JSON, as a diagnostic's
/// code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// None of the others.
    Failed,
    /// Wrong arguments.
    Usage,
    /// Somebody has to be asked, and nobody can be.
    ConfirmationNeeded,
    /// The project's files are not those of a commit.
    GitDirty,
    /// Whether they are isn't known.
    GitUnavailable,
    /// No profile was selected.
    NoProfile,
    /// `profiles.toml` doesn't have the profile.
    UnknownProfile,
    /// Another program that is needed isn't there.
    MissingProgram,
    /// The server could not be reached, or doesn't let the profile's user in.
    ConnectionFailed,
    /// The connection ended: what the last statement did is unknown.
    ConnectionLost,
    /// The server refused a statement.
    StatementFailed,
    /// The saved plan isn't what would be done.
    PlanDiffers,
    /// Others have changed what the command was about to change.
    Conflict,
    /// What was staged isn't ready.
    NotReady,
    /// The time that was given is over.
    TimedOut,
    /// Some of it was done.
    Partial,
}

impl FailureCode {
    fn class(self) -> Class {
        match self {
            Self::Usage | Self::ConfirmationNeeded => Class::Usage,
            Self::Conflict | Self::PlanDiffers => Class::Conflict,
            Self::NotReady => Class::NotReady,
            Self::TimedOut => Class::TimedOut,
            Self::Partial => Class::Partial,
            Self::Failed
            | Self::GitDirty
            | Self::GitUnavailable
            | Self::NoProfile
            | Self::UnknownProfile
            | Self::MissingProgram
            | Self::ConnectionFailed
            | Self::ConnectionLost
            | Self::StatementFailed => Class::Error,
        }
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The class of a problem that the planner found: the one place that knows.
fn class_of(code: Code) -> Class {
    match code {
        // These are values of options, and nothing else says them.
        Code::InvalidDeployId | Code::UnknownSchema => Class::Usage,
        Code::Conflict => Class::Conflict,
        _ => Class::Error,
    }
}

impl Failure {
    /// A failure without a place in a text.
    pub fn new(message: impl Into<String>) -> Self {
        Self::coded(FailureCode::Failed, message)
    }

    /// A failure without a place in a text, and what to do.
    pub fn with_help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(message).help(help)
    }

    /// A failure that programs can tell from others.
    pub fn coded(code: FailureCode, message: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into(), help: None }
    }

    /// The same, with what to do. A rejected project has its own advice.
    #[must_use]
    pub fn help(self, advice: impl Into<String>) -> Self {
        match self {
            Self::Refused { code, message, .. } => Self::Refused { code, message, help: Some(advice.into()) },
            other => other,
        }
    }

    /// An operation on a file that failed: ``can't read `x`: permission denied``.
    pub fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("can't {what} `{}`: {}", path.display(), reason(error)))
    }

    /// What was found, in a line: of several problems the first, and how many more there are.
    pub fn words(&self) -> String {
        match self {
            Self::Rejected { diagnostics, .. } => {
                let errors = || diagnostics.iter().filter(|d| d.severity == Severity::Error);
                let first = errors().next().map_or_else(String::new, |d| d.message.to_string());
                match errors().count() {
                    0 | 1 => first,
                    count => format!("{first} (and {} more)", count - 1),
                }
            }
            Self::Refused { message, .. } => message.clone(),
            Self::Reported(_) | Self::OutputClosed => String::new(),
        }
    }

    /// How the command ended; none if nothing was wrong with it.
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Rejected { diagnostics, .. } => Some(common_class(diagnostics)),
            Self::Refused { code, .. } => Some(code.class()),
            Self::Reported(class) => Some(*class),
            Self::OutputClosed => None,
        }
    }
}

/// The class of all errors, if they have one.
fn common_class(diagnostics: &[Diagnostic]) -> Class {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let mut classes = errors.map(|d| class_of(d.code));
    let first = classes.next().unwrap_or(Class::Error);
    if classes.all(|class| class == first) { first } else { Class::Error }
}

/// The system's words without its error number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.chars().next().into_iter().flat_map(char::to_lowercase).chain(text.chars().skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mz_deploy_planner::source::Location;

    fn rejected(codes: &[Code]) -> Failure {
        let problem = |code: &Code| Diagnostic::error(*code, Location::nowhere(), "wrong");
        Failure::Rejected {
            diagnostics: codes.iter().map(problem).collect(),
            texts: Texts::new(),
            directory: PathBuf::new(),
        }
    }

    #[test]
    fn every_class_has_a_code_of_its_own() {
        let classes =
            [Class::Error, Class::Usage, Class::Conflict, Class::NotReady, Class::TimedOut, Class::Partial];
        assert_eq!(classes.map(Class::exit_code), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn problems_of_several_classes_are_errors() {
        assert_eq!(rejected(&[Code::UnknownSchema]).class(), Some(Class::Usage));
        assert_eq!(rejected(&[Code::UnknownSchema, Code::InvalidDeployId]).class(), Some(Class::Usage));
        assert_eq!(rejected(&[Code::UnknownSchema, Code::SyntaxError]).class(), Some(Class::Error));
        assert_eq!(rejected(&[]).class(), Some(Class::Error));
    }

    #[test]
    fn advice_is_added_to_what_was_found() {
        let failure = Failure::coded(FailureCode::GitDirty, "uncommitted changes").help("commit them");
        let Failure::Refused { code, message, help } = failure else { unreachable!("it was refused") };
        assert_eq!((code.to_string(), message), ("GitDirty".to_owned(), "uncommitted changes".to_owned()));
        assert_eq!(help.as_deref(), Some("commit them"));
    }
}
