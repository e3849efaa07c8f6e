//! A plan for the terminal: what changes, what is rebuilt because of it, what it costs, and every step.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};

use super::{diff, infrastructure, words};
use crate::diagnostic::text::Colour;
use crate::plan::{Action, Change, ChangeAction, Inverse, Moment, Phase, Plan, Reason, Step};

/// How a plan is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether to use colours.
    pub colour: Colour,
    /// Print every object, step, precondition and inverse, however many there are.
    pub full: bool,
}

/// A list longer than this is cut, unless everything was asked for.
const LONG: usize = 50;
/// What is left of a list that was cut.
const SHOWN: usize = 20;
/// Lines of a diff that are shown, unless everything was asked for.
const DIFF_LINES: usize = 40;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// The plan as text.
pub fn plan_text(plan: &Plan, options: TextOptions) -> String {
    let mut page = Page { text: String::new(), options };
    header(&mut page, plan);
    let is_empty = plan.changes.is_empty() && plan.scopes.is_empty();
    if is_empty && words::compares(plan) {
        page.blank();
        page.line(0, BOLD, "No changes: the project is what was deployed last.");
    }
    notes(&mut page, plan);
    changes(&mut page, plan);
    scopes(&mut page, plan);
    needs(&mut page, plan);
    drift(&mut page, plan);
    if !is_empty && words::compares(plan) {
        costs(&mut page, plan);
    }
    if !words::compares(plan) && plan.phases.iter().all(|phase| phase.steps.is_empty()) {
        page.blank();
        page.line(0, BOLD, words::NOTHING_LEFT);
    }
    for (moment, title) in [(Moment::Stage, "Stage"), (Moment::Promote, "Promote"), (Moment::Now, "Steps")] {
        steps(&mut page, plan, moment, title);
    }
    page.text
}

/// The text so far.
struct Page {
    text: String,
    options: TextOptions,
}

impl Page {
    fn painted(&self, style: Style, text: impl Display) -> String {
        match self.options.colour {
            Colour::Plain => text.to_string(),
            Colour::Coloured => format!("{style}{text}{style:#}"),
        }
    }

    fn line(&mut self, indent: usize, style: Style, text: impl Display) {
        let start = self.text.len() + indent;
        self.text.extend(std::iter::repeat_n(' ', indent));
        let written = match self.options.colour {
            Colour::Plain => write!(self.text, "{text}"),
            Colour::Coloured => write!(self.text, "{style}{text}{style:#}"),
        };
        written.expect("writing to a string succeeds");
        let end = self.text.trim_end().len().max(start);
        self.text.truncate(end);
        self.text.push('\n');
    }

    fn plain(&mut self, indent: usize, text: impl Display) {
        self.line(indent, Style::new(), text);
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// How many of `n` items are printed.
    fn shown(&self, n: usize) -> usize {
        if self.options.full || n <= LONG { n } else { SHOWN }
    }
}

fn header(page: &mut Page, plan: &Plan) {
    let title = format!("{} {}", words::title(plan), words::one_line(&plan.deploy_id));
    page.line(0, BOLD, title.trim_end());
    if words::compares(plan) {
        page.plain(2, format_args!("strategy  {}", words::strategy_taken(plan)));
    }
    if let Some(profile) = &plan.profile {
        page.plain(2, format_args!("profile   {}", words::one_line(profile)));
    }
    page.plain(2, format_args!("basis     {}", words::basis(plan)));
    page.plain(2, format_args!("plan      {}", words::short_id(plan)));
}

/// The groups in which changes are shown.
const GROUPS: [(&str, &[ChangeAction]); 4] = [
    (
        "What changes",
        &[
            ChangeAction::Create,
            ChangeAction::Update,
            ChangeAction::ChangeKind,
            ChangeAction::UpdateIndexes,
            ChangeAction::UpdateMetadata,
            ChangeAction::Delete,
        ],
    ),
    ("What is rebuilt because of it", &[ChangeAction::Rebuild]),
    ("What is pointed to its new input", &[ChangeAction::Repoint]),
    ("What stays though its file is gone", &[ChangeAction::Keep]),
];

fn changes(page: &mut Page, plan: &Plan) {
    for (title, actions) in GROUPS {
        let members: Vec<&Change> = plan.changes.iter().filter(|c| actions.contains(&c.action)).collect();
        if members.is_empty() {
            continue;
        }
        page.blank();
        page.line(0, BOLD, format_args!("{title} ({})", members.len()));
        let names: Vec<String> =
            members.iter().map(|change| words::one_line(&change.name.to_string())).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().min(48);
        for (reason, group) in by_reason(&members) {
            // A cause of its own stands beside the object, a shared one above all that it concerns.
            let many = group.len() > 1;
            let own = !many && reason.len() <= 1;
            if !own {
                let pronoun = if many { "they" } else { "it" };
                let because = if reason.len() > 1 { format!("because {pronoun} ") } else { String::new() };
                page.line(2, DIM, format_args!("{because}{}:", words::chain(reason, many)));
            }
            let shown = page.shown(group.len());
            for change in group.iter().take(shown) {
                object(page, change, width, own);
            }
            if shown < group.len() {
                page.plain(4, format_args!("… and {} more", group.len() - shown));
            }
        }
    }
}

/// The changes with equal chains of reasons, in order of their first member.
fn by_reason<'a>(changes: &[&'a Change]) -> Vec<(&'a [Reason], Vec<&'a Change>)> {
    let mut positions = BTreeMap::new();
    // One chain that many share is compared once.
    let mut known = BTreeMap::new();
    let mut groups: Vec<(&[Reason], Vec<&Change>)> = Vec::new();
    for change in changes {
        let next = groups.len();
        let at = *known
            .entry(Arc::as_ptr(&change.reason).cast::<Reason>())
            .or_insert_with(|| *positions.entry(&*change.reason).or_insert(next));
        match groups.get_mut(at) {
            Some((_, group)) => group.push(change),
            None => groups.push((&change.reason, vec![change])),
        }
    }
    groups
}

