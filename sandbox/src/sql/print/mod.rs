//! Statements as text, in the server's normal forms.
//!
//! One printer serves them all. It makes a document, which is laid out on one line or within the server's width; what
//! else differs (quotes, references by id, hidden literals) is in [`Style`].

mod ddl;
mod expr;
mod option;
mod query;
mod relation;
mod session;
mod statement;
mod table;
pub(crate) mod text;

use std::fmt::Write as _;

use mz_deploy_planner::name::Ident;
use pretty::RcDoc;

use super::ast::{ClusterRef, ColumnOption, DataType, Expr, ItemRef, Name, Query, Statement};
use crate::catalog::{ClusterId, FullName, ItemId};

/// The width within which the server lays out what it shows.
const WIDTH: usize = 100;

/// Wide enough for every line.
const UNLIMITED: usize = 1 << 40;

/// How far the server indents.
const TAB: isize = 4;

/// The names of what a statement refers to by id, as they are now.
pub trait ItemNames {
    /// The full name of an item.
    fn item(&self, id: ItemId) -> Option<FullName>;
    /// The name of a cluster.
    fn cluster(&self, id: ClusterId) -> Option<Ident>;
}

/// No names: for statements that were not resolved.
pub struct NoNames;

impl ItemNames for NoNames {
    fn item(&self, _: ItemId) -> Option<FullName> {
        None
    }

    fn cluster(&self, _: ClusterId) -> Option<Ident> {
        None
    }
}

/// Which of the normal forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In error texts: one line, names in quotes only if need be.
    Display,
    /// In the catalog: one line, all names in quotes, references by id.
    Stable,
    /// For `SHOW CREATE`: on several lines, references by name.
    Pretty,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Which form.
    pub form: Form,
    /// True if literals are hidden.
    pub redacted: bool,
}

/// A statement as error texts show it.
pub fn display(statement: &Statement) -> String {
    print(statement, Style { form: Form::Display, redacted: false }, &NoNames)
}

/// A statement as the catalog stores it: `create_sql`.
pub fn stable(statement: &Statement, names: &dyn ItemNames) -> String {
    print(statement, Style { form: Form::Stable, redacted: false }, names)
}

/// A statement as `SHOW CREATE` shows it, with its semicolon.
pub fn pretty(statement: &Statement, names: &dyn ItemNames) -> String {
    print(statement, Style { form: Form::Pretty, redacted: false }, names)
}

/// A statement in any style. The pretty form ends in a semicolon.
pub fn print(statement: &Statement, style: Style, names: &dyn ItemNames) -> String {
    let printer = Printer { style, names };
    printer.render(printer.statement(statement))
}

/// A query alone: the `definition` of a view, without its semicolon.
pub fn print_query(query: &Query, style: Style, names: &dyn ItemNames) -> String {
    let printer = Printer { style, names };
    printer.render(printer.query(query))
}

/// An expression alone: the default of a column, the key of an index.
pub fn print_expr(expr: &Expr, style: Style, names: &dyn ItemNames) -> String {
    let printer = Printer { style, names };
    printer.flat(printer.expr(expr))
}

/// An option of a column alone.
pub fn print_column_option(option: &ColumnOption, style: Style, names: &dyn ItemNames) -> String {
    Printer { style, names }.column_option(option)
}

/// A type alone.
pub fn print_type(data_type: &DataType, style: Style, names: &dyn ItemNames) -> String {
    Printer { style, names }.data_type(data_type)
}

type Doc = RcDoc<'static>;

struct Printer<'a> {
    style: Style,
    names: &'a dyn ItemNames,
}

