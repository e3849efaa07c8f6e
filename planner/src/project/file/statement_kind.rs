//! What statements are called in messages, and which of them make an object.

use smol_str::{SmolStr, format_smolstr};

use crate::project::object::ObjectKind;
use crate::syntax::ast::{Body, CreateModifier, Name, SpannedIdent};

/// The head of a statement that makes an object.
#[derive(Clone, Copy)]
pub(super) struct Primary<'a> {
    pub(super) kind: ObjectKind,
    /// Absent for a sink without a name.
    pub(super) name: Option<&'a Name>,
    pub(super) modifiers: &'a [CreateModifier],
    /// Where it runs, for kinds that run somewhere.
    pub(super) cluster: Option<&'a SpannedIdent>,
}

/// The head of `body`, if it makes an object.
pub(super) fn primary(body: &Body) -> Option<Primary<'_>> {
    let (kind, name, modifiers, cluster) = match body {
        Body::View(s) => (ObjectKind::View, Some(&s.name), &s.modifiers, None),
        Body::MaterializedView(s) => {
            (ObjectKind::MaterializedView, Some(&s.name), &s.modifiers, s.cluster.as_ref())
        }
        Body::Table(s) => (ObjectKind::Table, Some(&s.name), &s.modifiers, None),
        Body::TableFromSource(s) => (ObjectKind::TableFromSource, Some(&s.name), &s.modifiers, None),
        Body::Source(s) => (ObjectKind::Source, Some(&s.name), &s.modifiers, s.cluster.as_ref()),
        Body::Sink(s) => (ObjectKind::Sink, s.name.as_ref(), &s.modifiers, s.cluster.as_ref()),
        Body::Secret(s) => (ObjectKind::Secret, Some(&s.name), &s.modifiers, None),
        Body::Connection(s) => (ObjectKind::Connection, Some(&s.name), &s.modifiers, None),
        _ => return None,
    };
    Some(Primary { kind, name, modifiers, cluster })
}

/// The words that a statement begins with.
pub(super) fn words(body: &Body) -> SmolStr {
    let words = match body {
        Body::View(_) => "CREATE VIEW",
        Body::MaterializedView(_) => "CREATE MATERIALIZED VIEW",
        Body::Table(_) => "CREATE TABLE",
        Body::TableFromSource(_) => "CREATE TABLE … FROM SOURCE",
        Body::Source(_) => "CREATE SOURCE",
        Body::Sink(_) => "CREATE SINK",
        Body::Secret(_) => "CREATE SECRET",
        Body::Connection(_) => "CREATE CONNECTION",
        Body::Index(_) => "CREATE INDEX",
        Body::Type(_) => "CREATE TYPE",
        Body::Cluster(_) => "CREATE CLUSTER",
        Body::Role(_) => "CREATE ROLE",
        Body::NetworkPolicy(_) => "CREATE NETWORK POLICY",
        Body::Grant(_) => "GRANT <privileges>",
        Body::Revoke(_) => "REVOKE <privileges>",
        Body::GrantRole(_) => "GRANT <role>",
        Body::RevokeRole(_) => "REVOKE <role>",
        Body::AlterDefaultPrivileges(_) => "ALTER DEFAULT PRIVILEGES",
        Body::AlterRole(_) => "ALTER ROLE",
        Body::Comment(_) => "COMMENT ON",
        Body::UnitTest(_) => "EXECUTE UNIT TEST",
        Body::Set(set) => return format_smolstr!("SET {}", set.variable.value),
        Body::Constraint(constraint) => return format_smolstr!("CREATE {}", constraint.kind),
        Body::Other(other) => return other.kind.clone(),
    };
    words.into()
}
