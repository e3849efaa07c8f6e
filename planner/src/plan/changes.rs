//! What the plan says about each object: what happens to it, how, and why.

use std::sync::Arc;

use smol_str::SmolStr;

use super::draft::Draft;
use super::model::{Change, ChangeAction, Reason, Strategy};
use super::removed::{self, Fate};
use super::stage_phases::built_on;
use super::{paths, text};
use crate::changeset::{Chains, Definition, SinkChange, companion_reason, file};
use crate::graph::Node;
use crate::input::DeployedObject;
use crate::name::ObjectName;
use crate::project::{Object, ObjectKind};

/// All changes, sorted by name, and the objects that stay. `option` is the command line's word for what was asked for.
pub(super) fn list(draft: &Draft<'_>, option: &str) -> (Vec<Change>, Vec<ObjectName>) {
    // What is never filled of a list takes no memory, and one that grows is copied.
    let objects = &draft.facts.project.objects;
    let mut changes = Vec::with_capacity(objects.len());
    let mut unchanged = Vec::with_capacity(objects.len());
    let mut chains = Chains::new(draft.facts, &draft.closure.traces, option);
    for (node, object) in (0..).zip(objects) {
        let change = match object.kind {
            ObjectKind::View | ObjectKind::MaterializedView => computation(draft, &mut chains, node, object),
            ObjectKind::Sink => sink(draft, &mut chains, node, object),
            _ => continue,
        };
        match change.or_else(|| in_place(draft, &mut chains, node, object)) {
            Some(change) => changes.push(change),
            None => unchanged.push(object.name.clone()),
        }
    }
    let before = changes.len();
    changes.extend(removed::present(draft).map(|deployed| removal(draft, deployed)));
    if changes.len() > before {
        changes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    (changes, unchanged)
}

fn change(object: &Object, action: ChangeAction, strategy: Strategy, reason: Arc<[Reason]>) -> Change {
    Change {
        name: object.name.clone(),
        kind: object.kind,
        action,
        strategy,
        reason,
        before: None,
        after: None,
    }
}

/// Adds what was deployed and what is wanted.
fn with_definitions(change: Change, object: &Object, old: Option<&DeployedObject>) -> Change {
    let before = old.and_then(|d| d.sql.clone());
    let after = Some(text::production(&object.text, &object.statement).into());
    Change { before, after, ..change }
}

fn computation(draft: &Draft<'_>, chains: &mut Chains<'_>, node: Node, object: &Object) -> Option<Change> {
    let strategy = draft.strategy(node)?;
    let action = match draft.facts.own(node)?.definition {
        Definition::New => ChangeAction::Create,
        Definition::Changed => ChangeAction::Update,
        Definition::OtherKind(_) => ChangeAction::ChangeKind,
        Definition::Same => ChangeAction::Rebuild,
    };
    let change = change(object, action, strategy, chains.of(node));
    Some(match action {
        ChangeAction::Update | ChangeAction::ChangeKind => {
            with_definitions(change, object, draft.facts.old(node))
        }
        _ => change,
    })
}

fn sink(draft: &Draft<'_>, chains: &mut Chains<'_>, node: Node, object: &Object) -> Option<Change> {
    let own = |what: &'static str| {
        let first = draft.facts.is_first.then_some(Reason::FirstDeployment);
        Arc::from([first.unwrap_or_else(|| file(object, object.statement.span, what))])
    };
    let at_promotion = |action, reason| change(object, action, Strategy::AtPromote, reason);
    Some(match draft.closure.sink_change(draft.facts, node)? {
        SinkChange::Create => at_promotion(ChangeAction::Create, own("new")),
        SinkChange::Recreate => {
            let reason = own("definition changed, so the sink is dropped and created again");
            with_definitions(at_promotion(ChangeAction::Update, reason), object, draft.facts.old(node))
        }
        SinkChange::Repoint => {
            let input = object.sink_from.as_ref()?;
            let node = Node::try_from(draft.facts.project.position(input)?).ok()?;
            let reason = Reason::DependsOn { object: input.clone() };
            at_promotion(ChangeAction::Repoint, before(reason, &chains.of(node)))
        }
    })
}

/// An object that stays, of which indexes, grants or comments change.
fn in_place(draft: &Draft<'_>, chains: &mut Chains<'_>, node: Node, object: &Object) -> Option<Change> {
    let own = draft.facts.own(node)?;
    if !(own.indexes || own.metadata) {
        return rebuilt_indexes(draft, chains, node, object);
    }
    let action = if own.indexes { ChangeAction::UpdateIndexes } else { ChangeAction::UpdateMetadata };
    Some(change(object, action, Strategy::InPlace, companion_reason(draft.facts, node).into_iter().collect()))
}

/// An object that stays itself, but has an index on a cluster that is swapped.
fn rebuilt_indexes(
    draft: &Draft<'_>,
    chains: &mut Chains<'_>,
    node: Node,
    object: &Object,
) -> Option<Change> {
    let at = draft.staged_indexes().binary_search_by(|i| i.node.cmp(&node)).ok()?;
    let cluster = &draft.staged_indexes().get(at)?.definition.cluster;
    let cause = built_on(draft, cluster).next()?;
    let with = draft.facts.object(cause)?.name.clone();
    let reason = Reason::SharesCluster { cluster: cluster.clone(), object: with };
    let reason = before(reason, &chains.of(cause));
    Some(change(object, ChangeAction::UpdateIndexes, Strategy::InPlace, reason))
}

/// A chain with one more link.
fn before(reason: Reason, chain: &[Reason]) -> Arc<[Reason]> {
    std::iter::once(reason).chain(chain.iter().cloned()).collect()
}

fn removal(draft: &Draft<'_>, deployed: &DeployedObject) -> Change {
    let (action, strategy, what): (_, _, &'static str) = match removed::fate(draft, deployed) {
        Fate::Vanishes => {
            (ChangeAction::Delete, Strategy::Swap, "removed; goes with the old side of its schema")
        }
        Fate::Dropped if draft.is_in_the_way(deployed) => {
            (ChangeAction::Delete, Strategy::AtPromote, "became an object of another kind")
        }
        Fate::Dropped => (ChangeAction::Delete, Strategy::AtPromote, "removed"),
        Fate::Kept => (ChangeAction::Keep, Strategy::InPlace, "removed; kept until `--drop-removed`"),
    };
    let path = paths::object(draft.facts.project, &deployed.name);
    Change {
        name: deployed.name.clone(),
        kind: deployed.kind,
        action,
        strategy,
        reason: Arc::from([Reason::File { path, line: None, what: SmolStr::new_static(what) }]),
        before: deployed.sql.clone(),
        after: None,
    }
}
