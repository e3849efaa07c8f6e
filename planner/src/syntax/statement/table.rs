//! `CREATE TABLE`, plain or filled from a source or a webhook.

use super::column::{TableColumns, table_columns};
use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::format::{optional_envelope, optional_format, optional_include};
use super::options::with_options;
use super::webhook::webhook;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Body, CreateTable, CreateTableFromSource};
use crate::syntax::query::Names;
use crate::syntax::token::TokenKind;

/// The options of a table.
const OPTIONS: &[&str] =
    &["DETAILS", "EXCLUDE COLUMNS", "IGNORE COLUMNS", "PARTITION BY", "RETAIN HISTORY", "TEXT COLUMNS"];

pub(super) fn table(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let name = c.name("the name of the table")?;
    let mut names = Names::default();
    let group = c.optional_group()?;
    let table = group.map(|mut inner| table_columns(&mut inner, &mut names)).transpose()?;
    let modifiers = head.modifiers;
    if c.eat("FROM SOURCE").is_some() {
        if let Some(span) = table.as_ref().and_then(TableColumns::mixed) {
            return Err(SyntaxError { span, message: "this column has no type, others have one".into() });
        }
        let source = Some(c.name("the name of a source")?);
        from_source(c, &mut names)?;
        return Ok(Body::TableFromSource(CreateTableFromSource { name, modifiers, source, names }));
    }
    if table.is_none() && c.eat("FROM WEBHOOK").is_some() {
        webhook(c, &mut names)?;
        return Ok(Body::TableFromSource(CreateTableFromSource { name, modifiers, source: None, names }));
    }
    let Some(table) = table else { return Err(c.unexpected("`(`, `FROM SOURCE` or `FROM WEBHOOK`")) };
    if let Some(span) = table.untyped {
        return Err(SyntaxError { span, message: "this column has no type".into() });
    }
    with_options(c, OPTIONS, &mut names)?;
    Ok(Body::Table(CreateTable { name, modifiers, columns: table.columns, names }))
}

/// What follows the name of the source.
fn from_source(c: &mut Cursor<'_>, names: &mut Names) -> Result<()> {
    if let Some(mut inner) = c.optional_group()? {
        inner.expect("REFERENCE")?;
        inner.eat_kind(TokenKind::Equals);
        inner.name("a name of the upstream system")?;
        inner.finish()?;
    }
    optional_format(c, names)?;
    optional_include(c)?;
    optional_envelope(c)?;
    with_options(c, OPTIONS, names)?;
    Ok(())
}
