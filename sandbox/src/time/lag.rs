//! Samples of how far collections are behind the clock, about one a minute.

use std::collections::BTreeMap;

use super::frontier::Frontier;
use super::machine::{Machine, Object};
use crate::catalog::{ItemId, ReplicaId};

pub(super) const MINUTE: u64 = 60_000;

/// A lag smaller than this is the clock's, so that a sample needn't be replaced for it.
const NOISE: u64 = 2000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) at: u64,
    /// In milliseconds, whole seconds; `None` while it can't be read.
    pub(super) lag: Option<u64>,
}

impl Machine {
    /// Takes the samples of the minutes that begin until a time; of the last ones, as no others are kept.
    pub(super) fn sample_minutes(&mut self, to: u64) {
        let kept = u64::try_from(self.options.lag_samples).unwrap_or(u64::MAX).saturating_mul(MINUTE);
        let from = self.now.max(to.saturating_sub(kept));
        let mut next = (from / MINUTE + 1) * MINUTE;
        while next <= to {
            self.sample(next);
            next += MINUTE;
        }
    }

    /// Takes a sample of everything; one of the same minute is replaced if it says something else.
    pub(super) fn sample(&mut self, at: u64) {
        let frontiers = self.frontiers(at);
        let kept = self.options.lag_samples.max(1);
        for (id, object) in &mut self.objects {
            let samples = lags(*id, object, at, &frontiers);
            object.lags.retain(|place, _| samples.contains_key(place));
            for (place, lag) in samples {
                let taken = object.lags.entry(place).or_default();
                match taken.back_mut().filter(|last| last.at / MINUTE == at / MINUTE) {
                    Some(last) if differs(last.lag, lag) => *last = Sample { at, lag },
                    Some(_) => {}
                    None => taken.push_back(Sample { at, lag }),
                }
                while taken.len() > kept {
                    taken.pop_front();
                }
            }
        }
    }
}

fn differs(old: Option<u64>, new: Option<u64>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => old.abs_diff(new) >= NOISE,
        (old, new) => old != new,
    }
}

/// A collection's lag, as replicas and storage see it. What is sealed is behind nothing.
fn lags(
    id: ItemId,
    object: &Object,
    at: u64,
    frontiers: &BTreeMap<ItemId, Frontier>,
) -> BTreeMap<Option<ReplicaId>, Option<u64>> {
    let Some(Frontier::At(frontier)) = frontiers.get(&id).copied() else { return BTreeMap::new() };
    let lag = (frontier > 0).then(|| at.saturating_sub(frontier) / 1000 * 1000);
    let kind = object.spec.kind;
    let replicas = object.runs.keys().filter(|_| kind.is_compute()).copied().map(Some);
    let storage = (kind != super::world::Kind::Index).then_some(None);
    replicas
        .chain(storage)
        .map(|place| {
            let run = place.and_then(|replica| object.runs.get(&replica));
            let readable = run.is_none_or(|run| run.hydrated.is_some());
            (place, lag.filter(|_| readable))
        })
        .collect()
}
