//! When a deployment is ready, as a pure function of what was observed.
//!
//! A cluster is ready when one of its replicas has hydrated **everything** that the deployment made on it, and none of that is
//! further behind than is allowed. What isn't known doesn't count: a fresh object has a row without a replica, or none at all,
//! and two replicas that have hydrated one half each answer no query of a reader who needs both.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use smol_str::SmolStr;

use super::expected::{Dataflow, Expected, ExpectedCluster, ExpectedObject};

/// What was seen of the clusters and objects of a deployment, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// Clusters that are there.
    pub clusters: BTreeMap<SmolStr, Cluster>,
    /// Objects that are there.
    pub objects: BTreeSet<SmolStr>,
    /// Rows of `mz_hydration_statuses`, in any order.
    pub hydration: Vec<HydrationStatus>,
    /// `mz_wallclock_global_lag` in whole seconds; `None` for an object that can't be read yet.
    pub lags: BTreeMap<SmolStr, Option<u64>>,
    /// Objects whose write frontier is no further behind than is allowed. Lags are sampled once a minute, so an object that
    /// has just hydrated has none; its frontier then says how far it is.
    pub caught_up: BTreeSet<SmolStr>,
    /// Objects that never change again: constants, and materialized views whose inputs have ended.
    pub sealed: BTreeSet<SmolStr>,
}

/// A cluster that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// Its name now.
    pub name: SmolStr,
    /// Ids of its replicas; true for one that keeps running out of memory.
    pub replicas: BTreeMap<SmolStr, bool>,
}

/// A row of `mz_hydration_statuses`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HydrationStatus {
    /// The object.
    pub object: SmolStr,
    /// The replica; `None` as long as no replica has reported.
    pub replica: Option<SmolStr>,
    /// Whether it is hydrated there, as far as that is known.
    pub hydrated: Option<bool>,
}

/// How ready a deployment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Its clusters, in the order of [`Expected`].
    pub clusters: Vec<ClusterReadiness>,
}

/// How ready a cluster of a deployment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterReadiness {
    /// Its name: the present one, or the recorded one if it is gone.
    pub cluster_name: SmolStr,
    /// Its id.
    pub cluster_id: SmolStr,
    /// What that comes to.
    pub status: Status,
    /// Objects that are hydrated on the replica that has most of them, of those that don't keep running out of memory.
    pub hydrated_count: usize,
    /// Objects that the deployment made on it.
    pub total_count: usize,
    /// The largest known lag of them, in seconds.
    pub max_lag_secs: u64,
    /// Replicas.
    pub total_replicas: usize,
    /// Replicas that keep running out of memory.
    pub problematic_replicas: usize,
}

/// The state of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything on it can take over.
    Ready,
    /// Not everything is hydrated on one replica.
    Hydrating {
        /// Objects that are hydrated on the replica that has most of them.
        hydrated: usize,
        /// Objects that the deployment made on it.
        total: usize,
    },
    /// Everything is hydrated, something isn't up to date.
    Lagging {
        /// The largest known lag, in seconds. It may be smaller than what is allowed while another one isn't known yet.
        max_lag_secs: u64,
    },
    /// Waiting won't help.
    Failing {
        /// Why.
        reason: Reason,
    },
}

/// Why a cluster can't become ready by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its replication factor is 0.
    NoReplicas,
    /// Every replica keeps running out of memory.
    AllReplicasProblematic {
        /// How many of them.
        problematic: usize,
        /// How many there are: as many.
        total: usize,
    },
    /// The cluster is gone.
    Dropped,
    /// Objects of the deployment are gone.
    ObjectsDropped {
        /// Their names, as they were recorded.
        objects: Vec<SmolStr>,
    },
}

/// What a deployment's readiness comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every cluster is ready.
    Ready,
    /// Some cluster isn't, and may become so.
    NotReady,
    /// Some cluster can't become ready by itself.
    Failing,
}

impl Readiness {
    /// What it comes to. Without a cluster there is nothing to wait for.
    pub fn verdict(&self) -> Verdict {
        let any = |test: fn(&Status) -> bool| self.clusters.iter().any(|cluster| test(&cluster.status));
        if any(|status| matches!(status, Status::Failing { .. })) {
            Verdict::Failing
        } else if any(|status| *status != Status::Ready) {
            Verdict::NotReady
        } else {
            Verdict::Ready
        }
    }

    /// True if every cluster is ready.
    pub fn is_ready(&self) -> bool {
        self.verdict() == Verdict::Ready
    }
}

/// How ready a deployment is: the rule.
pub fn readiness(expected: &Expected, observation: &Observation, allowed_lag: Duration) -> Readiness {
    let seen = Seen::new(observation, allowed_lag);
    Readiness { clusters: expected.clusters.iter().map(|cluster| seen.cluster(cluster)).collect() }
}

