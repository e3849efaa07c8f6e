//! Differences that are known, with the reason of each.
//!
//! ```toml
//! [[difference]]
//! scenario = "copy"
//! step = 12            # or "12-15"
//! group = "csv"
//! reason = "the server reads two records where the sandbox reads one"
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;

use serde::Deserialize;

use super::compare::Mismatch;
use super::replay::Replay;
use super::scenario::{Scenario, folder};

/// Scenarios that match in every step, because what they show is what a deployment relies on.
pub const MUST_MATCH: [&str; 10] = [
    "comments",
    "ddl_transactions",
    "grants_roles",
    "hydration",
    "lifecycle",
    "multi_statement",
    "replacement_mv",
    "subscribe",
    "swap_conflicts",
    "swap_rename",
];

/// Known differences: by scenario, by step.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<String, BTreeMap<usize, Cause>>);

/// Why a step differs.
#[derive(Clone, Debug)]
pub struct Cause {
    /// What it has in common with other differences.
    pub group: String,
    /// Why it differs.
    pub reason: String,
}

/// A replay, judged by what is known.
#[derive(Debug)]
pub struct Verdict<'a> {
    /// Differences that nobody knows of.
    pub unlisted: Vec<&'a Mismatch>,
    /// Differences that are known.
    pub listed: Vec<(&'a Mismatch, &'a Cause)>,
    /// Steps that match though they are listed.
    pub stale: Vec<usize>,
}

