//! `(name [=] value, …)`: the options of every kind of statement.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use super::format::{is_string_token, string};
use crate::syntax::ast::WithOption;
use crate::syntax::query::Names;
use crate::syntax::token::{Token, TokenKind};

/// The options of a list: `option, option, …`, to the end of the cursor.
///
/// `known` holds the names that the list may have, a longer one before its own beginning. It is needed because `=` may
/// be left out: `REPLICATION FACTOR 2`. Later servers know more options, so other names are let through: they are the
/// words before `=`, or one word.
pub(super) fn options(mut c: Cursor<'_>, known: &[&str], names: &mut Names) -> Result<Vec<WithOption>> {
    let mut options = Vec::new();
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
    let list = c.group()?;
    if list.is_done() { Ok(Vec::new()) } else { options(list, known, names) }
}

/// One option: all the tokens of the cursor.
pub(super) fn option(mut c: Cursor<'_>, known: &[&str], names: &mut Names) -> Result<WithOption> {
    let span = c.rest_span();
    let source = c.source();
    let known = known.iter().find(|words| c.is(words));
    let name_length = known.map_or_else(|| unknown_name_length(&c), |words| words.split(' ').count());
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
    let value = SmolStr::from(if c.is_done() { "" } else { c.rest_span().slice(source) });
    mentions(c, names)?;
    read_value(&mut c, &name, names)?;
    if !c.is_done() {
        return Err(c.unexpected("`,` or the end of the options"));
    }
    Ok(WithOption { name: name.into(), value, span })
}

/// Reads the value of the option `name`, if it has one.
fn read_value(c: &mut Cursor<'_>, name: &str, names: &mut Names) -> Result<()> {
    match name {
        "AWS CONNECTION" | "AWS PRIVATELINK" | "GCP CONNECTION" | "SSH TUNNEL" => {
            names.connections.push(c.name("the name of a connection")?);
            c.optional_group()?;
        }
        "BROKER" => {
            string(c)?;
            if c.is("USING") {
                c.take_rest();
            }
        }
        "RETAIN HISTORY" => {
            c.expect("FOR")?;
            skip_value(c)?;
        }
        // These have a grammar of their own, with expressions in it.
        "PARTITION BY" | "PARTITION STRATEGY" | "REFRESH" | "SCHEDULE" => {
            c.take_rest();
        }
        _ if c.is_done() => {}
        _ => skip_value(c)?,
    }
    Ok(())
}

/// A value that is one thing: a literal, a name, a secret or a list.
fn skip_value(c: &mut Cursor<'_>) -> Result<()> {
    match c.peek().map(|t| t.kind) {
        Some(TokenKind::LParen | TokenKind::LBracket) => c.skip_brackets(),
        Some(TokenKind::Operator) if c.ahead(1).is_some_and(|t| t.kind == TokenKind::Number) => {
            c.take(2);
        }
        Some(TokenKind::Number) => {
            c.advance();
        }
        Some(TokenKind::Word) if c.is("INTERVAL") && c.ahead(1).is_some_and(is_string_token) => {
            c.take(2);
        }
        Some(TokenKind::Word | TokenKind::QuotedIdent) => {
            if c.is("SECRET") && is_name(c.ahead(1)) {
                c.advance();
            }
            c.name("a value")?;
            if c.is_kind(TokenKind::LBracket) {
                c.skip_brackets();
            }
        }
        _ => {
            string(c).map_err(|_| c.unexpected("a value"))?;
        }
    }
    Ok(())
}

fn unknown_name_length(c: &Cursor<'_>) -> usize {
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