/// An observation, prepared for questions.
struct Seen<'a> {
    observation: &'a Observation,
    allowed_lag: u64,
    /// Whether an object is hydrated on a replica: all rows for both say so.
    hydrated: BTreeMap<(&'a str, &'a str), bool>,
}

impl<'a> Seen<'a> {
    fn new(observation: &'a Observation, allowed_lag: Duration) -> Self {
        let mut hydrated = BTreeMap::new();
        for row in &observation.hydration {
            if let Some(replica) = &row.replica {
                let known = hydrated.entry((row.object.as_str(), replica.as_str())).or_insert(true);
                *known &= row.hydrated == Some(true);
            }
        }
        Self { observation, allowed_lag: allowed_lag.as_secs(), hydrated }
    }

    fn cluster(&self, expected: &ExpectedCluster) -> ClusterReadiness {
        let cluster = self.observation.clusters.get(&expected.id);
        let replicas = cluster.map(|cluster| &cluster.replicas);
        let replicas = || replicas.into_iter().flatten();
        // A replica that keeps running out of memory is none to rely on, though it may be hydrated at the moment.
        let reliable = replicas().filter(|(_, is_problematic)| !**is_problematic);
        let hydrated_count =
            reliable.map(|(replica, _)| self.hydrated_on(replica, expected)).max().unwrap_or(0);
        let mut readiness = ClusterReadiness {
            cluster_name: cluster.map_or_else(|| expected.name.clone(), |cluster| cluster.name.clone()),
            cluster_id: expected.id.clone(),
            status: Status::Ready,
            hydrated_count,
            total_count: expected.objects.len(),
            max_lag_secs: expected.objects.iter().filter_map(|object| self.lag(object)).max().unwrap_or(0),
            total_replicas: replicas().count(),
            problematic_replicas: replicas().filter(|(_, is_problematic)| **is_problematic).count(),
        };
        readiness.status = self.status(expected, cluster, &readiness);
        readiness
    }

    fn status(
        &self,
        expected: &ExpectedCluster,
        cluster: Option<&Cluster>,
        seen: &ClusterReadiness,
    ) -> Status {
        if cluster.is_none() {
            return Status::Failing { reason: Reason::Dropped };
        }
        let dropped: Vec<_> = expected.objects.iter().filter(|object| !self.is_there(object)).collect();
        if !dropped.is_empty() {
            let objects = dropped.into_iter().map(|object| object.name.clone()).collect();
            return Status::Failing { reason: Reason::ObjectsDropped { objects } };
        }
        if expected.objects.is_empty() {
            // Nothing runs there, with or without a replica.
            return Status::Ready;
        }
        let (problematic, total) = (seen.problematic_replicas, seen.total_replicas);
        if total == 0 {
            return Status::Failing { reason: Reason::NoReplicas };
        }
        if problematic == total {
            return Status::Failing { reason: Reason::AllReplicasProblematic { problematic, total } };
        }
        if seen.hydrated_count < seen.total_count {
            return Status::Hydrating { hydrated: seen.hydrated_count, total: seen.total_count };
        }
        if expected.objects.iter().any(|object| !self.is_up_to_date(object)) {
            return Status::Lagging { max_lag_secs: seen.max_lag_secs };
        }
        Status::Ready
    }

    fn is_there(&self, object: &ExpectedObject) -> bool {
        self.observation.objects.contains(&object.id)
    }

    /// How many objects of a cluster are hydrated on a replica.
    fn hydrated_on(&self, replica: &str, cluster: &ExpectedCluster) -> usize {
        cluster.objects.iter().filter(|object| self.is_hydrated_on(replica, object)).count()
    }

    fn is_hydrated_on(&self, replica: &str, object: &ExpectedObject) -> bool {
        // The contents of a sealed materialized view are in storage, and no replica works on it any more; an index is in the
        // memory of a replica for ever.
        let is_in_storage =
            object.kind == Dataflow::MaterializedView && self.observation.sealed.contains(&object.id);
        is_in_storage || self.hydrated.get(&(object.id.as_str(), replica)) == Some(&true)
    }

    fn lag(&self, object: &ExpectedObject) -> Option<u64> {
        if self.observation.sealed.contains(&object.id) {
            return Some(0);
        }
        self.observation.lags.get(&object.id).copied().flatten()
    }

    fn is_up_to_date(&self, object: &ExpectedObject) -> bool {
        match self.lag(object) {
            Some(lag) => lag <= self.allowed_lag,
            None => self.observation.caught_up.contains(&object.id),
        }
    }
}
