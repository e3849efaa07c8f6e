//! The snapshot that a promotion leaves behind: the planner's memory for the next plan.

use super::scopes::{kind_of, managed_modifiers};
use super::text;
use crate::changeset::Facts;
use crate::graph::Graph;
use crate::input::{
    DEPLOYED_FORMAT, Deployed, DeployedCompanion, DeployedModifier, DeployedObject, DeployedSchema,
};
use crate::project::{CompanionKind, Modifier, Object, ObjectKind, Project};
use crate::syntax::rewrite::{production, rewrite};

/// What is deployed once everything in the project is promoted. A plan against it is empty.
pub fn deployed_after(project: &Project) -> Deployed {
    let graph = Graph::default();
    let facts = Facts::new(project, &graph, None);
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
