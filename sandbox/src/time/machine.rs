//! The state of replicas and dataflows, and how it moves from event to event.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::frontier::order;
use super::lag::Sample;
use super::options::{Options, milliseconds};
use super::status::Status;
use super::world::{Kind, Spec};
use crate::catalog::{Catalog, ClusterId, ItemId, ReplicaId};

/// How many changes of the status of a replica, a source or a sink are remembered.
pub(super) const HISTORY: usize = 200;

/// What ails a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Its process runs out of memory again and again.
    OutOfMemory,
    /// Its process is gone and none takes its place.
    Lost,
}

#[derive(Clone, Debug)]
pub(super) struct Replica {
    pub(super) cluster: ClusterId,
    pub(super) size: String,
    pub(super) phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Starting { online_at: u64 },
    Online { ends_at: Option<u64> },
    Lost,
}

/// A change of a replica's status.
#[derive(Clone, Debug)]
pub(super) struct ReplicaEvent {
    pub(super) online: bool,
    pub(super) reason: Option<&'static str>,
    pub(super) at: u64,
}

/// A dataflow on a replica.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    /// Since when all its inputs can be read.
    pub(super) started: Option<u64>,
    pub(super) installed: u64,
    pub(super) hydrated: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) spec: Spec,
    pub(super) created: u64,
    /// It was hydrated once.
    pub(super) readable: bool,
    /// Since when nothing advances it.
    pub(super) frozen: Option<u64>,
    /// By replica; one is here from the moment when the replica is first online.
    pub(super) runs: BTreeMap<ReplicaId, Run>,
    pub(super) status: Option<Status>,
    /// By replica; `None` is what storage reports.
    pub(super) lags: BTreeMap<Option<ReplicaId>, VecDeque<Sample>>,
}

/// Everything that moves.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    pub(super) options: Options,
    pub(super) now: u64,
    pub(super) objects: BTreeMap<ItemId, Object>,
    /// The objects, each after what it reads.
    pub(super) order: Vec<ItemId>,
    pub(super) replicas: BTreeMap<ReplicaId, Replica>,
    pub(super) replica_events: BTreeMap<ReplicaId, VecDeque<ReplicaEvent>>,
    /// Past statuses, also of what was dropped: `(id, is a sink, status)`.
    pub(super) status_events: VecDeque<(ItemId, bool, Status)>,
    pub(super) cluster_troubles: BTreeMap<ClusterId, Trouble>,
    pub(super) replica_troubles: BTreeMap<ReplicaId, Trouble>,
    /// Dataflows that are not hydrated yet.
    pub(super) pending: BTreeSet<(ItemId, ReplicaId)>,
}

impl Machine {
    /// Follows a change of the catalog at the current time.
    pub(super) fn observe(&mut self, catalog: &Catalog) {
        let old = self.objects.iter().map(|(id, object)| (*id, &object.spec)).collect();
        let specs = super::world::specs(catalog, &old);
        self.observe_replicas(catalog);
        self.objects.retain(|id, _| specs.contains_key(id));
        self.pending.retain(|(id, _)| specs.contains_key(id));
        for (id, spec) in specs {
            match self.objects.get_mut(&id) {
                Some(object) => {
                    if object.spec.cluster != spec.cluster {
                        object.runs.clear();
                    }
                    object.spec = spec;
                }
                None => {
                    self.objects.insert(id, Object::new(spec, self.now));
                }
            }
        }
        self.order = order(&self.objects);
        self.settle();
    }

    fn observe_replicas(&mut self, catalog: &Catalog) {
        let mut present = BTreeSet::new();
        for cluster in catalog.clusters() {
            for replica in &cluster.replicas {
                present.insert(replica.id);
                let online_at = self.now.saturating_add(milliseconds(self.options.replica_startup));
                let phase = match self.trouble(cluster.id, replica.id) {
                    Some(Trouble::Lost) => Phase::Lost,
                    _ => Phase::Starting { online_at },
                };
                let new = || Replica { cluster: cluster.id, size: replica.size.clone(), phase };
                self.replicas.entry(replica.id).or_insert_with(new).size.clone_from(&replica.size);
            }
        }
        let gone: Vec<ReplicaId> = self.replicas.keys().copied().filter(|id| !present.contains(id)).collect();
        self.replicas.retain(|id, _| present.contains(id));
        self.replica_troubles.retain(|id, _| present.contains(id));
        self.pending.retain(|(_, replica)| present.contains(replica));
        for object in self.objects.values_mut() {
            for replica in &gone {
                object.runs.remove(replica);
                object.lags.remove(&Some(*replica));
            }
        }
    }

    pub(super) fn trouble(&self, cluster: ClusterId, replica: ReplicaId) -> Option<Trouble> {
        self.replica_troubles.get(&replica).or_else(|| self.cluster_troubles.get(&cluster)).copied()
    }

    /// Goes on to a time, through everything that happens until then.
    pub(super) fn advance(&mut self, to: u64) {
        while let Some(at) = self.next_event().filter(|at| *at <= to) {
            self.now = self.now.max(at);
            self.happen();
            self.settle();
        }
        self.sample_minutes(to);
        self.now = self.now.max(to);
    }

    fn next_event(&self) -> Option<u64> {
        let replicas = self.replicas.values().filter_map(|replica| match replica.phase {
            Phase::Starting { online_at } => Some(online_at),
            Phase::Online { ends_at } => ends_at,
            Phase::Lost => None,
        });
        let runs = self.pending.iter().filter_map(|(id, replica)| self.due(*id, *replica));
        replicas.chain(runs).min()
    }

