//! What a stage plan builds, and what production it stands beside.

use std::collections::BTreeSet;

use mz_deploy_planner::name::{ObjectName, SchemaName};
use mz_deploy_planner::plan::{
    Action, Change, ChangeAction, Effect, Moment, Plan, Precondition, Step, Strategy,
};
use mz_deploy_planner::project::ObjectKind;
use serde::Serialize;

/// An object, by the parts of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct QualifiedName {
    database: String,
    schema: String,
    object: String,
}

impl From<&ObjectName> for QualifiedName {
    fn from(name: &ObjectName) -> Self {
        Self {
            database: database(&name.schema),
            schema: name.schema.schema.as_str().to_owned(),
            object: name.name.as_str().to_owned(),
        }
    }
}

/// A schema and the one that is built beside it.
pub(super) struct StagedSchema {
    pub(super) database: String,
    pub(super) production: String,
    pub(super) staged: String,
}

/// A cluster and the one that is made beside it.
pub(super) struct StagedCluster {
    pub(super) production: String,
    pub(super) staged: String,
}

/// The database of a schema; nothing for those of the system.
pub(super) fn database(schema: &SchemaName) -> String {
    schema.database.as_ref().map(|database| database.as_str().to_owned()).unwrap_or_default()
}

/// The schemas that are built beside others: those that the plan makes, of objects that are swapped with their schema. A
/// schema that is new as such, whatever its name, isn't among them.
pub(super) fn schemas(plan: &Plan) -> Vec<StagedSchema> {
    let made = made(plan, "schema");
    let swapped: BTreeSet<&SchemaName> =
        plan.changes.iter().filter(|c| c.strategy == Strategy::Swap).map(|c| &c.name.schema).collect();
    let staged = |production: &&SchemaName| {
        let schema = production.schema.suffixed(&suffix(plan)).ok()?;
        Some(SchemaName { database: production.database.clone(), schema })
    };
    let pairs = swapped.into_iter().filter_map(|production| Some((production, staged(&production)?)));
    pairs
        .filter(|(_, staged)| made.contains(staged.to_string().as_str()))
        .map(|(production, staged)| StagedSchema {
            database: database(production),
            production: production.schema.as_str().to_owned(),
            staged: staged.schema.as_str().to_owned(),
        })
        .collect()
}

/// The clusters that are made beside others: stage makes no cluster of another kind.
pub(super) fn clusters(plan: &Plan) -> Vec<StagedCluster> {
    let suffix = suffix(plan);
    let made = made(plan, "cluster").into_iter().map(unquoted);
    made.filter_map(|staged| {
        let production = staged.strip_suffix(&suffix)?.to_owned();
        Some(StagedCluster { production, staged })
    })
    .collect()
}

/// Objects that are built in a copy of their schema or under a staged name.
pub(super) fn objects(plan: &Plan) -> impl Iterator<Item = &Change> {
    plan.changes.iter().filter(|c| matches!(c.strategy, Strategy::Swap | Strategy::Rename) && is_built(c))
}

/// Materialized views that get a replacement.
pub(super) fn replacements(plan: &Plan) -> impl Iterator<Item = &Change> {
    plan.changes.iter().filter(|c| c.strategy == Strategy::Replace && is_built(c))
}

/// Sinks that are created at promotion.
pub(super) fn sinks(plan: &Plan) -> impl Iterator<Item = &Change> {
    plan.changes.iter().filter(|c| c.kind == ObjectKind::Sink && is_built(c))
}

fn is_built(change: &Change) -> bool {
    use ChangeAction::{ChangeKind, Create, Rebuild, Update};
    matches!(change.action, Create | Update | Rebuild | ChangeKind)
}

fn suffix(plan: &Plan) -> String {
    format!("_{}", plan.deploy_id)
}

/// The printed names of what stage makes, of a kind.
fn made<'p>(plan: &'p Plan, kind: &str) -> BTreeSet<&'p str> {
    let stage = plan.phases.iter().filter(|phase| phase.at == Moment::Stage);
    let absent = |precondition: &'p Precondition| match precondition {
        Precondition::Absent { kind: absent, name } if absent == kind => Some(name.as_str()),
        _ => None,
    };
    let makes = |step: &&Step| matches!(&step.action, Action::Sql(_)) || is_clone(&step.action);
    stage
        .flat_map(|phase| &phase.steps)
        .filter(makes)
        .flat_map(|step| &step.preconditions)
        .filter_map(absent)
        .collect()
}

fn is_clone(action: &Action) -> bool {
    matches!(action, Action::Effect(effect) if matches!(**effect, Effect::CloneCluster { .. }))
}

/// The name behind a printed one.
fn unquoted(printed: &str) -> String {
    match printed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => printed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mz_deploy_planner::name::Ident;

    #[test]
    fn what_a_name_is_printed_as_means_that_name() {
        for name in ["compute", "Compute", "big \"one\"", "select", "\""] {
            assert_eq!(unquoted(&Ident::new(name).to_string()), name);
        }
    }
}
