//! The first words of a statement decide which one it is.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use super::{
    comment, connection, index, infrastructure, privilege, sink, source, table, unit_test, user_type, view,
};
use crate::syntax::ast::{Body, Constraint, CreateModifier, OtherStatement};
use crate::syntax::token::TokenKind;

/// Reads a whole statement.
pub(super) fn parse_body(c: &mut Cursor<'_>) -> Result<Body> {
    let start = *c;
    let body = match c.eat_one_of(&["CREATE", "GRANT", "REVOKE", "COMMENT", "ALTER", "EXECUTE", "SET"]) {
        Some(("CREATE", _)) => create(c)?,
        Some(("GRANT", _)) => Some(privilege::grant(c)?),
        Some(("REVOKE", _)) => Some(privilege::revoke(c)?),
        Some(("COMMENT", _)) => Some(comment::comment(c)?),
        Some(("ALTER", _)) if c.eat("DEFAULT PRIVILEGES").is_some() => {
            Some(privilege::alter_default_privileges(c)?)
        }
        Some(("ALTER", _)) if c.eat("ROLE").is_some() => Some(infrastructure::alter_role(c)?),
        Some(("EXECUTE", _)) if c.eat("UNIT TEST").is_some() => Some(unit_test::unit_test(c)?),
        Some(("SET", _)) if !c.is("TRANSACTION") && !c.is("TIME ZONE") => Some(comment::set(c)?),
        _ => None,
    };
    match body {
        Some(body) => {
            c.finish()?;
            Ok(body)
        }
        None => other(start),
    }
}

/// The part of a `CREATE` statement in front of the kind of object.
#[derive(Default)]
pub(super) struct CreateHead {
    pub(super) modifiers: Vec<CreateModifier>,
    pub(super) replacement: bool,
}

impl CreateHead {
    /// Reads `IF NOT EXISTS` if it comes next.
    pub(super) fn if_not_exists(&mut self, c: &mut Cursor<'_>) {
        if let Some(span) = c.eat("IF NOT EXISTS") {
            self.modifiers.push(CreateModifier::IfNotExists(span));
        }
    }
}

/// A statement behind `CREATE`, `None` if it is none for projects.
fn create(c: &mut Cursor<'_>) -> Result<Option<Body>> {
    let mut head = CreateHead::default();
    if let Some(span) = c.eat("OR REPLACE") {
        head.modifiers.push(CreateModifier::OrReplace(span));
    }
    if c.is("REPLACEMENT MATERIALIZED VIEW") {
        c.advance();
        head.replacement = true;
    } else if let Some((_, span)) = c.eat_one_of(&["TEMPORARY", "TEMP"]) {
        head.modifiers.push(CreateModifier::Temporary(span));
    }
    for (keywords, kind) in [
        ("PRIMARY KEY", "PRIMARY KEY"),
        ("UNIQUE CONSTRAINT", "UNIQUE CONSTRAINT"),
        ("FOREIGN KEY", "FOREIGN KEY"),
    ] {
        if c.is(keywords) {
            c.take_rest();
            return Ok(Some(Body::Constraint(Constraint { kind })));
        }
    }
    let body = if c.eat("VIEW").is_some() {
        view::view(c, head)?
    } else if c.is("MATERIALIZED VIEW") {
        view::materialized_view(c, head)?
    } else if c.eat("TABLE").is_some() {
        table::table(c, head)?
    } else if c.eat("DEFAULT INDEX").is_some() {
        index::index(c, head, true)?
    } else if c.eat("INDEX").is_some() {
        index::index(c, head, false)?
    } else if c.eat("SOURCE").is_some() {
        source::source(c, head)?
    } else if c.eat("SINK").is_some() {
        sink::sink(c, head)?
    } else if c.eat("CONNECTION").is_some() {
        connection::connection(c, head)?
    } else if c.eat("SECRET").is_some() {
        connection::secret(c, head)?
    } else if c.eat("TYPE").is_some() {
        user_type::user_type(c)?
    } else if c.is("CLUSTER REPLICA") {
        return Ok(None);
    } else if c.eat("CLUSTER").is_some() {
        infrastructure::cluster(c)?
    } else if c.eat("ROLE").is_some() {
        infrastructure::role(c)?
    } else if c.eat("NETWORK POLICY").is_some() {
        infrastructure::network_policy(c)?
    } else {
        return Ok(None);
    };
    Ok(Some(body))
}

/// Words that a statement can start with, apart from those that are read in full.
const FIRST_WORDS: &[&str] = &[
    "ABORT",
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "CALL",
    "CLOSE",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DISCARD",
    "DO",
    "DROP",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "INSERT",
    "INSPECT",
    "LISTEN",
    "LOCK",
    "MERGE",
    "NOTIFY",
    "PREPARE",
    "RAISE",
    "REASSIGN",
    "RELEASE",
    "RESET",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "SUBSCRIBE",
    "TABLE",
    "TRUNCATE",
    "UPDATE",
    "VACUUM",
    "VALIDATE",
    "VALUES",
    "WITH",
];

/// Kinds of things that are named by two words.
const TWO_WORDS: &[&str] =
    &["MATERIALIZED VIEW", "CLUSTER REPLICA", "NETWORK POLICY", "DEFAULT PRIVILEGES", "CONTINUAL TASK"];

/// A statement that projects don't hold. It isn't read any further.
fn other(mut c: Cursor<'_>) -> Result<Body> {
    if c.is_kind(TokenKind::LParen) {
        return Ok(Body::Other(OtherStatement { kind: "SELECT".into() }));
    }
    let Some((verb, _)) = c.eat_one_of(FIRST_WORDS) else { return Err(c.unexpected("a statement")) };
    let takes_object = matches!(verb, "ALTER" | "CREATE" | "DROP" | "SET" | "START" | "VALIDATE");
    let mut kind = verb.to_owned();
    if takes_object {
        if c.eat("OR REPLACE").is_none() {
            c.eat_one_of(&["TEMPORARY", "TEMP"]);
        }
        kind.push(' ');
        match (TWO_WORDS.iter().find(|words| c.is(words)), c.peek()) {
            (Some(words), _) => kind.push_str(words),
            (None, Some(token)) if token.kind == TokenKind::Word => {
                kind.push_str(&token.text(c.source()).to_ascii_uppercase());
            }
            _ => return Err(c.unexpected("the kind of an object")),
        }
    }
    Ok(Body::Other(OtherStatement { kind: SmolStr::from(kind) }))
}
