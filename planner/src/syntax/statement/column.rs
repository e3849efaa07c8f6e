//! Columns: lists of names, and definitions with types, constraints and defaults.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use crate::source::Span;
use crate::syntax::ast::{ColumnDef, SpannedIdent};
use crate::syntax::query::{self, Names};
use crate::syntax::token::{Token, TokenKind};

/// `(a, b, …)` if it comes next.
pub(super) fn optional_names(c: &mut Cursor<'_>) -> Result<Vec<SpannedIdent>> {
    let Some(mut inner) = c.optional_group()? else { return Ok(Vec::new()) };
    let columns = inner.comma_separated(|c| c.ident("a column name"))?;
    inner.finish()?;
    Ok(columns)
}

/// The words that can follow the type of a column.
const AFTER_TYPE: &[&str] = &[
    "NOT",
    "NULL",
    "DEFAULT",
    "COLLATE",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "REFERENCES",
    "CONSTRAINT",
    "VERSION",
];

/// The type that comes next, up to a comma, one of `AFTER_TYPE`, or the end. Returns its text.
pub(super) fn data_type(c: &mut Cursor<'_>, names: &mut Names) -> Result<SmolStr> {
    let length =
        c.count_until(|c, _| c.is_kind(TokenKind::Comma) || AFTER_TYPE.iter().any(|word| c.is(word)));
    if length == 0 {
        return Err(c.unexpected("a type"));
    }
    let tokens = c.take(length);
    names.append(query::parse_type(c.source(), tokens)?);
    Ok(SmolStr::from(span_of(tokens).slice(c.source())))
}

/// `name type, …` to the end of the cursor, without constraints. There may be none.
pub(super) fn typed_names(c: &mut Cursor<'_>, names: &mut Names) -> Result<Vec<ColumnDef>> {
    if c.is_done() {
        return Ok(Vec::new());
    }
    let columns = c.comma_separated(|c| {
        let name = c.ident("a column name")?;
        Ok(ColumnDef { name, data_type: data_type(c, names)?, not_null: false })
    })?;
    c.finish()?;
    Ok(columns)
}

/// What stands in the parentheses of `CREATE TABLE`.
#[derive(Default)]
pub(super) struct TableColumns {
    pub(super) columns: Vec<ColumnDef>,
    /// The name of the first column that has no type.
    pub(super) untyped: Option<Span>,
}

impl TableColumns {
    /// A column without a type beside columns with types. A table from a source has one or the other.
    pub(super) fn mixed(&self) -> Option<Span> {
        self.untyped.filter(|_| self.columns.iter().any(|c| !c.data_type.is_empty()))
    }
}

/// Column definitions and table constraints, to the end of the cursor. There may be none.
pub(super) fn table_columns(c: &mut Cursor<'_>, names: &mut Names) -> Result<TableColumns> {
    let mut table = TableColumns::default();
    if c.is_done() {
        return Ok(table);
    }
    c.comma_separated(|c| {
        if is_table_constraint(c) { table_constraint(c, names) } else { column(c, &mut table, names) }
    })?;
    c.finish()?;
    Ok(table)
}

/// A column may be called like the first word of a constraint: `CREATE TABLE t (check int)`.
fn is_table_constraint(c: &Cursor<'_>) -> bool {
    let opens = |n: usize| c.ahead(n).is_some_and(|t| t.kind == TokenKind::LParen);
    c.is("PRIMARY KEY") && opens(2)
        || c.is("FOREIGN KEY") && opens(2)
        || (c.is("UNIQUE") || c.is("CHECK")) && opens(1)
        || c.is("UNIQUE NULLS NOT DISTINCT")
        || c.is("CONSTRAINT") && names_a_constraint(c)
}

/// `CONSTRAINT name` with a constraint behind it, rather than a column called `constraint` with its type.
fn names_a_constraint(c: &Cursor<'_>) -> bool {
    let mut ahead = *c;
    ahead.take(2);
    ["PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK"].iter().any(|words| ahead.is(words))
}

