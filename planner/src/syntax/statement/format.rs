//! `FORMAT`, `INCLUDE` and `ENVELOPE`: how sources, tables from sources and sinks encode rows.

use super::cursor::{Cursor, Result};
use super::options::{option, options};
use crate::source::Span;
use crate::syntax::ast::Name;
use crate::syntax::query::Names;
use crate::syntax::token::{Token, TokenKind};

/// `FORMAT f` or `KEY FORMAT f VALUE FORMAT f` if it comes next.
pub(super) fn optional_format(c: &mut Cursor<'_>, names: &mut Names) -> Result<()> {
    documented_format(c, names).map(drop)
}

/// The same; returns the relations and types that the options of a schema registry document.
pub(super) fn documented_format(c: &mut Cursor<'_>, names: &mut Names) -> Result<Vec<Name>> {
    let mut documented = Vec::new();
    if c.eat("KEY FORMAT").is_some() {
        format(c, names, &mut documented)?;
        c.expect("VALUE FORMAT")?;
        format(c, names, &mut documented)?;
    } else if c.eat("FORMAT").is_some() {
        format(c, names, &mut documented)?;
    }
    Ok(documented)
}

fn format(c: &mut Cursor<'_>, names: &mut Names, documented: &mut Vec<Name>) -> Result<()> {
    match c.expect_one_of(&["AVRO", "PROTOBUF", "JSON", "TEXT", "BYTES", "CSV", "REGEX"])?.0 {
        "AVRO" => schema_or_registry(c, names, documented),
        "PROTOBUF" => {
            if c.eat("MESSAGE").is_some() {
                string(c)?;
            }
            schema_or_registry(c, names, documented)
        }
        "JSON" => {
            c.eat("ARRAY");
            Ok(())
        }
        "CSV" => csv(c),
        "REGEX" => string(c).map(drop),
        _ => Ok(()),
    }
}

/// `USING SCHEMA '…'` or `USING CONFLUENT SCHEMA REGISTRY CONNECTION c …`
fn schema_or_registry(c: &mut Cursor<'_>, names: &mut Names, documented: &mut Vec<Name>) -> Result<()> {
    c.expect("USING")?;
    if c.eat("SCHEMA").is_some() {
        string(c)?;
        if let Some(inner) = c.optional_group()? {
            options(inner, &["CONFLUENT WIRE FORMAT"], &mut Names::default())?;
        }
        return Ok(());
    }
    if c.eat_one_of(&["CONFLUENT SCHEMA REGISTRY", "AWS GLUE SCHEMA REGISTRY"]).is_none() {
        return Err(c.unexpected_keyword(&["SCHEMA", "CONFLUENT SCHEMA REGISTRY"]));
    }
    c.expect("CONNECTION")?;
    names.connections.push(c.name("the name of a connection")?);
    if let Some(inner) = c.optional_group()? {
        registry_options(inner, documented)?;
    }
    seed(c)?;
    while c.eat_one_of(&["KEY STRATEGY", "VALUE STRATEGY"]).is_some() {
        match c.expect_one_of(&["INLINE", "ID", "LATEST"])?.0 {
            "INLINE" => string(c).map(drop)?,
            "ID" => c.expect_kind(TokenKind::Number, "a number").map(drop)?,
            _ => {}
        }
    }
    Ok(())
}

/// The options of a schema registry that have names of more than one word.
const REGISTRY_OPTIONS: &[&str] = &[
    "AVRO KEY FULLNAME",
    "AVRO VALUE FULLNAME",
    "KEY COMPATIBILITY LEVEL",
    "NULL DEFAULTS",
    "VALUE COMPATIBILITY LEVEL",
];