impl Verdict<'_> {
    /// Whether everything is as it should be.
    pub fn is_accepted(&self) -> bool {
        self.unlisted.is_empty() && self.stale.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    difference: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    scenario: String,
    step: Steps,
    group: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Steps {
    One(usize),
    Range(String),
}

impl Steps {
    fn bounds(&self) -> Option<(usize, usize)> {
        let (first, last) = match self {
            Self::One(step) => (*step, *step),
            Self::Range(range) => {
                let (first, last) = range.split_once('-')?;
                (first.trim().parse().ok()?, last.trim().parse().ok()?)
            }
        };
        (1 <= first && first <= last).then_some((first, last))
    }
}

impl Known {
    /// Reads the file of known differences.
    pub fn read(scenarios: &[Scenario]) -> io::Result<Self> {
        let steps: Vec<_> = scenarios.iter().map(|it| (it.name.as_str(), it.steps.len())).collect();
        let text = fs::read_to_string(folder().join("known_differences.toml"))?;
        Self::parse(&text, &steps).map_err(|problems| io::Error::other(problems.join("\n")))
    }

    /// Reads known differences from their text. `scenarios` has the name and the number of steps of each. The errors are
    /// all entries that say too little, or name what isn't there or must match.
    pub fn parse(text: &str, scenarios: &[(&str, usize)]) -> Result<Self, Vec<String>> {
        let file: File = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut known = Self::default();
        let mut problems = Vec::new();
        for entry in file.difference {
            if let Err(problem) = known.add(&entry, scenarios) {
                problems.push(format!("known difference of `{}`: {problem}", entry.scenario));
            }
        }
        if problems.is_empty() { Ok(known) } else { Err(problems) }
    }

    fn add(&mut self, entry: &Written, scenarios: &[(&str, usize)]) -> Result<(), String> {
        let (_, steps) =
            scenarios.iter().find(|(name, _)| *name == entry.scenario).ok_or("there is no such scenario")?;
        if MUST_MATCH.contains(&entry.scenario.as_str()) {
            return Err("every step of this scenario must match".to_owned());
        }
        if entry.reason.trim().is_empty() || entry.group.trim().is_empty() {
            return Err("it has no group or no reason".to_owned());
        }
        let (first, last) = entry.step.bounds().ok_or("`step` is neither a number nor a range `1-2`")?;
        if last > *steps {
            return Err(format!("the scenario has no step {last}"));
        }
        let causes = self.0.entry(entry.scenario.clone()).or_default();
        for step in first..=last {
            let cause = Cause { group: entry.group.clone(), reason: entry.reason.clone() };
            if causes.insert(step, cause).is_some() {
                return Err(format!("step {step} is listed twice"));
            }
        }
        Ok(())
    }

    /// How many steps are listed.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether no step is listed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Judges a replay.
    pub fn judge<'a>(&'a self, replay: &'a Replay) -> Verdict<'a> {
        let none = &BTreeMap::new();
        let causes = self.0.get(&replay.scenario).unwrap_or(none);
        let differs = |step: &usize| replay.mismatches.iter().any(|mismatch| mismatch.step == *step);
        let stale = causes.keys().copied().filter(|step| !differs(step)).collect();
        let mut verdict = Verdict { unlisted: Vec::new(), listed: Vec::new(), stale };
        for mismatch in &replay.mismatches {
            match self.cause(&replay.scenario, mismatch.step) {
                Some(cause) => verdict.listed.push((mismatch, cause)),
                None => verdict.unlisted.push(mismatch),
            }
        }
        verdict
    }

    fn cause(&self, scenario: &str, step: usize) -> Option<&Cause> {
        self.0.get(scenario)?.get(&step)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::conformance::compare::Problem;
    use crate::conformance::scenario;

    const SCENARIOS: [(&str, usize); 2] = [("copy", 9), ("comments", 9)];

    fn entry(scenario: &str, step: &str, reason: &str) -> String {
        format!(
            "[[difference]]\nscenario = \"{scenario}\"\nstep = {step}\ngroup = \"g\"\nreason = \"{reason}\"\n"
        )
    }

    fn replay(mismatches: &[usize]) -> Replay {
        let mismatch = |step: &usize| Mismatch {
            step: *step,
            sent: String::new(),
            problem: Problem::NoAnswer("none".to_owned()),
        };
        let mismatches = mismatches.iter().map(mismatch).collect();
        Replay { scenario: "copy".to_owned(), steps: 9, mismatches, took: Duration::ZERO }
    }

    #[test]
    fn a_difference_is_listed_or_not_and_an_entry_can_be_stale() {
        let text = entry("copy", "2", "x") + &entry("copy", "\"4-6\"", "y");
        let known = Known::parse(&text, &SCENARIOS).expect("sound entries");
        let replay = replay(&[2, 3, 4, 6]);
        let verdict = known.judge(&replay);
        assert_eq!(verdict.unlisted.iter().map(|it| it.step).collect::<Vec<_>>(), [3]);
        assert_eq!(verdict.listed.iter().map(|it| it.0.step).collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!(verdict.stale, [5]);
        assert!(!verdict.is_accepted());
    }

    #[test]
    fn only_a_replay_without_unlisted_and_stale_steps_is_accepted() {
        let known = Known::parse(&entry("copy", "2", "x"), &SCENARIOS).expect("sound entries");
        for (mismatches, accepted) in [(&[2][..], true), (&[], false), (&[2, 3], false)] {
            assert_eq!(known.judge(&replay(mismatches)).is_accepted(), accepted, "{mismatches:?}");
        }
    }

    #[test]
    fn entries_that_can_t_be_are_refused_all_at_once() {
        let entries = [
            (entry("copy", "2", " "), "no reason"),
            (entry("nosuch", "2", "x"), "no such scenario"),
            (entry("comments", "2", "x"), "must match"),
            (entry("copy", "10", "x"), "no step 10"),
            (entry("copy", "0", "x"), "neither"),
            (entry("copy", "\"3-2\"", "x"), "neither"),
            (entry("copy", "3", "x") + &entry("copy", "\"1-3\"", "x"), "twice"),
        ];
        let text: String = entries.iter().map(|(text, _)| text.as_str()).collect();
        let problems = Known::parse(&text, &SCENARIOS).expect_err("problems");
        assert_eq!(problems.len(), entries.len());
        for ((_, expected), problem) in entries.iter().zip(&problems) {
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn scenarios_that_must_match_exist() {
        let names = scenario::names().expect("scenarios");
        for name in MUST_MATCH {
            assert!(names.iter().any(|it| it == name), "{name}");
        }
    }

    /// The replay of each scenario fails for a difference that isn't listed, so the list is all that may differ.
    #[test]
    fn at_least_97_of_100_steps_match() {
        let scenarios = scenario::all().expect("scenarios");
        let known = Known::read(&scenarios).expect("sound entries");
        let steps: usize = scenarios.iter().map(|it| it.steps.len()).sum();
        assert!(known.len() * 100 <= steps * 3, "{} of {steps} steps are listed", known.len());
    }
}
