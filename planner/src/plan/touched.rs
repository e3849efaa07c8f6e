//! What of a catalog a plan depends on: what its steps mention, and what is next to that.
//!
//! A plan that was reviewed is compared with the plan that would be made now, step by step. That shows whatever changed a step. It
//! doesn't show what only changes the effect of one: the options of a cluster that is copied, the grants on a schema, the readers of a view. Those are
//! facts of things that the plan mentions. What others do with anything else is no reason to refuse the plan.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::model::{Action, Effect, Inverse, Phase, Postcondition, Precondition, Step};
use crate::input::{Live, LiveDefaultPrivilege, LiveObject};
use crate::name::{Ident, SchemaName};
use crate::syntax::token::tokenize;

/// The part of a catalog that the steps of a plan depend on. It rather holds too much: a name that is mentioned anywhere
/// counts, whatever it is the name of.
pub(super) fn of(live: &Live, phases: &[Phase]) -> Live {
    let mut names = Names::default();
    phases.iter().flat_map(|phase| &phase.steps).for_each(|step| names.add_step(step));
    let is_schema = |name: &SchemaName| {
        let in_database = name.database.as_ref().is_none_or(|database| names.has(database));
        in_database && names.has(&name.schema)
    };
    let mentioned: Vec<_> = live.objects.iter().filter(|object| is_schema(&object.name.schema)).collect();
    let ids: BTreeSet<&str> = mentioned.iter().map(|object| object.id.as_str()).collect();
    let inputs: BTreeSet<&str> =
        mentioned.iter().flat_map(|object| &object.depends_on).map(SmolStr::as_str).collect();
    let is_near = |object: &&LiveObject| {
        let reads = object.depends_on.iter().any(|id| ids.contains(id.as_str()));
        let is_replacement = object.replaces.as_ref().is_some_and(|id| ids.contains(id.as_str()));
        ids.contains(object.id.as_str()) || inputs.contains(object.id.as_str()) || reads || is_replacement
    };
    let roles = roles(live, &names);
    let is_in_scope = |privilege: &&LiveDefaultPrivilege| match (&privilege.schema, &privilege.database) {
        (Some(schema), _) => is_schema(schema),
        (None, Some(database)) => names.has(database),
        (None, None) => true,
    };
    Live {
        format: live.format,
        environment: live.environment.clone(),
        version: live.version.clone(),
        databases: live.databases.iter().filter(|database| names.has(&database.name)).cloned().collect(),
        schemas: live.schemas.iter().filter(|schema| is_schema(&schema.name)).cloned().collect(),
        clusters: live.clusters.iter().filter(|cluster| names.has(&cluster.name)).cloned().collect(),
        objects: live.objects.iter().filter(is_near).cloned().collect(),
        roles: live.roles.iter().filter(|role| roles.contains(&role.name)).cloned().collect(),
        default_privileges: live.default_privileges.iter().filter(is_in_scope).cloned().collect(),
        session: live.session.clone(),
        network_policies: live.network_policies.iter().filter(|p| names.has(&p.name)).cloned().collect(),
        // How many things there may be no step depends on.
        limits: BTreeMap::new(),
    }
}

/// The session's role, the roles that are mentioned, and everybody who is a member of those, directly or not: they get what those
/// are granted.
fn roles<'l>(live: &'l Live, names: &Names) -> BTreeSet<&'l Ident> {
    let mut members: BTreeMap<&Ident, Vec<&Ident>> = BTreeMap::new();
    for role in &live.roles {
        role.member_of.iter().for_each(|group| members.entry(group).or_default().push(&role.name));
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<&Ident> =
        live.roles.iter().map(|role| &role.name).filter(|name| names.has(name)).collect();
    while let Some(role) = open.pop() {
        if found.insert(role) {
            open.extend(members.get(role).into_iter().flatten());
        }
    }
    found.extend(live.session.as_ref().map(|session| &session.role));
    found
}

/// Every identifier that is mentioned.
#[derive(Default)]
struct Names(BTreeSet<Ident>);

impl Names {
    fn has(&self, name: &Ident) -> bool {
        self.0.contains(name)
    }

    fn add_step(&mut self, step: &Step) {
        match &step.action {
            Action::Sql(sql) => self.add(sql),
            // A row of the ledger: what it says stands in other steps.
            Action::Effect(effect) if matches!(**effect, Effect::Record { .. }) => {}
            Action::Effect(effect) => {
                let effect = serde_json::to_value(effect).expect("an effect is JSON");
                self.add_json(&effect);
            }
        }
        for precondition in &step.preconditions {
            match precondition {
                Precondition::Absent { name, .. } | Precondition::Present { name, .. } => self.add(name),
            }
        }
        match &step.postcondition {
            None | Some(Postcondition::Gone) => {}
            Some(
                Postcondition::Reads { sink: a, relation: b }
                | Postcondition::TakenOver { target: a, replacement: b },
            ) => {
                self.add(a);
                self.add(b);
            }
        }
        if let Inverse::Sql(sql) = &step.inverse {
            self.add(sql);
        }
    }

    fn add_json(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.add(text),
            serde_json::Value::Array(values) => values.iter().for_each(|value| self.add_json(value)),
            serde_json::Value::Object(fields) => fields.values().for_each(|value| self.add_json(value)),
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        let (tokens, _) = tokenize(text);
        self.0.extend(tokens.iter().filter_map(|token| token.ident(text)));
        // A name that isn't printed as one, in an effect.
        self.0.insert(Ident::new(text));
    }
}
