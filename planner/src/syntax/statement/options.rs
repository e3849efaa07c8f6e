//! `(name [=] value, …)`: the options of every kind of statement.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use crate::syntax::ast::WithOption;
use crate::syntax::query::Names;
use crate::syntax::token::{Token, TokenKind};

/// The options of a list: `option, option, …`, to the end of the cursor. There may be none.
///
/// `known` holds the names of more than one word that the list may have, a longer one before its own beginning. It is
/// needed because `=` may be left out: `REPLICATION FACTOR 2`. Other names are the words before `=`, or the first word.
pub(super) fn options(mut c: Cursor<'_>, known: &[&str], names: &mut Names) -> Result<Vec<WithOption>> {
    let mut options = Vec::new();
    if c.is_done() {
        return Ok(options);
    }
    loop {
        options.push(option(c.split_at_comma(), known, names)?);
        if c.eat_kind(TokenKind::Comma).is_none() {
            return Ok(options);
        }
    }
}

/// `WITH (options)` if it comes next.
pub(super) fn with_options(c: &mut Cursor<'_>, known: &[&str], names: &mut Names) -> Result<Vec<WithOption>> {
    if c.eat("WITH").is_none() {
        return Ok(Vec::new());
    }
    options(c.group()?, known, names)
}

/// One option: all the tokens of the cursor.
fn option(mut c: Cursor<'_>, known: &[&str], names: &mut Names) -> Result<WithOption> {
    let span = c.rest_span();
    let source = c.source();
    let name_length = name_length(&c, known);
    if name_length == 0 {
        return Err(c.unexpected("the name of an option"));
    }
    let mut name = String::new();
    for token in c.take(name_length) {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&token.text(source).to_ascii_uppercase());
    }
    if c.eat_kind(TokenKind::Equals).is_some() && c.is_done() {
        return Err(c.unexpected("a value"));
    }
    let value = if c.is_done() { "" } else { c.rest_span().slice(source) };
    let value = SmolStr::from(value);
    if matches!(name.as_str(), "SSH TUNNEL" | "AWS PRIVATELINK" | "AWS CONNECTION") {
        names.connections.push(c.name("the name of a connection")?);
    }
    mentions(c, names)?;
    Ok(WithOption { name: name.into(), value, span })
}

fn name_length(c: &Cursor<'_>, known: &[&str]) -> usize {
    if let Some(words) = known.iter().find(|words| c.is(words)) {
        return words.split(' ').count();
    }
    let words = c.rest().iter().take_while(|t| t.kind == TokenKind::Word).count();
    match c.ahead(words).map(|t| t.kind) {
        Some(TokenKind::Equals) => words,
        _ => words.min(1),
    }
}

/// Connections and secrets in the value of an option: `SECRET s`, `… USING SSH TUNNEL c`, `… USING AWS PRIVATELINK c`,
/// and lists of those.
fn mentions(mut c: Cursor<'_>, names: &mut Names) -> Result<()> {
    let mut starts_value = true;
    while !c.is_done() {
        if starts_value && c.is("SECRET") && is_name(c.ahead(1)) {
            c.advance();
            names.secrets.push(c.name("the name of a secret")?);
        } else if starts_value && c.eat_one_of(&["SSH TUNNEL", "AWS PRIVATELINK"]).is_some() {
            names.connections.push(c.name("the name of a connection")?);
        }
        starts_value = c.advance().is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::LParen
                    | TokenKind::LBracket
                    | TokenKind::Comma
                    | TokenKind::Equals
                    | TokenKind::Arrow
            ) || token.is_keyword(c.source(), "USING")
        });
    }
    Ok(())
}

fn is_name(token: Option<Token>) -> bool {
    token.is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedIdent))
}
