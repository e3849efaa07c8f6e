//! `CREATE TABLE`, plain or filled from a source or a webhook.

use super::column::table_columns;
use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::format::{optional_envelope, optional_format, optional_include};
use super::options::{options, with_options};
use super::webhook::webhook;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Body, CreateTable, CreateTableFromSource};
use crate::syntax::query::Names;

/// The options of a table that have names of more than one word.
const OPTIONS: &[&str] =
    &["EXCLUDE COLUMNS", "PARTITION BY", "REDACTED TEST", "RETAIN HISTORY", "TEXT COLUMNS"];

pub(super) fn table(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c);
    let name = c.name("the name of the table")?;
    let mut names = Names::default();
    let group = c.optional_group()?;
    let table = group.map(|mut inner| table_columns(&mut inner, &mut names)).transpose()?;
    let modifiers = head.modifiers;
    if c.eat("FROM SOURCE").is_some() {
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
    if let Some(inner) = c.optional_group()? {
        // The reference names something of the upstream system.
        options(inner, &[], &mut Names::default())?;
    }
    optional_format(c, names)?;
    optional_include(c)?;
    optional_envelope(c)?;
    with_options(c, OPTIONS, names)?;
    Ok(())
}
