//! Renames that the server would refuse.
//!
//! The server keeps the text of views. When it renames an item, it looks through the query of everything that reads
//! it, and refuses when
//!
//! - the new name occurs anywhere in such a query, as an alias, a column, a schema or whatever;
//! - the old name occurs as anything else than that item: as an alias or column, or as a schema or database.
//!
//! A staged `o__<id>` takes the name `o` while staged dependants read it, so the first rule is about their text. `o`
//! gives its name up while the old dependants read it, so the second is about what is deployed.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::draft::Draft;
use super::removed::{self, Fate};
use super::retirement::Retired;
use super::{paths, text};
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::name::{Ident, ObjectName};
use crate::project::Object;
use crate::source::{Location, Span};
use crate::syntax::token::{Token, TokenKind, tokenize};

/// All conflicts of the objects that would be renamed.
pub(super) fn check(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (dependent, object, _) in draft.built() {
        for needed in draft.facts.graph.dependencies(dependent) {
            let Some(input) = renamed(draft, needed) else { continue };
            if let Some(span) = mention_besides(draft, dependent, object, &input.name.name) {
                problems.push(conflict(object, span, input));
            }
        }
        problems.extend(old_conflict(draft, dependent, object));
    }
    problems.extend(removed_conflicts(draft));
    problems
}

/// The first obstacle in words, for the list of alternatives.
pub(super) fn obstacle(problems: &[Diagnostic]) -> Option<SmolStr> {
    let first = problems.first()?;
    Some(match problems.len() {
        1 => first.message.clone(),
        n => format_smolstr!("{} (and {} more)", first.message, n - 1),
    })
}

fn renamed<'a>(draft: &Draft<'a>, node: Node) -> Option<&'a Object> {
    (draft.strategy(node) == Some(super::Strategy::Rename)).then(|| draft.facts.object(node))?
}

fn conflict(object: &Object, span: Span, input: &Object) -> Diagnostic {
    let name = &input.name.name;
    let message = format_smolstr!(
        "`{}` reads `{}` and uses `{name}` for something else too, so the server would refuse the rename",
        object.name,
        input.name
    );
    let location = Location::new(object.path.clone(), object.text.to_original(span));
    Diagnostic::error(Code::RenameConflict, location, message)
        .help(format_smolstr!("use another name than `{name}` here, or deploy with `--strategy swap`"))
}

/// Where the text of a staged object has the identifier `name` besides the names that are replaced. A cheap search
/// comes first: most texts don't have it.
fn mention_besides(draft: &Draft<'_>, node: Node, object: &Object, name: &Ident) -> Option<Span> {
    let whole = object.text.as_str();
    let statement = object.statement.span;
    let text = statement.slice(whole);
    let is_elsewhere = contains_ignoring_case(text, name.as_str(), |at| {
        let at = statement.start + crate::source::to_offset(at);
        let covers = |span: Span| span.start <= at && at < span.end;
        !object.statement.occurrences.iter().any(|o| covers(o.span))
    });
    // A name that is written in full after the rewriting may bring the identifier along as a schema or database.
    let as_scope = object
        .dependencies
        .iter()
        .any(|d| &d.name.schema.schema == name || d.name.schema.database.as_ref() == Some(name));
    if !is_elsewhere && !as_scope {
        return None;
    }
    let staged = text::staged(draft, node, object, &object.statement);
    let (tokens, _) = tokenize(&staged);
    // The statement's own name isn't part of the query: it is followed by a column list, a cluster or `AS`.
    let query = tokens.iter().position(|t| t.is_keyword(&staged, "AS")).unwrap_or(0);
    let is_name = |token: &&Token| token.ident(&staged).as_ref() == Some(name);
    tokens.iter().skip(query).find(is_name)?;
    let (tokens, _) = tokenize(text);
    let here = tokens.iter().find(|t| t.ident(text).as_ref() == Some(name));
    let shifted =
        here.map(|t| Span { start: statement.start + t.span.start, end: statement.start + t.span.end });
    Some(shifted.unwrap_or(object.name_span))
}

/// True if `text` has `word`, ignoring ASCII case, at a place that `counts`.
fn contains_ignoring_case(text: &str, word: &str, counts: impl Fn(usize) -> bool) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return false };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    // Quotes inside of a quoted identifier are doubled in the text.
    let is_quoted = word.contains(&b'"');
    text.iter().enumerate().filter(|(_, b)| **b == lower || **b == upper).any(|(at, _)| {
        let here = text.get(at..at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word));
        (here || is_quoted) && counts(at)
    })
}

