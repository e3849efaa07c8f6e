//! Indexes of objects that aren't built anew: unchanged ones, and those that are replaced in place.
//!
//! Such an index is built at stage when it is new, when it differs, or when its cluster is swapped. It is built on the
//! existing relation under a staged name, so that it is hydrated when it takes over; it takes its name in the swap
//! transaction, and what it replaces is dropped afterwards. The server names an index that has no name, so that one
//! isn't renamed.

use crate::changeset::{Closure, Facts};
use crate::graph::Node;
use crate::input::DeployedCompanion;
use crate::name::Ident;
use crate::project::{CompanionKind, IndexDefinition, Object};

/// An index that is built on an existing relation.
#[derive(Clone, Copy, Debug)]
pub(super) struct StagedIndex<'a> {
    pub(super) node: Node,
    pub(super) object: &'a Object,
    pub(super) definition: &'a IndexDefinition,
}

impl<'a> StagedIndex<'a> {
    /// Its name in production, if it has one of its own.
    pub(super) fn name(&self) -> Option<&'a Ident> {
        self.definition.name.as_ref()
    }
}

/// An index that is dropped after promotion.
#[derive(Clone, Copy, Debug)]
pub(super) struct DroppedIndex<'a> {
    pub(super) node: Node,
    pub(super) object: &'a Object,
    pub(super) deployed: &'a DeployedCompanion,
}

/// What happens to the indexes of objects that aren't built anew.
#[derive(Clone, Debug, Default)]
pub(super) struct IndexChanges<'a> {
    pub(super) staged: Vec<StagedIndex<'a>>,
    pub(super) dropped: Vec<DroppedIndex<'a>>,
}

impl<'a> IndexChanges<'a> {
    pub(super) fn new(facts: &'a Facts<'a>, closure: &Closure) -> Self {
        let mut changes = Self::default();
        for (node, clusters) in (0..).zip(facts.clusters_of) {
            if !facts.is_computation(node) || closure.moves(facts, node) {
                continue;
            }
            let moves = clusters.indexes.iter().any(|cluster| closure.is_swapped_cluster(*cluster));
            if moves || facts.own(node).is_some_and(|own| own.indexes) {
                changes.add(facts, closure, node);
            }
        }
        changes
    }

    fn add(&mut self, facts: &'a Facts<'a>, closure: &Closure, node: Node) {
        let (Some(object), Some(old)) = (facts.object(node), facts.old(node)) else { return };
        let deployed = || old.companions.iter().filter(|c| c.kind == CompanionKind::Index);
        let is_swapped = |cluster: &Ident| {
            let number = facts.clusters.binary_search(&cluster).ok().and_then(|n| u32::try_from(n).ok());
            number.is_some_and(|n| closure.is_swapped_cluster(n))
        };
        let stays = |index: &IndexDefinition| {
            !is_swapped(&index.cluster) && deployed().any(|d| d.fingerprint == index.statement.fingerprint)
        };
        for definition in object.indexes.iter().filter(|i| !stays(i)) {
            self.staged.push(StagedIndex { node, object, definition });
        }
        for deployed in deployed() {
            let same = object.indexes.iter().find(|i| i.statement.fingerprint == deployed.fingerprint);
            if same.is_some_and(stays) {
                continue;
            }
            self.dropped.push(DroppedIndex { node, object, deployed });
        }
    }
}
