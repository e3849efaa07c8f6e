//! The plan's values in words, shared by the texts that people read.

use std::fmt::Write as _;

use smol_str::SmolStr;

use crate::input::{RecordedId, StrategyChoice};
use crate::name::SchemaName;
use crate::plan::{
    Alternative, ChangeAction, Command, Cost, Effect, Inverse, Need, Plan, Precondition, Reason, ScopeAction,
    ScopeChange, SinkInput, Step, Strategy,
};
use crate::source::FilePath;

/// Text that came from a user or a server, safe for a terminal: control characters, line ends included, become
/// visible, and characters that reorder what is shown are replaced.
pub(super) fn one_line(text: &str) -> String {
    shown(text, |c| if matches!(c, '\n' | '\t') { ' ' } else { visible(c) })
}

/// As [`one_line`], for a text of several lines.
pub(super) fn printable(text: &str) -> String {
    shown(text, |c| if matches!(c, '\n' | '\t') { c } else { visible(c) })
}

fn shown(text: &str, replace: impl Fn(char) -> char) -> String {
    // Nearly all texts are visible as they are.
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return text.to_owned();
    }
    text.chars().map(replace).collect()
}

fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        _ => c,
    }
}

/// `1 object`, `2 objects`.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// How a strategy is called on the command line.
pub(super) fn choice(strategy: StrategyChoice) -> &'static str {
    match strategy {
        StrategyChoice::Swap => "swap",
        StrategyChoice::Rename => "rename",
        StrategyChoice::Auto => "auto",
    }
}

/// How an object reaches production, after `app.core.orders is deployed …`.
pub(super) fn strategy(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Swap => "by swap",
        Strategy::Rename => "by rename",
        Strategy::Replace => "by replacement",
        Strategy::InPlace => "in place",
        Strategy::AtPromote => "at promotion",
    }
}

/// What happens to an object, as a verb.
pub(super) fn action(action: ChangeAction) -> &'static str {
    match action {
        ChangeAction::Create => "create",
        ChangeAction::Update => "update",
        ChangeAction::Rebuild => "rebuild",
        ChangeAction::ChangeKind => "change kind",
        ChangeAction::UpdateIndexes => "update indexes",
        ChangeAction::UpdateMetadata => "update grants and comments",
        ChangeAction::Repoint => "repoint",
        ChangeAction::Delete => "delete",
        ChangeAction::Keep => "keep",
    }
}

/// The sign of an action: one that reads without colour.
pub(super) fn sign(action: ChangeAction) -> &'static str {
    match action {
        ChangeAction::Create => "+",
        ChangeAction::Update | ChangeAction::UpdateIndexes | ChangeAction::UpdateMetadata => "~",
        ChangeAction::Rebuild => "*",
        ChangeAction::ChangeKind => "!",
        ChangeAction::Repoint => ">",
        ChangeAction::Delete => "-",
        ChangeAction::Keep => "?",
    }
}

/// Links of a chain that are printed before the rest is left out.
const LINKS: usize = 3;

/// A chain of reasons in one line, after `because it`/`because they`: `reads app.core.b, which reads app.core.a
/// (models/app/core/a.sql:3: definition changed)`.
pub(super) fn chain(reasons: &[Reason], plural: bool) -> String {
    let Some((last, links)) = reasons.split_last() else { return String::new() };
    if links.is_empty() {
        return root(last);
    }
    let mut text = String::new();
    for (i, reason) in links.iter().take(LINKS).enumerate() {
        if i > 0 {
            text.push_str(", which ");
        }
        link(&mut text, reason, plural && i == 0);
    }
    if links.len() > LINKS {
        text.push_str(", and so on through ");
        text.push_str(&count(links.len() - LINKS, "more object"));
    }
    text.push_str(" (");
    link(&mut text, last, false);
    text.push(')');
    one_line(&text)
}

/// The last link of a chain.
pub(super) fn root(reason: &Reason) -> String {
    let mut text = String::new();
    link(&mut text, reason, false);
    one_line(&text)
}

