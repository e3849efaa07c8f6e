//! A plan for a pull request: a summary that is read, and everything else folded away.
//!
//! Names, paths and SQL come from users, so none of them is put where Markdown or HTML would be read in it: they
//! stand in code spans, in code blocks with a fence that they don't contain, or escaped as HTML.

use std::fmt::Write as _;

use super::{diff, infrastructure, plan_sql, words};
use crate::plan::{Change, ChangeAction, Plan, Reason};

/// What a comment on GitHub may hold, with room for the text around the plan.
const LIMIT: usize = 60_000;
/// Rows of the table of changes; a review needs the causes, and these come first.
const ROWS: usize = 50;

/// The plan as Markdown. Whatever would make it longer than a comment may be is left out, and named.
pub fn plan_markdown(plan: &Plan) -> String {
    let mut text = String::new();
    summary(&mut text, plan);
    table(&mut text, plan);
    scopes(&mut text, plan);
    needs(&mut text, plan);
    drift(&mut text, plan);
    let mut left_out = 0;
    for block in details(plan) {
        if text.len() + block.len() <= LIMIT {
            text.push_str(&block);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let _ = writeln!(
            text,
            "\n> Left out here because they are too long: {}.",
            words::count(left_out, "section")
        );
    }
    text
}

fn summary(text: &mut String, plan: &Plan) {
    let id = if plan.deploy_id.is_empty() { String::new() } else { code(&plan.deploy_id) };
    let _ = writeln!(text, "{}\n", format!("### {} {id}", words::title(plan)).trim_end());
    if words::compares(plan) && plan.changes.is_empty() && plan.scopes.is_empty() {
        text.push_str("**No changes**: the project is what was deployed last.\n\n");
    }
    text.push_str("| | |\n|---|---|\n");
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "| {name} | {value} |");
    };
    for (name, actions) in ACTIONS {
        let n = plan.changes.iter().filter(|change| actions.contains(&change.action)).count();
        if n > 0 {
            row(name, &format!("**{n}**"));
        }
    }
    if words::compares(plan) {
        row("stay as they are", &escaped(&words::unchanged(plan, false)));
        row("cost", &words::cost(plan.cost));
        for alternative in &plan.alternatives {
            row("not taken", &escaped(&words::alternative(alternative)));
        }
        row("strategy", &words::strategy_taken(plan));
    } else {
        row("steps", &escaped(&words::phases(plan)));
    }
    if let Some(profile) = &plan.profile {
        row("profile", &cell(profile));
    }
    row("basis", &escaped(&words::basis(plan)));
    row("plan", &cell(&words::short_id(plan)));
    if !plan.notes.is_empty() {
        text.push_str("\n> **To be known before**\n");
        for note in &plan.notes {
            let _ = writeln!(text, "> - {}", escaped(&words::one_line(note)));
        }
    }
}

/// The rows of the summary.
const ACTIONS: [(&str, &[ChangeAction]); 7] = [
    ("created", &[ChangeAction::Create]),
    ("updated", &[ChangeAction::Update, ChangeAction::UpdateIndexes, ChangeAction::UpdateMetadata]),
    ("changed to another kind", &[ChangeAction::ChangeKind]),
    ("deleted", &[ChangeAction::Delete]),
    ("rebuilt because of it", &[ChangeAction::Rebuild]),
    ("sinks pointed to their new input", &[ChangeAction::Repoint]),
    ("kept though their files are gone", &[ChangeAction::Keep]),
];

fn table(text: &mut String, plan: &Plan) {
    if plan.changes.is_empty() {
        return;
    }
    // What somebody edited first, then what follows from it.
    let (roots, consequences): (Vec<&Change>, Vec<&Change>) =
        plan.changes.iter().partition(|change| change.reason.len() <= 1);
    text.push_str("\n| | object | kind | what happens | why |\n|---|---|---|---|---|\n");
    for change in roots.into_iter().chain(consequences).take(ROWS) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} {} | {} |",
            cell(words::sign(change.action)),
            cell(&change.name.to_string()),
            change.kind.noun(),
            words::action(change.action),
            words::strategy(change.strategy),
            escaped(&why(&change.reason)),
        );
    }
    if plan.changes.len() > ROWS {
        let _ = writeln!(text, "\n… and {}.", words::count(plan.changes.len() - ROWS, "more object"));
    }
}