fn table_constraint(c: &mut Cursor<'_>, names: &mut Names) -> Result<()> {
    if c.eat("CONSTRAINT").is_some() {
        c.ident("the name of the constraint")?;
    }
    match c.expect_one_of(&["PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY"])? {
        ("CHECK", _) => check(c, names),
        ("FOREIGN KEY", _) => {
            key(c)?;
            c.expect("REFERENCES")?;
            references(c)
        }
        _ => {
            c.eat("NULLS NOT DISTINCT");
            key(c)
        }
    }
}

fn key(c: &mut Cursor<'_>) -> Result<()> {
    let mut inner = c.group()?;
    inner.comma_separated(|c| c.ident("a column name"))?;
    inner.finish()
}

fn check(c: &mut Cursor<'_>, names: &mut Names) -> Result<()> {
    let inner = c.group()?;
    names.append(query::parse_expressions(c.source(), inner.rest())?);
    Ok(())
}

fn references(c: &mut Cursor<'_>) -> Result<()> {
    c.name("the name of a table")?;
    if c.is_kind(TokenKind::LParen) { key(c) } else { Ok(()) }
}

fn column(c: &mut Cursor<'_>, table: &mut TableColumns, names: &mut Names) -> Result<()> {
    let name = c.ident("a column name")?;
    let mut column = ColumnDef { name, data_type: SmolStr::default(), not_null: false };
    if c.is_done() || c.is_kind(TokenKind::Comma) || c.is("NOT NULL") || c.is("PRIMARY KEY") {
        table.untyped.get_or_insert(column.name.span);
    } else {
        column.data_type = data_type(c, names)?;
    }
    while !c.is_done() && !c.is_kind(TokenKind::Comma) {
        column.not_null |= column_option(c, names)?;
    }
    table.columns.push(column);
    Ok(())
}

/// One option of a column; true for `NOT NULL`.
fn column_option(c: &mut Cursor<'_>, names: &mut Names) -> Result<bool> {
    if c.eat("CONSTRAINT").is_some() {
        c.ident("the name of the constraint")?;
    }
    let options = [
        "NOT NULL",
        "NULL",
        "DEFAULT",
        "COLLATE",
        "PRIMARY KEY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "VERSION ADDED",
    ];
    match c.expect_one_of(&options)?.0 {
        "NOT NULL" => return Ok(true),
        "DEFAULT" => {
            let tokens = c.take(default_length(c));
            if tokens.is_empty() {
                return Err(c.unexpected("an expression"));
            }
            names.append(query::parse_expressions(c.source(), tokens)?);
        }
        "COLLATE" => {
            c.name("the name of a collation")?;
        }
        "CHECK" => check(c, names)?,
        "REFERENCES" => references(c)?,
        "VERSION ADDED" => {
            c.expect_kind(TokenKind::Number, "a number")?;
        }
        _ => {}
    }
    Ok(false)
}

/// The length of a default's expression. It ends at a comma, or at a column option that follows an operand: in
/// `DEFAULT a IS NOT NULL` and `DEFAULT NULL` the keywords belong to the expression.
fn default_length(c: &Cursor<'_>) -> usize {
    let options = [
        "NOT NULL",
        "NULL",
        "DEFAULT",
        "COLLATE",
        "PRIMARY KEY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "CONSTRAINT",
    ];
    let source = c.source();
    c.count_until(|c, previous| {
        c.is_kind(TokenKind::Comma)
            || previous.is_some_and(|t| ends_operand(t, source)) && options.iter().any(|o| c.is(o))
    })
}

fn ends_operand(token: Token, source: &str) -> bool {
    let operators = [
        "IS", "NOT", "AND", "OR", "IN", "LIKE", "ILIKE", "ESCAPE", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE",
        "FROM", "ANY", "ALL", "SOME",
    ];
    match token.kind {
        TokenKind::Word => !operators.iter().any(|word| token.is_keyword(source, word)),
        TokenKind::Operator
        | TokenKind::Equals
        | TokenKind::Star
        | TokenKind::Arrow
        | TokenKind::DoubleColon
        | TokenKind::Colon
        | TokenKind::Dot => false,
        _ => true,
    }
}

fn span_of(tokens: &[Token]) -> Span {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}
