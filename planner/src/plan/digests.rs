//! Digests of what a plan was made from, and of the plan.
//!
//! Fingerprints stand for the texts that they cover.

use smol_str::SmolStr;

use super::model::{Action, Inverse, Phase, Plan, Precondition, Step};
use super::touched;
use crate::fingerprint::{Fingerprint, Pieces, digest};
use crate::input::{Deployed, Live};
use crate::name::SchemaName;
use crate::project::Project;

/// Hands the parts of a digest on. Each ends with a byte that no text has.
struct Parts<'p>(&'p mut Pieces);

impl Parts<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.add(bytes);
        self.0.add(&[0xff]);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn fingerprint(&mut self, fingerprint: &Fingerprint) {
        self.bytes(fingerprint.short());
    }

    fn schema(&mut self, name: &SchemaName) {
        self.text(name.database.as_ref().map_or("", |d| d.as_str()));
        self.text(name.schema.as_str());
    }

    fn json(&mut self, value: &impl serde::Serialize) {
        serde_json::to_writer(&mut *self.0, value)
            .expect("maps have string keys, and nothing else can fail in memory");
        self.0.add(&[0xff]);
    }
}

/// Of a project: what its objects, modifiers and clusters say. Names are in the fingerprints.
pub(super) fn project(project: &Project) -> SmolStr {
    digest(|pieces| {
        let mut parts = Parts(pieces);
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
    })
}

/// Of a snapshot.
pub(super) fn deployed(deployed: &Deployed) -> SmolStr {
    digest(|pieces| {
        let mut parts = Parts(pieces);
        for schema in &deployed.schemas {
            parts.schema(&schema.name);
            parts.json(&schema.kind);
        }
        for object in &deployed.objects {
            parts.fingerprint(&object.fingerprint);
            object.companions.iter().for_each(|c| parts.fingerprint(&c.fingerprint));
        }
        deployed.modifiers.iter().for_each(|m| parts.fingerprint(&m.fingerprint));
    })
}

/// Of what a plan depends on in a catalog.
pub(super) fn world(live: &Live, phases: &[Phase]) -> SmolStr {
    digest(|pieces| {
        Parts(pieces).json(&touched::of(live, phases));
    })
}

impl Plan {
    /// True if it is what its id says: it wasn't damaged or edited since it was made.
    pub fn is_intact(&self) -> bool {
        plan(self) == self.id
    }
}

/// Of a plan: of what it was made from, what it changes and what it does. What stays follows from that.
pub(super) fn plan(plan: &Plan) -> SmolStr {
    digest(|pieces| {
        let mut parts = Parts(pieces);
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
        if !plan.drift.is_empty() {
            parts.json(&plan.drift);
        }
        plan.notes.iter().for_each(|note| parts.text(note));
        for change in &plan.changes {
            parts.schema(&change.name.schema);
            parts.text(change.name.name.as_str());
            parts.0.add(&[change.kind as u8, change.action as u8, change.strategy as u8]);
        }
        plan.phases.iter().for_each(|phase| add_phase(&mut parts, phase));
    })
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
