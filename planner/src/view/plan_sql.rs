//! A plan as a script: the exact statements, and everything else as comments.

use std::fmt::Write as _;

use super::{infrastructure, words};
use crate::plan::{Action, Moment, Phase, Plan, Step};

/// The plan as a script that a SQL client runs. What is not a statement (waiting, the ledger) is a comment, so a
/// person who runs the script does it by hand.
pub fn plan_sql(plan: &Plan) -> String {
    let mut script = String::new();
    if words::compares(plan) {
        let strategy = words::strategy_taken(plan);
        comment(&mut script, &format!("deployment {}, strategy {strategy}", plan.deploy_id));
    } else {
        comment(&mut script, format!("{} {}", words::title(plan), plan.deploy_id).trim_end());
    }
    if let Some(profile) = &plan.profile {
        comment(&mut script, &format!("profile {profile}"));
    }
    comment(&mut script, &format!("plan {}", plan.id));
    comment(&mut script, &words::basis(plan));
    if !plan.notes.is_empty() {
        script.push('\n');
        comment(&mut script, "to be known before:");
        for note in &plan.notes {
            comment(&mut script, &format!("  {note}"));
        }
    }
    if !plan.needs.is_empty() {
        script.push('\n');
        comment(&mut script, "needed, and not made by this plan:");
        for need in &plan.needs {
            let path = need.path.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
            comment(&mut script, &format!("  {}{path}", words::need(need)));
        }
    }
    if !plan.drift.is_empty() {
        script.push('\n');
        comment(&mut script, &format!("{}:", infrastructure::DRIFT.to_lowercase()));
        for drift in &plan.drift {
            let place = words::place(&drift.path, drift.line);
            comment(&mut script, &format!("  {} ({place})", infrastructure::drift(drift)));
        }
    }
    for (moment, title) in [
        (Moment::Stage, "STAGE: builds the new version; production goes on unchanged"),
        (
            Moment::Promote,
            "PROMOTE: changes production; run it only when everything above is done and hydrated",
        ),
        (Moment::Now, "STEPS"),
    ] {
        let phases: Vec<&Phase> =
            plan.phases.iter().filter(|p| p.at == moment && !p.steps.is_empty()).collect();
        if phases.is_empty() {
            continue;
        }
        script.push('\n');
        comment(&mut script, &"=".repeat(76));
        comment(&mut script, title);
        if moment == Moment::Promote {
            comment(&mut script, words::OUTLOOK);
        }
        comment(&mut script, &"=".repeat(76));
        for phase in phases {
            self::phase(&mut script, phase);
        }
    }
    script
}

fn phase(script: &mut String, phase: &Phase) {
    script.push('\n');
    comment(script, &format!("== {} ==", phase.name));
    let mut open: Option<&str> = None;
    for step in &phase.steps {
        let group = step.group.as_deref();
        if open != group {
            close(script, open);
            if group.is_some() {
                script.push_str("\nBEGIN;\n");
            }
            open = group;
        }
        script.push('\n');
        self::step(script, step);
    }
    close(script, open);
}

fn close(script: &mut String, open: Option<&str>) {
    if open.is_some() {
        script.push_str("\nCOMMIT;\n");
    }
}

fn step(script: &mut String, step: &Step) {
    if let Some(cause) = words::cause(step) {
        comment(script, &cause);
    }
    for precondition in &step.preconditions {
        comment(script, &format!("requires that {}", words::precondition(precondition)));
    }
    if let Some(inverse) = words::inverse(&step.inverse) {
        comment(script, &inverse);
    }
    match &step.action {
        Action::Sql(sql) => {
            script.push_str(&terminated(sql));
            script.push('\n');
        }
        Action::Effect(effect) => comment(script, &format!("BY HAND: {}", words::effect(effect))),
    }
}

/// A comment of exactly one line, whatever is in `text`.
fn comment(script: &mut String, text: &str) {
    let _ = writeln!(script, "-- {}", words::one_line(text));
}

/// The statement with its semicolon, which must not end up in a comment at the end of the text.
pub(super) fn terminated(sql: &str) -> String {
    let sql = sql.trim_end();
    let last = sql.rsplit(['\n', '\r']).next().unwrap_or_default();
    if last.contains("--") { format!("{sql}\n;") } else { format!("{sql};") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_never_ends_up_in_a_comment() {
        assert_eq!(terminated("SELECT 1"), "SELECT 1;");
        assert_eq!(terminated("SELECT 1 -- one\n"), "SELECT 1 -- one\n;");
        assert_eq!(terminated("SELECT 1 -- one\n  + 2"), "SELECT 1 -- one\n  + 2;");
    }

    #[test]
    fn a_comment_is_one_line() {
        let mut script = String::new();
        comment(&mut script, "a\nDROP TABLE x;\r\u{2028}b");
        assert_eq!(script, "-- a DROP TABLE x;␍\u{fffd}b\n");
    }
}
