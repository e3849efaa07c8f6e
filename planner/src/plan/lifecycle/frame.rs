//! What the plans of all commands on a deployment have in common.

use smol_str::SmolStr;

use super::bystanders::Going;
use super::recorded::Recorded;
use super::sinks;
use super::state::{self, NOT_SWAPPED, SWAPPED, marker_schemas};
use super::walk::required;
use super::world::{Kind, Name, World, live_schema};
use crate::ddl::{Ddl, Item};
use crate::input::{Deployment, Live, LiveSchema, Marker};
use crate::name::{Ident, SchemaName, printed};
use crate::plan::immediate::{self, finished};
use crate::plan::lower::{absent, ddl, effect, present};
use crate::plan::model::{Command, Effect, Inputs, Moment, Phase, Plan, Postcondition, Step};
use crate::plan::setup::DEPLOYER_ROLE;
use crate::syntax::ast::TargetKind;

/// The name of the group of steps that share the swap transaction.
pub(super) const SWAP: &str = "swap";

/// A phase that runs with its plan.
pub(super) fn phase(name: &'static str, steps: Vec<Step>) -> Phase {
    Phase { name: name.into(), at: Moment::Now, steps }
}

/// A recorded phase with what is left of its steps.
pub(super) fn phase_of(recorded: &Phase, steps: Vec<Step>) -> Phase {
    Phase { name: recorded.name.clone(), at: Moment::Now, steps }
}

/// The plan of a command on a deployment. It has no changes of its own: those of the stage plan tell what it is about.
pub(super) fn plan(
    command: Command,
    deployment: &Deployment,
    live: &Live,
    notes: Vec<SmolStr>,
    phases: Vec<Phase>,
) -> Plan {
    let phases: Vec<Phase> = phases.into_iter().filter(|phase| !phase.steps.is_empty()).collect();
    let staged = &deployment.plan;
    let own = immediate::plan(command, live, phases);
    finished(Plan {
        deploy_id: staged.deploy_id.clone(),
        profile: staged.profile.clone(),
        strategy: staged.strategy,
        taken: staged.taken,
        inputs: Inputs {
            project: staged.inputs.project.clone(),
            deployed: staged.inputs.deployed.clone(),
            ..own.inputs
        },
        notes,
        ..own
    })
}

/// The plan of a command that has nothing left to do.
pub fn nothing(command: Command, deployment: &Deployment, live: &Live) -> Plan {
    plan(command, deployment, live, Vec::new(), Vec::new())
}

/// Makes the marker, or what is missing of it. It belongs to all deployers, so that any of them can go on; the comment comes
/// last, because only it says that all of this was done.
pub(super) fn make_marker(live: &Live, deploy_id: &str) -> Vec<Step> {
    let (pre, post) = marker_schemas(deploy_id);
    let deployer = Ident::new(DEPLOYER_ROLE);
    let mut steps = Vec::new();
    for (schema, comment) in [(&pre, NOT_SWAPPED), (&post, SWAPPED)] {
        let found = live_schema(live, schema);
        if found.is_none() {
            let create = ddl(&Ddl::CreateSchema { name: schema, if_not_exists: false });
            steps
                .push(create.requires(absent("schema", schema)).undone_by(&Ddl::DropSchema { name: schema }));
        }
        let item = Item { kind: TargetKind::Schema, name: schema };
        if found.is_none_or(|found| found.owner != deployer) {
            steps.push(ddl(&Ddl::SetOwner { item, owner: &deployer }));
        }
        if found.is_none_or(|found| found.comment.as_deref() != Some(comment)) {
            steps.push(ddl(&Ddl::Comment { item, comment }));
        }
    }
    steps
}

/// Exchanges the two schemas of the marker.
pub(super) fn swap_marker(live: &Live, deploy_id: &str) -> Step {
    let (pre, post) = marker_schemas(deploy_id);
    let id = |name: &SchemaName| live_schema(live, name).map(|schema| &schema.id);
    let swap = Ddl::SwapSchemas { schema: &pre, with: &post.schema };
    let step = ddl(&swap)
        .requires(present("schema", &pre, id(&pre)))
        .requires(present("schema", &post, id(&post)))
        .undone_by(&swap);
    grouped(step)
}

/// Drops the marker: the schema that tells the state comes last.
pub(super) fn drop_marker(live: &Live, deploy_id: &str) -> Vec<Step> {
    let (pre, post) = marker_schemas(deploy_id);
    [post, pre]
        .iter()
        .filter_map(|name| {
            let schema = live_schema(live, name)?;
            let step = ddl(&Ddl::DropSchema { name }).requires(present("schema", name, Some(&schema.id)));
            Some(step.done_when(Postcondition::Gone))
        })
        .collect()
}

/// As [`drop_marker`], for a marker that the same plan makes.
pub(super) fn drop_new_marker(deploy_id: &str) -> Vec<Step> {
    let (pre, post) = marker_schemas(deploy_id);
    let drop = |name: &SchemaName| {
        let step = ddl(&Ddl::DropSchema { name }).requires(present("schema", name, None));
        step.done_when(Postcondition::Gone)
    };
    [post, pre].iter().map(drop).collect()
}

/// Gives the environment the next generation. It comes first in the swap transaction: if another deployment was promoted
/// meanwhile, there is nothing of this name, and nothing else happens.
pub(super) fn next_generation(number: u64, schema: &LiveSchema) -> Step {
    let to = state::next_generation(number);
    let next = SchemaName { database: schema.name.database.clone(), schema: to.clone() };
    let step = ddl(&Ddl::RenameSchema { schema: &schema.name, to: &to })
        .requires(present("schema", &schema.name, Some(&schema.id)))
        .undone_by(&Ddl::RenameSchema { schema: &next, to: &schema.name.schema });
    grouped(step)
}

/// A step of the swap transaction.
pub(super) fn grouped(step: Step) -> Step {
    Step { group: Some(SWAP.into()), ..step }
}

pub(super) fn effects(effects: impl IntoIterator<Item = Effect>) -> Vec<Step> {
    effects.into_iter().map(effect).collect()
}

/// True once promotion has exchanged the versions.
pub(super) fn is_swapped(deployment: &Deployment, live: &Live) -> bool {
    state::marker(live, &deployment.plan.deploy_id) == Marker::Swapped
}

/// What those steps drop, by the names that it has in the catalog now.
pub(super) fn going(recorded: &Recorded<'_>, live: &Live, dropped: &[Step], after: &World<'_>) -> Going {
    let now = World::new(live);
    let mut going = Going::default();
    for step in dropped {
        let Some((kind, _, Some(id))) = required(step) else { continue };
        match now.thing(kind, id).map(|thing| thing.name.clone()) {
            Some(Name::Schema(name)) => drop(going.schemas.insert(name)),
            Some(Name::Cluster(name)) => drop(going.clusters.insert(name)),
            Some(Name::Object(_)) => drop(going.objects.insert(id.clone())),
            Some(Name::Database(_)) | None => {}
        }
    }
    for step in recorded.phases().flat_map(|phase| &phase.steps) {
        let moving = match &step.postcondition {
            Some(Postcondition::TakenOver { target, .. }) => after.id(Kind::Object, target),
            Some(Postcondition::Reads { sink, .. }) => after.id(Kind::Object, sink),
            _ => None,
        };
        going.moving.extend(moving.cloned());
    }
    // Sinks that an earlier promotion made, before a rollback, follow too.
    for (_, created) in sinks::created(recorded) {
        let id = after.id(Kind::Object, &printed(&created.sink));
        going.moving.extend(id.filter(|id| recorded.is_new(Kind::Object, id)).cloned());
    }
    going
}
