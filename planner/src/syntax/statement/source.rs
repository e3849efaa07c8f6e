//! `CREATE SOURCE`.

use smol_str::{SmolStr, format_smolstr};

use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::format::{optional_envelope, optional_format, optional_include};
use super::options::{options, with_options};
use super::view::in_cluster;
use super::webhook::webhook;
use crate::source::Span;
use crate::syntax::ast::{Body, CreateSource, Name};
use crate::syntax::query::Names;

/// What a source reads from.
const KINDS: &[&str] = &["KAFKA", "POSTGRES", "MYSQL", "SQL SERVER", "LOAD GENERATOR", "WEBHOOK"];

/// What load generators there are.
const GENERATORS: &[&str] = &["AUCTION", "MARKETING", "TPCH", "CLOCK", "COUNTER", "DATUMS", "KEY VALUE"];

/// The options of a source or its connection.
const OPTIONS: &[&str] = &[
    "AS OF",
    "BATCH SIZE",
    "DETAILS",
    "EXCLUDE COLUMNS",
    "GROUP ID PREFIX",
    "IGNORE COLUMNS",
    "KEYS",
    "MAX CARDINALITY",
    "PARTITIONS",
    "PUBLICATION",
    "RETAIN HISTORY",
    "SCALE FACTOR",
    "SEED",
    "SNAPSHOT ROUNDS",
    "START OFFSET",
    "START TIMESTAMP",
    "TEXT COLUMNS",
    "TICK INTERVAL",
    "TIMESTAMP INTERVAL",
    "TOPIC METADATA REFRESH INTERVAL",
    "TOPIC",
    "TRANSACTIONAL SNAPSHOT",
    "UP TO",
    "VALUE SIZE",
];

pub(super) fn source(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let name = c.name("the name of the source")?;
    if let Some(mut columns) = c.optional_group()? {
        columns_and_key(&mut columns)?;
    }
    let cluster = in_cluster(c)?;
    c.expect("FROM")?;
    let kind = c.expect_one_of(KINDS)?.0;
    let mut source = CreateSource {
        name,
        modifiers: head.modifiers,
        cluster,
        kind: SmolStr::new_static(kind),
        external_references: None,
        progress: None,
        names: Names::default(),
    };
    let names = &mut source.names;
    if kind == "WEBHOOK" {
        webhook(c, names)?;
    } else {
        source.kind = connection(c, kind, names)?;
        optional_format(c, names)?;
        optional_include(c)?;
        optional_envelope(c)?;
        source.external_references = optional_references(c)?;
        source.progress = optional_progress(c)?;
        with_options(c, OPTIONS, names)?;
    }
    Ok(Body::Source(source))
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
fn connection(c: &mut Cursor<'_>, kind: &'static str, names: &mut Names) -> Result<SmolStr> {
    let mut full = SmolStr::new_static(kind);
    if kind == "LOAD GENERATOR" {
        full = format_smolstr!("{kind} {}", c.expect_one_of(GENERATORS)?.0);
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
