//! `COMMENT ON` and `SET`.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use super::format::is_string;
use crate::syntax::ast::{Body, Comment, SetVariable, TargetKind};
use crate::syntax::token::TokenKind;

/// A longer keyword before its own beginning.
const KINDS: &[TargetKind] = &[
    TargetKind::Table,
    TargetKind::View,
    TargetKind::Column,
    TargetKind::MaterializedView,
    TargetKind::Source,
    TargetKind::Sink,
    TargetKind::Index,
    TargetKind::Function,
    TargetKind::Connection,
    TargetKind::Type,
    TargetKind::Secret,
    TargetKind::Role,
    TargetKind::Database,
    TargetKind::Schema,
    TargetKind::ClusterReplica,
    TargetKind::Cluster,
    TargetKind::NetworkPolicy,
];

/// What follows `COMMENT`: `ON kind name IS 'text'`
pub(super) fn comment(c: &mut Cursor<'_>) -> Result<Body> {
    c.expect("ON")?;
    let found = KINDS.iter().find_map(|&kind| c.eat(kind.keyword()).map(|span| (kind, span)));
    let (kind, keyword) = found.ok_or_else(|| c.unexpected("the kind of an object"))?;
    let mut target = c.name("a name")?;
    let mut column = None;
    match kind {
        TargetKind::Column if target.parts.len() < 2 => {
            return Err(c.unexpected("`.` and the name of a column"));
        }
        TargetKind::Column => column = target.parts.pop(),
        TargetKind::ClusterReplica if target.parts.len() < 2 => {
            return Err(c.unexpected("`.` and the name of a replica"));
        }
        _ => {}
    }
    c.expect("IS")?;
    let text = if c.eat("NULL").is_some() {
        None
    } else {
        let text = c.peek().and_then(|t| t.string(c.source()).map(SmolStr::from));
        Some(text.ok_or_else(|| c.unexpected("a string or `NULL`"))?)
    };
    if text.is_some() {
        c.advance();
    }
    Ok(Body::Comment(Comment { kind, keyword, target, column, text }))
}

/// What follows `SET`: `[SESSION | LOCAL] variable { TO | = } value, …`
pub(super) fn set(c: &mut Cursor<'_>) -> Result<Body> {
    let names_variable = |c: &Cursor<'_>| {
        c.ahead(1).is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedIdent))
            && !c.ahead(1).is_some_and(|t| t.is_keyword(c.source(), "TO"))
    };
    if names_variable(c) {
        c.eat_one_of(&["SESSION", "LOCAL"]);
    }
    let variable = c.ident("the name of a variable")?;
    if c.eat_kind(TokenKind::Equals).is_none() && c.eat("TO").is_none() {
        return Err(c.unexpected_keyword(&["TO", "="]));
    }
    let value_span = c.rest_span();
    let value = match (c.rest(), c.is("DEFAULT")) {
        ([], _) => return Err(c.unexpected("a value")),
        ([one], false) if is_string(c) => one.string(c.source()).map(SmolStr::from),
        ([one], false) => one.ident(c.source()).map(|ident| SmolStr::from(ident.as_str())),
        _ => None,
    };
    c.take_rest();
    Ok(Body::Set(SetVariable { variable, value, value_span }))
}
