//! `CREATE SOURCE`, webhooks included.

use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::format::{optional_envelope, optional_format, optional_include, string};
use super::options::{options, with_options};
use super::view::in_cluster;
use crate::source::Span;
use crate::syntax::ast::{Body, CreateSource, Name};
use crate::syntax::query::{Names, parse_expressions};
use crate::syntax::token::TokenKind;

/// What a source reads from.
const KINDS: &[&str] = &["KAFKA", "POSTGRES", "MYSQL", "SQL SERVER", "LOAD GENERATOR", "WEBHOOK"];

/// What load generators there are.
const GENERATORS: &[&str] = &["AUCTION", "MARKETING", "TPCH", "CLOCK", "COUNTER", "DATUMS", "KEY VALUE"];

/// The options of a source or its connection that have names of more than one word.
const OPTIONS: &[&str] = &[
    "AS OF",
    "BATCH SIZE",
    "EXCLUDE COLUMNS",
    "GROUP ID PREFIX",
    "INCLUDE OFFSET",
    "KEY SIZE",
    "MAX CARDINALITY",
    "RETAIN HISTORY",
    "SCALE FACTOR",
    "SNAPSHOT ROUNDS",
    "START OFFSET",
    "START TIMESTAMP",
    "TEXT COLUMNS",
    "TICK INTERVAL",
    "TIMESTAMP INTERVAL",
    "TOPIC METADATA REFRESH INTERVAL",
    "TRANSACTIONAL SNAPSHOT",
    "UP TO",
    "VALUE SIZE",
];

pub(super) fn source(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c);
    let name = c.name("the name of the source")?;
    if let Some(mut columns) = c.optional_group()? {
        columns_and_key(&mut columns)?;
    }
    let cluster = in_cluster(c)?;
    c.expect("FROM")?;
    let mut names = Names::default();
    let kind = c.expect_one_of(KINDS)?.0;
    let mut external_references = None;
    let mut progress = None;
    let kind = match kind {
        "WEBHOOK" => {
            webhook(c, &mut names)?;
            kind.into()
        }
        _ => {
            let kind = connection(c, kind, &mut names)?;
            optional_format(c, &mut names)?;
            optional_include(c)?;
            optional_envelope(c)?;
            external_references = optional_references(c)?;
            progress = optional_progress(c)?;
            with_options(c, OPTIONS, &mut names)?;
            kind
        }
    };
    Ok(Body::Source(CreateSource {
        name,
        modifiers: head.modifiers,
        cluster,
        kind,
        external_references,
        progress,
        names,
    }))
}

/// `(a, b, PRIMARY KEY (a) NOT ENFORCED)`
fn columns_and_key(c: &mut Cursor<'_>) -> Result<()> {
    c.comma_separated(|c| {
        if c.is("PRIMARY KEY") {
            c.expect("PRIMARY KEY")?;
            let mut key = c.group()?;
            key.comma_separated(|c| c.ident("a column name"))?;
            key.finish()?;
            c.expect("NOT ENFORCED")?;
        } else {
            c.ident("a column name")?;
        }
        Ok(())
    })?;
    c.finish()
}

/// The generator, or the connection and its options. Returns the kind in full.
fn connection(c: &mut Cursor<'_>, kind: &'static str, names: &mut Names) -> Result<smol_str::SmolStr> {
    let mut full = smol_str::SmolStr::new_static(kind);
    if kind == "LOAD GENERATOR" {
        full = smol_str::format_smolstr!("{kind} {}", c.expect_one_of(GENERATORS)?.0);
    } else {
        c.expect("CONNECTION")?;
        names.connections.push(c.name("the name of a connection")?);
    }
    if let Some(inner) = c.optional_group()? {
        options(inner, OPTIONS, names)?;
    }
    Ok(full)
}

/// `FOR ALL TABLES`, `FOR TABLES (t [AS name], …)` or `FOR SCHEMAS (s, …)` if it comes next.
fn optional_references(c: &mut Cursor<'_>) -> Result<Option<Span>> {
    let Some(start) = c.eat("FOR") else { return Ok(None) };
    match c.expect_one_of(&["ALL TABLES", "TABLES", "SCHEMAS"])?.0 {
        "TABLES" => {
            let mut inner = c.group()?;
            inner.comma_separated(|c| {
                c.name("the name of a table")?;
                if c.eat_one_of(&["AS", "INTO"]).is_some() {
                    c.name("the name of a subsource")?;
                }
                Ok(())
            })?;
            inner.finish()?;
        }
        "SCHEMAS" => {
            let mut inner = c.group()?;
            inner.comma_separated(|c| c.ident("the name of a schema"))?;
            inner.finish()?;
        }
        _ => {}
    }
    Ok(Some(start.to(Span::at(c.last_end()))))
}

fn optional_progress(c: &mut Cursor<'_>) -> Result<Option<Name>> {
    if c.eat("EXPOSE").is_none() {
        return Ok(None);
    }
    c.expect("PROGRESS AS")?;
    c.name("the name of the progress relation").map(Some)
}

/// What follows `FROM WEBHOOK`.
pub(super) fn webhook(c: &mut Cursor<'_>, names: &mut Names) -> Result<()> {
    c.expect("BODY FORMAT")?;
    if c.expect_one_of(&["JSON", "TEXT", "BYTES"])?.0 == "JSON" {
        c.eat("ARRAY");
    }
    while c.eat("INCLUDE").is_some() {
        if c.eat("HEADER").is_some() {
            string(c)?;
            c.expect("AS")?;
            c.ident("a column name")?;
            c.eat("BYTES");
        } else if c.eat("HEADERS").is_some() {
            if let Some(mut inner) = c.optional_group()? {
                inner.comma_separated(|c| {
                    c.eat("NOT");
                    string(c)
                })?;
                inner.finish()?;
            }
        } else {
            return Err(c.unexpected_keyword(&["HEADER", "HEADERS"]));
        }
        c.eat_kind(TokenKind::Comma);
    }
    if c.eat("CHECK").is_some() {
        check(c.group()?, names)?;
    }
    Ok(())
}

/// `[WITH (HEADERS, BODY, SECRET s [AS alias] [BYTES], …)] expression`
fn check(mut c: Cursor<'_>, names: &mut Names) -> Result<()> {
    if c.eat("WITH").is_some() {
        let mut inner = c.group()?;
        inner.comma_separated(|c| {
            if c.expect_one_of(&["HEADERS", "BODY", "SECRET"])?.0 == "SECRET" {
                names.secrets.push(c.name("the name of a secret")?);
            }
            if c.eat("AS").is_some() {
                c.ident("an alias")?;
            }
            c.eat("BYTES");
            Ok(())
        })?;
        inner.finish()?;
    }
    if c.is_done() {
        return Err(c.unexpected("an expression"));
    }
    names.append(parse_expressions(c.source(), c.rest())?);
    Ok(())
}