    /// When a dataflow is hydrated, if nothing comes between.
    fn due(&self, id: ItemId, replica: ReplicaId) -> Option<u64> {
        let object = self.objects.get(&id)?;
        let started = object.runs.get(&replica)?.started?;
        let takes = self.options.hydration_of(&object.spec.full_name, object.spec.inputs.len())?;
        Some(started.saturating_add(takes))
    }

    /// Makes happen what is due now.
    fn happen(&mut self) {
        let replicas: Vec<(ReplicaId, Phase)> =
            self.replicas.iter().map(|(id, replica)| (*id, replica.phase)).collect();
        for (id, phase) in replicas {
            match phase {
                Phase::Starting { online_at } if online_at <= self.now => self.start(id),
                Phase::Online { ends_at: Some(at) } if at <= self.now => self.kill(id),
                _ => {}
            }
        }
        let due: Vec<(ItemId, ReplicaId)> = self.pending.iter().copied().collect();
        for (id, replica) in due {
            if self.due(id, replica).is_some_and(|due| due <= self.now) {
                self.hydrate(id, replica);
            }
        }
    }

    fn start(&mut self, id: ReplicaId) {
        let now = self.now;
        let Some(cluster) = self.replicas.get(&id).map(|replica| replica.cluster) else { return };
        let ends_at = match self.trouble(cluster, id) {
            Some(Trouble::OutOfMemory) => Some(now.saturating_add(milliseconds(self.options.time_to_oom))),
            _ => None,
        };
        if let Some(replica) = self.replicas.get_mut(&id) {
            replica.phase = Phase::Online { ends_at };
        }
        self.remember(id, ReplicaEvent { online: true, reason: None, at: now });
    }

    /// A process runs out of memory; another one takes its place.
    pub(super) fn kill(&mut self, id: ReplicaId) {
        let online_at = self.now.saturating_add(milliseconds(self.options.replica_startup));
        self.stop(id, Phase::Starting { online_at }, Some("oom-killed"));
    }

    /// A process ends; nothing that it had is there any more.
    pub(super) fn stop(&mut self, id: ReplicaId, phase: Phase, reason: Option<&'static str>) {
        let Some(replica) = self.replicas.get_mut(&id) else { return };
        let was_online = matches!(replica.phase, Phase::Online { .. });
        replica.phase = phase;
        if was_online {
            self.remember(id, ReplicaEvent { online: false, reason, at: self.now });
        }
        for object in self.objects.values_mut() {
            if let Some(run) = object.runs.get_mut(&id) {
                (run.started, run.hydrated) = (None, None);
            }
        }
        self.pending.retain(|(_, replica)| *replica != id);
    }

    fn remember(&mut self, id: ReplicaId, event: ReplicaEvent) {
        let events = self.replica_events.entry(id).or_default();
        events.push_back(event);
        if events.len() > HISTORY {
            events.pop_front();
        }
    }

    fn hydrate(&mut self, id: ItemId, replica: ReplicaId) {
        self.pending.remove(&(id, replica));
        let now = self.now;
        let Some(object) = self.objects.get_mut(&id) else { return };
        if let Some(run) = object.runs.get_mut(&replica) {
            run.hydrated = Some(now);
            object.readable = true;
        }
    }

    /// What follows at once: dataflows go to the replicas of their cluster and begin when their inputs are there.
    pub(super) fn settle(&mut self) {
        for id in self.order.clone() {
            let Some(object) = self.objects.get(&id) else { continue };
            if object.spec.kind.runs() {
                for (replica, begun) in self.new_runs(object) {
                    self.begin(id, replica, begun);
                }
            }
        }
        let now = self.now;
        for object in self.objects.values_mut().filter(|object| object.spec.kind.runs()) {
            if object.runs.values().any(|run| run.hydrated.is_some()) {
                object.frozen = None;
            } else if object.readable {
                object.frozen.get_or_insert(now);
            }
        }
        self.settle_statuses();
    }

    /// The replicas on which a dataflow isn't begun yet, and whether it can be.
    fn new_runs(&self, object: &Object) -> Vec<(ReplicaId, bool)> {
        let replicas = self.replicas.iter().filter(|(id, replica)| {
            Some(replica.cluster) == object.spec.cluster
                && matches!(replica.phase, Phase::Online { .. })
                && object.runs.get(id).is_none_or(|run| run.started.is_none())
        });
        replicas.map(|(id, _)| (*id, self.inputs_ready(object, *id))).collect()
    }

    fn begin(&mut self, id: ItemId, replica: ReplicaId, begun: bool) {
        let now = self.now;
        let Some(object) = self.objects.get_mut(&id) else { return };
        let run = object.runs.entry(replica).or_default();
        if self.pending.insert((id, replica)) {
            run.installed = now;
        }
        if begun {
            run.started = Some(now);
        }
    }

    fn inputs_ready(&self, object: &Object, replica: ReplicaId) -> bool {
        object.spec.inputs.iter().all(|input| self.is_ready(*input, replica))
    }

    /// True if a dataflow on a replica can read something.
    pub(super) fn is_ready(&self, id: ItemId, replica: ReplicaId) -> bool {
        // What the simulation doesn't know is the server's own.
        let Some(object) = self.objects.get(&id) else { return true };
        match object.spec.kind {
            Kind::Table | Kind::Progress | Kind::Webhook => true,
            Kind::Fed { source } => self.objects.get(&source).is_none_or(|source| source.readable),
            Kind::Index => object.runs.get(&replica).is_some_and(|run| run.hydrated.is_some()),
            Kind::Source | Kind::MaterializedView { .. } | Kind::Sink => object.readable,
        }
    }
}

impl Object {
    fn new(spec: Spec, now: u64) -> Self {
        Self {
            spec,
            created: now,
            readable: false,
            frozen: None,
            runs: BTreeMap::new(),
            status: None,
            lags: BTreeMap::new(),
        }
    }
}
