//! The first words of a statement decide which one it is.

use smol_str::SmolStr;

use super::comment::assigns;
use super::cursor::{Cursor, Result};
use super::{
    comment, connection, index, infrastructure, other, privilege, sink, source, table, unit_test, user_type,
    view,
};
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Body, Constraint, CreateModifier};

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
        Some(("SET", _)) if assigns(c, 1) || !is_special_setting(c) => Some(comment::set(c)?),
        _ => None,
    };
    match body {
        Some(body) => {
            c.finish()?;
            Ok(body)
        }
        None => other::other(start),
    }
}

/// Settings that have a grammar of their own.
fn is_special_setting(c: &Cursor<'_>) -> bool {
    ["NAMES", "SCHEMA", "SESSION CHARACTERISTICS", "TIME", "TRANSACTION"].iter().any(|words| c.is(words))
}

/// The part of a `CREATE` statement in front of the kind of object.
#[derive(Default)]
pub(super) struct CreateHead {
    pub(super) modifiers: Vec<CreateModifier>,
    pub(super) replacement: bool,
}

impl CreateHead {
    /// Reads `IF NOT EXISTS` if it comes next.
    pub(super) fn if_not_exists(&mut self, c: &mut Cursor<'_>) -> Result<()> {
        let Some(span) = c.eat("IF NOT EXISTS") else { return Ok(()) };
        if self.modifiers.iter().any(|m| matches!(m, CreateModifier::OrReplace(_))) {
            let message = SmolStr::new_static("`OR REPLACE` and `IF NOT EXISTS` exclude each other");
            return Err(SyntaxError { span, message });
        }
        self.modifiers.push(CreateModifier::IfNotExists(span));
        Ok(())
    }
}

/// A statement behind `CREATE`, `None` if it is none for projects.
fn create(c: &mut Cursor<'_>) -> Result<Option<Body>> {
    let mut head = CreateHead::default();
    if let Some(span) = c.eat("OR REPLACE") {
        head.modifiers.push(CreateModifier::OrReplace(span));
    }
    if c.is("REPLACEMENT MATERIALIZED") {
        c.advance();
        head.replacement = true;
    } else if let Some((_, span)) = c.eat_one_of(&["TEMPORARY", "TEMP"]) {
        head.modifiers.push(CreateModifier::Temporary(span));
    }
    check_modifiers(c, &head)?;
    if let Some((kind, _)) = c.eat_one_of(&["PRIMARY KEY", "UNIQUE CONSTRAINT", "FOREIGN KEY"]) {
        c.take_rest();
        return Ok(Some(Body::Constraint(Constraint { kind })));
    }
    if c.is("CLUSTER REPLICA") {
        return Ok(None);
    }
    if c.is("MATERIALIZED") {
        return view::materialized_view(c, head).map(Some);
    }
    let Some((kind, _)) = c.eat_one_of(KINDS) else { return Ok(None) };
    let body = match kind {
        "VIEW" => view::view(c, head)?,
        "TABLE" => table::table(c, head)?,
        "DEFAULT INDEX" => index::index(c, head, true)?,
        "INDEX" => index::index(c, head, false)?,
        "SOURCE" => source::source(c, head)?,
        "SINK" => sink::sink(c, head)?,
        "CONNECTION" => connection::connection(c, head)?,
        "SECRET" => connection::secret(c, head)?,
        "TYPE" => user_type::user_type(c)?,
        "CLUSTER" => infrastructure::cluster(c, head)?,
        "ROLE" => infrastructure::role(c)?,
        _ => infrastructure::network_policy(c)?,
    };
    Ok(Some(body))
}

/// What is created by statements that are read in full, apart from materialized views.
const KINDS: &[&str] = &[
    "VIEW",
    "TABLE",
    "DEFAULT INDEX",
    "INDEX",
    "SOURCE",
    "SINK",
    "CONNECTION",
    "SECRET",
    "TYPE",
    "CLUSTER",
    "ROLE",
    "NETWORK POLICY",
];

/// Only views and materialized views are replaced, only views and tables are temporary.
fn check_modifiers(c: &Cursor<'_>, head: &CreateHead) -> Result<()> {
    let allowed: &[&str] = match head.modifiers.as_slice() {
        [.., CreateModifier::Temporary(_)] if head.modifiers.len() == 1 => &["TABLE", "VIEW"],
        [.., CreateModifier::Temporary(_)] => &["VIEW"],
        [.., CreateModifier::OrReplace(_)] => &["VIEW", "MATERIALIZED VIEW"],
        _ => return Ok(()),
    };
    let is_known = KINDS.iter().any(|kind| c.is(kind)) || c.is("MATERIALIZED");
    if is_known && !allowed.iter().any(|kind| c.is(kind)) {
        return Err(c.unexpected_keyword(allowed));
    }
    Ok(())
}
