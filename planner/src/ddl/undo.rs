//! The statements that take back a grant, a comment or a default privilege. Names in them are full names.

use std::fmt::Display;

use smol_str::{SmolStr, format_smolstr};

use crate::name::{Ident, ObjectName, SchemaName};
use crate::resolve::{Occurrence, Target};
use crate::source::Span;
use crate::syntax::ast::{AlterDefaultPrivileges, Comment, GrantPrivileges, GrantTarget, SpannedIdent};

/// `REVOKE … ON object FROM …`
pub(crate) fn grant_on_object(grant: &GrantPrivileges, object: &ObjectName) -> SmolStr {
    revoke(grant, object)
}

/// `REVOKE … ON DATABASE database FROM …`
pub(crate) fn grant_on_database(grant: &GrantPrivileges, database: &Ident) -> SmolStr {
    revoke(grant, database)
}

/// `REVOKE … ON SCHEMA schema FROM …`
pub(crate) fn grant_on_schema(grant: &GrantPrivileges, schema: &SchemaName) -> SmolStr {
    revoke(grant, schema)
}

fn revoke(grant: &GrantPrivileges, target: &dyn Display) -> SmolStr {
    let keyword = match &grant.target {
        GrantTarget::Named { keyword: Some((kind, _)), .. } => kind.keyword(),
        _ => "TABLE",
    };
    let privileges = grant.privileges.join(", ");
    format_smolstr!("REVOKE {privileges} ON {keyword} {target} FROM {}", list(&grant.roles))
}

/// `COMMENT ON … IS NULL` for a comment on an object or one of its columns.
pub(crate) fn comment_on_object(comment: &Comment, object: &ObjectName) -> SmolStr {
    match &comment.column {
        Some(column) => format_smolstr!("COMMENT ON COLUMN {object}.{} IS NULL", column.value),
        None => uncomment(comment, object),
    }
}

/// `COMMENT ON DATABASE database IS NULL`
pub(crate) fn comment_on_database(comment: &Comment, database: &Ident) -> SmolStr {
    uncomment(comment, database)
}

/// `COMMENT ON SCHEMA schema IS NULL`
pub(crate) fn comment_on_schema(comment: &Comment, schema: &SchemaName) -> SmolStr {
    uncomment(comment, schema)
}

fn uncomment(comment: &Comment, target: &dyn Display) -> SmolStr {
    format_smolstr!("COMMENT ON {} {target} IS NULL", comment.kind.keyword())
}

/// `ALTER DEFAULT PRIVILEGES …` with `GRANT … TO` and `REVOKE … FROM` exchanged: the statement's own text with those
/// words and the names replaced.
pub(crate) fn default_privileges(
    text: &str,
    statement: Span,
    alter: &AlterDefaultPrivileges,
    occurrences: &[Occurrence],
) -> SmolStr {
    let (action, preposition) = if alter.grant { ("REVOKE", "FROM") } else { ("GRANT", "TO") };
    let mut edits: Vec<(Span, String)> =
        vec![(alter.action, action.into()), (alter.preposition, preposition.into())];
    edits.extend(occurrences.iter().filter_map(|occurrence| match &occurrence.target {
        Target::Schema(schema) => Some((occurrence.span, schema.to_string())),
        Target::Database(database) => Some((occurrence.span, database.to_string())),
        _ => None,
    }));
    edits.sort();
    let mut undo = String::new();
    let mut copied = statement.start;
    for (span, replacement) in edits {
        undo.push_str(Span { start: copied, end: span.start }.slice(text));
        undo.push_str(&replacement);
        copied = span.end;
    }
    undo.push_str(Span { start: copied, end: statement.end }.slice(text));
    undo.into()
}

fn list(roles: &[SpannedIdent]) -> String {
    roles.iter().map(|role| role.value.to_string()).collect::<Vec<_>>().join(", ")
}
