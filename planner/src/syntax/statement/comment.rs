//! `COMMENT ON` and `SET`.

use smol_str::{SmolStr, format_smolstr};

use super::cursor::{Cursor, Result};
use super::format::is_string_token;
use crate::syntax::ast::{Body, Comment, Name, SetVariable, SpannedIdent, TargetKind};
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
    let (target, column) = target(c, kind)?;
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

/// The thing that is commented on, and the column of it.
fn target(c: &mut Cursor<'_>, kind: TargetKind) -> Result<(Name, Option<SpannedIdent>)> {
    let mut target = match kind {
        TargetKind::Role | TargetKind::Database | TargetKind::Cluster | TargetKind::NetworkPolicy => {
            Name { parts: vec![c.ident("a name")?] }
        }
        _ => c.name("a name")?,
    };
    let column = match (kind, target.parts.len()) {
        (TargetKind::Column, 1) => return Err(c.unexpected("`.` and the name of a column")),
        (TargetKind::Column, _) => target.parts.pop(),
        (TargetKind::ClusterReplica, 1) => return Err(c.unexpected("`.` and the name of a replica")),
        _ => None,
    };
    Ok((target, column))
}

/// What follows `SET`: `[SESSION | LOCAL] variable { TO | = } value, …`
pub(super) fn set(c: &mut Cursor<'_>) -> Result<Body> {
    if !assigns(c, 1) {
        c.eat_one_of(&["SESSION", "LOCAL"]);
    }
    let variable = c.ident("the name of a variable")?;
    if c.eat_kind(TokenKind::Equals).is_none() && c.eat("TO").is_none() {
        return Err(c.unexpected_keyword(&["TO", "="]));
    }
    let value_span = c.rest_span();
    let mut values = setting(c)?.unwrap_or_default();
    let value = if values.len() == 1 { values.pop() } else { None };
    Ok(Body::Set(SetVariable { variable, value, value_span }))
}

/// True if `TO` or `=` follows after `n` tokens.
pub(super) fn assigns(c: &Cursor<'_>, n: usize) -> bool {
    c.ahead(n).is_some_and(|t| t.kind == TokenKind::Equals || t.is_keyword(c.source(), "TO"))
}

/// What a setting is set to: its words and strings, `None` for `DEFAULT`.
pub(super) fn setting(c: &mut Cursor<'_>) -> Result<Option<Vec<SmolStr>>> {
    if c.eat("DEFAULT").is_some() {
        return Ok(None);
    }
    let values = c.comma_separated(|c| {
        let mut sign = "";
        if c.is_kind(TokenKind::Operator) && c.ahead(1).is_some_and(|t| t.kind == TokenKind::Number) {
            sign = c.peek().map_or("", |t| t.text(c.source()));
            c.advance();
        }
        let value = match c.peek() {
            Some(t) if t.kind == TokenKind::Number => Some(format_smolstr!("{sign}{}", t.text(c.source()))),
            Some(t) if is_string_token(t) => t.string(c.source()).map(SmolStr::from),
            Some(t) => t.ident(c.source()).map(|ident| SmolStr::from(ident.as_str())),
            None => None,
        };
        let value = value.ok_or_else(|| c.unexpected("a value"))?;
        c.advance();
        Ok(value)
    })?;
    Ok(Some(values))
}
