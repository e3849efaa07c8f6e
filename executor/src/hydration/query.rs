//! The queries that observe a deployment.
//!
//! Everything is found by the ids that were recorded, never by names. All relations are the catalog's, so the queries run on
//! the server's own cluster, whatever state the session's cluster is in. Values are cast to `text`, as clients don't know the
//! server's own types.

use std::fmt;
use std::time::Duration;

use mz_deploy_planner::name::Literal;

use super::expected::Expected;

/// A replica that ran out of memory this often within a day keeps doing so.
const OUT_OF_MEMORY: u32 = 3;

/// The largest lag that is told from any: an interval has to stay within the times that the server knows.
const LONGEST_LAG: Duration = Duration::from_hours(100 * 365 * 24);

/// The name of the cursor.
const CURSOR: &str = "hydration";

/// The query for the facts of this moment: rows of `fact`, `id`, `place`, `value`.
pub fn observation_query(expected: &Expected, allowed_lag: Duration) -> String {
    let clusters = Ids(expected.clusters.iter().map(|cluster| cluster.id.as_str()).collect());
    let objects = Ids(expected.objects().map(|object| object.id.as_str()).collect());
    if objects.0.is_empty() {
        return format!("WITH expected_cluster (id) AS (VALUES {clusters})\n{CLUSTER_FACTS}");
    }
    // Filters on `mz_now()` may not be combined with OR, so each is in a query of its own.
    format!(
        "\
WITH expected_cluster (id) AS (VALUES {clusters}),
  expected_object (id) AS (VALUES {objects})
{CLUSTER_FACTS}
UNION ALL
SELECT 'problematic', r.id, NULL::text, NULL::text
  FROM mz_internal.mz_cluster_replica_status_history h
  JOIN mz_catalog.mz_cluster_replicas r ON r.id = h.replica_id
  JOIN expected_cluster e ON e.id = r.cluster_id
  WHERE h.reason = 'oom-killed' AND mz_now() <= h.occurred_at + INTERVAL '24 hours'
  GROUP BY r.id
  HAVING count(*) >= {OUT_OF_MEMORY}
UNION ALL
{OBJECT_FACTS}
UNION ALL
SELECT 'caught up', f.object_id, NULL::text, NULL::text
  FROM mz_internal.mz_frontiers f JOIN expected_object e ON e.id = f.object_id
  WHERE mz_now() <= f.write_frontier::timestamptz + INTERVAL '{} seconds'",
        allowed_lag.min(LONGEST_LAG).as_secs()
    )
}

/// The statements that open a cursor over those facts and how they change, each sent on its own.
///
/// With `PROGRESS`, rows also say up to which time the changes are complete, so that what belongs together is never taken
/// apart, and nothing at all is told from nothing yet.
pub fn subscribe_statements(expected: &Expected, allowed_lag: Duration) -> [String; 2] {
    let query = observation_query(expected, allowed_lag);
    ["BEGIN".to_owned(), format!("DECLARE {CURSOR} CURSOR FOR SUBSCRIBE ({query}) WITH (PROGRESS)")]
}

/// The statement that takes what has changed within some whole seconds, all of which it waits.
pub fn fetch_statement(patience: Duration) -> String {
    format!("FETCH ALL {CURSOR} WITH (timeout = '{}s')", patience.as_secs())
}

/// The statement that ends a subscription, also one that failed.
pub const END_SUBSCRIPTION: &str = "ROLLBACK";

const CLUSTER_FACTS: &str = "\
SELECT 'cluster' AS fact, c.id AS id, NULL::text AS place, c.name AS value
  FROM mz_catalog.mz_clusters c JOIN expected_cluster e ON e.id = c.id
UNION ALL
SELECT 'replica', r.id, r.cluster_id, NULL::text
  FROM mz_catalog.mz_cluster_replicas r JOIN expected_cluster e ON e.id = r.cluster_id";

const OBJECT_FACTS: &str = "\
SELECT 'object', o.id, NULL::text, NULL::text
  FROM mz_catalog.mz_objects o JOIN expected_object e ON e.id = o.id
UNION ALL
SELECT 'hydration', h.object_id, h.replica_id, h.hydrated::text
  FROM mz_internal.mz_hydration_statuses h JOIN expected_object e ON e.id = h.object_id
UNION ALL
SELECT 'lag', l.object_id, NULL::text, extract(epoch FROM l.lag)::int8::text
  FROM mz_internal.mz_wallclock_global_lag l JOIN expected_object e ON e.id = l.object_id
UNION ALL
SELECT 'sealed', f.object_id, NULL::text, NULL::text
  FROM mz_internal.mz_frontiers f JOIN expected_object e ON e.id = f.object_id
  WHERE f.write_frontier IS NULL";

/// Ids as rows of `VALUES`.
struct Ids<'a>(Vec<&'a str>);

impl fmt::Display for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, id) in self.0.iter().enumerate() {
            write!(f, "{}({})", if i > 0 { ", " } else { "" }, Literal(id))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hydration::test_snapshot::assert_snapshot;
    use crate::hydration::{Dataflow, ExpectedCluster, ExpectedObject};

    const ALLOWED_LAG: Duration = Duration::from_mins(5);

    fn expected(cluster: &str, objects: &[&str]) -> Expected {
        let object = |id: &&str| ExpectedObject {
            name: (*id).into(),
            id: (*id).into(),
            kind: Dataflow::MaterializedView,
        };
        let objects = objects.iter().map(object).collect();
        Expected {
            clusters: vec![ExpectedCluster { id: cluster.into(), name: "compute_v2".into(), objects }],
        }
    }

    #[test]
    fn a_deployment_is_looked_up_by_its_recorded_ids() {
        let expected = expected("u5", &["u11", "u12"]);
        let statements = [
            &subscribe_statements(&expected, ALLOWED_LAG)[..],
            &[fetch_statement(Duration::from_secs(1)), END_SUBSCRIPTION.to_owned()],
        ];
        assert_snapshot("statements", &statements.concat().join(";\n\n"));
    }

    #[test]
    fn a_cluster_without_objects_is_looked_up_alone() {
        assert_snapshot("query_of_an_empty_cluster", &observation_query(&expected("u5", &[]), ALLOWED_LAG));
    }

    /// Ids come from the ledger, where anybody with the role may have written.
    #[test]
    fn an_id_is_a_literal_whatever_it_holds() {
        let sql = observation_query(&expected("u5'); DROP DATABASE d; --", &["'"]), ALLOWED_LAG);
        assert!(sql.contains("VALUES ('u5''); DROP DATABASE d; --'))"), "{sql}");
        assert!(sql.contains("VALUES (''''))"), "{sql}");
    }
}