fn link(text: &mut String, reason: &Reason, plural: bool) {
    let verb = |one: &'static str, many: &'static str| if plural { many } else { one };
    let written = match reason {
        Reason::DependsOn { object } => write!(text, "{} {object}", verb("reads", "read")),
        Reason::SharesSchema { schema, object } => {
            write!(text, "{} schema {schema} with {object}", verb("shares", "share"))
        }
        Reason::SharesCluster { cluster, object } => {
            write!(text, "{} cluster {cluster} with {object}", verb("shares", "share"))
        }
        Reason::File { path, line, what } => write!(text, "{}: {what}", place(path, *line)),
        Reason::Requested { option } => write!(text, "asked for by {option}"),
        Reason::FirstDeployment => write!(text, "first deployment"),
    };
    written.expect("writing to a string succeeds");
}

/// `models/app/core/a.sql:3`.
pub(super) fn place(path: &FilePath, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_string(),
    }
}

/// `3 objects built with 12 statements, 1 cluster copied meanwhile`.
pub(super) fn cost(cost: Cost) -> String {
    let clusters = match cost.clusters {
        0 => "no cluster copied".to_owned(),
        n => format!("{} copied meanwhile", count(n, "cluster")),
    };
    let built = count(cost.objects, "object");
    format!("{built} built with {}, {clusters}", count(cost.statements, "statement"))
}

/// A road not taken, in one line.
pub(super) fn alternative(alternative: &Alternative) -> String {
    let name = choice(alternative.strategy);
    match (&alternative.cost, &alternative.obstacle) {
        (_, Some(obstacle)) => format!("{name} isn't possible: {}", one_line(obstacle)),
        (Some(price), None) => format!("{name}: {}", cost(*price)),
        (None, None) => format!("{name}: not known"),
    }
}

/// As much of the plan's digest as people compare.
pub(super) fn short_id(plan: &Plan) -> String {
    let digits = plan.id.find(':').map_or(0, |at| at + 1) + 12;
    one_line(&plan.id.chars().take(digits).collect::<String>())
}

/// What a plan is for, before the deploy id, if it is one of a deployment.
pub(super) fn title(plan: &Plan) -> &'static str {
    match plan.command {
        Command::Stage => "Plan to deploy",
        Command::Promote => "Plan to promote",
        Command::Abort => "Plan to abort",
        Command::Rollback => "Plan to roll back",
        Command::Cleanup => "Plan to drop the old version after",
        Command::Setup => "Plan to set up the environment",
        Command::Apply => "Plan to create what is missing",
    }
}

/// True for a plan that compares a project with what is deployed: it has a strategy, costs and changes.
pub(super) fn compares(plan: &Plan) -> bool {
    plan.command == Command::Stage
}

/// The steps, counted by what they are for: `swap: 3 steps, drop the old version: 2 steps`.
pub(super) fn phases(plan: &Plan) -> String {
    let phases = plan.phases.iter().filter(|phase| !phase.steps.is_empty());
    let counted =
        phases.map(|phase| format!("{}: {}", one_line(&phase.name), count(phase.steps.len(), "step")));
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() { NOTHING_LEFT.to_owned() } else { counted.join(", ") }
}

/// Of a plan without steps.
pub(super) const NOTHING_LEFT: &str = "nothing is left to do";

/// What the plan was made from, in one line: the reader must know what it could not see.
pub(super) fn basis(plan: &Plan) -> String {
    if !compares(plan) {
        return world(plan);
    }
    let deployed = match plan.inputs.deployed {
        Some(_) => "compared with the last deployment",
        None => "no earlier deployment is known, so everything is new",
    };
    format!("{deployed}; {}", world(plan))
}

fn world(plan: &Plan) -> String {
    match (&plan.inputs.world, &plan.inputs.environment) {
        (None, _) => "the live catalog was not looked at".to_owned(),
        (Some(_), None) => "checked against the live catalog".to_owned(),
        (Some(_), Some(environment)) => {
            format!("checked against the live catalog of {}", one_line(environment))
        }
    }
}

