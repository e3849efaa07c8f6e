//! `EXECUTE UNIT TEST`.

use super::column::typed_names;
use super::cursor::{Cursor, Result};
use super::view::query;
use crate::syntax::ast::{Body, Mock, MockRows, UnitTest};
use crate::syntax::query::{Names, parse_expressions};
use crate::syntax::token::{Token, TokenKind};

/// What follows `EXECUTE UNIT TEST`: `name FOR target [AT TIME expression] MOCK … EXPECTED …`, commas between the clauses
/// are optional.
pub(super) fn unit_test(c: &mut Cursor<'_>) -> Result<Body> {
    let name = c.ident("the name of the test")?;
    c.expect("FOR")?;
    let target = c.name("the name of what is tested")?;
    c.eat_kind(TokenKind::Comma);
    let mut at_time = None;
    if c.eat("AT TIME").is_some() {
        let length = c.count_until(|c, _| is_clause(c));
        let time = trim_comma(c.split(length))?;
        at_time = Some(time.rest_span());
        parse_expressions(c.source(), time.rest())?;
    }
    let mut mocks = Vec::new();
    while c.eat("MOCK").is_some() {
        let name = c.name("the name of what is mocked")?;
        mocks.push(Mock { name, rows: rows(c)? });
        c.eat_kind(TokenKind::Comma);
    }
    if c.eat("EXPECTED").is_none() {
        return Err(c.unexpected_keyword(&["MOCK", "EXPECTED"]));
    }
    let expected = rows(c)?;
    Ok(Body::UnitTest(UnitTest { name, target, mocks, expected, at_time }))
}

/// `MOCK name` or `EXPECTED (`
fn is_clause(c: &Cursor<'_>) -> bool {
    let next_is = |test: fn(&Token) -> bool| c.ahead(1).is_some_and(|t| test(&t));
    c.is("MOCK") && next_is(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedIdent))
        || c.is("EXPECTED") && next_is(|t| t.kind == TokenKind::LParen)
}

/// Without the comma in front of the next clause.
fn trim_comma(mut c: Cursor<'_>) -> Result<Cursor<'_>> {
    let length = c.rest().len();
    let ends_in_comma = c.rest().last().is_some_and(|t| t.kind == TokenKind::Comma);
    let expression = c.split(if ends_in_comma { length - 1 } else { length });
    if expression.is_done() { Err(expression.unexpected("an expression")) } else { Ok(expression) }
}

/// `(column type, …) AS (query)`
fn rows(c: &mut Cursor<'_>) -> Result<MockRows> {
    let columns = typed_names(&mut c.group()?, &mut Names::default())?;
    c.expect("AS")?;
    Ok(MockRows { columns, query: query(&mut c.group()?)? })
}
