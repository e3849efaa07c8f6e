//! What a replay showed, for people.

use std::fmt::Write;

use super::compare::{Mismatch, Problem};
use super::known::Verdict;
use super::replay::Replay;

/// Longer values are cut.
const LONGEST_VALUE: usize = 800;
const LONGEST_STATEMENT: usize = 200;

/// A scenario in one line.
pub fn summary(replay: &Replay, verdict: &Verdict<'_>) -> String {
    let (steps, matched) = (replay.steps, replay.steps - replay.mismatches.len());
    let mark = if verdict.is_accepted() { "ok  " } else { "FAIL" };
    let seconds = replay.took.as_secs_f64();
    let mut line = format!("{mark} {:<20} {matched:>4} / {steps:>4} {seconds:>6.1} s", replay.scenario);
    if !verdict.listed.is_empty() {
        let _ = write!(line, "  {} known", verdict.listed.len());
    }
    if !verdict.stale.is_empty() {
        let _ = write!(line, "  {} stale", verdict.stale.len());
    }
    line
}

/// How many steps of all scenarios matched.
pub fn total(replays: &[Replay]) -> String {
    let steps: usize = replays.iter().map(|it| it.steps).sum();
    let mismatches: usize = replays.iter().map(|it| it.mismatches.len()).sum();
    let matched = steps - mismatches;
    // A share that is rounded up would say 100 % of what isn't.
    let permille = (matched * 1000).checked_div(steps).unwrap_or(1000);
    format!("{matched} of {steps} steps match ({}.{} %)", permille / 10, permille % 10)
}

/// Everything about a scenario: each step that differs, and what differs in it. `-` is what was recorded, `+` what came.
pub fn details(replay: &Replay, verdict: &Verdict<'_>) -> String {
    let mut text = summary(replay, verdict);
    text.push('\n');
    for mismatch in &verdict.unlisted {
        describe(mismatch, &mut text);
    }
    for (mismatch, cause) in &verdict.listed {
        let _ =
            writeln!(text, "  step {} is known to differ ({}): {}", mismatch.step, cause.group, cause.reason);
    }
    for step in &verdict.stale {
        let _ = writeln!(text, "  step {step} matches: remove it from the known differences");
    }
    text
}

fn describe(mismatch: &Mismatch, text: &mut String) {
    let _ = writeln!(text, "  step {}: {}", mismatch.step, cut(mismatch.sent.clone(), LONGEST_STATEMENT));
    match &mismatch.problem {
        Problem::NoAnswer(problem) => {
            let _ = writeln!(text, "    no answer: {problem}");
        }
        Problem::Differs(differences) => {
            for difference in differences {
                for (mark, value) in [('-', &difference.expected), ('+', &difference.found)] {
                    if let Some(value) = value {
                        let value = cut(value.to_string(), LONGEST_VALUE);
                        let _ = writeln!(text, "    {mark} {}: {value}", difference.path);
                    }
                }
            }
        }
    }
}

fn cut(text: String, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::conformance::compare::Difference;
    use crate::conformance::known::Known;

    #[test]
    fn a_report_has_only_what_differs() {
        let differs = Problem::Differs(vec![
            Difference {
                path: "rows[1]".to_owned(),
                expected: Some(json!(["a"])),
                found: Some(json!(["b"])),
            },
            Difference { path: "detail".to_owned(), expected: None, found: Some(json!("x".repeat(900))) },
        ]);
        let mismatches = vec![
            Mismatch { step: 2, sent: "a: SELECT 1".to_owned(), problem: differs },
            Mismatch { step: 3, sent: "cancel a".to_owned(), problem: Problem::NoAnswer("gone".to_owned()) },
            Mismatch {
                step: 4,
                sent: "a: SELECT 2".to_owned(),
                problem: Problem::NoAnswer("gone".to_owned()),
            },
        ];
        let replay = Replay {
            scenario: "copy".to_owned(),
            steps: 1001,
            mismatches,
            took: Duration::from_millis(1234),
        };
        let known =
            "[[difference]]\nscenario = \"copy\"\nstep = \"4-5\"\ngroup = \"csv\"\nreason = \"because\"";
        let known = Known::parse(known, &[("copy", 1001)]).expect("sound entries");
        let expected = format!(
            "FAIL copy                  998 / 1001    1.2 s  1 known  1 stale
  step 2: a: SELECT 1
    - rows[1]: [\"a\"]
    + rows[1]: [\"b\"]
    + detail: \"{}…
  step 3: cancel a
    no answer: gone
  step 4 is known to differ (csv): because
  step 5 matches: remove it from the known differences
",
            "x".repeat(LONGEST_VALUE - 1)
        );
        assert_eq!(details(&replay, &known.judge(&replay)), expected);
        assert_eq!(total(&[replay]), "998 of 1001 steps match (99.7 %)");
    }
}
