//! What holds whatever happens.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::environment::Environment;
use super::{Duration, Options, Pattern, Relation};
use crate::catalog::{ClusterId, ItemId, ReplicaId};

#[derive(Clone, Debug)]
enum Step {
    Wait(u16),
    Cluster(u32),
    Scale(usize, usize),
    Table,
    View(usize),
    Materialized(usize, usize, usize),
    Index(usize, usize),
    Source(usize),
    Drop(usize),
    Restart(usize),
    Oom(usize),
    Recover,
    Slow(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let n = 0_usize..8;
    prop_oneof![
        4 => (0_u16..1500).prop_map(Step::Wait),
        1 => (0_u32..3).prop_map(Step::Cluster),
        1 => (n.clone(), 0_usize..3).prop_map(|(cluster, factor)| Step::Scale(cluster, factor)),
        1 => Just(Step::Table),
        1 => n.clone().prop_map(Step::View),
        3 => (n.clone(), n.clone(), n.clone()).prop_map(|(a, b, cluster)| Step::Materialized(a, b, cluster)),
        2 => (n.clone(), n.clone()).prop_map(|(on, cluster)| Step::Index(on, cluster)),
        1 => n.clone().prop_map(Step::Source),
        1 => n.clone().prop_map(Step::Drop),
        1 => n.clone().prop_map(Step::Restart),
        1 => n.prop_map(Step::Oom),
        1 => Just(Step::Recover),
        1 => (0_u16..3000).prop_map(Step::Slow),
    ]
}

/// What a run of steps has made.
struct World {
    environment: Environment,
    now: u64,
    clusters: Vec<ClusterId>,
    relations: Vec<ItemId>,
    items: Vec<ItemId>,
    made: usize,
}

impl World {
    fn new() -> Self {
        let mut environment = Environment::new(Options::default());
        let clusters = vec![environment.cluster(0, 1)];
        let table = environment.table(0, "t");
        Self { environment, now: 0, clusters, relations: vec![table], items: vec![table], made: 0 }
    }

    /// Does a step; returns the replicas whose processes may have ended.
    fn take(&mut self, step: &Step) -> bool {
        self.made += 1;
        let (now, name) = (self.now, format!("i{}", self.made));
        let cluster = |n: usize| self.clusters.get(n % self.clusters.len()).copied().expect("in bounds");
        let relation = |n: usize| self.relations.get(n.checked_rem(self.relations.len())?).copied();
        let mut made = None;
        match step {
            Step::Wait(milliseconds) => self.now += u64::from(*milliseconds),
            Step::Cluster(replicas) => self.clusters.push(self.environment.cluster(now, *replicas)),
            Step::Scale(n, factor) => self.environment.scale(now, cluster(*n), *factor),
            Step::Table => made = Some((self.environment.table(now, &name), true)),
            Step::View(n) => {
                let uses: Vec<ItemId> = relation(*n).into_iter().collect();
                made = Some((self.environment.view(now, &name, &uses), true));
            }
            Step::Materialized(a, b, c) => {
                let uses: BTreeSet<ItemId> = [relation(*a), relation(*b)].into_iter().flatten().collect();
                let uses: Vec<ItemId> = uses.into_iter().collect();
                made = Some((self.environment.materialized(now, &name, &uses, cluster(*c)), true));
            }
            Step::Index(n, c) => {
                let on = relation(*n);
                made = on.map(|on| (self.environment.index(now, &name, on, cluster(*c)), false));
            }
            Step::Source(n) => made = Some((self.environment.source(now, &name, cluster(*n)), true)),
            Step::Drop(n) => {
                let unused = |id: &&ItemId| self.environment.catalog.used_by(**id).next().is_none();
                let found = self.items.iter().filter(unused).nth(*n).copied();
                if let Some(id) = found {
                    self.environment.drop_item(now, id);
                    self.items.retain(|item| *item != id);
                    self.relations.retain(|item| *item != id);
                }
            }
            Step::Restart(n) => {
                let replicas = self.environment.catalog.clusters().flat_map(|cluster| &cluster.replicas);
                let found: Option<ReplicaId> = replicas.map(|replica| replica.id).nth(*n);
                if let Some(id) = found {
                    self.environment.simulation.restart(id, now);
                    return true;
                }
            }
            Step::Oom(n) => self.environment.simulation.oom(cluster(*n), now),
            Step::Recover => self.environment.simulation.recover(now),
            Step::Slow(milliseconds) => {
                let takes = Some(Duration::from_millis(u64::from(*milliseconds)));
                self.environment.simulation.set_hydration(Pattern::new("%"), takes, now);
            }
        }
        if let Some((id, readable)) = made {
            self.items.push(id);
            self.relations.extend(readable.then_some(id));
        }
        matches!(step, Step::Oom(_))
    }

