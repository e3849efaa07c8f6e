//! What the ledger's rows say of deployments: the documents of `list`, `log` and `describe`.
//!
//! The ledger has one row for each schema of a deployment. What is common to all of them is taken from the row that says
//! most.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::Status;
use crate::hydration::ClusterReadiness;

/// A row of the ledger's table of deployments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct DeploymentRow {
    pub(in crate::cli) deploy_id: String,
    pub(in crate::cli) deployed_at: Timestamp,
    pub(in crate::cli) promoted_at: Option<Timestamp>,
    pub(in crate::cli) database: String,
    pub(in crate::cli) schema: String,
    pub(in crate::cli) deployed_by: String,
    pub(in crate::cli) commit: Option<String>,
    /// `objects`, `replacement`, `sinks` or `tables`.
    pub(in crate::cli) kind: String,
    pub(in crate::cli) mode: String,
}

/// A row of the ledger's table of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct ObjectRow {
    pub(in crate::cli) database: String,
    pub(in crate::cli) schema: String,
    pub(in crate::cli) object: String,
    pub(in crate::cli) hash: String,
}

/// A schema of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(in crate::cli) struct Schema {
    pub(in crate::cli) database: String,
    pub(in crate::cli) schema: String,
}

/// A deployment that is staged: one element of the document of `list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct ListedDeployment {
    pub(in crate::cli) deploy_id: String,
    pub(in crate::cli) deployed_at: Timestamp,
    pub(in crate::cli) deployed_by: String,
    pub(in crate::cli) git_commit: Option<String>,
    pub(in crate::cli) kind: String,
    pub(in crate::cli) schemas: Vec<Schema>,
    pub(in crate::cli) clusters: Vec<ClusterReadiness>,
}

/// A deployment that was promoted: one element of the document of `log`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct LoggedDeployment {
    pub(in crate::cli) deploy_id: String,
    pub(in crate::cli) promoted_at: Timestamp,
    pub(in crate::cli) deployed_by: String,
    pub(in crate::cli) git_commit: Option<String>,
    pub(in crate::cli) kind: String,
    pub(in crate::cli) schemas: Vec<Schema>,
}

/// Everything that is known of a deployment: the document of `describe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct DescribedDeployment {
    status: Status,
    pub(in crate::cli) deploy_id: String,
    pub(in crate::cli) details: Details,
    /// Names with dots, and the digests of their definitions.
    pub(in crate::cli) objects: BTreeMap<String, String>,
    /// What was done for it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::cli) steps: Vec<StepRow>,
}

/// A step that was done, or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct StepRow {
    /// The command.
    pub(in crate::cli) command: String,
    /// Which one it was in that run of the command, from 0.
    pub(in crate::cli) number: u64,
    /// What it did.
    pub(in crate::cli) step: String,
    /// When it ended.
    pub(in crate::cli) at: Timestamp,
    /// How long it took; steps that were sent together share the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) took_ms: Option<u64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) error: Option<String>,
}

/// What a deployment is, but for its objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Details {
    pub(in crate::cli) deployed_at: Timestamp,
    pub(in crate::cli) promoted_at: Option<Timestamp>,
    pub(in crate::cli) deployed_by: String,
    pub(in crate::cli) git_commit: Option<String>,
    pub(in crate::cli) kind: String,
    pub(in crate::cli) mode: String,
    pub(in crate::cli) schemas: Vec<Schema>,
}

/// The rows of each deployment.
fn by_id(rows: &[DeploymentRow]) -> BTreeMap<&str, Vec<&DeploymentRow>> {
    let mut deployments: BTreeMap<&str, Vec<&DeploymentRow>> = BTreeMap::new();
    for row in rows {
        deployments.entry(&row.deploy_id).or_default().push(row);
    }
    deployments
}

/// What the rows of one deployment say together; none without a row.
fn details(rows: &[&DeploymentRow]) -> Option<Details> {
    let says_most =
        |row: &&&DeploymentRow| ["objects", "replacement", "sinks"].iter().position(|k| *k == row.kind);
    let row = rows.iter().min_by_key(|row| says_most(row).unwrap_or(usize::MAX))?;
    let schema = |row: &&DeploymentRow| Schema { database: row.database.clone(), schema: row.schema.clone() };
    let schemas: BTreeSet<Schema> = rows.iter().map(schema).collect();
    Some(Details {
        deployed_at: row.deployed_at,
        promoted_at: rows.iter().filter_map(|row| row.promoted_at).max(),
        deployed_by: row.deployed_by.clone(),
        git_commit: row.commit.clone().filter(|commit| !commit.is_empty()),
        kind: row.kind.clone(),
        mode: row.mode.clone(),
        schemas: schemas.into_iter().collect(),
    })
}

