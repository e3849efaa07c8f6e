//! What goes after promotion: old versions, and objects whose files are gone.
//!
//! An object without a file is kept until `--drop-removed` asks for its deletion, with two exceptions: in a swapped
//! schema it goes with the old side, and it goes when an object of another kind has its name.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use super::draft::Draft;
use super::drop_order::dependants_first;
use super::model::Strategy;
use super::operation::{ObjectOperation, Operation};
use super::paths;
use crate::changeset::Definition;
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::input::{DeployedObject, LiveObject};
use crate::name::{Ident, ObjectName};
use crate::project::{Object, ObjectKind};
use crate::source::Location;
use crate::syntax::token::{Token, TokenKind, tokenize};

/// What happens to an object whose file is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes with the old side of its schema.
    Vanishes,
    /// It is dropped to make room, or because that was asked for.
    Dropped,
    Kept,
}

pub(super) fn fate(draft: &Draft<'_>, removed: &DeployedObject) -> Fate {
    if draft.is_swapped_schema(&removed.name.schema) {
        Fate::Vanishes
    } else if draft.drop_removed || draft.is_in_the_way(removed) {
        Fate::Dropped
    } else {
        Fate::Kept
    }
}

/// Removed objects that the environment still has, as far as that is known.
pub(super) fn present<'a>(draft: &Draft<'a>) -> impl Iterator<Item = &'a DeployedObject> {
    draft.facts.removed.iter().copied().filter(|d| is_there(draft, d)).collect::<Vec<_>>().into_iter()
}

/// True for what the environment has, as far as that is known.
fn is_there(draft: &Draft<'_>, deployed: &DeployedObject) -> bool {
    draft.live.is_none_or(|live| live.object_of_kind(&deployed.name, deployed.kind).is_some())
}

/// Removed objects that the environment doesn't have after promotion.
pub(super) fn gone<'a>(draft: &Draft<'a>) -> impl Iterator<Item = &'a DeployedObject> {
    let kept: BTreeSet<&ObjectName> =
        present(draft).filter(|d| fate(draft, d) == Fate::Kept).map(|d| &d.name).collect();
    draft.facts.removed.iter().copied().filter(move |d| !kept.contains(&d.name))
}

/// Drops of removed sinks: before the relations that they read.
pub(super) fn sinks<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let is_dropped = |d: &&DeployedObject| d.kind == ObjectKind::Sink && fate(draft, d) == Fate::Dropped;
    present(draft).filter(is_dropped).map(Operation::DropRemoved).collect()
}

pub(super) fn kept<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    present(draft).filter(|d| fate(draft, d) == Fate::Kept).map(Operation::KeepRemoved).collect()
}

/// Something deployed that is dropped; the object of the project that took its place, if one did.
type OldObject<'a> = (Option<(Node, &'a Object)>, &'a DeployedObject);

/// Old versions, swapped or renamed, and removed objects that are dropped: dependants first, whichever schemas they are in.
pub(super) fn old_objects<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let replaced = draft.built().filter(|(.., by)| matches!(by, Strategy::Swap | Strategy::Rename));
    let replaced =
        replaced.filter_map(|(node, object, _)| Some((Some((node, object)), draft.facts.old(node)?)));
    // What isn't there any more in a schema that is swapped keeps nothing from its place.
    let replaced = replaced.filter(|(_, deployed)| is_there(draft, deployed));
    let is_dropped = |d: &&DeployedObject| match fate(draft, d) {
        Fate::Vanishes => true,
        // Sinks go before the relations that they read are dropped, and these before anything is.
        Fate::Dropped => d.kind != ObjectKind::Sink,
        Fate::Kept => false,
    };
    let removed = present(draft).filter(is_dropped).map(|d| (None, d));
    let old: Vec<OldObject<'a>> = replaced.chain(removed).collect();
    in_order(draft, &old)
        .into_iter()
        .filter_map(|at| old.get(at))
        .map(|(replaced, deployed)| match replaced {
            Some((node, object)) => Operation::On(*node, object, ObjectOperation::DropOld),
            None => Operation::DropRemoved(deployed),
        })
        .collect()
}

/// What each old object reads, the catalog knows. Without one, the graph knows it of an unchanged object; for others the
/// deployed text tells.
fn in_order(draft: &Draft<'_>, old: &[OldObject<'_>]) -> Vec<usize> {
    if let Some(live) = draft.live {
        let objects: Vec<Option<&LiveObject>> = old.iter().map(|(_, d)| live.object(&d.name)).collect();
        let positions: BTreeMap<&str, usize> =
            (0..).zip(&objects).filter_map(|(at, o)| Some((o.as_ref()?.id.as_str(), at))).collect();
        return dependants_first(old.len(), |at| {
            let reads = objects.get(at).copied().flatten().map(|o| o.depends_on.as_slice());
            reads.unwrap_or_default().iter().filter_map(|id| positions.get(id.as_str()).copied())
        });
    }
    let positions: BTreeMap<&ObjectName, usize> =
        old.iter().enumerate().map(|(at, (_, d))| (&d.name, at)).collect();
    let is_same = |node: Node| draft.facts.own(node).is_some_and(|o| o.definition == Definition::Same);
    dependants_first(old.len(), |at| -> Vec<usize> {
        let Some((node, deployed)) = old.get(at) else { return Vec::new() };
        match (node, &deployed.sql) {
            (Some((node, object)), sql) if is_same(*node) || sql.is_none() => {
                let names = object.dependencies.iter().map(|d| &d.name);
                names.filter_map(|name| positions.get(name).copied()).collect()
            }
            (_, sql) => {
                let names = full_names(sql.as_deref().unwrap_or_default());
                names.iter().filter_map(|name| positions.get(name).copied()).collect()
            }
        }
    })
}

