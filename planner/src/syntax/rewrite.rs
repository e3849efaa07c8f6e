//! A statement's text with other names in it: the names are replaced where they stand, and everything else stays
//! byte for byte.

use std::fmt::Write;

use smol_str::SmolStr;

use crate::name::{Ident, ObjectName, SchemaName, printed};
use crate::resolve::{Occurrence, Target};
use crate::source::Span;

/// What is written in the place of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewName {
    /// An object, in full.
    Object(ObjectName),
    /// A schema, in full.
    Schema(SchemaName),
    /// A cluster, a database or the name of an index.
    Ident(Ident),
    /// An object, in full, whose name is printed already.
    Printed(PrintedName),
}

/// The name of an object, printed once for the many statements that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedName {
    /// The full name as SQL.
    pub text: SmolStr,
    /// The object itself.
    pub last: Ident,
}

impl PrintedName {
    /// Prints a name.
    pub fn new(name: ObjectName) -> Self {
        Self { text: printed(&name), last: name.name }
    }
}

/// Text that is put between two bytes of a statement: `REPLACEMENT `, ` FOR d.s.mv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion<'a> {
    /// Before which byte.
    pub at: u32,
    /// What.
    pub text: &'a str,
}

/// The text at `span` with the names that `names` has for the targets of its occurrences.
///
/// Where `names` has none, the name stays as it is written. A qualifier (`t`, `s.t` or `d.s.t` in front of a column
/// or of `.*`) follows its relation: it becomes the relation's alias, if one is needed, or else the last part of the
/// relation's new name. It never has two parts, as the server refuses to rename or swap a schema `s` while anything
/// says `s.t.column` or `s.t.*`. A relation gets no alias for the sake of its old name either: the server refuses to
/// rename something to an identifier that is used by what depends on it.
pub fn rewrite(
    text: &str,
    span: Span,
    occurrences: &[Occurrence],
    names: &dyn Fn(&Target) -> Option<NewName>,
) -> String {
    rewrite_and_insert(text, span, occurrences, names, &[])
}

/// Like [`rewrite`], with insertions, which are sorted by position and stand between names, not inside of them.
pub fn rewrite_and_insert(
    text: &str,
    span: Span,
    occurrences: &[Occurrence],
    names: &dyn Fn(&Target) -> Option<NewName>,
    insertions: &[Insertion<'_>],
) -> String {
    let growth = 24 * occurrences.len() + insertions.iter().map(|i| i.text.len()).sum::<usize>();
    let mut writer =
        Writer { text, at: span.start, out: String::with_capacity(span.slice(text).len() + growth) };
    let mut insertions = insertions.iter().peekable();
    for occurrence in occurrences.iter().filter(|o| span.contains(o.span)) {
        while let Some(insertion) = insertions.next_if(|i| i.at <= occurrence.span.start) {
            writer.insert(insertion);
        }
        writer.replace(occurrence, occurrences, names);
    }
    insertions.for_each(|insertion| writer.insert(insertion));
    writer.copy_to(span.end);
    writer.out
}

struct Writer<'a> {
    text: &'a str,
    /// Everything before is written.
    at: u32,
    out: String,
}

impl Writer<'_> {
    fn copy_to(&mut self, end: u32) {
        if self.at < end {
            self.out.push_str(Span { start: self.at, end }.slice(self.text));
            self.at = end;
        }
    }

    fn insert(&mut self, insertion: &Insertion<'_>) {
        self.copy_to(insertion.at);
        self.out.push_str(insertion.text);
    }

    fn replace(
        &mut self,
        occurrence: &Occurrence,
        all: &[Occurrence],
        names: &dyn Fn(&Target) -> Option<NewName>,
    ) {
        let target = &occurrence.target;
        let relation = match target {
            Target::Qualifier { relation } => all.get(*relation as usize).map(|o| &o.target),
            _ => Some(target),
        };
        let Some(new) = relation.and_then(names) else { return };
        self.copy_to(occurrence.span.start);
        let alias = match relation {
            Some(Target::Relation { needs_alias, .. }) => needs_alias.as_ref(),
            _ => None,
        };
        match (target, alias) {
            (Target::Qualifier { .. }, Some(alias)) => self.print(alias),
            (Target::Qualifier { .. }, None) => self.print(last_part(&new)),
            (_, Some(alias)) => {
                self.print_name(&new);
                self.out.push_str(" AS ");
                self.print(alias);
            }
            (_, None) => self.print_name(&new),
        }
        self.at = occurrence.span.end;
    }

    fn print_name(&mut self, name: &NewName) {
        match name {
            NewName::Object(name) => self.print(name),
            NewName::Schema(name) => self.print(name),
            NewName::Ident(name) => self.print(name),
            NewName::Printed(name) => self.out.push_str(&name.text),
        }
    }

    fn print(&mut self, name: &impl std::fmt::Display) {
        write!(self.out, "{name}").expect("writing to a string succeeds");
    }
}

fn last_part(name: &NewName) -> &Ident {
    match name {
        NewName::Object(name) => &name.name,
        NewName::Schema(name) => &name.schema,
        NewName::Ident(name) => name,
        NewName::Printed(name) => &name.last,
    }
}

/// The full production name of every target: what a deployed text and a fingerprint say.
pub fn production(target: &Target) -> Option<NewName> {
    match target {
        Target::Own(name) | Target::Relation { name, .. } | Target::Object(name) | Target::Type(name) => {
            Some(NewName::Object(name.clone()))
        }
        Target::Schema(name) => Some(NewName::Schema(name.clone())),
        Target::IndexName(name) | Target::Cluster(name) | Target::Database(name) => {
            Some(NewName::Ident(name.clone()))
        }
        Target::Qualifier { .. } => None,
    }
}

#[cfg(test)]
mod tests;