fn count_ignoring_case(text: &str, word: &str) -> usize {
    let found = std::cell::Cell::new(0);
    contains_ignoring_case(text, word, |_| {
        found.set(found.get() + 1);
        false
    });
    found.get()
}

/// The old text of `dependent` uses the name of something that it reads, and that gives its name up, for something
/// else.
fn old_conflict(draft: &Draft<'_>, dependent: Node, object: &Object) -> Option<Diagnostic> {
    let sql = draft.facts.old(dependent)?.sql.as_ref()?;
    let gives_up = |node: Node| renamed(draft, node).filter(|_| draft.facts.old(node).is_some());
    let inputs: Vec<&Object> = draft.facts.graph.dependencies(dependent).filter_map(gives_up).collect();
    if inputs.is_empty() {
        return None;
    }
    // Most texts have the name only as part of the full name, which a search can tell without reading them.
    let is_suspect = |input: &&Object| {
        let name = input.name.name.as_str();
        let full = input.name.to_string();
        name.contains('"')
            || full.contains('"')
            || count_ignoring_case(sql, name) != sql.matches(&full).count()
    };
    let suspects: Vec<&Object> = inputs.into_iter().filter(is_suspect).collect();
    if suspects.is_empty() {
        return None;
    }
    let (tokens, _) = tokenize(sql);
    let input = suspects.into_iter().find(|input| is_ambiguous(sql, &tokens, &input.name))?;
    let message = format_smolstr!(
        "the deployed `{}` reads `{}` and uses `{}` for something else too, so the server would refuse the rename",
        object.name,
        input.name,
        input.name.name
    );
    let location = Location::new(object.path.clone(), object.text.to_original(object.name_span));
    Some(
        Diagnostic::error(Code::RenameConflict, location, message)
            .help("deploy with `--strategy swap` this time"),
    )
}

/// Removed objects are there until the old version is dropped, so their texts count too.
fn removed_conflicts(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let retired = draft.renamed().filter(|(node, _)| draft.facts.old(*node).is_some()).map(|(_, o)| &o.name);
    let removed = draft.retirements.iter().filter_map(|retired| match retired {
        Retired::Removed { deployed, .. } => Some(&deployed.name),
        Retired::Index { .. } => None,
    });
    let given_up: BTreeSet<&ObjectName> = retired.chain(removed).collect();
    if given_up.is_empty() {
        return Vec::new();
    }
    let readers = removed::present(draft).filter(|d| removed::fate(draft, d) == Fate::Dropped);
    readers
        .filter_map(|reader| {
            let sql = reader.sql.as_ref()?;
            let read = removed::full_names(sql);
            let (tokens, _) = tokenize(sql);
            let input =
                read.iter().find(|name| given_up.contains(name) && is_ambiguous(sql, &tokens, name))?;
            let message = format_smolstr!(
                "the removed `{}` reads `{input}` and uses `{}` for something else too, so the server would refuse the rename",
                reader.name,
                input.name
            );
            let location = Location::file(paths::object(draft.facts.project, &reader.name));
            Some(
                Diagnostic::error(Code::RenameConflict, location, message)
                    .help("deploy with `--strategy swap` this time"),
            )
        })
        .collect()
}

/// True if `sql`, whose names are full names, has the last part of `name` as anything but that name or a qualifier.
fn is_ambiguous(sql: &str, tokens: &[Token], name: &ObjectName) -> bool {
    let query = tokens.iter().position(|t| t.is_keyword(sql, "AS")).unwrap_or(0);
    let is_dot =
        |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(|t| t.kind == TokenKind::Dot);
    let ident = |at: Option<usize>| at.and_then(|at| tokens.get(at)).and_then(|t| t.ident(sql));
    (query..tokens.len()).any(|at| {
        if ident(Some(at)).as_ref() != Some(&name.name) {
            return false;
        }
        let is_last = !is_dot(Some(at + 1));
        let is_full = is_dot(at.checked_sub(1))
            && is_dot(at.checked_sub(3))
            && ident(at.checked_sub(2)).as_ref() == Some(&name.schema.schema)
            && ident(at.checked_sub(4)) == name.schema.database;
        let is_qualifier = !is_last && !is_dot(at.checked_sub(1)) && !is_dot(Some(at + 3));
        !is_full && !is_qualifier
    })
}