    /// The pairs of replica and object that are hydrated.
    fn hydrated(&mut self) -> BTreeSet<(String, String)> {
        let rows = self.environment.rows(self.now, "mz_compute_hydration_times");
        let pair = |row: Vec<Option<String>>| match <[_; 3]>::try_from(row) {
            Ok([Some(replica), Some(object), Some(_)]) => Some((replica, object)),
            _ => None,
        };
        rows.into_iter().filter_map(pair).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is hydrated stays so, unless it or its replica goes or a process ends.
    #[test]
    fn hydration_does_not_go_back(steps in prop::collection::vec(step(), 0..40)) {
        let mut world = World::new();
        let mut before = BTreeSet::new();
        let mut troubled = false;
        for step in &steps {
            troubled = world.take(step) || (troubled && !matches!(step, Step::Recover));
            let after = world.hydrated();
            let catalog = &world.environment.catalog;
            let replicas: BTreeSet<String> =
                catalog.clusters().flat_map(|cluster| &cluster.replicas).map(|r| r.id.to_string()).collect();
            let lost: Vec<_> = before
                .difference(&after)
                .filter(|(replica, object)| {
                    let id: ItemId = object.parse().expect("an id");
                    replicas.contains(replica) && catalog.item(id).is_some()
                })
                .collect();
            prop_assert!(troubled || lost.is_empty(), "{step:?} lost {lost:?}");
            before = after;
        }
    }

    /// No row but of the past names what is gone.
    #[test]
    fn what_is_dropped_takes_its_rows_along(steps in prop::collection::vec(step(), 0..40)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.environment.rows(world.now, "");
            let catalog = &world.environment.catalog;
            let mut present: BTreeSet<String> = catalog.items().map(|item| item.id.to_string()).collect();
            let replicas = catalog.clusters().flat_map(|cluster| &cluster.replicas);
            present.extend(replicas.map(|replica| replica.id.to_string()));
            for (name, rows) in world.environment.simulation.rows() {
                let relation = Relation::ALL.iter().find(|known| known.name == name).expect("it is listed");
                for row in rows.iter().filter(|_| !name.contains("status_history")) {
                    let key = row.get(relation.key_position).cloned().flatten().unwrap_or_default();
                    prop_assert!(present.contains(&key), "{name} names {key}");
                }
            }
        }
    }

    /// It makes no difference how often one looks.
    #[test]
    fn looking_changes_nothing(steps in prop::collection::vec(step(), 0..40)) {
        let (mut often, mut seldom) = (World::new(), World::new());
        for step in &steps {
            often.take(step);
            seldom.take(step);
            often.environment.simulation.changes(often.now);
        }
        for relation in ["mz_compute_hydration_times", "mz_frontiers", "mz_cluster_replica_status_history"] {
            let (a, b) = (often.now + 500, relation);
            often.environment.simulation.changes(a);
            seldom.environment.simulation.changes(a);
            let rows = |world: &World| {
                world.environment.simulation.rows().into_iter().find(|(name, _)| name.ends_with(b))
            };
            prop_assert_eq!(rows(&often), rows(&seldom));
        }
    }
}
