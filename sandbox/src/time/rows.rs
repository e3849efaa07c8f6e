//! What the state looks like in the system relations.

use std::collections::BTreeMap;

use super::civil::{interval, timestamptz};
use super::frontier::Frontier;
use super::machine::{Machine, Object, Phase, Replica, Trouble};
use super::relation::{Contents, Relation, TextRow};
use super::status::Status;
use super::world::Kind;
use crate::catalog::{ItemId, ReplicaId};

/// How much history of its values a collection keeps.
const READABLE_HISTORY: u64 = 1000;

/// What the server's own collections are read at: they are never behind.
type Frontiers = BTreeMap<ItemId, Frontier>;

/// All rows, as they are now.
pub(super) fn contents(machine: &Machine, counts: &BTreeMap<ItemId, Count>) -> Contents {
    let frontiers = machine.frontiers(machine.now);
    let mut rows = Rows { contents: Contents::new() };
    for (id, object) in &machine.objects {
        rows.frontier(*id, object, &frontiers);
        rows.dataflow(machine, *id, object, &frontiers);
        rows.lag_samples(*id, object);
        rows.status(*id, object);
        rows.statistics(*id, object, counts.get(id).copied().unwrap_or_default());
    }
    rows.materialization_lags(machine, &frontiers);
    for (id, replica) in &machine.replicas {
        rows.replica(machine, *id, replica);
    }
    rows.histories(machine);
    rows.contents
}

/// What a source has taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) updates: u64,
}

struct Rows {
    contents: Contents,
}

impl Rows {
    fn add(&mut self, relation: Relation, row: TextRow) {
        let key = row.get(relation.key_position).cloned().flatten().unwrap_or_default();
        self.contents.entry(relation).or_default().entry(key).or_default().push(row);
    }

    fn frontier(&mut self, id: ItemId, object: &Object, frontiers: &Frontiers) {
        let (read, write) = match frontiers.get(&id) {
            Some(Frontier::At(write)) => {
                (object.created.max(write.saturating_sub(READABLE_HISTORY)), some(write))
            }
            _ => (object.created, None),
        };
        self.add(Relation::FRONTIERS, vec![some(id), some(read), write]);
    }

    fn dataflow(&mut self, machine: &Machine, id: ItemId, object: &Object, frontiers: &Frontiers) {
        for input in &object.spec.inputs {
            if object.spec.kind.is_compute() {
                self.add(Relation::COMPUTE_DEPENDENCIES, vec![some(id), some(input)]);
            }
        }
        for (replica, run) in object.runs.iter().filter(|_| object.spec.kind.is_compute()) {
            let nanoseconds =
                run.hydrated.map(|at| at.saturating_sub(run.installed).saturating_mul(1_000_000));
            let row = vec![some(replica), some(id), nanoseconds.map(|time| time.to_string())];
            self.add(Relation::COMPUTE_HYDRATION_TIMES, row);

            let ready = object.spec.inputs.iter().map(|input| machine.is_ready(*input, *replica));
            let nodes = ready.chain([run.hydrated.is_some()]);
            for (node, hydrated) in (1_u64..).zip(nodes) {
                let row = vec![some(replica), some(id), some(node), flag(hydrated || run.hydrated.is_some())];
                self.add(Relation::COMPUTE_OPERATOR_HYDRATION_STATUSES, row);
            }

            let frontier = match frontiers.get(&id) {
                Some(Frontier::Sealed) => None,
                Some(Frontier::At(time)) if run.hydrated.is_some() => some(time),
                _ => some(0),
            };
            self.add(Relation::CLUSTER_REPLICA_FRONTIERS, vec![some(id), some(replica), frontier]);
        }
    }

    fn lag_samples(&mut self, id: ItemId, object: &Object) {
        for (replica, samples) in &object.lags {
            for sample in samples {
                let row =
                    vec![some(id), replica.and_then(some), sample.lag.map(interval), timestamp(sample.at)];
                self.add(Relation::WALLCLOCK_LAG_HISTORY, row);
            }
        }
    }

    fn status(&mut self, id: ItemId, object: &Object) {
        let Some(status) = object.status else { return };
        let relation = match object.spec.kind {
            Kind::Sink => Relation::SINK_STATUSES,
            _ => Relation::SOURCE_STATUSES,
        };
        let (name, type_name) = (some(&object.spec.name), some(&object.spec.type_name));
        let row = vec![some(id), name, type_name, timestamp(status.since), some(status.word), None, None];
        self.add(relation, row);
    }

    fn statistics(&mut self, id: ItemId, object: &Object, count: Count) {
        let Count { messages, bytes, updates } = count;
        for (replica, run) in &object.runs {
            match object.spec.kind {
                Kind::Source => {
                    let latency = run.hydrated.map(|at| interval(at.saturating_sub(run.installed)));
                    let mut row = vec![some(id), some(replica)];
                    row.extend([messages, bytes, updates, updates, 0, 0].map(some));
                    let committed = flag(run.hydrated.is_some());
                    row.extend([latency, some(updates), some(updates), committed]);
                    row.extend([some(updates), some(updates)]);
                    self.add(Relation::SOURCE_STATISTICS, row);
                }
                Kind::Sink => {
                    let mut row = vec![some(id), some(replica)];
                    row.extend([updates, updates, bytes, bytes].map(some));
                    self.add(Relation::SINK_STATISTICS, row);
                }
                _ => {}
            }
        }
    }

