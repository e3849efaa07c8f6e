//! The documents of `stage` and `abort`.

use mz_deploy_planner::plan::{Plan, TakenAway};
use serde::Serialize;

use super::Status;
use super::staged::{self, QualifiedName};

/// A deployment that was staged.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct StageDocument<'p> {
    status: Status,
    deploy_id: &'p str,
    objects_deployed: usize,
}

impl<'p> StageDocument<'p> {
    /// After a plan was run; one without a change staged nothing.
    pub(in crate::cli) fn new(plan: &'p Plan) -> Self {
        let is_empty = plan.changes.is_empty() && plan.scopes.is_empty();
        Self {
            status: if is_empty { Status::Unchanged } else { Status::Done },
            deploy_id: &plan.deploy_id,
            objects_deployed: plan.cost.objects,
        }
    }
}

/// What would be staged.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct StagePlanDocument<'p> {
    status: Status,
    deploy_id: &'p str,
    schemas: Vec<StagedSchema>,
    clusters: Vec<StagedCluster>,
    objects: Vec<QualifiedName>,
    sinks: Vec<QualifiedName>,
    replacement_mvs: Vec<QualifiedName>,
}

#[derive(Clone, Debug, Serialize)]
struct StagedSchema {
    database: String,
    schema: String,
    staging_schema: String,
}

#[derive(Clone, Debug, Serialize)]
struct StagedCluster {
    production_cluster: String,
    staging_cluster: String,
}

impl<'p> StagePlanDocument<'p> {
    pub(in crate::cli) fn new(plan: &'p Plan) -> Self {
        let schema = |pair: staged::StagedSchema| StagedSchema {
            database: pair.database,
            schema: pair.production,
            staging_schema: pair.staged,
        };
        let cluster = |pair: staged::StagedCluster| StagedCluster {
            production_cluster: pair.production,
            staging_cluster: pair.staged,
        };
        let is_empty = plan.changes.is_empty() && plan.scopes.is_empty();
        Self {
            status: if is_empty { Status::Unchanged } else { Status::Planned },
            deploy_id: &plan.deploy_id,
            schemas: staged::schemas(plan).into_iter().map(schema).collect(),
            clusters: staged::clusters(plan).into_iter().map(cluster).collect(),
            objects: staged::objects(plan).map(|change| QualifiedName::from(&change.name)).collect(),
            sinks: staged::sinks(plan).map(|change| QualifiedName::from(&change.name)).collect(),
            replacement_mvs: staged::replacements(plan)
                .map(|change| QualifiedName::from(&change.name))
                .collect(),
        }
    }
}

/// A deployment that was taken away.
#[derive(Clone, Debug, Serialize)]
pub(in crate::cli) struct AbortDocument<'a> {
    status: Status,
    deploy_id: &'a str,
    schemas_dropped: usize,
    clusters_dropped: usize,
}

impl<'a> AbortDocument<'a> {
    /// After so much was dropped.
    pub(in crate::cli) fn new(deploy_id: &'a str, dropped: TakenAway) -> Self {
        let TakenAway { schemas: schemas_dropped, clusters: clusters_dropped } = dropped;
        Self { status: Status::Done, deploy_id, schemas_dropped, clusters_dropped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::documents::example;

    fn json(document: &impl Serialize) -> String {
        serde_json::to_string(document).expect("it is JSON")
    }

    #[test]
    fn what_would_be_staged() {
        assert_eq!(
            json(&StagePlanDocument::new(&example::swap())),
            concat!(
                r#"{"status":"planned","deploy_id":"v2","#,
                r#""schemas":[{"database":"shop","schema":"core","staging_schema":"core_v2"}],"#,
                r#""clusters":[{"production_cluster":"compute","staging_cluster":"compute_v2"}],"#,
                r#""objects":[{"database":"shop","schema":"core","object":"best"},"#,
                r#"{"database":"shop","schema":"core","object":"totals"}],"#,
                r#""sinks":[{"database":"shop","schema":"out","object":"totals_out"}],"#,
                r#""replacement_mvs":[]}"#
            )
        );
    }

    #[test]
    fn what_was_staged() {
        assert_eq!(
            json(&StageDocument::new(&example::swap())),
            r#"{"status":"done","deploy_id":"v2","objects_deployed":2}"#
        );
        assert_eq!(
            json(&StageDocument::new(&example::nothing())),
            r#"{"status":"unchanged","deploy_id":"v2","objects_deployed":0}"#
        );
    }

    #[test]
    fn nothing_is_staged_in_a_copy_of_its_schema_if_it_is_renamed_or_replaced() {
        let json = json(&StagePlanDocument::new(&example::replace()));
        assert!(json.contains(r#""schemas":[],"clusters":[],"objects":[]"#), "{json}");
        assert!(
            json.contains(r#""replacement_mvs":[{"database":"shop","schema":"api","object":"totals"}]"#),
            "{json}"
        );
    }

    #[test]
    fn what_was_taken_away() {
        assert_eq!(
            json(&AbortDocument::new("v2", TakenAway { schemas: 2, clusters: 1 })),
            r#"{"status":"done","deploy_id":"v2","schemas_dropped":2,"clusters_dropped":1}"#
        );
    }
}
