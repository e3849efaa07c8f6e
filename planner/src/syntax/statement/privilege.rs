//! `GRANT`, `REVOKE` and `ALTER DEFAULT PRIVILEGES`.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use crate::source::Span;
use crate::syntax::ast::{
    AlterDefaultPrivileges, Body, GrantPrivileges, GrantRole, GrantTarget, Name, SpannedIdent, TargetKind,
};

/// What follows `GRANT`.
pub(super) fn grant(c: &mut Cursor<'_>) -> Result<Body> {
    if is_on_something(c) {
        privileges_on(c, "TO").map(Body::Grant)
    } else {
        roles_of(c, "TO").map(Body::GrantRole)
    }
}

/// What follows `REVOKE`.
pub(super) fn revoke(c: &mut Cursor<'_>) -> Result<Body> {
    if is_on_something(c) {
        privileges_on(c, "FROM").map(Body::Revoke)
    } else {
        roles_of(c, "FROM").map(Body::RevokeRole)
    }
}

/// The server takes a word for a privilege if it can; what follows a list of other words tells.
fn is_on_something(c: &Cursor<'_>) -> bool {
    if c.is("ALL") || PRIVILEGES.iter().any(|privilege| c.is(privilege)) {
        return true;
    }
    let mut ahead = *c;
    ahead.comma_separated(|c| c.ident("a privilege")).is_ok() && ahead.is("ON")
}

fn roles_of(c: &mut Cursor<'_>, preposition: &'static str) -> Result<GrantRole> {
    let granted = c.comma_separated(|c| c.ident("a privilege or the name of a role"))?;
    if c.eat(preposition).is_none() {
        return Err(c.unexpected_keyword(&["ON", preposition]));
    }
    Ok(GrantRole { granted, members: roles(c)? })
}

/// `[GROUP] role, …`
fn roles(c: &mut Cursor<'_>) -> Result<Vec<SpannedIdent>> {
    c.comma_separated(|c| {
        c.eat("GROUP");
        c.ident("the name of a role")
    })
}

fn privileges_on(c: &mut Cursor<'_>, preposition: &str) -> Result<GrantPrivileges> {
    let privileges = privileges(c)?;
    let on = c.expect("ON")?;
    let target = target(c)?;
    let target_span = on.to(Span::at(c.last_end()));
    c.expect(preposition)?;
    Ok(GrantPrivileges { privileges, target_span, target, roles: roles(c)? })
}

const PRIVILEGES: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "USAGE",
    "CREATE",
    "CREATEROLE",
    "CREATEDB",
    "CREATECLUSTER",
    "CREATENETWORKPOLICY",
];

fn privileges(c: &mut Cursor<'_>) -> Result<Vec<SmolStr>> {
    if c.eat("ALL").is_some() {
        c.eat("PRIVILEGES");
        return Ok(vec![SmolStr::new_static("ALL")]);
    }
    c.comma_separated(|c| match c.eat_one_of(PRIVILEGES) {
        Some((privilege, _)) => Ok(SmolStr::new_static(privilege)),
        None => Err(c.unexpected("a privilege")),
    })
}

/// The keywords of kinds that have privileges of their own.
const KINDS: &[(&str, TargetKind)] = &[
    ("TABLE", TargetKind::Table),
    ("TYPE", TargetKind::Type),
    ("SECRET", TargetKind::Secret),
    ("CONNECTION", TargetKind::Connection),
    ("DATABASE", TargetKind::Database),
    ("SCHEMA", TargetKind::Schema),
    ("CLUSTER", TargetKind::Cluster),
    ("SINK", TargetKind::Sink),
    ("INDEX", TargetKind::Index),
    ("FUNCTION", TargetKind::Function),
    ("ROLE", TargetKind::Role),
    ("NETWORK POLICY", TargetKind::NetworkPolicy),
];

fn target(c: &mut Cursor<'_>) -> Result<GrantTarget> {
    if let Some(span) = c.eat("SYSTEM") {
        return Ok(GrantTarget::System(span));
    }
    if let Some(all) = c.eat("ALL") {
        return all_of_kind(c, all);
    }
    // The server reads these words as keywords, and refuses them: relations have the privileges of tables.
    if ["VIEW", "MATERIALIZED VIEW", "SOURCE"].iter().any(|relation| c.is(relation)) {
        return Err(c.unexpected("`TABLE` or the name of a relation"));
    }
    let keyword = KINDS.iter().find_map(|(keyword, kind)| c.eat(keyword).map(|span| (*kind, span)));
    let names = c.comma_separated(|c| c.name("a name"))?;
    Ok(GrantTarget::Named { keyword, names })
}

/// What follows `ALL`: `TABLES IN SCHEMA s, …`, `SCHEMAS IN DATABASE d, …`, `CLUSTERS`
fn all_of_kind(c: &mut Cursor<'_>, all: Span) -> Result<GrantTarget> {
    let kinds = ["TABLES", "TYPES", "SECRETS", "CONNECTIONS", "SCHEMAS", "DATABASES", "CLUSTERS"];
    c.expect_one_of(&kinds)?;
    scope(c)?;
    Ok(GrantTarget::All(all.to(Span::at(c.last_end()))))
}

/// `IN SCHEMA s, …` or `IN DATABASE d, …` if it comes next.
fn scope(c: &mut Cursor<'_>) -> Result<(Vec<Name>, Vec<SpannedIdent>)> {
    let mut schemas = Vec::new();
    let mut databases = Vec::new();
    if c.eat("IN").is_some() {
        if c.expect_one_of(&["SCHEMA", "DATABASE"])?.0 == "SCHEMA" {
            schemas = c.comma_separated(|c| c.name("the name of a schema"))?;
        } else {
            databases = c.comma_separated(|c| c.ident("the name of a database"))?;
        }
    }
    Ok((schemas, databases))
}

/// What follows `ALTER DEFAULT PRIVILEGES`.
pub(super) fn alter_default_privileges(c: &mut Cursor<'_>) -> Result<Body> {
    c.expect("FOR")?;
    let creators = if c.eat("ALL ROLES").is_some() {
        None
    } else {
        c.expect_one_of(&["ROLE", "USER"])?;
        Some(c.comma_separated(|c| c.ident("the name of a role"))?)
    };
    let (schemas, databases) = scope(c)?;
    let (verb, action) = c.expect_one_of(&["GRANT", "REVOKE"])?;
    let grant = verb == "GRANT";
    let privileges = privileges(c)?;
    c.expect("ON")?;
    c.expect_one_of(&["TABLES", "TYPES", "SECRETS", "CONNECTIONS", "SCHEMAS", "DATABASES", "CLUSTERS"])?;
    let preposition = c.expect(if grant { "TO" } else { "FROM" })?;
    let roles = roles(c)?;
    Ok(Body::AlterDefaultPrivileges(AlterDefaultPrivileges {
        creators,
        schemas,
        databases,
        grant,
        action,
        privileges,
        preposition,
        roles,
    }))
}
