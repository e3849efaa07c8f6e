//! Scenarios as they are recorded: a list of steps and what a real server answered to each.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::step::Step;

/// Parameters of a startup message: `user`, `database` and session variables.
pub type Startup = BTreeMap<String, String>;

/// A recorded conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, which is also that of its file.
    pub name: String,
    /// What it shows.
    pub purpose: String,
    /// Parameters of the sessions that differ from those of the server's URL.
    #[serde(default)]
    pub sessions: BTreeMap<String, Startup>,
    /// Variables that must be given from outside.
    #[serde(default)]
    pub needs_vars: Vec<String>,
    /// Statements that run before and after, each on its own; their results don't matter.
    #[serde(default)]
    pub cleanup: Vec<String>,
    /// What is sent, one after the other.
    pub steps: Vec<Step>,
}

/// The folder of the scenarios and of what is known to differ.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// The names of all scenarios, sorted.
pub fn names() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder().join("scenarios"))? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// Reads a scenario by its name.
pub fn read(name: &str) -> io::Result<Scenario> {
    let path = folder().join("scenarios").join(name).with_extension("json");
    let about = |problem: String| io::Error::other(format!("scenario `{name}`: {problem}"));
    let text = fs::read_to_string(path).map_err(|error| about(error.to_string()))?;
    let scenario: Scenario = serde_json::from_str(&text).map_err(|error| about(error.to_string()))?;
    if scenario.name == name {
        Ok(scenario)
    } else {
        Err(about(format!("it calls itself `{}`", scenario.name)))
    }
}

/// All scenarios, sorted by name.
pub fn all() -> io::Result<Vec<Scenario>> {
    names()?.iter().map(|name| read(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::step::Action;

    #[test]
    fn every_scenario_is_understood() {
        let scenarios = all().expect("readable scenarios");
        assert!(!scenarios.is_empty());
        for Scenario { name, steps, .. } in &scenarios {
            assert!(!steps.is_empty(), "`{name}` has steps");
            for (index, step) in steps.iter().enumerate() {
                let answers = match &step.action {
                    Action::Connect { .. } => true,
                    Action::Run(run) => run.waits,
                    Action::Sleep(_) | Action::Cancel { .. } | Action::Disconnect { .. } => false,
                };
                assert_eq!(step.expect.is_some(), answers, "`{name}`, step {}", index + 1);
            }
        }
    }

    #[test]
    fn a_member_that_is_unknown_is_not_passed_over() {
        let text = r#"{"name": "x", "purpose": "", "steps": [{"session": "a", "sql": "", "retry": 1}]}"#;
        let problem = serde_json::from_str::<Scenario>(text).expect_err("`retry` is unknown");
        assert!(problem.to_string().contains("retry"), "{problem}");
    }
}