/// The options of a sink's schema registry. `DOC ON` names a relation, a type or a column of one.
fn registry_options(mut c: Cursor<'_>, documented: &mut Vec<Name>) -> Result<()> {
    loop {
        let mut entry = c.split_at_comma();
        if ["DOC ON", "KEY DOC ON", "VALUE DOC ON"].iter().any(|words| entry.eat(words).is_some()) {
            documented.push(documented_name(&mut entry)?);
            entry.eat_kind(TokenKind::Equals);
            string(&mut entry)?;
            entry.finish()?;
        } else {
            option(entry, REGISTRY_OPTIONS, &mut Names::default())?;
        }
        if c.eat_kind(TokenKind::Comma).is_none() {
            return Ok(());
        }
    }
}

/// `TYPE name` or `COLUMN name.column`
fn documented_name(c: &mut Cursor<'_>) -> Result<Name> {
    if c.expect_one_of(&["TYPE", "COLUMN"])?.0 == "TYPE" {
        return c.name("the name of a relation or type");
    }
    let mut name = c.name("the name of a column")?;
    if name.parts.len() < 2 {
        return Err(c.unexpected("`.` and the name of a column"));
    }
    name.parts.pop();
    Ok(name)
}

/// The schemas that the server wrote down when it planned the statement: `SEED [KEY SCHEMA '…'] VALUE SCHEMA '…'`
fn seed(c: &mut Cursor<'_>) -> Result<()> {
    if c.eat("SEED").is_none() {
        return Ok(());
    }
    while c.eat_one_of(&["KEY SCHEMA", "VALUE SCHEMA", "MESSAGE", "REFERENCES"]).is_some() {
        if c.optional_group()?.is_none() {
            string(c)?;
        }
    }
    Ok(())
}

/// `WITH n COLUMNS` or `WITH HEADER [(columns)]`, and `DELIMITED BY 'c'`
fn csv(c: &mut Cursor<'_>) -> Result<()> {
    c.expect("WITH")?;
    if c.eat_one_of(&["HEADERS", "HEADER"]).is_some() {
        super::column::optional_names(c)?;
    } else if c.eat_kind(TokenKind::Number).is_some() {
        c.expect("COLUMNS")?;
    } else {
        return Err(c.unexpected("`HEADER` or a number of columns"));
    }
    if c.eat("DELIMITED BY").is_some() {
        string(c)?;
    }
    Ok(())
}

/// `INCLUDE KEY [AS c], HEADERS, HEADER 'h' AS c [BYTES], …` if it comes next.
pub(super) fn optional_include(c: &mut Cursor<'_>) -> Result<()> {
    if c.eat("INCLUDE").is_none() {
        return Ok(());
    }
    c.comma_separated(|c| {
        if c.eat("HEADER").is_some() {
            string(c)?;
            c.expect("AS")?;
            c.ident("a column name")?;
            c.eat("BYTES");
            return Ok(());
        }
        c.expect_one_of(&["KEY", "PARTITION", "OFFSET", "TIMESTAMP", "HEADERS"])?;
        if c.eat("AS").is_some() {
            c.ident("a column name")?;
        }
        Ok(())
    })?;
    Ok(())
}

/// `ENVELOPE e [(options)]` if it comes next.
pub(super) fn optional_envelope(c: &mut Cursor<'_>) -> Result<()> {
    if c.eat("ENVELOPE").is_none() {
        return Ok(());
    }
    let (envelope, _) = c.expect_one_of(&["NONE", "UPSERT", "DEBEZIUM", "MATERIALIZE"])?;
    if envelope == "UPSERT"
        && let Some(inner) = c.optional_group()?
    {
        options(inner, &["VALUE DECODING ERRORS"], &mut Names::default())?;
    }
    Ok(())
}

pub(super) fn is_string_token(token: Token) -> bool {
    matches!(token.kind, TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString)
}

/// A string of any form.
pub(super) fn string(c: &mut Cursor<'_>) -> Result<Span> {
    match c.peek() {
        Some(token) if is_string_token(token) => {
            c.advance();
            Ok(token.span)
        }
        _ => Err(c.unexpected("a string")),
    }
}
