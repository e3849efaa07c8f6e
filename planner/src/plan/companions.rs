//! Grants, comments and default privileges that change while their object stays.
//!
//! What was deployed is known as text. It is never run: it is parsed, and what takes it back is made anew.

use smol_str::SmolStr;

use super::draft::Draft;
use super::model::{Cause, Strategy};
use super::operation::{ObjectOperation, Operation};
use crate::changeset::SinkChange;
use crate::ddl::undo;
use crate::fingerprint::Fingerprint;
use crate::graph::Node;
use crate::input::{DeployedCompanion, DeployedModifier};
use crate::name::{ObjectName, SchemaName};
use crate::project::{Companion, CompanionKind};
use crate::syntax::{self, ast::Body};

/// True if the object stays, or is replaced in place, so that its grants and comments are altered rather than made
/// again with it.
pub(super) fn are_altered_in_place(draft: &Draft<'_>, node: Node) -> bool {
    matches!(draft.strategy(node), None | Some(Strategy::Replace))
        && matches!(draft.closure.sink_change(draft.facts, node), None | Some(SinkChange::Repoint))
}

/// What takes old grants and comments back, then the new ones. A REVOKE may take a privilege along that another grant
/// gives too, so after one the grants that stay are made again.
pub(super) fn changes<'a>(draft: &Draft<'a>, node: Node) -> Vec<Operation<'a>> {
    let (Some(object), Some(old)) = (draft.facts.object(node), draft.facts.old(node)) else {
        return Vec::new();
    };
    // The comments of what is replaced are gone and made again, all of them.
    let is_replaced = draft.strategy(node) == Some(Strategy::Replace);
    let counts =
        |kind: CompanionKind| kind == CompanionKind::Grant || kind == CompanionKind::Comment && !is_replaced;
    let is_deployed =
        |fingerprint: &Fingerprint| old.companions.iter().any(|d| &d.fingerprint == fingerprint);
    let is_new = |c: &&Companion| counts(c.kind) && !is_deployed(&c.statement.fingerprint);
    let gone = old
        .companions
        .iter()
        .filter(|d| counts(d.kind))
        .filter(|d| !object.companions.iter().any(|c| c.statement.fingerprint == d.fingerprint));
    let revokes = gone.clone().any(|d| d.kind == CompanionKind::Grant);
    let stays = |c: &&Companion| c.kind == CompanionKind::Grant && is_deployed(&c.statement.fingerprint);
    let repeated = object.companions.iter().filter(|c| revokes && stays(c));
    let removed = gone
        .filter_map(|d| undo_companion(d, &object.name))
        // A comment that only says something else needs no `IS NULL` before.
        .filter(|undo| !object.companions.iter().any(|c| c.kind == CompanionKind::Comment && &c.undo == undo))
        .map(|sql| Operation::Undo {
            sql,
            cause: Box::new(Cause {
                object: Some(object.name.clone()),
                path: Some(object.path.clone()),
                line: None,
            }),
        });
    let repeated = repeated.map(|c| Operation::On(node, object, ObjectOperation::RepeatCompanion(c)));
    let added = object.companions.iter().filter(is_new);
    let added = added.map(|c| Operation::On(node, object, ObjectOperation::AlterCompanion(c)));
    removed.chain(repeated).chain(added).collect()
}

/// Grants and comments that were deployed on what is built again, and that its file doesn't say any more.
pub(super) fn withdrawn(draft: &Draft<'_>) -> Vec<SmolStr> {
    let mut withdrawn = Vec::new();
    for (node, object, strategy) in draft.built() {
        let Some(old) = draft.facts.old(node) else { continue };
        let says = |d: &&DeployedCompanion| {
            object.companions.iter().any(|c| c.statement.fingerprint == d.fingerprint)
        };
        // The grants of what is replaced stay with it, and are taken back by statements of their own.
        let is_lost = |d: &&DeployedCompanion| match d.kind {
            CompanionKind::Grant => strategy != Strategy::Replace,
            CompanionKind::Comment => true,
            CompanionKind::Index => false,
        };
        let gone = old.companions.iter().filter(is_lost).filter(|d| !says(d));
        withdrawn.extend(gone.map(|d| d.sql.clone()));
    }
    withdrawn
}

/// What takes a deployed grant or comment back.
fn undo_companion(deployed: &DeployedCompanion, object: &ObjectName) -> Option<SmolStr> {
    let parsed = syntax::parse(&deployed.sql);
    match &parsed.statements.first()?.body {
        Body::Grant(grant) => Some(undo::grant_on_object(grant, object)),
        Body::Comment(comment) => Some(undo::comment_on_object(comment, object)),
        _ => None,
    }
}

/// What takes a deployed statement of a modifier back.
pub(super) fn undo_modifier(deployed: &DeployedModifier) -> Option<SmolStr> {
    let parsed = syntax::parse(&deployed.sql);
    let statement = parsed.statements.first()?;
    let schema =
        deployed.schema.as_ref().map(|schema| SchemaName::new(deployed.database.clone(), schema.clone()));
    Some(match (&statement.body, schema) {
        (Body::Grant(grant), None) => undo::grant_on_database(grant, &deployed.database),
        (Body::Grant(grant), Some(schema)) => undo::grant_on_schema(grant, &schema),
        (Body::Comment(comment), None) => undo::comment_on_database(comment, &deployed.database),
        (Body::Comment(comment), Some(schema)) => undo::comment_on_schema(comment, &schema),
        // The names in a deployed text are full names.
        (Body::AlterDefaultPrivileges(alter), _) => {
            undo::default_privileges(&deployed.sql, statement.span, alter, &[])
        }
        _ => return None,
    })
}
