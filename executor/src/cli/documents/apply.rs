//! What `apply` did to each object: its document, and the same as text.

use std::fmt::Write as _;

use mz_deploy_planner::plan::ApplyPhase;
use serde::Serialize;

use super::Status;
use crate::cli::terminal::printable;

/// A phase, in words.
fn words(phase: ApplyPhase) -> &'static str {
    match phase {
        ApplyPhase::NetworkPolicies => "network policies",
        other => other.name(),
    }
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum ApplyAction {
    /// It was made.
    Created,
    /// It was there, and differed.
    Altered,
    /// It was as it should be.
    UpToDate,
    /// It was left alone, because that was asked for.
    Skipped,
}

/// An object and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Applied {
    /// Its name, printed.
    pub(in crate::cli) object: String,
    /// What happened.
    pub(in crate::cli) action: ApplyAction,
    /// What was sent, but for values of secrets.
    pub(in crate::cli) statements: Vec<String>,
    /// Objects with the same one share a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) transaction_group: Option<String>,
}

/// The document of `apply`: every phase, those without an object too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct ApplyDocument {
    status: Status,
    setup_statements: Vec<String>,
    phases: Vec<Phase>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Phase {
    phase: ApplyPhase,
    results: Vec<Applied>,
}

impl ApplyDocument {
    /// `setup_statements` make the databases and schemas that the objects are in. Results may come in any order.
    pub(in crate::cli) fn new(
        status: Status,
        setup_statements: Vec<String>,
        results: Vec<(ApplyPhase, Applied)>,
    ) -> Self {
        let mut phases = ApplyPhase::ALL.map(|phase| Phase { phase, results: Vec::new() });
        for (phase, applied) in results {
            phases[phase as usize].results.push(applied);
        }
        Self { status, setup_statements, phases: phases.into() }
    }

    /// A line for each phase, and for each object that isn't as it was. Only the phases that have an object.
    pub(in crate::cli) fn text(&self) -> String {
        let mut text = String::new();
        for Phase { phase, results } in self.phases.iter().filter(|phase| !phase.results.is_empty()) {
            let count = |action| results.iter().filter(|applied| applied.action == action).count();
            let (words, created, altered) =
                (words(*phase), count(ApplyAction::Created), count(ApplyAction::Altered));
            if created > 0 {
                let _ = writeln!(text, "Creating {created} new {words}");
            }
            if altered > 0 {
                let _ = writeln!(text, "Altering {altered} {words}");
            }
            let same = count(ApplyAction::UpToDate);
            if created + altered == 0 && same > 0 {
                let _ = writeln!(text, "{same} {words} up to date");
            }
            for Applied { object, action, .. } in results {
                let object = printable(object);
                let _ = match action {
                    ApplyAction::Created | ApplyAction::Altered => writeln!(text, "  ✓ {object}"),
                    ApplyAction::Skipped => writeln!(text, "  - {object} (skipped)"),
                    ApplyAction::UpToDate => Ok(()),
                };
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(object: &str, action: ApplyAction, statements: &[&str]) -> Applied {
        let statements = statements.iter().map(|statement| (*statement).to_owned()).collect();
        Applied { object: object.to_owned(), action, statements, transaction_group: None }
    }

    fn document() -> ApplyDocument {
        ApplyDocument::new(
            Status::Done,
            vec!["CREATE SCHEMA app.raw".to_owned()],
            vec![
                (ApplyPhase::Secrets, applied("app.raw.password", ApplyAction::Skipped, &[])),
                (ApplyPhase::Clusters, applied("ingest", ApplyAction::UpToDate, &[])),
                (ApplyPhase::Tables, applied("app.raw.orders", ApplyAction::Created, &["CREATE TABLE x"])),
                (ApplyPhase::Tables, applied("app.raw.old", ApplyAction::UpToDate, &[])),
            ],
        )
    }

    #[test]
    fn every_phase_is_in_the_document_in_order() {
        assert_eq!(
            serde_json::to_string(&document()).expect("it is JSON"),
            concat!(
                r#"{"status":"done","setup_statements":["CREATE SCHEMA app.raw"],"phases":["#,
                r#"{"phase":"roles","results":[]},"#,
                r#"{"phase":"clusters","results":[{"object":"ingest","action":"up_to_date","statements":[]}]},"#,
                r#"{"phase":"network_policies","results":[]},"#,
                r#"{"phase":"secrets","results":[{"object":"app.raw.password","action":"skipped","statements":[]}]},"#,
                r#"{"phase":"connections","results":[]},{"phase":"sources","results":[]},"#,
                r#"{"phase":"tables","results":[{"object":"app.raw.orders","action":"created","statements":["CREATE TABLE x"]},"#,
                r#"{"object":"app.raw.old","action":"up_to_date","statements":[]}]}]}"#
            )
        );
    }

    #[test]
    fn the_text_names_what_was_touched() {
        assert_eq!(
            document().text(),
            "1 clusters up to date\n  - app.raw.password (skipped)\nCreating 1 new tables\n  ✓ app.raw.orders\n"
        );
    }
}
