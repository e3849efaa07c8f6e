//! Stands in until name resolution is there.

use std::fmt::Write as _;

use crate::name::{Ident, ObjectName, SchemaName};
use crate::resolve::{Occurrence, Target};
use crate::source::Span;

/// What stands for a name after rewriting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewName {
    /// A full object name.
    Object(ObjectName),
    /// A schema.
    Schema(SchemaName),
    /// A single identifier.
    Ident(Ident),
}

/// The text at `span` with its names replaced.
pub fn rewrite(
    text: &str,
    span: Span,
    occurrences: &[Occurrence],
    names: &dyn Fn(&Target) -> Option<NewName>,
) -> String {
    let mut out = String::new();
    let mut at = span.start;
    for occurrence in occurrences.iter().filter(|o| span.contains(o.span)) {
        let name = match &occurrence.target {
            Target::Qualifier { relation } => occurrences
                .get(*relation as usize)
                .and_then(|o| names(&o.target))
                .and_then(|n| if let NewName::Object(o) = n { Some(NewName::Ident(o.name)) } else { None }),
            target => names(target),
        };
        let Some(name) = name else { continue };
        out.push_str(Span { start: at, end: occurrence.span.start }.slice(text));
        let _ = match name {
            NewName::Object(name) => write!(out, "{name}"),
            NewName::Schema(name) => write!(out, "{name}"),
            NewName::Ident(name) => write!(out, "{name}"),
        };
        at = occurrence.span.end;
    }
    out.push_str(Span { start: at, end: span.end }.slice(text));
    out
}
