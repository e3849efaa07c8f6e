//! What `promote` will do: the outlook that a plan of `stage` gives.

use super::companions;
use super::draft::Draft;
use super::model::Moment;
use super::operation::{ObjectOperation, Operation, Outline};
use super::removed;
use super::retirement::Retired;
use super::scopes::Scopes;
use super::stage_phases::{cause_of_cluster, cause_of_schema};
use crate::changeset::SinkChange;
use crate::project::CompanionKind;

/// Names of phases. Promotion finds them by these in the plan that was recorded.
pub(super) const WAIT: &str = "wait until ready";
pub(super) const SWAP: &str = "swap";
pub(super) const SINKS: &str = "move sinks";
pub(super) const REPLACEMENTS: &str = "apply replacements";
pub(super) const IN_PLACE: &str = "update in place";
pub(super) const OLD_VERSION: &str = "drop the old version";
pub(super) const KEPT_OBJECTS: &str = "keep removed objects";

/// The phases, in order; empty ones are left out.
///
/// Sinks are moved before anything is dropped, so that none is left on an old relation. Replacements come after the
/// swap, because they read what was swapped in.
pub(super) fn outline<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<Outline<'a>> {
    let phase = |name, operations| Outline { name, at: Moment::Promote, is_transaction: false, operations };
    let is_built = draft.built().next().is_some() || !draft.staged_indexes().is_empty();
    let swap = Outline { is_transaction: true, ..phase(SWAP, swap(draft)) };
    [
        phase(WAIT, is_built.then_some(Operation::WaitUntilReady).into_iter().collect()),
        swap,
        phase(SINKS, sinks(draft)),
        phase(REPLACEMENTS, replacements(draft)),
        phase(IN_PLACE, in_place(draft, scopes)),
        phase(OLD_VERSION, old_version(draft)),
        phase(KEPT_OBJECTS, removed::kept(draft)),
    ]
    .into_iter()
    .filter(|phase| !phase.operations.is_empty())
    .collect()
}

/// Swaps, then production out of the way, then the staged names taken.
fn swap<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let schemas = draft.swapped_schemas().map(|schema| Operation::SwapSchema {
        name: schema.name,
        cause: cause_of_schema(draft, schema.name),
    });
    let clusters = draft
        .swapped_clusters()
        .map(|name| Operation::SwapCluster { name, cause: cause_of_cluster(draft, name) });
    let mut operations: Vec<Operation<'a>> = schemas.chain(clusters).collect();
    for (node, object) in draft.renamed() {
        if draft.facts.old(node).is_some() {
            operations.push(Operation::On(node, object, ObjectOperation::Retire));
        }
    }
    operations.extend(draft.retirements.iter().map(|retired| match retired {
        Retired::Index { name, by: (node, by) } => {
            Operation::On(node, by, ObjectOperation::RetireIndex(name))
        }
        Retired::Removed { deployed, .. } => Operation::RetireRemoved(deployed),
    }));
    for (node, object) in draft.renamed() {
        operations.push(Operation::On(node, object, ObjectOperation::Adopt));
        let names = object.indexes.iter().filter_map(|i| i.name.as_ref());
        operations.extend(names.map(|name| Operation::On(node, object, ObjectOperation::AdoptIndex(name))));
    }
    operations.extend(
        draft
            .staged_indexes()
            .iter()
            .filter_map(|i| Some(Operation::On(i.node, i.object, ObjectOperation::AdoptIndex(i.name()?)))),
    );
    operations
}

fn sinks<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let mut operations = removed::sinks(draft);
    for (node, object) in draft.sinks() {
        let create = |operations: &mut Vec<Operation<'a>>| {
            operations.push(Operation::On(node, object, ObjectOperation::CreateSink));
            operations.extend(
                object
                    .companions
                    .iter()
                    .map(|c| Operation::On(node, object, ObjectOperation::AlterCompanion(c))),
            );
        };
        match draft.closure.sink_change(draft.facts, node) {
            Some(SinkChange::Create) => create(&mut operations),
            Some(SinkChange::Recreate) => {
                operations.push(Operation::On(node, object, ObjectOperation::DropSink));
                create(&mut operations);
            }
            Some(SinkChange::Repoint) => {
                let repoint = object.sink_from.as_ref().map(|from| ObjectOperation::RepointSink { from });
                operations.extend(repoint.map(|what| Operation::On(node, object, what)));
            }
            None => {}
        }
    }
    operations
}

/// The server loses the comments of what is replaced, so they are made again.
fn replacements<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (node, object) in draft.replaced() {
        operations.push(Operation::On(node, object, ObjectOperation::ApplyReplacement));
        let comments = object.companions.iter().filter(|c| c.kind == CompanionKind::Comment);
        operations.extend(comments.map(|c| Operation::On(node, object, ObjectOperation::AlterCompanion(c))));
    }
    operations
}

/// Grants and comments of existing objects, databases and schemas.
fn in_place<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<Operation<'a>> {
    let mut operations = scopes.at_promotion(draft);
    for (node, own) in (0..).zip(draft.facts.own) {
        if own.metadata && companions::are_altered_in_place(draft, node) {
            operations.extend(companions::changes(draft, node));
        }
    }
    operations
}

/// The old side: its objects one by one, dependants first, through all schemas; then the schemas that they were in, and the
/// clusters that they ran on. Nothing is dropped with CASCADE, so what others made meanwhile makes the server refuse.
fn old_version<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let indexes =
        draft.indexes.dropped.iter().map(|i| Operation::On(i.node, i.object, ObjectOperation::DropIndex(*i)));
    let objects = removed::old_objects(draft);
    let schemas = draft.swapped_schemas().map(|schema| Operation::DropSchema {
        name: schema.name,
        was_empty: match draft.live {
            Some(live) => live.is_empty(schema.name),
            None => {
                schema.deployed.is_none()
                    && !draft.facts.removed.iter().any(|d| &d.name.schema == schema.name)
            }
        },
        cause: cause_of_schema(draft, schema.name),
    });
    let clusters = draft
        .swapped_clusters()
        .map(|name| Operation::DropCluster { name, cause: cause_of_cluster(draft, name) });
    indexes.chain(objects).chain(schemas).chain(clusters).collect()
}
