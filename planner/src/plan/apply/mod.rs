//! The plan of `apply`: the roles, clusters, network policies, secrets, connections, sources and tables of a project that
//! the environment doesn't have, and the grants, members and comments that what it has lacks. Nothing is taken away: where
//! something else is there than the project says, the plan tells.

mod checks;
mod declared;
mod drift;
mod option_drift;
mod secrets;
mod steps;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use self::secrets::secret_expression;
use super::digests;
use super::immediate::{finished, plan};
use super::model::{Action, Command, Plan};
use super::observed::Observed;
use crate::diagnostic::{self, Diagnostic};
use crate::graph::Graph;
use crate::input::Live;
use crate::name::{ObjectName, SchemaName};
use crate::project::{Infrastructure, InfrastructureKind, Object, ObjectKind, Project};

/// A part of `apply`, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is named after what it makes")]
pub enum ApplyPhase {
    Roles,
    Clusters,
    NetworkPolicies,
    Secrets,
    Connections,
    Sources,
    Tables,
}

impl ApplyPhase {
    /// Every phase, in the order in which they run.
    pub const ALL: [Self; 7] = [
        Self::Roles,
        Self::Clusters,
        Self::NetworkPolicies,
        Self::Secrets,
        Self::Connections,
        Self::Sources,
        Self::Tables,
    ];

    /// The name, as plans have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Roles => "roles",
            Self::Clusters => "clusters",
            Self::NetworkPolicies => "network_policies",
            Self::Secrets => "secrets",
            Self::Connections => "connections",
            Self::Sources => "sources",
            Self::Tables => "tables",
        }
    }

    /// The phase that makes objects of a kind; none for what is staged.
    pub fn of(kind: ObjectKind) -> Option<Self> {
        match kind {
            ObjectKind::Secret => Some(Self::Secrets),
            ObjectKind::Connection => Some(Self::Connections),
            ObjectKind::Source => Some(Self::Sources),
            ObjectKind::Table | ObjectKind::TableFromSource => Some(Self::Tables),
            ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Sink => None,
        }
    }

    fn of_infrastructure(kind: InfrastructureKind) -> Self {
        match kind {
            InfrastructureKind::Role => Self::Roles,
            InfrastructureKind::Cluster => Self::Clusters,
            InfrastructureKind::NetworkPolicy => Self::NetworkPolicies,
        }
    }
}

/// What `apply` is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Nothing but this phase, with the schemas that it needs.
    pub only: Option<ApplyPhase>,
    /// Leave secrets alone.
    pub skip_secrets: bool,
}

/// Plans what is missing of a project's infrastructure, down to grants and comments. Secrets that exist get their value again: it can't be compared.
pub fn apply(
    project: &Project,
    graph: &Graph,
    live: &Live,
    options: &ApplyOptions,
) -> Result<Plan, Vec<Diagnostic>> {
    let apply = Apply { project, graph, live, observed: Observed::new(live), options };
    let mut problems = checks::check(&apply);
    if !problems.is_empty() {
        diagnostic::sort(&mut problems);
        return Err(problems);
    }
    let mut plan = plan(Command::Apply, live, steps::phases(&apply));
    plan.profile.clone_from(&project.settings.profile);
    plan.inputs.project = digests::project(project);
    plan.drift = drift::list(&apply);
    let steps = || plan.phases.iter().flat_map(|phase| &phase.steps);
    let touched: BTreeSet<&ObjectName> = steps()
        .filter(|step| matches!(step.action, Action::Sql(_)))
        .filter_map(|step| step.cause.object.as_ref())
        .collect();
    let is_unchanged = |o: &&Object| !apply.is_missing(o) && !touched.contains(&o.name);
    plan.unchanged = apply.objects().filter(is_unchanged).map(|o| o.name.clone()).collect();
    plan.unchanged.sort();
    plan.cost.objects = apply.missing_objects().count();
    Ok(finished(plan))
}

/// A project, an environment, and what is asked for.
struct Apply<'a> {
    project: &'a Project,
    graph: &'a Graph,
    live: &'a Live,
    observed: Observed<'a>,
    options: &'a ApplyOptions,
}

impl<'a> Apply<'a> {
    fn is_asked_for(&self, phase: ApplyPhase) -> bool {
        self.options.only.is_none_or(|only| only == phase)
            && !(phase == ApplyPhase::Secrets && self.options.skip_secrets)
    }

    /// The objects of the phases that are asked for, needed ones first.
    fn objects(&self) -> impl Iterator<Item = &'a Object> + '_ {
        let project = self.project;
        let in_order = self.graph.order().iter().filter_map(move |node| project.objects.get(*node as usize));
        in_order.map(AsRef::as_ref).filter(|o| ApplyPhase::of(o.kind).is_some_and(|p| self.is_asked_for(p)))
    }

    fn is_missing(&self, object: &Object) -> bool {
        self.observed.object(&object.name).is_none()
    }

    fn missing_objects(&self) -> impl Iterator<Item = &'a Object> + '_ {
        self.objects().filter(|object| self.is_missing(object))
    }

    /// The definitions of a kind, if their phase is asked for.
    fn infrastructure(&self, kind: InfrastructureKind) -> impl Iterator<Item = &'a Infrastructure> + '_ {
        let is_asked_for = self.is_asked_for(ApplyPhase::of_infrastructure(kind));
        let all = self.project.infrastructure.iter().map(AsRef::as_ref);
        all.filter(move |item| item.kind == kind && is_asked_for)
    }

    fn exists(&self, item: &Infrastructure) -> bool {
        match item.kind {
            InfrastructureKind::Role => self.live.roles.iter().any(|role| role.name == item.name),
            InfrastructureKind::Cluster => self.observed.cluster(&item.name).is_some(),
            InfrastructureKind::NetworkPolicy => {
                self.live.network_policies.iter().any(|policy| policy.name == item.name)
            }
        }
    }

    fn missing_infrastructure(
        &self,
        kind: InfrastructureKind,
    ) -> impl Iterator<Item = &'a Infrastructure> + '_ {
        self.infrastructure(kind).filter(|item| !self.exists(item))
    }

    /// The schemas that are made, sorted, each with the first object that needs it.
    fn missing_schemas(&self) -> Vec<(&'a SchemaName, &'a Object)> {
        let mut schemas: Vec<(&SchemaName, &Object)> = self
            .missing_objects()
            .map(|object| (&object.name.schema, object))
            .filter(|(schema, _)| self.observed.schema(schema).is_none())
            .collect();
        schemas.sort_by_key(|(schema, _)| *schema);
        schemas.dedup_by_key(|(schema, _)| *schema);
        schemas
    }

    /// True if the database of a schema is made.
    fn is_in_new_database(&self, schema: &SchemaName) -> bool {
        schema.database.as_ref().is_some_and(|database| self.observed.database(database).is_none())
    }
}
