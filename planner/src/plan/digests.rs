//! Digests of what a plan was made from, and of the plan.
//!
//! Fingerprints stand for the texts that they cover.
//! Parts are gathered before they are hashed: a hasher that is fed in small pieces spends its time on copying.

use smol_str::SmolStr;

use super::model::{Action, Inverse, Phase, Plan, Precondition, Step};
use crate::fingerprint::{Fingerprint, digest};
use crate::input::{Deployed, Live};
use crate::name::SchemaName;
use crate::project::Project;

/// Parts of a digest. Each ends with a byte that no text has.
#[derive(Default)]
struct Parts(Vec<u8>);

impl Parts {
    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0xff);
    }

    fn fingerprint(&mut self, fingerprint: &Fingerprint) {
        self.0.extend_from_slice(fingerprint.short());
        self.0.push(0xff);
    }

    fn schema(&mut self, name: &SchemaName) {
        self.text(name.database.as_ref().map_or("", |d| d.as_str()));
        self.text(name.schema.as_str());
    }

    fn json(&mut self, value: &impl serde::Serialize) {
        // Serialising to memory fails for maps whose keys aren't strings, which nothing here has.
        self.0.extend(serde_json::to_vec(value).unwrap_or_default());
        self.0.push(0xff);
    }

    fn digest(self) -> SmolStr {
        digest(std::iter::once(self.0.as_slice()))
    }
}

/// Of a project: what its objects, modifiers and clusters say. Names are in the fingerprints.
pub(super) fn project(project: &Project) -> SmolStr {
    let mut parts = Parts(Vec::with_capacity(80 * project.objects.len()));
    for object in &project.objects {
        parts.fingerprint(&object.statement.fingerprint);
        object.indexes.iter().for_each(|i| parts.fingerprint(&i.statement.fingerprint));
        object.companions.iter().for_each(|c| parts.fingerprint(&c.statement.fingerprint));
    }
    for modifier in project.databases.values().chain(project.schemas.values()).flatten() {
        parts.text(&modifier.path);
        parts.text(if modifier.stable.is_some() { "stable" } else { "" });
        modifier.statements.iter().for_each(|s| parts.fingerprint(&s.statement.fingerprint));
    }
    for infrastructure in &project.infrastructure {
        parts.fingerprint(&infrastructure.create.fingerprint);
        infrastructure.companions.iter().for_each(|c| parts.fingerprint(&c.fingerprint));
    }
    parts.digest()
}

/// Of a snapshot.
pub(super) fn deployed(deployed: &Deployed) -> SmolStr {
    let mut parts = Parts(Vec::with_capacity(80 * deployed.objects.len()));
    for schema in &deployed.schemas {
        parts.schema(&schema.name);
        parts.json(&schema.kind);
    }
    for object in &deployed.objects {
        parts.fingerprint(&object.fingerprint);
        object.companions.iter().for_each(|c| parts.fingerprint(&c.fingerprint));
    }
    deployed.modifiers.iter().for_each(|m| parts.fingerprint(&m.fingerprint));
    parts.digest()
}

/// Of a catalog.
pub(super) fn world(live: &Live) -> SmolStr {
    let mut parts = Parts::default();
    parts.json(live);
    parts.digest()
}

/// Of a plan: of what it was made from, what it changes and what it does. What stays follows from that.
pub(super) fn plan(plan: &Plan) -> SmolStr {
    let mut parts = Parts::default();
    parts.text(&plan.deploy_id);
    parts.text(plan.profile.as_deref().unwrap_or_default());
    parts.json(&(
        plan.command,
        plan.strategy,
        plan.taken,
        &plan.inputs,
        &plan.needs,
        &plan.scopes,
        plan.cost,
    ));
    for change in &plan.changes {
        parts.schema(&change.name.schema);
        parts.text(change.name.name.as_str());
        parts.0.extend([change.kind as u8, change.action as u8, change.strategy as u8]);
    }
    plan.phases.iter().for_each(|phase| add_phase(&mut parts, phase));
    parts.digest()
}

fn add_phase(parts: &mut Parts, phase: &Phase) {
    parts.text(&phase.name);
    parts.json(&phase.at);
    phase.steps.iter().for_each(|step| add_step(parts, step));
}

fn add_step(parts: &mut Parts, step: &Step) {
    match &step.action {
        Action::Sql(sql) => parts.text(sql),
        Action::Effect(effect) => parts.json(effect),
    }
    for precondition in &step.preconditions {
        let (sign, kind, name, id) = match precondition {
            Precondition::Absent { kind, name } => ("-", kind, name, None),
            Precondition::Present { kind, name, id } => ("+", kind, name, id.as_ref()),
            Precondition::OnlyOurs { kind, name, .. } => ("=", kind, name, None),
        };
        parts.text(sign);
        parts.text(kind);
        parts.text(name);
        parts.text(id.map_or("", SmolStr::as_str));
    }
    match &step.inverse {
        Inverse::Sql(sql) => parts.text(sql),
        Inverse::Nothing => parts.text(""),
        Inverse::Irreversible(why) => parts.text(why),
    }
    parts.text(step.group.as_deref().unwrap_or_default());
}
