//! The document of `promote`: what is exchanged, and what follows.

use mz_deploy_planner::plan::{ChangeAction, Plan, Reason};
use serde::Serialize;

use super::Status;
use super::staged::{self, QualifiedName, database};

/// How far a promotion was when the command began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum ApplyState {
    /// It hadn't begun.
    NotStarted,
    /// It was interrupted before the exchange.
    PreSwap,
    /// It was interrupted after the exchange.
    PostSwap,
}

/// A promotion, as the plan of its deployment has it.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct PromoteDocument<'p> {
    status: Status,
    deploy_id: &'p str,
    apply_state: ApplyState,
    schema_swaps: Vec<SchemaSwap>,
    cluster_swaps: Vec<ClusterSwap>,
    sinks_to_create: Vec<QualifiedName>,
    replacement_mvs: Vec<ReplacedView>,
    sinks_to_repoint: Vec<Repoint>,
    resources_to_drop: Vec<Resource>,
}

#[derive(Clone, Debug, Serialize)]
struct SchemaSwap {
    database: String,
    production_schema: String,
    staging_schema: String,
}

#[derive(Clone, Debug, Serialize)]
struct ClusterSwap {
    production_cluster: String,
    staging_cluster: String,
}

/// Ours are staged in the schema of what they replace, under a name of their own.
#[derive(Clone, Debug, Serialize)]
struct ReplacedView {
    target_database: String,
    target_schema: String,
    target_name: String,
    replacement_schema: String,
    replacement_name: String,
}

#[derive(Clone, Debug, Serialize)]
struct Repoint {
    sink_database: String,
    sink_schema: String,
    sink_name: String,
    dependency_database: String,
    dependency_schema: String,
    dependency_name: String,
}

#[derive(Clone, Debug, Serialize)]
struct Resource {
    kind: &'static str,
    name: String,
}

impl<'p> PromoteDocument<'p> {
    /// Of the plan that was staged. If the old version is kept, nothing is dropped.
    pub(in crate::cli) fn new(
        stage: &'p Plan,
        status: Status,
        apply_state: ApplyState,
        keeps_old: bool,
    ) -> Self {
        Self {
            status,
            deploy_id: &stage.deploy_id,
            apply_state,
            schema_swaps: schema_swaps(stage),
            cluster_swaps: cluster_swaps(stage),
            sinks_to_create: staged::sinks(stage).map(|change| QualifiedName::from(&change.name)).collect(),
            replacement_mvs: replacements(stage),
            sinks_to_repoint: repoints(stage),
            resources_to_drop: if keeps_old { Vec::new() } else { old_version(stage) },
        }
    }
}

fn schema_swaps(stage: &Plan) -> Vec<SchemaSwap> {
    let swap = |pair: staged::StagedSchema| SchemaSwap {
        database: pair.database,
        production_schema: pair.production,
        staging_schema: pair.staged,
    };
    staged::schemas(stage).into_iter().map(swap).collect()
}

fn cluster_swaps(stage: &Plan) -> Vec<ClusterSwap> {
    let swap = |pair: staged::StagedCluster| ClusterSwap {
        production_cluster: pair.production,
        staging_cluster: pair.staged,
    };
    staged::clusters(stage).into_iter().map(swap).collect()
}

fn replacements(stage: &Plan) -> Vec<ReplacedView> {
    let of = |name: &mz_deploy_planner::name::ObjectName| {
        let schema = name.schema.schema.as_str().to_owned();
        ReplacedView {
            target_database: database(&name.schema),
            target_schema: schema.clone(),
            target_name: name.name.as_str().to_owned(),
            replacement_schema: schema,
            replacement_name: format!("{}__{}", name.name.as_str(), stage.deploy_id),
        }
    };
    staged::replacements(stage).map(|change| of(&change.name)).collect()
}

/// A sink reads one relation, and that is why it is repointed.
fn repoints(stage: &Plan) -> Vec<Repoint> {
    let repointed = stage.changes.iter().filter(|change| change.action == ChangeAction::Repoint);
    repointed
        .filter_map(|change| {
            let Some(Reason::DependsOn { object }) = change.reason.first() else { return None };
            Some(Repoint {
                sink_database: database(&change.name.schema),
                sink_schema: change.name.schema.schema.as_str().to_owned(),
                sink_name: change.name.name.as_str().to_owned(),
                dependency_database: database(&object.schema),
                dependency_schema: object.schema.schema.as_str().to_owned(),
                dependency_name: object.name.as_str().to_owned(),
            })
        })
        .collect()
}

/// What has the staged names after the exchange.
fn old_version(stage: &Plan) -> Vec<Resource> {
    let schema = |pair: staged::StagedSchema| Resource {
        kind: "schema",
        name: format!("{}.{}", pair.database, pair.staged),
    };
    let cluster = |pair: staged::StagedCluster| Resource { kind: "cluster", name: pair.staged };
    let schemas = staged::schemas(stage).into_iter().map(schema);
    schemas.chain(staged::clusters(stage).into_iter().map(cluster)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::documents::example;

    fn json(plan: &Plan, keeps_old: bool) -> String {
        in_state(plan, ApplyState::NotStarted, keeps_old)
    }

    fn in_state(plan: &Plan, state: ApplyState, keeps_old: bool) -> String {
        let document = PromoteDocument::new(plan, Status::Planned, state, keeps_old);
        serde_json::to_string(&document).expect("it is JSON")
    }

    #[test]
    fn everything_that_is_exchanged_and_follows() {
        assert_eq!(
            json(&example::swap(), false),
            concat!(
                r#"{"status":"planned","deploy_id":"v2","apply_state":"not_started","#,
                r#""schema_swaps":[{"database":"shop","production_schema":"core","staging_schema":"core_v2"}],"#,
                r#""cluster_swaps":[{"production_cluster":"compute","staging_cluster":"compute_v2"}],"#,
                r#""sinks_to_create":[{"database":"shop","schema":"out","object":"totals_out"}],"#,
                r#""replacement_mvs":[],"#,
                r#""sinks_to_repoint":[{"sink_database":"shop","sink_schema":"out","sink_name":"totals_old","#,
                r#""dependency_database":"shop","dependency_schema":"core","dependency_name":"totals"}],"#,
                r#""resources_to_drop":[{"kind":"schema","name":"shop.core_v2"},"#,
                r#"{"kind":"cluster","name":"compute_v2"}]}"#
            )
        );
    }

    #[test]
    fn an_old_version_that_is_kept_is_not_dropped() {
        assert!(json(&example::swap(), true).ends_with(r#""resources_to_drop":[]}"#));
    }

    #[test]
    fn a_promotion_that_was_interrupted_says_where() {
        let plan = example::nothing();
        assert!(in_state(&plan, ApplyState::PreSwap, false).contains(r#""apply_state":"pre_swap""#));
        assert!(in_state(&plan, ApplyState::PostSwap, false).contains(r#""apply_state":"post_swap""#));
    }

    #[test]
    fn a_replacement_is_beside_its_target() {
        let text = json(&example::replace(), false);
        let expected = r#""replacement_mvs":[{"target_database":"shop","target_schema":"api","target_name":"totals","replacement_schema":"api","replacement_name":"totals__v2"}]"#;
        assert!(text.contains(expected), "{text}");
    }
}
