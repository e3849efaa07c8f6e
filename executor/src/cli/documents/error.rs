//! Why a command failed.

use mz_deploy_planner::diagnostic::{Diagnostic, Severity};
use mz_deploy_planner::view::{self, DiagnosticsView};
use serde::Serialize;

use super::Status;
use crate::host::{Failure, FailureCode, Texts};

/// A failed command. What the planner found is there in full, beside the first of it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ErrorDocument {
    status: Status,
    error: Problem,
    /// All that the planner found, as `compile` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<DiagnosticsView>,
}

/// What is wrong.
#[derive(Debug, Serialize)]
struct Problem {
    /// The stable name of the kind of problem: that of a failure, or of a diagnostic.
    code: String,
    /// What was found.
    message: String,
    /// What to do, if that is known.
    hint: Option<String>,
}

impl ErrorDocument {
    /// The document of a failure; none if a printed document says it already, or nobody reads it.
    pub(in crate::cli) fn new(failure: &Failure) -> Option<Self> {
        match failure {
            Failure::Rejected { diagnostics, texts, .. } => Some(Self::rejected(diagnostics, texts)),
            Failure::Refused { code, message, help } => {
                Some(Self::refused(code.to_string(), message.clone(), help.clone()))
            }
            Failure::Reported(_) | Failure::OutputClosed => None,
        }
    }

    /// The document of arguments that can't be read.
    pub(in crate::cli) fn usage(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        // What is wrong stands first, then the usage and where to find more.
        let message: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        let message = message.join(" ");
        let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
        let tip = text.lines().find_map(|line| line.trim().strip_prefix("tip: "));
        let hint = tip.unwrap_or("see `--help`").to_owned();
        Self::refused(FailureCode::Usage.to_string(), message, Some(hint))
    }

    fn refused(code: String, message: String, hint: Option<String>) -> Self {
        Self { status: Status::Error, error: Problem { code, message, hint }, problems: None }
    }

    fn rejected(diagnostics: &[Diagnostic], texts: &Texts) -> Self {
        let text_of = |path: &str| texts.get(path).map(AsRef::as_ref);
        let first = diagnostics.iter().find(|d| d.severity == Severity::Error);
        let error = Problem {
            code: first.map(|d| d.code.to_string()).unwrap_or_default(),
            message: first.map(|d| d.message.to_string()).unwrap_or_default(),
            hint: first.filter(|d| !d.help.is_empty()).map(|d| d.help.join("\n")),
        };
        Self { status: Status::Error, error, problems: Some(view::diagnostics(diagnostics, text_of)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mz_deploy_planner::diagnostic::Code;
    use mz_deploy_planner::source::Location;

    fn json(failure: &Failure) -> String {
        let document = ErrorDocument::new(failure).expect("the failure has a document");
        serde_json::to_string(&document).expect("it is JSON")
    }

    #[test]
    fn a_failure_has_a_code_a_message_and_a_hint() {
        assert_eq!(
            json(&Failure::coded(FailureCode::GitDirty, "1 file has changes").help("commit it")),
            r#"{"status":"error","error":{"code":"GitDirty","message":"1 file has changes","hint":"commit it"}}"#
        );
        assert_eq!(
            json(&Failure::new("can't read `x`")),
            r#"{"status":"error","error":{"code":"Failed","message":"can't read `x`","hint":null}}"#
        );
    }

    #[test]
    fn the_first_error_of_a_project_stands_for_all() {
        let nowhere = Location::nowhere;
        let diagnostics = vec![
            Diagnostic::warning(Code::UnusedDependency, nowhere(), "unused"),
            Diagnostic::error(Code::UnknownSchema, nowhere(), "there is no such schema").help("look again"),
            Diagnostic::error(Code::SyntaxError, nowhere(), "no SQL"),
        ];
        let failure = Failure::Rejected { diagnostics, texts: Texts::new(), directory: ".".into() };
        let text = json(&failure);
        let expected = r#"{"status":"error","error":{"code":"UnknownSchema","message":"there is no such schema","hint":"look again"},"problems":{"format":1,"errors":2,"warnings":1,"#;
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn what_was_reported_is_not_said_twice() {
        assert!(ErrorDocument::new(&Failure::OutputClosed).is_none());
    }
}