/// An effect in words.
pub fn effect(effect: &Effect) -> String {
    one_line(&match effect {
        Effect::CloneCluster { from, to } => {
            format!("create cluster {to} with the options, grants and comment that {from} has then")
        }
        Effect::Record { table, columns, rows } => record(table, columns, rows),
        Effect::WaitUntilReady => {
            "wait until everything that was staged is hydrated and caught up".to_owned()
        }
        Effect::KeepRemoved { object } => {
            format!("keep {object}, whose file is gone, until its deletion is asked for")
        }
        Effect::DropUnnamedIndex { on, cluster, definition } => {
            format!("drop the index of {on} on cluster {cluster} that has no name of its own: {definition}")
        }
        Effect::SetSecret { secret, creates, value, .. } => {
            super::infrastructure::secret(secret, *creates, value)
        }
        Effect::Verify { names, sinks } => verify(names, sinks),
        Effect::RecordProduction { ids } => {
            format!("record what is replaced: {} that production has now", count(ids.len(), "thing"))
        }
        Effect::RecordPromotion => "record that the deployment is in production".to_owned(),
        Effect::Annotate { schemas } => {
            let names: Vec<String> = schemas.iter().map(ToString::to_string).collect();
            format!("comment on {}: who promoted, when, and which commit", names.join(", "))
        }
        Effect::RecordKept { seconds: None } => {
            "record that the old version is kept until it is cleaned up".to_owned()
        }
        Effect::RecordKept { seconds: Some(seconds) } => {
            format!("record that the old version is kept for {}", duration(*seconds))
        }
        Effect::RecordRollback => {
            "record that the old version is in production again, and the new one staged".to_owned()
        }
        Effect::RecordCleanup => "record that the old version isn't kept any more".to_owned(),
        Effect::Tidy => "forget what the ledger knows only for open deployments".to_owned(),
        Effect::Forget => "forget the deployment; its history says that it was aborted".to_owned(),
    })
}

fn verify(names: &[RecordedId], sinks: &[SinkInput]) -> String {
    let sinks = match sinks {
        [] => String::new(),
        sinks => format!(", and that {} what is in production", count_read(sinks.len())),
    };
    format!("verify that {} what was staged{sinks}", count_mean(names.len()))
}

fn count_mean(n: usize) -> String {
    format!("{} {}", count(n, "name"), if n == 1 { "means" } else { "mean" })
}

fn count_read(n: usize) -> String {
    format!("{} {}", count(n, "sink"), if n == 1 { "reads" } else { "read" })
}

/// `2 days`, `90 minutes`, `45 seconds`: the largest unit that tells it exactly.
fn duration(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length && seconds.is_multiple_of(*length));
    let (length, noun) = unit.unwrap_or((1, "second"));
    let n = seconds / length;
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// Characters of a recorded value that are shown. Statements and fingerprints stand in the plan as JSON.
const VALUE: usize = 40;

/// One row is shown with the beginnings of its values, many are counted.
fn record(table: &str, columns: &[SmolStr], rows: &[Vec<SmolStr>]) -> String {
    match rows {
        [row] => {
            let shown = |value: &str| match value.char_indices().nth(VALUE) {
                Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
                None => value.to_owned(),
            };
            let values: Vec<String> = columns
                .iter()
                .zip(row)
                .map(|(column, value)| format!("{column} = {}", shown(value)))
                .collect();
            format!("record in {table}: {}", values.join(", "))
        }
        _ => format!("record {} in {table}: {}", count(rows.len(), "row"), columns.join(", ")),
    }
}

/// Objects that stay are named if there are no more than this.
const FEW: usize = 8;

/// What stays: how many, and which if they are few.
pub(super) fn unchanged(plan: &Plan, all: bool) -> String {
    let n = count(plan.unchanged.len(), "object");
    if plan.unchanged.is_empty() || plan.unchanged.len() > FEW && !all {
        return n;
    }
    let names: Vec<String> = plan.unchanged.iter().map(|name| one_line(&name.to_string())).collect();
    format!("{n}: {}", names.join(", "))
}

