//! `CREATE VIEW` and `CREATE MATERIALIZED VIEW`.

use super::column::optional_names;
use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::options::with_options;
use crate::syntax::ast::{Body, CreateMaterializedView, CreateView, SpannedIdent};
use crate::syntax::query::{Names, Query, parse_query};

pub(super) fn view(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let name = c.name("the name of the view")?;
    let columns = optional_names(c)?;
    let query = as_query(c)?;
    Ok(Body::View(CreateView { name, modifiers: head.modifiers, columns, query }))
}

/// The options of a materialized view that have names of more than one word.
const OPTIONS: &[&str] = &["ASSERT NOT NULL", "PARTITION BY", "RETAIN HISTORY"];

pub(super) fn materialized_view(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    let keyword = c.expect("MATERIALIZED")?;
    c.expect("VIEW")?;
    head.if_not_exists(c)?;
    let name = c.name("the name of the materialized view")?;
    let columns = optional_names(c)?;
    let header_end = c.last_end();
    let replaces = if head.replacement {
        c.expect("FOR")?;
        Some(c.name("the name of the materialized view to replace")?)
    } else {
        None
    };
    let cluster = in_cluster(c)?;
    if c.eat(if cluster.is_some() { "REPLICA" } else { "IN REPLICA" }).is_some() {
        c.ident("the name of a replica")?;
    }
    let options = with_options(c, OPTIONS, &mut Names::default())?;
    let query = as_query(c)?;
    Ok(Body::MaterializedView(CreateMaterializedView {
        name,
        modifiers: head.modifiers,
        keyword,
        header_end,
        columns,
        replaces,
        cluster,
        options,
        query,
    }))
}

/// `IN CLUSTER c` if it comes next.
pub(super) fn in_cluster(c: &mut Cursor<'_>) -> Result<Option<SpannedIdent>> {
    if c.eat("IN CLUSTER").is_none() {
        return Ok(None);
    }
    c.ident("the name of a cluster").map(Some)
}

/// `AS query`, to the end of the statement.
fn as_query(c: &mut Cursor<'_>) -> Result<Query> {
    c.expect("AS")?;
    query(c)
}

/// A query, to the end of the cursor.
pub(super) fn query(c: &mut Cursor<'_>) -> Result<Query> {
    if c.is_done() {
        return Err(c.unexpected("a query"));
    }
    parse_query(c.source(), c.take_rest())
}
