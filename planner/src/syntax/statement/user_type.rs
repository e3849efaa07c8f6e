//! `CREATE TYPE`.

use super::column::{data_type, typed_names};
use super::cursor::{Cursor, Result};
use crate::syntax::ast::{Body, CreateType};
use crate::syntax::query::Names;
use crate::syntax::token::TokenKind;

pub(super) fn user_type(c: &mut Cursor<'_>) -> Result<Body> {
    let name = c.name("the name of the type")?;
    c.expect("AS")?;
    let mut names = Names::default();
    if c.eat("LIST").is_some() {
        element_types(c.group()?, &["ELEMENT TYPE"], &mut names)?;
    } else if c.eat("MAP").is_some() {
        element_types(c.group()?, &["KEY TYPE", "VALUE TYPE"], &mut names)?;
    } else if c.is_kind(TokenKind::LParen) {
        typed_names(&mut c.group()?, &mut names)?;
    } else {
        return Err(c.unexpected_keyword(&["LIST", "MAP", "("]));
    }
    Ok(Body::Type(CreateType { name, names }))
}

/// `KEY TYPE [=] type, …`
fn element_types(mut c: Cursor<'_>, keywords: &[&'static str], names: &mut Names) -> Result<()> {
    c.comma_separated(|c| {
        c.expect_one_of(keywords)?;
        c.eat_kind(TokenKind::Equals);
        data_type(c, names)
    })?;
    c.finish()
}
