//! `CREATE INDEX`.

use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::options::with_options;
use super::view::in_cluster;
use crate::syntax::ast::{Body, CreateIndex};
use crate::syntax::query::{Names, parse_expressions};
use crate::syntax::token::TokenKind;

pub(super) fn index(c: &mut Cursor<'_>, mut head: CreateHead, default: bool) -> Result<Body> {
    head.if_not_exists(c)?;
    let unnamed = c.is("ON") || c.is("IN");
    let name = match unnamed {
        true if default || head.modifiers.is_empty() => None,
        true => return Err(c.unexpected("the name of the index")),
        false => Some(c.ident("the name of the index")?),
    };
    let name_position = match (&name, c.peek()) {
        (Some(name), _) => name.span.start,
        (None, Some(token)) => token.span.start,
        (None, None) => c.last_end(),
    };
    let cluster = in_cluster(c)?;
    c.expect("ON")?;
    let on = c.name("the name of a relation")?;
    if c.eat("USING").is_some() {
        c.ident("the kind of index")?;
    }
    let mut names = Names::default();
    if !default {
        keys(c.group()?, &mut names)?;
    }
    with_options(c, &["RETAIN HISTORY"], &mut names)?;
    Ok(Body::Index(CreateIndex {
        name,
        modifiers: head.modifiers,
        name_position,
        default,
        cluster,
        on,
        names,
    }))
}

/// `expression [ASC | DESC] [NULLS FIRST | NULLS LAST], …`: an order is accepted, and means nothing. There may be no key.
fn keys(mut c: Cursor<'_>, names: &mut Names) -> Result<()> {
    if c.is_done() {
        return Ok(());
    }
    loop {
        let mut key = c.split_at_comma();
        let length = key.count_until(|c, previous| {
            previous.is_some() && (c.is("ASC") || c.is("DESC") || c.is("NULLS FIRST") || c.is("NULLS LAST"))
        });
        let expression = key.take(length);
        if expression.is_empty() {
            return Err(key.unexpected("an expression"));
        }
        names.append(parse_expressions(key.source(), expression)?);
        key.eat_one_of(&["ASC", "DESC"]);
        key.eat_one_of(&["NULLS FIRST", "NULLS LAST"]);
        key.finish()?;
        if c.eat_kind(TokenKind::Comma).is_none() {
            return Ok(());
        }
    }
}