/// Names of three parts in a text whose names are full names.
pub(super) fn full_names(sql: &str) -> Vec<ObjectName> {
    let (tokens, _) = tokenize(sql);
    let is_dot = |token: &Token| token.kind == TokenKind::Dot;
    tokens
        .windows(5)
        .filter_map(|window| match window {
            [database, first, schema, second, name] if is_dot(first) && is_dot(second) => {
                let part = |token: &Token| token.ident(sql).map(|i| i.as_str().to_owned());
                Some(ObjectName::new(part(database)?, part(schema)?, part(name)?))
            }
            _ => None,
        })
        .collect()
}

/// Errors for objects that are kept although they read what goes or run on a cluster that goes: the drop would fail.
pub(super) fn check(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let mut lost: BTreeMap<&ObjectName, ObjectName> = BTreeMap::new();
    let removed: Vec<(&DeployedObject, Vec<ObjectName>)> = present(draft)
        .filter(|d| fate(draft, d) == Fate::Kept)
        .map(|d| (d, full_names(d.sql.as_deref().unwrap_or_default())))
        .collect();
    let goes: BTreeSet<&ObjectName> =
        present(draft).filter(|d| fate(draft, d) != Fate::Kept).map(|d| &d.name).collect();
    let moves = |name: &ObjectName| {
        let node = draft.facts.project.position(name).and_then(|at| Node::try_from(at).ok());
        node.is_some_and(|node| draft.closure.moves(draft.facts, node)) || goes.contains(name)
    };
    loop {
        let before = lost.len();
        for (deployed, names) in &removed {
            if lost.contains_key(&deployed.name) {
                continue;
            }
            if let Some(read) = names.iter().find(|n| moves(n) || lost.contains_key(n)) {
                lost.insert(&deployed.name, read.clone());
            }
        }
        if lost.len() == before {
            break;
        }
    }
    let on_clusters =
        removed.iter().filter_map(|(d, _)| Some((*d, swapped_cluster(draft, d)?))).map(|(deployed, cluster)| {
            let message = format_smolstr!(
                "`{}` was removed from the project, but is deployed and runs on the cluster `{cluster}`, which is swapped",
                deployed.name
            );
            kept_in_the_way(draft, &deployed.name, message).label(format_smolstr!(
                "the old side of `{cluster}` can't be dropped while `{}` runs on it",
                deployed.name
            ))
        });
    let readers = lost.into_iter().map(|(name, read)| {
        let message =
            format_smolstr!("`{name}` was removed from the project, but is deployed and reads `{read}`");
        kept_in_the_way(draft, name, message)
            .label(format_smolstr!("the old version of `{read}` can't be dropped while `{name}` reads it"))
    });
    readers.chain(on_clusters).chain(read_under_its_old_kind(draft)).collect()
}

/// Errors for views that became something that no deployment makes, or a sink, while the project reads them: what is
/// staged would read the old view, which then couldn't be dropped.
fn read_under_its_old_kind(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let in_the_way = present(draft).filter(|d| d.kind != ObjectKind::Sink && draft.is_in_the_way(d));
    in_the_way
        .filter_map(|deployed| {
            let node = Node::try_from(draft.facts.project.position(&deployed.name)?).ok()?;
            let now = draft.facts.object(node)?;
            let reader = draft
                .facts
                .graph
                .dependents(node)
                .filter_map(|n| draft.facts.object(n))
                .min_by_key(|o| &o.name)?;
            let message = format_smolstr!(
                "`{}` is a {}, but is deployed as a {} that `{}` reads",
                now.name,
                now.kind.noun(),
                deployed.kind.noun(),
                reader.name
            );
            let location = Location::new(now.path.clone(), now.text.to_original(now.name_span));
            Some(Diagnostic::error(Code::NameCollision, location, message).help("give it another name").help(
                "or use two deployments: take the view and what reads it out first, with `--drop-removed`",
            ))
        })
        .collect()
}

fn kept_in_the_way(draft: &Draft<'_>, name: &ObjectName, message: SmolStr) -> Diagnostic {
    let path = paths::object(draft.facts.project, name);
    Diagnostic::error(Code::ForeignDependent, Location::file(path), message)
        .help("drop it with this deployment: `--drop-removed`")
        .help("or put its file back")
}

/// A swapped cluster that a removed object, or one of its indexes, runs on.
fn swapped_cluster<'a>(draft: &Draft<'_>, deployed: &'a DeployedObject) -> Option<&'a Ident> {
    let indexes = deployed.companions.iter().filter_map(|c| c.cluster.as_ref());
    deployed.cluster.iter().chain(indexes).find(|cluster| draft.is_swapped_cluster(cluster))
}
