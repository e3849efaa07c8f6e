//! How far staged clusters are.

use serde::Serialize;

use super::Status;

/// A cluster of a deployment, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct ClusterReadiness {
    /// Its name while it is staged.
    pub(in crate::cli) cluster_name: String,
    /// Its id in the catalog.
    pub(in crate::cli) cluster_id: String,
    /// How far it is.
    pub(in crate::cli) status: ClusterStatus,
    /// Objects that are hydrated.
    pub(in crate::cli) hydrated_count: usize,
    /// Objects that were built on it.
    pub(in crate::cli) total_count: usize,
    /// Seconds that the slowest of them is behind, as far as that is known.
    pub(in crate::cli) max_lag_secs: u64,
    /// Its replicas.
    pub(in crate::cli) total_replicas: usize,
    /// Those that keep failing.
    pub(in crate::cli) problematic_replicas: usize,
}

/// How far a cluster is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum ClusterStatus {
    /// All of it is hydrated, and has caught up.
    Ready,
    /// Some of it isn't hydrated.
    Hydrating {
        /// Objects that are.
        hydrated: usize,
        /// Objects that were built on it.
        total: usize,
    },
    /// All of it is hydrated, and something is too far behind.
    Lagging {
        /// Seconds.
        max_lag_secs: u64,
    },
    /// It won't get any further.
    Failing {
        /// Why.
        reason: ClusterFailure,
    },
}

/// Why a cluster won't get any further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum ClusterFailure {
    /// It has no replica.
    NoReplicas,
    /// Every replica keeps failing.
    AllReplicasProblematic {
        /// Those that keep failing.
        problematic: usize,
        /// All.
        total: usize,
    },
}

/// The document of `wait --once`, and of the check before a promotion.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Readiness<'a> {
    status: Status,
    deploy_id: &'a str,
    ready: bool,
    clusters: &'a [ClusterReadiness],
}

/// A document of `wait`: one for each change.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct Progress<'a> {
    status: Status,
    deploy_id: &'a str,
    all_ready: bool,
    clusters: &'a [ClusterReadiness],
}

/// True if every cluster is ready. A deployment without clusters is.
pub(in crate::cli) fn is_ready(clusters: &[ClusterReadiness]) -> bool {
    clusters.iter().all(|cluster| cluster.status == ClusterStatus::Ready)
}

fn status(is_ready: bool) -> Status {
    if is_ready { Status::Ready } else { Status::NotReady }
}

impl<'a> Readiness<'a> {
    pub(in crate::cli) fn new(deploy_id: &'a str, clusters: &'a [ClusterReadiness]) -> Self {
        let ready = is_ready(clusters);
        Self { status: status(ready), deploy_id, ready, clusters }
    }
}

impl<'a> Progress<'a> {
    pub(in crate::cli) fn new(deploy_id: &'a str, clusters: &'a [ClusterReadiness]) -> Self {
        let all_ready = is_ready(clusters);
        Self { status: status(all_ready), deploy_id, all_ready, clusters }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A cluster of which nothing but the status matters.
    pub(in crate::cli::documents) fn cluster(name: &str, status: ClusterStatus) -> ClusterReadiness {
        ClusterReadiness {
            cluster_name: name.to_owned(),
            cluster_id: "u7".to_owned(),
            status,
            hydrated_count: 2,
            total_count: 3,
            max_lag_secs: 0,
            total_replicas: 1,
            problematic_replicas: 0,
        }
    }

    fn json(document: &impl Serialize) -> String {
        serde_json::to_string(document).expect("it is JSON")
    }

    #[test]
    fn every_status_of_a_cluster_as_json() {
        let failing = |reason| ClusterStatus::Failing { reason };
        let all = [
            ClusterStatus::Ready,
            ClusterStatus::Hydrating { hydrated: 2, total: 3 },
            ClusterStatus::Lagging { max_lag_secs: 400 },
            failing(ClusterFailure::NoReplicas),
            failing(ClusterFailure::AllReplicasProblematic { problematic: 2, total: 2 }),
        ];
        assert_eq!(
            all.map(|status| json(&status)),
            [
                r#""ready""#,
                r#"{"hydrating":{"hydrated":2,"total":3}}"#,
                r#"{"lagging":{"max_lag_secs":400}}"#,
                r#"{"failing":{"reason":"no_replicas"}}"#,
                r#"{"failing":{"reason":{"all_replicas_problematic":{"problematic":2,"total":2}}}}"#,
            ]
        );
    }

    #[test]
    fn one_cluster_that_is_not_ready_is_enough() {
        let clusters = [
            cluster("a_v1", ClusterStatus::Ready),
            cluster("b_v1", ClusterStatus::Hydrating { hydrated: 2, total: 3 }),
        ];
        let text = json(&Readiness::new("v1", &clusters));
        assert!(text.starts_with(r#"{"status":"not_ready","deploy_id":"v1","ready":false,"#), "{text}");
        assert!(
            text.ends_with(
                r#"{"cluster_name":"b_v1","cluster_id":"u7","status":{"hydrating":{"hydrated":2,"total":3}},"hydrated_count":2,"total_count":3,"max_lag_secs":0,"total_replicas":1,"problematic_replicas":0}]}"#
            ),
            "{text}"
        );
        let text = json(&Progress::new("v1", &clusters[..1]));
        assert!(text.starts_with(r#"{"status":"ready","deploy_id":"v1","all_ready":true,"#), "{text}");
    }

    #[test]
    fn a_deployment_without_clusters_is_ready() {
        assert_eq!(
            json(&Readiness::new("v1", &[])),
            r#"{"status":"ready","deploy_id":"v1","ready":true,"clusters":[]}"#
        );
    }
}
