//! `CREATE CONNECTION` and `CREATE SECRET`.

use super::cursor::{Cursor, Result};
use super::dispatch::CreateHead;
use super::options::{options, with_options};
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Body, CreateConnection, CreateSecret};
use crate::syntax::query::{Names, parse_expressions};
use crate::syntax::token::TokenKind;

/// What a connection leads to; a longer one before its own beginning.
const KINDS: &[&str] = &[
    "KAFKA",
    "CONFLUENT SCHEMA REGISTRY",
    "POSTGRES",
    "MYSQL",
    "SQL SERVER",
    "SSH TUNNEL",
    "AWS PRIVATELINK",
    "AWS GLUE SCHEMA REGISTRY",
    "AWS",
    "GCP",
    "ICEBERG CATALOG",
];

/// The options of a connection; a longer name before its own beginning.
const OPTIONS: &[&str] = &[
    "ACCESS DELEGATION",
    "ACCESS KEY ID",
    "ASSUME ROLE ARN",
    "ASSUME ROLE SESSION NAME",
    "AVAILABILITY ZONES",
    "AWS CONNECTION",
    "AWS PRIVATELINK",
    "BROKERS",
    "BROKER",
    "CATALOG TYPE",
    "CREDENTIAL",
    "DATABASE",
    "ENDPOINT",
    "GCP CONNECTION",
    "HOST",
    "OAUTH2 SERVER URL",
    "PASSWORD",
    "PORT",
    "PROGRESS TOPIC REPLICATION FACTOR",
    "PROGRESS TOPIC",
    "PUBLIC KEY 1",
    "PUBLIC KEY 2",
    "REGION",
    "REGISTRY",
    "SASL MECHANISMS",
    "SASL PASSWORD",
    "SASL USERNAME",
    "SCOPE",
    "SECRET ACCESS KEY",
    "SECURITY PROTOCOL",
    "SERVICE ACCOUNT KEY",
    "SERVICE NAME",
    "SESSION TOKEN",
    "SSH TUNNEL",
    "SSL CERTIFICATE AUTHORITY",
    "SSL CERTIFICATE",
    "SSL KEY",
    "SSL MODE",
    "URL",
    "USERNAME",
    "USER",
    "WAREHOUSE",
];

pub(super) fn connection(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let name = c.name("the name of the connection")?;
    let (preposition, _) = c.expect_one_of(&["TO", "FOR"])?;
    let kind = c.expect_one_of(KINDS)?.0;
    let mut names = Names::default();
    let list = if preposition == "TO" || c.is_kind(TokenKind::LParen) {
        c.group()?
    } else {
        let length = c.count_until(|c, _| c.is("WITH"));
        c.split(length)
    };
    options(list, OPTIONS, &mut names)?;
    with_options(c, &["VALIDATE"], &mut names)?;
    Ok(Body::Connection(CreateConnection { name, modifiers: head.modifiers, kind: kind.into(), names }))
}

pub(super) fn secret(c: &mut Cursor<'_>, mut head: CreateHead) -> Result<Body> {
    head.if_not_exists(c)?;
    let name = c.name("the name of the secret")?;
    c.expect("AS")?;
    let value = c.rest_span();
    if c.is_done() {
        return Err(c.unexpected("an expression"));
    }
    // The value must not get into a message.
    parse_expressions(c.source(), c.take_rest()).map_err(|_| SyntaxError {
        span: value,
        message: "the value of the secret is not an expression".into(),
    })?;
    Ok(Body::Secret(CreateSecret { name, modifiers: head.modifiers, value }))
}
