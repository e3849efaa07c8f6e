//! The snapshot that a promotion leaves behind: the planner's memory for the next plan.

use std::collections::BTreeSet;

use super::model::{ChangeAction, Plan};
use super::scopes::{kind_of, managed_modifiers};
use super::text;
use crate::changeset::{Comparison, Facts};
use crate::graph::Graph;
use crate::input::{
    DEPLOYED_FORMAT, Deployed, DeployedCompanion, DeployedModifier, DeployedObject, DeployedSchema,
};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{CompanionKind, Modifier, Object, ObjectKind, Project};
use crate::syntax::rewrite::{production, rewrite};

/// What is deployed once everything in the project is promoted, if nothing else was deployed before. A plan against it
/// is empty.
pub fn deployed_after(project: &Project) -> Deployed {
    let graph = Graph::default();
    let comparison = Comparison::new(project, None);
    let facts = Facts::new(project, &graph, None, &comparison);
    let schemas = facts
        .schemas
        .iter()
        .filter_map(|schema| {
            Some(DeployedSchema { name: schema.name.clone(), kind: kind_of(&facts, schema)? })
        })
        .collect();
    let is_managed = |object: &&Object| object.kind.is_computation() || object.kind == ObjectKind::Sink;
    let objects = project.objects.iter().map(AsRef::as_ref).filter(is_managed).map(deployed_object).collect();
    let mut modifiers: Vec<DeployedModifier> =
        managed_modifiers(&facts).into_iter().flat_map(deployed_modifiers).collect();
    modifiers.sort();
    Deployed { format: DEPLOYED_FORMAT, environment: None, schemas, objects, modifiers }
}

/// What is deployed once a plan of the project is promoted. Removed objects that the plan keeps are still deployed, and
/// so are their schemas with grants and comments, as long as no file speaks of these.
pub fn deployed_after_plan(project: &Project, previous: Option<&Deployed>, plan: &Plan) -> Deployed {
    let mut after = deployed_after(project);
    after.environment.clone_from(&plan.inputs.environment);
    let Some(previous) = previous else { return after };
    let kept = plan.changes.iter().filter(|c| c.action == ChangeAction::Keep).map(|c| &c.name);
    let kept: BTreeSet<&ObjectName> = kept.collect();
    if kept.is_empty() {
        return after;
    }
    after.objects.extend(previous.objects.iter().filter(|o| kept.contains(&o.name)).cloned());
    after.objects.sort_by(|a, b| a.name.cmp(&b.name));
    let recorded: BTreeSet<SchemaName> = after.schemas.iter().map(|s| s.name.clone()).collect();
    let schemas: BTreeSet<&SchemaName> = kept.iter().map(|object| &object.schema).collect();
    let holds_kept = |name: &SchemaName| !recorded.contains(name) && schemas.contains(name);
    after.schemas.extend(previous.schemas.iter().filter(|s| holds_kept(&s.name)).cloned());
    after.schemas.sort_by(|a, b| a.name.cmp(&b.name));
    let in_kept_database = |database: &Ident| {
        let is_in = |s: &SchemaName| s.database.as_ref() == Some(database);
        !recorded.iter().any(is_in) && schemas.iter().copied().any(is_in)
    };
    let stays = |modifier: &&DeployedModifier| {
        let schema = modifier.schema.clone().map(|schema| SchemaName::new(modifier.database.clone(), schema));
        schema.map_or_else(|| in_kept_database(&modifier.database), |name| holds_kept(&name))
    };
    after.modifiers.extend(previous.modifiers.iter().filter(stays).cloned());
    after.modifiers.sort();
    after
}

fn deployed_object(object: &Object) -> DeployedObject {
    let indexes = object.indexes.iter().map(|index| DeployedCompanion {
        kind: CompanionKind::Index,
        fingerprint: index.statement.fingerprint.clone(),
        sql: text::production(&object.text, &index.statement).into(),
        index: index.name.clone(),
        cluster: Some(index.cluster.clone()),
    });
    let companions = object.companions.iter().map(|companion| DeployedCompanion {
        kind: companion.kind,
        fingerprint: companion.statement.fingerprint.clone(),
        sql: text::production(&object.text, &companion.statement).into(),
        index: None,
        cluster: None,
    });
    let mut companions: Vec<DeployedCompanion> = indexes.chain(companions).collect();
    companions.sort();
    DeployedObject {
        name: object.name.clone(),
        kind: object.kind,
        fingerprint: object.statement.fingerprint.clone(),
        cluster: object.cluster.clone(),
        sql: Some(text::production(&object.text, &object.statement).into()),
        companions,
    }
}

fn deployed_modifiers(modifier: &Modifier) -> impl Iterator<Item = DeployedModifier> {
    modifier.statements.iter().map(|statement| {
        let text = &statement.statement;
        DeployedModifier {
            database: modifier.database.clone(),
            schema: modifier.schema.clone(),
            fingerprint: text.fingerprint.clone(),
            sql: rewrite(modifier.text.as_str(), text.span, &text.occurrences, &production).into(),
        }
    })
}