    /// How far what is derived is behind what it is derived from: its inputs, and the roots of those.
    fn materialization_lags(&mut self, machine: &Machine, frontiers: &Frontiers) {
        let now = Frontier::At(machine.now / 1000 * 1000);
        let frontier = |id: ItemId| frontiers.get(&id).copied().unwrap_or(now);
        let mut roots: BTreeMap<ItemId, ItemId> = BTreeMap::new();
        for id in &machine.order {
            let Some(object) = machine.objects.get(id) else { continue };
            let inputs = object.spec.inputs.iter().copied();
            let root = |input: ItemId| roots.get(&input).copied().unwrap_or(input);
            let slowest_local = inputs.clone().min_by_key(|input| frontier(*input));
            let slowest_global = inputs.map(root).min_by_key(|input| frontier(*input));
            let (Some(local), Some(global)) = (slowest_local, slowest_global) else { continue };
            roots.insert(*id, global);
            let behind = |input: ItemId| match (frontier(input), frontier(*id)) {
                (Frontier::At(input), Frontier::At(own)) if input > 0 && own > 0 => {
                    Some(interval(input.saturating_sub(own)))
                }
                _ => None,
            };
            let row = vec![some(id), behind(local), behind(global), some(local), some(global)];
            self.add(Relation::MATERIALIZATION_LAG, row);
        }
    }

    fn replica(&mut self, machine: &Machine, id: ReplicaId, replica: &Replica) {
        if !matches!(replica.phase, Phase::Online { .. }) {
            return;
        }
        let hosted = machine.objects.values().filter(|object| object.runs.contains_key(&id)).count();
        let hosted = u64::try_from(hosted).unwrap_or(u64::MAX);
        let capacity = Capacity::of(&replica.size);
        let memory = match (machine.trouble(replica.cluster, id), &capacity) {
            (Some(Trouble::OutOfMemory), Some(capacity)) => capacity.memory / 100 * 99,
            _ => hosted.saturating_mul(16 << 20).saturating_add(128 << 20),
        };
        let cpu = hosted.saturating_mul(1_000_000).saturating_add(10_000_000);
        let disk = memory / 4;
        let mut row = vec![some(id), some(0)];
        row.extend([cpu, memory, disk, memory].map(some));
        row.push(capacity.as_ref().and_then(|capacity| some(capacity.memory)));
        self.add(Relation::CLUSTER_REPLICA_METRICS, row);

        let mut row = vec![some(id), some(0)];
        row.extend(match capacity {
            Some(capacity) => [
                percent(cpu, capacity.cpu),
                percent(memory, capacity.memory),
                percent(disk, capacity.disk),
                percent(memory, capacity.memory),
            ],
            None => [None, None, None, None],
        });
        self.add(Relation::CLUSTER_REPLICA_UTILIZATION, row);
    }

    fn histories(&mut self, machine: &Machine) {
        for (id, events) in &machine.replica_events {
            for event in events {
                let status = if event.online { "online" } else { "offline" };
                let row = vec![
                    some(id),
                    some(0),
                    some(status),
                    event.reason.map(str::to_owned),
                    timestamp(event.at),
                ];
                self.add(Relation::CLUSTER_REPLICA_STATUS_HISTORY, row);
            }
        }
        for (id, is_sink, Status { word, since }) in &machine.status_events {
            let row = vec![timestamp(*since), some(id), some(word), None, None, None];
            let relation =
                if *is_sink { Relation::SINK_STATUS_HISTORY } else { Relation::SOURCE_STATUS_HISTORY };
            self.add(relation, row);
        }
    }
}

/// What a replica of a size may use.
struct Capacity {
    /// In billionths of a core.
    cpu: u64,
    memory: u64,
    disk: u64,
}

impl Capacity {
    /// Sizes are named after their hundredths of a credit. Those of other names have no limits.
    fn of(size: &str) -> Option<Self> {
        let hundredths: u64 = size.strip_suffix("cc")?.parse().ok()?;
        let times = |unit: u64| hundredths.saturating_mul(unit);
        Some(Self { cpu: times(10_000_000), memory: times(77_620_000), disk: times(310_500_000) })
    }
}

fn percent(used: u64, of: u64) -> Option<String> {
    let hundredths = used.saturating_mul(10_000).checked_div(of)?;
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

#[expect(clippy::unnecessary_wraps, reason = "a value of a row is NULL or this")]
#[expect(clippy::needless_pass_by_value, reason = "numbers and texts are written as they come")]
fn some(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn flag(value: bool) -> Option<String> {
    some(if value { "t" } else { "f" })
}

fn timestamp(at: u64) -> Option<String> {
    some(timestamptz(at))
}