impl Printer<'_> {
    fn render(&self, doc: Doc) -> String {
        if self.style.form == Form::Pretty {
            let mut out = lay_out(&doc.append(";").group(), WIDTH);
            while out.ends_with('\n') {
                out.pop();
            }
            return out;
        }
        self.flat(doc)
    }

    /// On one line.
    #[expect(clippy::unused_self, reason = "every way to text is a method of the printer")]
    fn flat(&self, doc: Doc) -> String {
        lay_out(&doc.group(), UNLIMITED)
    }

    fn ident(&self, ident: &Ident) -> String {
        match self.style.form {
            Form::Stable => text::quoted_ident(ident),
            Form::Display | Form::Pretty => text::ident(ident),
        }
    }

    fn idents(&self, idents: &[Ident]) -> String {
        idents.iter().map(|ident| self.ident(ident)).collect::<Vec<_>>().join(", ")
    }

    fn name(&self, name: &Name) -> String {
        name.0.iter().map(|ident| self.ident(ident)).collect::<Vec<_>>().join(".")
    }

    fn names(&self, names: &[Name]) -> String {
        names.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(", ")
    }

    fn item(&self, item: &ItemRef) -> String {
        match item {
            ItemRef::Name(name) => self.name(name),
            ItemRef::Id(id) => match (self.full_name(*id), self.style.form) {
                (Some(name), Form::Stable) => format!("[{id} AS {name}]"),
                (Some(name), _) => name,
                (None, _) => format!("[{id}]"),
            },
        }
    }

    fn full_name(&self, id: ItemId) -> Option<String> {
        let FullName { database, schema, item } = self.names.item(id)?;
        let mut parts: Vec<Ident> = database.into_iter().collect();
        parts.extend([schema, item]);
        Some(self.name(&Name(parts)))
    }

    fn cluster(&self, cluster: &ClusterRef) -> String {
        match cluster {
            ClusterRef::Name(name) => self.ident(name),
            ClusterRef::Id(id) if self.style.form == Form::Stable => format!("[{id}]"),
            ClusterRef::Id(id) => {
                self.names.cluster(*id).map_or_else(|| format!("[{id}]"), |name| self.ident(&name))
            }
        }
    }

    fn data_type(&self, data_type: &DataType) -> String {
        match data_type {
            DataType::Named { name, modifiers } => {
                let mut out = match name {
                    ItemRef::Name(Name(parts)) => match parts.as_slice() {
                        // Bare, it would be read as another type: `"char"` is not `char`.
                        [name] if self.style.form != Form::Stable && ALIASES.contains(&name.as_str()) => {
                            text::quoted_ident(name)
                        }
                        _ => self.item(name),
                    },
                    ItemRef::Id(_) => self.item(name),
                };
                if !modifiers.is_empty() {
                    let modifiers: Vec<_> = modifiers.iter().map(ToString::to_string).collect();
                    let _ = write!(out, "({})", modifiers.join(", "));
                }
                out
            }
            DataType::Array(element) => format!("{}[]", self.inner_type(element)),
            DataType::List(element) => format!("{} list", self.inner_type(element)),
            DataType::Map(key, value) => {
                format!("map[{}=>{}]", self.inner_type(key), self.inner_type(value))
            }
        }
    }

    /// A type inside another. The server shows these by id even to readers.
    fn inner_type(&self, data_type: &DataType) -> String {
        match data_type {
            DataType::Named { name: ItemRef::Id(id), modifiers } if modifiers.is_empty() => {
                match self.full_name(*id) {
                    Some(name) => format!("[{id} AS {name}]"),
                    None => format!("[{id}]"),
                }
            }
            other => self.data_type(other),
        }
    }

    fn string(&self, value: &str) -> String {
        if self.style.redacted { REDACTED.to_owned() } else { text::literal(value) }
    }
}

/// Words that the parser reads as other types, or as several words.
const ALIASES: &[&str] = &[
    "bigint",
    "boolean",
    "bytes",
    "char",
    "character",
    "dec",
    "decimal",
    "double",
    "float",
    "int",
    "integer",
    "json",
    "map",
    "real",
    "smallint",
    "string",
];

/// What stands for every literal that is hidden.
const REDACTED: &str = "'<REDACTED>'";

fn lay_out(doc: &Doc, width: usize) -> String {
    let mut out = String::new();
    // Writing to a string can't fail.
    let _ = doc.render_fmt(width, &mut out);
    out
}

/// Chains of operators make tall trees: they are walked on a new stack if need be.
fn with_stack(print: impl FnOnce() -> Doc) -> Doc {
    stacker::maybe_grow(128 << 10, 4 << 20, print)
}

fn say(text: impl Into<String>) -> Doc {
    RcDoc::text(text.into())
}

/// Documents, a space or a line break between them, all but the first indented.
fn nested(docs: impl IntoIterator<Item = Doc>) -> Doc {
    RcDoc::intersperse(docs, RcDoc::line()).nest(TAB).group()
}

/// Documents, a space or a line break between them.
fn lines(docs: impl IntoIterator<Item = Doc>) -> Doc {
    RcDoc::intersperse(docs, RcDoc::line()).group()
}

/// `title document`
fn titled(title: impl Into<String>, doc: Doc) -> Doc {
    nested([say(title), doc])
}

/// `a, b, c`
fn comma_separated(docs: impl IntoIterator<Item = Doc>) -> Doc {
    RcDoc::intersperse(docs, RcDoc::text(",").append(RcDoc::line())).group()
}

/// `left document right`, without spaces on one line.
fn bracketed(left: impl Into<String>, doc: Doc, right: &'static str) -> Doc {
    say(left).append(RcDoc::line_().append(doc).nest(TAB)).append(RcDoc::line_()).append(right).group()
}

/// `left document right`, with spaces on one line.
fn between(left: Doc, doc: Doc, right: Doc) -> Doc {
    left.append(RcDoc::line().append(doc).nest(TAB)).append(RcDoc::line()).append(right).group()
}

/// Words with single spaces, those that are empty left out.
fn words<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
