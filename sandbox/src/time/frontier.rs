//! How far collections are written.

use std::collections::{BTreeMap, BTreeSet};

use super::machine::{Machine, Object};
use super::options::{Lag, milliseconds};
use super::world::Kind;
use crate::catalog::ItemId;

/// Timestamps advance by the second.
const TICK: u64 = 1000;

/// How far a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frontier {
    /// Up to a time; 0 is not at all.
    At(u64),
    /// For ever: nothing more comes.
    Sealed,
}

/// The objects, each after what it reads.
pub(super) fn order(objects: &BTreeMap<ItemId, Object>) -> Vec<ItemId> {
    let mut order = Vec::with_capacity(objects.len());
    let mut done = BTreeSet::new();
    for root in objects.keys() {
        // A stack of its own, as chains of views may be long.
        let mut stack = vec![(*root, false)];
        while let Some((id, inputs_done)) = stack.pop() {
            if inputs_done {
                order.push(id);
            } else if done.insert(id) {
                stack.push((id, true));
                let inputs = objects.get(&id).into_iter().flat_map(Object::reads);
                stack.extend(inputs.filter(|input| objects.contains_key(input)).map(|input| (input, false)));
            }
        }
    }
    order
}

impl Object {
    /// What bounds its frontier.
    pub(super) fn reads(&self) -> impl Iterator<Item = ItemId> + '_ {
        let source = match self.spec.kind {
            Kind::Fed { source } => Some(source),
            _ => None,
        };
        self.spec.inputs.iter().copied().chain(source)
    }
}

impl Machine {
    /// How far each collection is written at a time.
    pub(super) fn frontiers(&self, at: u64) -> BTreeMap<ItemId, Frontier> {
        let mut frontiers = BTreeMap::new();
        for id in &self.order {
            let Some(object) = self.objects.get(id) else { continue };
            let frontier = self.frontier(object, at, &frontiers);
            frontiers.insert(*id, frontier);
        }
        frontiers
    }

    fn frontier(&self, object: &Object, at: u64, known: &BTreeMap<ItemId, Frontier>) -> Frontier {
        let readable = match object.spec.kind {
            Kind::Fed { source } => self.objects.get(&source).is_none_or(|source| source.readable),
            kind => !kind.runs() || object.readable,
        };
        if !readable {
            return Frontier::At(0);
        }
        if matches!(object.spec.kind, Kind::MaterializedView { constant: true }) {
            return Frontier::Sealed;
        }
        let moves_until = object.frozen.map_or(at, |frozen| frozen.min(at));
        let own = match self.options.lag_of(&object.spec.full_name) {
            Lag::Steady(_) => moves_until,
            Lag::Since(since) => moves_until.min(since),
        };
        let inputs = object.reads().map(|input| known.get(&input).copied().unwrap_or(tick(at)));
        let bound = inputs.min().unwrap_or(Frontier::Sealed).min(tick(own));
        match (bound, self.options.lag_of(&object.spec.full_name)) {
            (Frontier::At(time), Lag::Steady(lag)) => {
                Frontier::At(time.saturating_sub(milliseconds(lag)).max(1))
            }
            (bound, _) => bound,
        }
    }
}

fn tick(at: u64) -> Frontier {
    Frontier::At((at / TICK * TICK).max(1))
}
