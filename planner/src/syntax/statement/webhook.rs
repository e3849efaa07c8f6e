//! What follows `FROM WEBHOOK`, in a source or a table.

use super::cursor::{Cursor, Result};
use super::format::string;
use crate::syntax::query::{Names, parse_expressions};
use crate::syntax::token::TokenKind;

/// `BODY FORMAT f [INCLUDE …] [CHECK (…)]`
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
