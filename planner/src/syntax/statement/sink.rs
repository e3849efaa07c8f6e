//! `CREATE SINK`.

use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::format::{documented_format, optional_envelope};
use super::options::{options, with_options};
use super::view::in_cluster;
use crate::syntax::ast::{Body, CreateSink};
use crate::syntax::query::Names;

/// The options of a sink or its connection.
const OPTIONS: &[&str] = &[
    "COMMIT INTERVAL",
    "COMPRESSION TYPE",
    "LEGACY IDS",
    "NAMESPACE",
    "PARTITION BY",
    "PARTITION STRATEGY",
    "PROGRESS GROUP ID PREFIX",
    "SNAPSHOT",
    "TABLE",
    "TOPIC CONFIG",
    "TOPIC METADATA REFRESH INTERVAL",
    "TOPIC PARTITION COUNT",
    "TOPIC REPLICATION FACTOR",
    "TOPIC",
    "TRANSACTIONAL ID PREFIX",
    "VERSION",
];

pub(super) fn sink(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let unnamed = c.is("FROM") && !c.is("FROM FROM") || c.is("IN CLUSTER");
    let name = if unnamed { None } else { Some(c.name("the name of the sink")?) };
    let cluster = in_cluster(c)?;
    c.expect("FROM")?;
    let from = c.name("the name of a relation")?;
    c.expect("INTO")?;
    let kind = c.expect_one_of(&["KAFKA", "ICEBERG CATALOG"])?.0;
    let mut names = Names::default();
    c.expect("CONNECTION")?;
    names.connections.push(c.name("the name of a connection")?);
    if let Some(inner) = c.optional_group()? {
        options(inner, OPTIONS, &mut names)?;
    }
    if kind == "ICEBERG CATALOG" && c.eat("USING").is_some() {
        c.expect("AWS CONNECTION")?;
        names.connections.push(c.name("the name of a connection")?);
    }
    key_and_headers(c)?;
    let documented = documented_format(c, &mut names)?;
    optional_envelope(c)?;
    if c.eat("MODE").is_some() {
        c.expect_one_of(&["UPSERT", "APPEND"])?;
    }
    with_options(c, OPTIONS, &mut names)?;
    Ok(Body::Sink(CreateSink {
        name,
        modifiers: head.modifiers,
        cluster,
        from,
        kind: kind.into(),
        documented,
        names,
    }))
}

/// `KEY (columns) [NOT ENFORCED]` and `HEADERS column` if they come next.
fn key_and_headers(c: &mut Cursor<'_>) -> Result<()> {
    if c.is("KEY") && !c.is("KEY FORMAT") {
        c.advance();
        let mut key = c.group()?;
        key.comma_separated(|c| c.ident("a column name"))?;
        key.finish()?;
        c.eat("NOT ENFORCED");
    }
    if c.eat("HEADERS").is_some() {
        c.ident("a column name")?;
    }
    Ok(())
}