/// What is staged, sorted by id, with what is known of the clusters of each.
pub(in crate::cli) fn list(
    rows: &[DeploymentRow],
    mut clusters: BTreeMap<String, Vec<ClusterReadiness>>,
) -> Vec<ListedDeployment> {
    let staged = by_id(rows).into_iter().filter_map(|(id, rows)| Some((id, details(&rows)?)));
    staged
        .filter(|(_, details)| details.promoted_at.is_none())
        .map(|(id, details)| ListedDeployment {
            deploy_id: id.to_owned(),
            deployed_at: details.deployed_at,
            deployed_by: details.deployed_by,
            git_commit: details.git_commit,
            kind: details.kind,
            schemas: details.schemas,
            clusters: clusters.remove(id).unwrap_or_default(),
        })
        .collect()
}

/// What was promoted, newest first: as many deployments as were asked for, however many rows each has.
pub(in crate::cli) fn log(rows: &[DeploymentRow], limit: Option<usize>) -> Vec<LoggedDeployment> {
    let promoted = by_id(rows).into_iter().filter_map(|(id, rows)| {
        let details = details(&rows)?;
        Some(LoggedDeployment {
            deploy_id: id.to_owned(),
            promoted_at: details.promoted_at?,
            deployed_by: details.deployed_by,
            git_commit: details.git_commit,
            kind: details.kind,
            schemas: details.schemas,
        })
    });
    let mut promoted: Vec<LoggedDeployment> = promoted.collect();
    promoted.sort_by(|a, b| b.promoted_at.cmp(&a.promoted_at).then_with(|| a.deploy_id.cmp(&b.deploy_id)));
    promoted.truncate(limit.unwrap_or(usize::MAX));
    promoted
}