fn object(page: &mut Page, change: &Change, width: usize, with_reason: bool) {
    let style = match change.action {
        ChangeAction::Create => GREEN,
        ChangeAction::Delete | ChangeAction::ChangeKind => RED,
        ChangeAction::Rebuild | ChangeAction::Repoint => CYAN,
        ChangeAction::Update
        | ChangeAction::UpdateIndexes
        | ChangeAction::UpdateMetadata
        | ChangeAction::Keep => YELLOW,
    };
    let sign = page.painted(style, words::sign(change.action));
    let name = words::one_line(&change.name.to_string());
    let how = format!("{} {}", words::action(change.action), words::strategy(change.strategy));
    let what = format!("{sign} {name:width$}  {:17}", change.kind.noun());
    if with_reason {
        let reason = page.painted(DIM, words::chain(&change.reason, false));
        page.plain(2, format_args!("{what}  {how:14}  {reason}"));
    } else {
        page.plain(4, format_args!("{what}  {how}"));
    }
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        definition(page, before, after);
    }
}

fn definition(page: &mut Page, before: &str, after: &str) {
    let diff = diff::unified(before, after);
    let total = diff.lines().count();
    let shown = if page.options.full { total } else { total.min(DIFF_LINES) };
    for line in diff.lines().take(shown) {
        let style = match line.bytes().next() {
            Some(b'+') => GREEN,
            Some(b'-') => RED,
            Some(b'@') => DIM,
            _ => Style::new(),
        };
        page.line(8, style, words::printable(line));
    }
    if shown < total {
        page.plain(8, format_args!("… and {} more", words::count(total - shown, "line")));
    }
}

fn scopes(page: &mut Page, plan: &Plan) {
    if plan.scopes.is_empty() {
        return;
    }
    page.blank();
    page.line(0, BOLD, format_args!("Databases and schemas ({})", plan.scopes.len()));
    let shown = page.shown(plan.scopes.len());
    for scope in plan.scopes.iter().take(shown) {
        let reason = page.painted(DIM, words::chain(&scope.reason, false));
        let (kind, name) = words::scope(scope);
        let name = words::one_line(&name);
        page.plain(2, format_args!("{kind} {name} {}  ({reason})", words::scope_action(scope.action)));
    }
    if shown < plan.scopes.len() {
        page.plain(2, format_args!("… and {} more", plan.scopes.len() - shown));
    }
}

/// What a reader must not overlook is never cut.
fn notes(page: &mut Page, plan: &Plan) {
    if plan.notes.is_empty() {
        return;
    }
    page.blank();
    page.line(0, BOLD, format_args!("To be known before ({})", plan.notes.len()));
    for note in &plan.notes {
        page.line(2, YELLOW, words::one_line(note));
    }
}

