//! Clusters, roles and network policies.

use smol_str::SmolStr;

use super::comment::setting;
use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::format::string;
use super::options::options;
use crate::syntax::ast::{
    AlterRole, Body, CreateCluster, CreateNetworkPolicy, CreateRole, Name, RoleParameter,
};
use crate::syntax::query::Names;
use crate::syntax::token::TokenKind;

/// The options of a cluster.
const CLUSTER_OPTIONS: &[&str] = &[
    "AUTO SCALING STRATEGY",
    "AVAILABILITY ZONES",
    "DISK",
    "EXPERIMENTAL ARRANGEMENT COMPRESSION",
    "INTROSPECTION DEBUGGING",
    "INTROSPECTION INTERVAL",
    "MANAGED",
    "REPLICAS",
    "REPLICATION FACTOR",
    "SCHEDULE",
    "SIZE",
    "WORKLOAD CLASS",
];

/// `name [(] option, … [)] [FEATURES (…)]`
pub(super) fn cluster(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let name = c.ident("the name of the cluster")?;
    let list = if c.is_kind(TokenKind::LParen) {
        c.group()?
    } else {
        let length = c.count_until(|c, previous| previous.is_some() && c.is("FEATURES"));
        c.split(length)
    };
    let mut names = Names::default();
    let options_given = options(list, CLUSTER_OPTIONS, &mut names)?;
    if c.eat("FEATURES").is_some() {
        options(c.group()?, &[], &mut names)?;
    }
    Ok(Body::Cluster(CreateCluster { name, modifiers: head.modifiers, options: options_given }))
}

pub(super) fn role(c: &mut Cursor<'_>) -> Result<Body> {
    let name = c.ident("the name of the role")?;
    attributes(c)?;
    Ok(Body::Role(CreateRole { name }))
}

/// `name [WITH] [attributes]`, `name SET variable { TO | = } value` or `name RESET variable`
pub(super) fn alter_role(c: &mut Cursor<'_>) -> Result<Body> {
    let name = c.ident("the name of the role")?;
    let variable = |name: &Name| {
        let parts: Vec<&str> = name.parts.iter().map(|part| part.value.as_str()).collect();
        SmolStr::from(parts.join(".").to_lowercase())
    };
    let mut parameter = None;
    if c.eat("RESET").is_some() {
        let name = variable(&c.name("the name of a variable")?);
        parameter = Some(RoleParameter { name, value: None });
    } else if c.eat("SET").is_some() {
        let name = variable(&c.name("the name of a variable")?);
        if c.eat_kind(TokenKind::Equals).is_none() && c.eat("TO").is_none() {
            return Err(c.unexpected_keyword(&["TO", "="]));
        }
        let value = setting(c)?.map(|values| values.join(", ").into());
        parameter = Some(RoleParameter { name, value });
    } else {
        attributes(c)?;
    }
    Ok(Body::AlterRole(AlterRole { name, parameter }))
}

/// `[WITH] INHERIT LOGIN …` to the end of the statement.
fn attributes(c: &mut Cursor<'_>) -> Result<()> {
    let attributes = [
        "INHERIT",
        "NOINHERIT",
        "LOGIN",
        "NOLOGIN",
        "SUPERUSER",
        "NOSUPERUSER",
        "CREATEDB",
        "NOCREATEDB",
        "CREATEROLE",
        "NOCREATEROLE",
        "CREATECLUSTER",
        "NOCREATECLUSTER",
        "PASSWORD",
    ];
    c.eat("WITH");
    while !c.is_done() {
        match c.eat_one_of(&attributes) {
            Some(("PASSWORD", _)) => {
                if c.eat("NULL").is_none() {
                    string(c)?;
                }
            }
            Some(_) => {}
            None => return Err(c.unexpected("an attribute of a role")),
        }
    }
    Ok(())
}

/// `name (RULES (rule (option, …), …))`
pub(super) fn network_policy(c: &mut Cursor<'_>) -> Result<Body> {
    let name = c.ident("the name of the network policy")?;
    let mut inner = c.group()?;
    inner.expect("RULES")?;
    inner.eat_kind(TokenKind::Equals);
    let mut rules = inner.group()?;
    inner.finish()?;
    if !rules.is_done() {
        rules.comma_separated(|c| {
            c.ident("the name of a rule")?;
            options(c.group()?, &["ACTION", "ADDRESS", "DIRECTION"], &mut Names::default())
        })?;
        rules.finish()?;
    }
    Ok(Body::NetworkPolicy(CreateNetworkPolicy { name }))
}