/// What is known of a deployment; none if the ledger has no row of it.
pub(in crate::cli) fn describe(
    deploy_id: &str,
    rows: &[DeploymentRow],
    objects: &[ObjectRow],
    steps: Vec<StepRow>,
) -> Option<DescribedDeployment> {
    let rows: Vec<&DeploymentRow> = rows.iter().filter(|row| row.deploy_id == deploy_id).collect();
    let name = |row: &ObjectRow| format!("{}.{}.{}", row.database, row.schema, row.object);
    Some(DescribedDeployment {
        status: Status::Done,
        deploy_id: deploy_id.to_owned(),
        details: details(&rows)?,
        objects: objects.iter().map(|row| (name(row), row.hash.clone())).collect(),
        steps,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::hydration::Status as ClusterStatus;

    pub(in crate::cli::documents) fn time(text: &str) -> Timestamp {
        text.parse().expect("it is a time")
    }

    /// A cluster of which nothing but the status matters.
    fn cluster(name: &str, status: ClusterStatus) -> ClusterReadiness {
        ClusterReadiness {
            cluster_name: name.into(),
            cluster_id: "u7".into(),
            status,
            hydrated_count: 2,
            total_count: 3,
            max_lag_secs: 0,
            total_replicas: 1,
            problematic_replicas: 0,
        }
    }

    fn row(id: &str, schema: &str, kind: &str) -> DeploymentRow {
        DeploymentRow {
            deploy_id: id.to_owned(),
            deployed_at: time("2026-03-01 10:00:00+00"),
            promoted_at: None,
            database: "shop".to_owned(),
            schema: schema.to_owned(),
            deployed_by: "deployer".to_owned(),
            commit: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
            kind: kind.to_owned(),
            mode: "stage".to_owned(),
        }
    }

    fn promoted(row: DeploymentRow, at: &str) -> DeploymentRow {
        DeploymentRow { deployed_at: time("2026-01-31 10:00:00+00"), promoted_at: Some(time(at)), ..row }
    }

    /// Two deployments that are staged, one of them without a commit, and two that were promoted.
    pub(in crate::cli::documents) fn rows() -> Vec<DeploymentRow> {
        vec![
            row("v3", "sinks", "sinks"),
            row("v3", "core", "objects"),
            DeploymentRow { commit: None, ..row("try", "core", "objects") },
            promoted(row("v1", "core", "objects"), "2026-02-01 10:00:00.25+00"),
            promoted(row("v2", "raw", "tables"), "2026-02-02 10:00:00+00"),
            promoted(row("v2", "core", "objects"), "2026-02-02 10:00:00+00"),
        ]
    }

    pub(in crate::cli::documents) fn clusters() -> BTreeMap<String, Vec<ClusterReadiness>> {
        let hydrating = ClusterStatus::Hydrating { hydrated: 2, total: 3 };
        let of_v3 = vec![cluster("compute_v3", ClusterStatus::Ready), cluster("serving_v3", hydrating)];
        BTreeMap::from([
            ("v3".to_owned(), of_v3),
            ("try".to_owned(), vec![cluster("compute_try", ClusterStatus::Ready)]),
        ])
    }

    pub(in crate::cli::documents) fn objects() -> Vec<ObjectRow> {
        let row = |object: &str, hash: &str| ObjectRow {
            database: "shop".to_owned(),
            schema: "core".to_owned(),
            object: object.to_owned(),
            hash: hash.to_owned(),
        };
        vec![row("totals", "f1:0123456789abcdef"), row("best", "f1:fedcba9876543210")]
    }

    /// One that was done, and one that failed.
    pub(in crate::cli::documents) fn steps() -> Vec<StepRow> {
        let step = |number, step: &str, took_ms, error: Option<&str>| StepRow {
            command: "promote".to_owned(),
            number,
            step: step.to_owned(),
            at: time("2026-02-02 10:00:00+00"),
            took_ms,
            error: error.map(str::to_owned),
        };
        vec![
            step(0, "ALTER SCHEMA shop.core SWAP WITH core_v2", Some(35), None),
            step(1, "DROP SCHEMA shop.core_v2", None, Some("still depended upon by view shop.public.theirs")),
        ]
    }

    #[test]
    fn what_is_staged_is_listed_by_id() {
        let listed = list(&rows(), clusters());
        let ids: Vec<&str> = listed.iter().map(|d| d.deploy_id.as_str()).collect();
        assert_eq!(ids, ["try", "v3"]);
        let text = serde_json::to_string(&listed[1]).expect("it is JSON");
        let expected = r#"{"deploy_id":"v3","deployed_at":"2026-03-01T10:00:00Z","deployed_by":"deployer","git_commit":"0123456789abcdef0123456789abcdef01234567","kind":"objects","schemas":[{"database":"shop","schema":"core"},{"database":"shop","schema":"sinks"}],"clusters":[{"cluster_name":"compute_v3","#;
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn a_limit_counts_deployments_and_not_rows() {
        let ids = |limit| log(&rows(), limit).into_iter().map(|d| d.deploy_id).collect::<Vec<_>>();
        assert_eq!(ids(None), ["v2", "v1"]);
        assert_eq!(ids(Some(1)), ["v2"]);
        assert_eq!(ids(Some(2)), ["v2", "v1"]);
        assert_eq!(log(&rows(), Some(1))[0].schemas.len(), 2);
    }

    #[test]
    fn a_promotion_has_its_time_with_fractions() {
        let text = serde_json::to_string(&log(&rows(), None)[1]).expect("it is JSON");
        assert_eq!(
            text,
            r#"{"deploy_id":"v1","promoted_at":"2026-02-01T10:00:00.25Z","deployed_by":"deployer","git_commit":"0123456789abcdef0123456789abcdef01234567","kind":"objects","schemas":[{"database":"shop","schema":"core"}]}"#
        );
    }

    #[test]
    fn a_deployment_is_described_with_its_objects() {
        let described = describe("v2", &rows(), &objects(), Vec::new()).expect("there is such a deployment");
        assert_eq!(
            serde_json::to_string(&described).expect("it is JSON"),
            r#"{"status":"done","deploy_id":"v2","details":{"deployed_at":"2026-01-31T10:00:00Z","promoted_at":"2026-02-02T10:00:00Z","deployed_by":"deployer","git_commit":"0123456789abcdef0123456789abcdef01234567","kind":"objects","mode":"stage","schemas":[{"database":"shop","schema":"core"},{"database":"shop","schema":"raw"}]},"objects":{"shop.core.best":"f1:fedcba9876543210","shop.core.totals":"f1:0123456789abcdef"}}"#
        );
        assert_eq!(describe("v9", &rows(), &[], Vec::new()), None);
    }
}