fn scopes(text: &mut String, plan: &Plan) {
    if plan.scopes.is_empty() {
        return;
    }
    text.push_str("\n| | database or schema | what happens | why |\n|---|---|---|---|\n");
    for scope in plan.scopes.iter().take(ROWS) {
        let (kind, name) = words::scope(scope);
        let (what, why) = (words::scope_action(scope.action), escaped(&words::chain(&scope.reason, false)));
        let _ = writeln!(text, "| {kind} | {} | {what} | {why} |", cell(&name));
    }
    if plan.scopes.len() > ROWS {
        let _ = writeln!(text, "\n… and {} more.", plan.scopes.len() - ROWS);
    }
}

fn needs(text: &mut String, plan: &Plan) {
    if plan.needs.is_empty() {
        return;
    }
    text.push_str("\n| | needed, and not made by this plan | defined in |\n|---|---|---|\n");
    for need in plan.needs.iter().take(ROWS) {
        let path = need.path.as_ref().map(|path| cell(path)).unwrap_or_default();
        let _ = writeln!(text, "| {} | {} | {path} |", escaped(&need.kind), cell(&need.name));
    }
    if plan.needs.len() > ROWS {
        let _ = writeln!(text, "\n… and {} more.", plan.needs.len() - ROWS);
    }
}

fn drift(text: &mut String, plan: &Plan) {
    if plan.drift.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\n| | {} | what | project | environment |\n|---|---|---|---|---|",
        infrastructure::DRIFT
    );
    let side = |value: &Option<smol_str::SmolStr>| value.as_ref().map(|v| cell(v)).unwrap_or_default();
    for drift in plan.drift.iter().take(ROWS) {
        let (kind, name, what) =
            (escaped(&drift.kind), cell(&drift.name), escaped(&words::one_line(&drift.what)));
        let _ =
            writeln!(text, "| {kind} | {name} | {what} | {} | {} |", side(&drift.wanted), side(&drift.found));
    }
    if plan.drift.len() > ROWS {
        let _ = writeln!(text, "\n… and {} more.", plan.drift.len() - ROWS);
    }
}

fn why(reason: &[Reason]) -> String {
    let chain = words::chain(reason, false);
    if reason.len() > 1 { format!("it {chain}") } else { chain }
}

/// The folded sections: one for each changed definition, then the statements.
fn details(plan: &Plan) -> Vec<String> {
    let mut blocks = Vec::new();
    for change in &plan.changes {
        let summary = format!("{} {}", words::action(change.action), change.name);
        match (&change.before, &change.after) {
            (Some(before), Some(after)) => {
                blocks.push(folded(&summary, "diff", &diff::unified(before, after)));
            }
            (None, Some(after)) => blocks.push(folded(&summary, "sql", after)),
            (Some(before), None) => blocks.push(folded(&summary, "sql", before)),
            (None, None) => {}
        }
    }
    let steps = plan.phases.iter().map(|phase| phase.steps.len()).sum();
    if steps > 0 {
        let summary = format!("all {}", words::count(steps, "step"));
        blocks.push(folded(&summary, "sql", &plan_sql::plan_sql(plan)));
    }
    blocks
}

/// A section that is closed until somebody opens it.
fn folded(summary: &str, language: &str, content: &str) -> String {
    let content = words::printable(content);
    let fence = "`".repeat(longest_run(&content, '`').max(2) + 1);
    let end = if content.ends_with('\n') { "" } else { "\n" };
    let summary = html(&words::one_line(summary));
    format!(
        "\n<details><summary><code>{summary}</code></summary>\n\n{fence}{language}\n{content}{end}{fence}\n\n\
         </details>\n"
    )
}

/// A code span: nothing in it is read as Markdown or HTML, and nobody is mentioned.
fn code(text: &str) -> String {
    let text = words::one_line(text);
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // A space keeps a backtick at either end apart from the fence; Markdown strips one on both sides.
    let space = if text.contains('`') || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A code span in a table, where a bar would end the cell.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Running text with names of users in it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // Entities, because a mention or a tag would survive a backslash.
            '@' => out.push_str("&#64;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn longest_run(text: &str, of: char) -> usize {
    let (longest, _) = text.chars().fold((0, 0), |(longest, run): (usize, usize), c| {
        let run = if c == of { run + 1 } else { 0 };
        (longest.max(run), run)
    });
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_holds_backticks_and_bars() {
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(code("a\n\n# b"), "`a  # b`");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        let block = folded("<script>", "sql", "SELECT '````'\n</details>");
        assert!(block.contains("<code>&lt;script&gt;</code>"));
        assert!(block.contains("\n`````sql\nSELECT '````'\n</details>\n`````\n"));
    }

    #[test]
    fn running_text_mentions_nobody_and_holds_no_tags() {
        assert_eq!(escaped("@all <b> a_b|c &"), "&#64;all &lt;b&gt; a\\_b\\|c &amp;");
    }
}
