//! The simulation as others see it.

use std::collections::BTreeMap;

use super::machine::{Machine, Phase, Trouble};
use super::options::{Duration, Lag, Options, Rule, milliseconds};
use super::pattern::Pattern;
use super::relation::{Change, Contents, Relation, TextRow, difference};
use super::rows::{Count, contents};
use crate::catalog::{Catalog, ClusterId, ItemId, ReplicaId};

/// What moves with time: a pure state machine. It is told of every change of the catalog and of the time, and says
/// which rows of the relations in [`Relation::ALL`] are other ones than when it was last asked.
///
/// Everything is known by its id, so renames and swaps change nothing but names; a replacement that is applied brings
/// its own id, and with it its own state, to the name of its target.
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    /// As it began.
    options: Options,
    machine: Machine,
    counts: BTreeMap<ItemId, Count>,
    /// What was last told.
    told: Contents,
}

impl Simulation {
    /// A simulation in which nothing exists yet.
    pub fn new(options: Options) -> Self {
        let machine = Machine { options: options.clone(), ..Machine::default() };
        Self { options, machine, ..Self::default() }
    }

    /// Follows the catalog: what is new begins now, what is gone takes its rows along. The time never goes back; an
    /// earlier one counts as the last one.
    pub fn observe(&mut self, catalog: &Catalog, now: u64) {
        self.machine.advance(now);
        self.machine.observe(catalog);
        self.counts.retain(|id, _| catalog.item(*id).is_some());
        // Statistics of clusters that are gone say nothing about new ones: ids don't come back.
        self.machine.cluster_troubles.retain(|id, _| catalog.cluster(*id).is_some());
    }

    /// Goes on to a time; an earlier one counts as the last one.
    pub fn advance(&mut self, now: u64) {
        self.machine.advance(now);
    }

    /// Goes on to a time and says what changed since the last call.
    pub fn changes(&mut self, now: u64) -> Vec<Change> {
        self.machine.advance(now);
        self.machine.sample(self.machine.now);
        let contents = contents(&self.machine, &self.counts);
        let changes = difference(&self.told, &contents);
        self.told = contents;
        changes
    }

    /// All rows as of the last call of [`Self::changes`].
    pub fn rows(&self) -> Vec<(&'static str, Vec<TextRow>)> {
        let rows = |relation: &Relation| {
            let rows = self.told.get(relation).into_iter().flat_map(BTreeMap::values).flatten();
            (relation.name, rows.cloned().collect())
        };
        Relation::ALL.iter().map(rows).collect()
    }

    /// True if a source has taken its snapshot, so that what it feeds can be read. What the simulation doesn't know can.
    pub fn is_readable(&self, id: ItemId) -> bool {
        self.machine.objects.get(&id).is_none_or(|object| !object.spec.kind.runs() || object.readable)
    }

    /// True if a source is running: on a replica that is online, its snapshot taken.
    pub fn is_running(&self, id: ItemId) -> bool {
        let object = self.machine.objects.get(&id);
        object.is_some_and(|object| object.runs.values().any(|run| run.hydrated.is_some()))
    }

    /// Counts what a source took in.
    pub fn count(&mut self, source: ItemId, messages: u64, bytes: u64, updates: u64) {
        let count = self.counts.entry(source).or_default();
        count.messages = count.messages.saturating_add(messages);
        count.bytes = count.bytes.saturating_add(bytes);
        count.updates = count.updates.saturating_add(updates);
    }

    /// From now on the replicas of a cluster run out of memory again and again, those that are online at once.
    pub fn oom(&mut self, cluster: ClusterId, now: u64) {
        self.machine.advance(now);
        self.machine.cluster_troubles.insert(cluster, Trouble::OutOfMemory);
        let replicas = self.machine.replicas.iter();
        let hit: Vec<ReplicaId> =
            replicas.filter(|(_, replica)| replica.cluster == cluster).map(|(id, _)| *id).collect();
        for id in hit {
            if self.is_online(id) {
                self.machine.kill(id);
            }
        }
        self.machine.settle();
    }

    /// A replica is gone and doesn't come back until [`Self::recover`].
    pub fn lose(&mut self, replica: ReplicaId, now: u64) {
        self.machine.advance(now);
        if self.machine.replicas.contains_key(&replica) {
            self.machine.replica_troubles.insert(replica, Trouble::Lost);
            self.machine.stop(replica, Phase::Lost, None);
            self.machine.settle();
        }
    }

    /// A replica's process ends and another one takes its place.
    pub fn restart(&mut self, replica: ReplicaId, now: u64) {
        self.machine.advance(now);
        if self.is_online(replica) {
            self.machine.kill(replica);
            self.machine.settle();
        }
    }

    /// How long what a pattern names takes to hydrate from now on; `None` is for ever. What is hydrated stays so.
    pub fn set_hydration(&mut self, pattern: Pattern, takes: Option<Duration>, now: u64) {
        self.machine.advance(now);
        self.machine.options.hydrations.push(Rule { pattern, value: takes });
    }

    /// How far behind what a pattern names is from now on. Its frontier jumps to where it would be by then.
    pub fn set_lag(&mut self, pattern: Pattern, lag: Lag, now: u64) {
        self.machine.advance(now);
        self.machine.options.lags.push(Rule { pattern, value: lag });
    }

    /// Everything is well again: replicas start, and what was said about hydration and lag doesn't hold any more.
    pub fn recover(&mut self, now: u64) {
        self.machine.advance(now);
        self.machine.options = self.options.clone();
        self.machine.cluster_troubles.clear();
        self.machine.replica_troubles.clear();
        let online_at = self.machine.now.saturating_add(milliseconds(self.options.replica_startup));
        for replica in self.machine.replicas.values_mut() {
            match replica.phase {
                Phase::Lost => replica.phase = Phase::Starting { online_at },
                Phase::Online { .. } => replica.phase = Phase::Online { ends_at: None },
                Phase::Starting { .. } => {}
            }
        }
    }

    fn is_online(&self, id: ReplicaId) -> bool {
        let replica = self.machine.replicas.get(&id);
        replica.is_some_and(|replica| matches!(replica.phase, Phase::Online { .. }))
    }
}
