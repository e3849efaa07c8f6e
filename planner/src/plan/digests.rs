//! Digests of what a plan was made from, and of the plan. Fingerprints stand for texts: they cover them.

use smol_str::SmolStr;

use super::model::{Action, Plan};
use crate::fingerprint::digest;
use crate::input::{Deployed, Live};
use crate::project::Project;

/// Of a project: what its objects, modifiers and clusters say, and what was set.
pub(super) fn project(project: &Project) -> SmolStr {
    let objects = project.objects.iter().flat_map(|object| {
        let own = [object.path.as_bytes(), object.statement.fingerprint.as_str().as_bytes()];
        let indexes = object.indexes.iter().map(|i| i.statement.fingerprint.as_str().as_bytes());
        let companions = object.companions.iter().map(|c| c.statement.fingerprint.as_str().as_bytes());
        own.into_iter().chain(indexes).chain(companions)
    });
    let modifiers = project.databases.values().chain(project.schemas.values()).flatten().flat_map(|m| {
        let stable = if m.stable.is_some() { b"stable".as_slice() } else { b"" };
        let statements = m.statements.iter().map(|s| s.statement.fingerprint.as_str().as_bytes());
        [m.path.as_bytes(), stable].into_iter().chain(statements)
    });
    let infrastructure = project.infrastructure.iter().flat_map(|i| {
        let companions = i.companions.iter().map(|c| c.fingerprint.as_str().as_bytes());
        [i.path.as_bytes(), i.create.fingerprint.as_str().as_bytes()].into_iter().chain(companions)
    });
    digest(objects.chain(modifiers).chain(infrastructure))
}

/// Of a snapshot.
pub(super) fn deployed(deployed: &Deployed) -> SmolStr {
    let schemas: Vec<String> = deployed.schemas.iter().map(|s| format!("{} {:?}", s.name, s.kind)).collect();
    let objects = deployed.objects.iter().flat_map(|object| {
        let companions = object.companions.iter().map(|c| c.fingerprint.as_str().as_bytes());
        [object.fingerprint.as_str().as_bytes()].into_iter().chain(companions)
    });
    let modifiers = deployed.modifiers.iter().map(|m| m.fingerprint.as_str().as_bytes());
    digest(schemas.iter().map(|s| s.as_bytes()).chain(objects).chain(modifiers))
}

/// Of a catalog.
pub(super) fn world(live: &Live) -> SmolStr {
    let text = serde_json::to_vec(live).unwrap_or_default();
    digest(std::iter::once(text.as_slice()))
}

/// Of everything in a plan but its id.
pub(super) fn plan(plan: &Plan) -> SmolStr {
    let _ = Action::Sql;
    let text = serde_json::to_vec(plan).unwrap_or_default();
    digest(std::iter::once(text.as_slice()))
}