fn needs(page: &mut Page, plan: &Plan) {
    if plan.needs.is_empty() {
        return;
    }
    page.blank();
    page.line(0, BOLD, format_args!("Needed, and not made by this plan ({})", plan.needs.len()));
    let shown = page.shown(plan.needs.len());
    for need in plan.needs.iter().take(shown) {
        let path = need.path.as_ref().map(|path| format!("  ({})", words::one_line(path)));
        let path = page.painted(DIM, path.unwrap_or_default());
        page.plain(2, format_args!("{}{path}", words::need(need)));
    }
    if shown < plan.needs.len() {
        page.plain(2, format_args!("… and {} more", plan.needs.len() - shown));
    }
}

/// What the plan leaves as it is, though the project says something else.
fn drift(page: &mut Page, plan: &Plan) {
    if plan.drift.is_empty() {
        return;
    }
    page.blank();
    page.line(0, BOLD, format_args!("{} ({})", infrastructure::DRIFT, plan.drift.len()));
    let shown = page.shown(plan.drift.len());
    for drift in plan.drift.iter().take(shown) {
        let place = page.painted(DIM, words::one_line(&words::place(&drift.path, drift.line)));
        page.plain(2, format_args!("{}  ({place})", infrastructure::drift(drift)));
    }
    if shown < plan.drift.len() {
        page.plain(2, format_args!("… and {} more", plan.drift.len() - shown));
    }
}

fn costs(page: &mut Page, plan: &Plan) {
    page.blank();
    let title = page.painted(BOLD, "Cost");
    page.plain(0, format_args!("{title}: {}", words::cost(plan.cost)));
    page.plain(2, format_args!("unchanged  {}", words::unchanged(plan, page.options.full)));
    for alternative in &plan.alternatives {
        page.plain(2, format_args!("not taken  {}", words::alternative(alternative)));
    }
}

fn steps(page: &mut Page, plan: &Plan, moment: Moment, title: &str) {
    let phases: Vec<&Phase> = plan.phases.iter().filter(|p| p.at == moment && !p.steps.is_empty()).collect();
    if phases.is_empty() {
        return;
    }
    let n = phases.iter().map(|phase| phase.steps.len()).sum();
    let note = match moment {
        Moment::Stage => ", production goes on unchanged",
        Moment::Promote => ", production changes",
        Moment::Now => "",
    };
    page.blank();
    page.line(0, BOLD, format_args!("{title}: {}{note}", words::count(n, "step")));
    if moment == Moment::Promote {
        page.line(2, DIM, format_args!("({})", words::OUTLOOK));
    }
    for phase in phases {
        page.line(2, CYAN, words::one_line(&phase.name));
        let shown = page.shown(phase.steps.len());
        let mut group = None;
        for step in phase.steps.iter().take(shown) {
            transaction(page, &mut group, step.group.as_deref());
            self::step(page, step, if group.is_some() { 6 } else { 4 });
        }
        transaction(page, &mut group, None);
        if shown < phase.steps.len() {
            page.plain(4, format_args!("… and {}", words::count(phase.steps.len() - shown, "more step")));
        }
    }
}

/// Shows where a transaction ends and where the next one starts.
fn transaction<'a>(page: &mut Page, open: &mut Option<&'a str>, next: Option<&'a str>) {
    if *open == next {
        return;
    }
    if open.is_some() {
        page.line(4, DIM, "COMMIT;");
    }
    if next.is_some() {
        page.line(4, DIM, "BEGIN;");
    }
    *open = next;
}

fn step(page: &mut Page, step: &Step, indent: usize) {
    if let Some(cause) = words::cause(step) {
        page.line(indent, DIM, format_args!("-- {cause}"));
    }
    if page.options.full {
        for precondition in &step.preconditions {
            page.line(indent, DIM, format_args!("-- requires that {}", words::precondition(precondition)));
        }
    }
    match &step.action {
        Action::Sql(sql) => {
            let sql = super::plan_sql::terminated(sql);
            for line in words::printable(&sql).lines() {
                page.plain(indent, line);
            }
        }
        Action::Effect(effect) => page.plain(indent, format_args!("({})", words::effect(effect))),
    }
    if (page.options.full || matches!(step.inverse, Inverse::Irreversible(_)))
        && let Some(inverse) = words::inverse(&step.inverse)
    {
        page.line(indent, DIM, format_args!("-- {inverse}"));
    }
}