/// A database or schema: what it is, and its name.
pub(super) fn scope(change: &ScopeChange) -> (&'static str, String) {
    match &change.schema {
        Some(schema) => ("schema", SchemaName::new(change.database.clone(), schema.clone()).to_string()),
        None => ("database", change.database.to_string()),
    }
}

/// What happens to a database or schema.
pub(super) fn scope_action(action: ScopeAction) -> &'static str {
    match action {
        ScopeAction::Create => "is new",
        ScopeAction::BecomeStable => {
            "becomes stable: its materialized views are replaced in place from now on"
        }
        ScopeAction::BecomeNormal => "is no longer stable: it is swapped from now on",
        ScopeAction::UpdateMetadata => "is altered in place",
    }
}

/// The strategy that was taken, and the one that was asked for if that leaves a choice.
pub(super) fn strategy_taken(plan: &Plan) -> String {
    if plan.taken == plan.strategy {
        return choice(plan.taken).to_owned();
    }
    format!("{} (asked for: {})", choice(plan.taken), choice(plan.strategy))
}

/// A precondition in words.
pub(super) fn precondition(precondition: &Precondition) -> String {
    one_line(&match precondition {
        Precondition::Absent { kind, name } => format!("there is no {kind} {name}"),
        Precondition::Present { kind, name, id: Some(id) } => format!("{kind} {name} exists and is {id}"),
        Precondition::Present { kind, name, id: None } => format!("{kind} {name} exists"),
    })
}

/// What a reader must know of the steps of promotion.
pub(super) const OUTLOOK: &str = "an outlook: promotion plans again from the live catalog, and adds statements for the \
                                  deployment's generation and marker to the swap transaction";

/// Something that must be there: `table app.raw.orders`.
pub(super) fn need(need: &Need) -> String {
    one_line(&format!("{} {}", need.kind, need.name))
}

/// What undoes a step, in words; nothing where nothing has to be undone.
pub(super) fn inverse(inverse: &Inverse) -> Option<String> {
    match inverse {
        Inverse::Sql(sql) => Some(format!("undone by: {}", one_line(sql))),
        Inverse::Nothing => None,
        Inverse::Irreversible(why) => Some(format!("can't be undone: {}", one_line(why))),
    }
}

/// Why a step is there: the place in a file, `models/app/core/orders.sql:1`, or an object of which no file is left.
pub(super) fn cause(step: &Step) -> Option<String> {
    let place = step.cause.path.as_ref().map(|path| place(path, step.cause.line));
    let text = place.or_else(|| step.cause.object.as_ref().map(ToString::to_string))?;
    Some(one_line(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{Ident, ObjectName};

    #[test]
    fn a_chain_reads_as_a_sentence_and_ends_at_its_root() {
        let object = |name: &str| ObjectName::new("app", "core", name);
        let file = Reason::File {
            path: "models/app/core/a.sql".into(),
            line: Some(3),
            what: "definition changed".into(),
        };
        let cluster = Reason::SharesCluster { cluster: Ident::new("compute"), object: object("b") };
        let reads = Reason::DependsOn { object: object("a") };
        assert_eq!(
            chain(&[cluster.clone(), reads.clone(), file.clone()], false),
            "shares cluster compute with app.core.b, which reads app.core.a (models/app/core/a.sql:3: definition \
             changed)"
        );
        assert_eq!(
            chain(&[reads.clone(), Reason::FirstDeployment], true),
            "read app.core.a (first deployment)"
        );
        assert_eq!(chain(std::slice::from_ref(&file), false), "models/app/core/a.sql:3: definition changed");
        let long = vec![reads; 9].into_iter().chain([file]).collect::<Vec<_>>();
        assert!(chain(&long, false).contains(", and so on through 6 more objects (models"));
    }

    #[test]
    fn control_characters_and_bidirectional_overrides_are_visible() {
        assert_eq!(one_line("a\u{1b}[1m\nb\u{202e}\u{9b}"), "a␛[1m b\u{fffd}\u{fffd}");
        assert_eq!(printable("a\r\n\tb"), "a␍\n\tb");
    }
}
