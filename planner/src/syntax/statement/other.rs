//! Statements that no project holds: only their first words are read.

use smol_str::SmolStr;

use super::cursor::{Cursor, Result};
use crate::syntax::ast::{Body, OtherStatement};
use crate::syntax::token::TokenKind;

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

/// What `ALTER`, `CREATE`, `DROP` and `VALIDATE` can be about, in Materialize or elsewhere.
const OBJECTS: &[&str] = &[
    "AGGREGATE",
    "CLUSTER REPLICA",
    "CLUSTER",
    "COLLATION",
    "CONNECTION",
    "CONTINUAL TASK",
    "DATABASE",
    "DEFAULT PRIVILEGES",
    "DOMAIN",
    "EXTENSION",
    "FUNCTION",
    "GROUP",
    "INDEX",
    "MATERIALIZED VIEW",
    "METRIC",
    "NETWORK POLICY",
    "OPERATOR",
    "OWNED",
    "POLICY",
    "PROCEDURE",
    "PUBLICATION",
    "ROLE",
    "RULE",
    "SCHEMA",
    "SECRET",
    "SEQUENCE",
    "SERVER",
    "SINK",
    "SOURCE",
    "SUBSCRIPTION",
    "SUBSOURCE",
    "SYSTEM",
    "TABLE",
    "TRIGGER",
    "TYPE",
    "UNIQUE INDEX",
    "USER",
    "VIEW",
];

pub(super) fn other(mut c: Cursor<'_>) -> Result<Body> {
    if c.is_kind(TokenKind::LParen) {
        return Ok(Body::Other(OtherStatement { kind: SmolStr::new_static("SELECT") }));
    }
    let Some((verb, _)) = c.eat_one_of(FIRST_WORDS) else { return Err(c.unexpected("a statement")) };
    let mut kind = verb.to_owned();
    let next = match verb {
        "ALTER" | "CREATE" | "DROP" | "VALIDATE" => {
            c.eat("OR REPLACE");
            c.eat_one_of(&["TEMPORARY", "TEMP"]);
            let object = c.eat_one_of(OBJECTS).map(|(object, _)| object);
            Some(object.ok_or_else(|| c.unexpected("the kind of an object"))?)
        }
        "SET" => c
            .eat_one_of(&["NAMES", "SCHEMA", "SESSION CHARACTERISTICS", "TIME ZONE", "TRANSACTION"])
            .map(|w| w.0),
        _ => None,
    };
    if let Some(next) = next {
        kind.push(' ');
        kind.push_str(next);
    }
    Ok(Body::Other(OtherStatement { kind: SmolStr::from(kind) }))
}
