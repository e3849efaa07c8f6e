//! What is written before anything is made.

use mz_deploy_planner::input::{HighestIds, RecordedId};
use mz_deploy_planner::plan::{Action, Plan};
use mz_deploy_planner::view::plan_json;

use super::deployed::Snapshot;
use super::insert::{Insert, Value, record};
use super::rows::{checked, event, highest, in_parts, recorded};
use crate::db::error::DbError;

/// Who deploys, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The role of the session.
    pub role: String,
    /// The name of the machine.
    pub host: String,
    /// The commit of the project.
    pub commit: Option<String>,
}

/// The rows of a deployment that begins at `now`, the server's time: what its plan records, the plan itself, what production
/// has, and what will be deployed when it is promoted. They are written in one transaction, before anything else.
pub fn begun(
    plan: &Plan,
    snapshot: &Snapshot,
    production: &[RecordedId],
    before: HighestIds,
    origin: &Origin,
    now: &str,
) -> Result<Vec<Insert>, DbError> {
    let id = plan.deploy_id.as_str();
    checked(id)?;
    let commit = origin.commit.as_deref().map_or(Value::Null, Value::from);
    let mut inserts = Vec::new();
    for step in plan.phases.iter().flat_map(|phase| &phase.steps) {
        let Action::Effect(effect) = &step.action else { continue };
        for insert in record(effect)? {
            inserts.push(match insert.table() {
                "deployments" => insert
                    .with("deployed_at", &Value::Time(now.to_owned()))
                    .with("deployed_by", &Value::from(origin.role.as_str()))
                    .with("commit", &commit),
                _ => insert,
            });
        }
    }
    inserts.push(in_parts("plans", id, &plan_json(plan)));
    inserts.push(in_parts("snapshots", id, &snapshot.to_json()));
    inserts.push(recorded(id, "production", production));
    inserts.push(highest(id, before));
    inserts.push(event(
        id,
        "stage",
        origin,
        now,
        &serde_json::json!({ "plan": plan.id, "commit": origin.commit }),
    ));
    Ok(inserts)
}
