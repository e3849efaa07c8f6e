//! The plan of `abort`: what stage made, taken away in the opposite order. Everything is dropped by name only while that
//! name means the id that was made, and without CASCADE.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::bystanders::{Going, bystanders};
use super::exchange::{Exchange, scope_of};
use super::frame::{drop_marker, effects, phase, plan};
use super::made::Made;
use super::owners::not_owned;
use super::recorded::{Recorded, planned, steps};
use super::state::{self, State, marker_schemas, wrong};
use super::trust::alters;
use super::world::{Kind, Name, World};
use crate::ddl::{Ddl, Item};
use crate::diagnostic::{self, Diagnostic};
use crate::input::{Deployment, Live, LiveObject, LiveSchema};
use crate::name::{Ident, SchemaName, printed};
use crate::plan::lower::{ddl, present, sql};
use crate::plan::model::{Action, Command, Effect, Inverse, Moment, Plan, Postcondition, Precondition, Step};

/// Why what is taken away doesn't come back.
const STAGE_AGAIN: &str = "stage it again";

/// Plans to take away what was staged.
pub fn abort(deployment: &Deployment, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
    let state = state::state(deployment, live);
    if !matches!(state, State::Staging | State::Staged) {
        return Err(wrong(deployment, state, "abort"));
    }
    let recorded = Recorded::new(deployment)?;
    let world = World::new(live);
    let made = Made::new(&recorded, live, &world);
    let mut problems = bystanders(live, &going(&recorded, live, &made), |o| made.has(Kind::Object, &o.id));
    let mut take_away = unnamed_indexes(&recorded, live, &made);
    let mut dropped = BTreeSet::new();
    let staged: Vec<&Step> = steps(&deployment.plan, Moment::Stage).collect();
    for step in staged.into_iter().rev() {
        take_away.extend(inverse(step, live, &world, &made, &mut dropped));
    }
    take_away.extend(databases(&recorded, live, &made, &dropped));
    let mut last = drop_marker(live, &deployment.plan.deploy_id);
    // What can't be taken away has to stay on record: so nothing is done, and nothing forgotten.
    let drops = take_away.iter().chain(&last);
    problems.extend(not_owned(live, drops, made.of_others(), "taking away what was staged"));
    if !problems.is_empty() {
        diagnostic::sort(&mut problems);
        return Err(problems);
    }
    last.extend(effects([Effect::Forget]));
    let phases = vec![phase("take away what was staged", take_away), phase("close the deployment", last)];
    Ok(plan(Command::Abort, deployment, live, left(&recorded, &world, &made), phases))
}

/// How much an abort takes away, besides the marker of the deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenAway {
    /// Schemas.
    pub schemas: usize,
    /// Clusters.
    pub clusters: usize,
}

/// Counts what a plan of [`abort`] takes away.
pub fn taken_away(plan: &Plan) -> TakenAway {
    let (pre, post) = marker_schemas(&plan.deploy_id);
    let marker = [printed(&pre), printed(&post)];
    let mut counts = TakenAway::default();
    let steps = plan.phases.iter().flat_map(|phase| &phase.steps);
    for step in steps.filter(|step| step.postcondition == Some(Postcondition::Gone)) {
        let Some(Precondition::Present { kind, name, .. }) = step.preconditions.first() else { continue };
        match Kind::parse(kind) {
            Some(Kind::Schema) if !marker.contains(name) => counts.schemas += 1,
            Some(Kind::Cluster) => counts.clusters += 1,
            _ => {}
        }
    }
    counts
}

/// What goes: staged schemas and clusters with everything on them, and every object that was made.
fn going(recorded: &Recorded<'_>, live: &Live, made: &Made) -> Going {
    let mut going = Going::default();
    for exchange in &recorded.exchanges {
        match exchange {
            Exchange::Schemas { with, .. } if made.id(Kind::Schema, &printed(with)).is_some() => {
                going.schemas.insert(with.clone());
            }
            Exchange::Clusters { with, .. } if made.id(Kind::Cluster, &printed(with)).is_some() => {
                going.clusters.insert(with.clone());
            }
            _ => {}
        }
    }
    let objects = live.objects.iter().filter(|o| made.has(Kind::Object, &o.id));
    going.objects.extend(objects.map(|o| o.id.clone()));
    going
}

/// Indexes on relations that stay whose names the server chose: no statement of the plan drops them.
fn unnamed_indexes(recorded: &Recorded<'_>, live: &Live, made: &Made) -> Vec<Step> {
    let names: BTreeSet<&SmolStr> = planned(&recorded.deployment.plan).map(|(_, name)| name).collect();
    let is_beside = |index: &&LiveObject| {
        !names.contains(&printed(&index.name))
            && !index.depends_on.iter().any(|id| made.has(Kind::Object, id))
    };
    made.indexes(live)
        .filter(is_beside)
        .map(|index| {
            ddl(&Ddl::Drop { item: Item::index(&index.name), if_exists: false })
                .requires(present("object", &index.name, Some(&index.id)))
                .done_when(Postcondition::Gone)
                .irreversible(STAGE_AGAIN)
        })
        .collect()
}

/// What undoes a step of stage, if there is something left to undo.
fn inverse(
    step: &Step,
    live: &Live,
    world: &World<'_>,
    made: &Made,
    dropped: &mut BTreeSet<SmolStr>,
) -> Option<Step> {
    let Inverse::Sql(statement) = &step.inverse else { return None };
    let absent = step.preconditions.iter().find_map(|precondition| match precondition {
        Precondition::Absent { kind, name } => Some((Kind::parse(kind)?, name)),
        Precondition::Present { .. } => None,
    });
    let Some((kind, name)) = absent else {
        // A grant or a default privilege: it goes with its schema, if that was made.
        let scope = scope_of(statement)?;
        let (kind, name) = (scope.kind(), scope.printed());
        let stays = alters(statement) && world.id(kind, &name).is_some() && made.id(kind, &name).is_none();
        return stays.then(|| sql(statement.clone()).because(step.cause.clone()));
    };
    let id = made.id(kind, name)?;
    let thing = world.thing(kind, id)?;
    if let Name::Schema(schema) = &thing.name {
        if !is_empty_but_for(live, schema, made) {
            return None;
        }
        dropped.insert(id.clone());
    }
    // Written anew: the record tells what was made, and nothing else.
    let mut undo = sql(thing.drop_statement()?).because(step.cause.clone());
    undo.preconditions.push(Precondition::Present {
        kind: kind.as_str().into(),
        name: name.clone(),
        id: Some(id.clone()),
    });
    undo = undo.done_when(Postcondition::Gone);
    undo.inverse = match &step.action {
        Action::Sql(statement) => Inverse::Sql(statement.clone()),
        Action::Effect(_) => Inverse::Irreversible(STAGE_AGAIN.into()),
    };
    Some(undo)
}

/// True if nothing is in a schema but what is dropped before it.
fn is_empty_but_for(live: &Live, schema: &SchemaName, made: &Made) -> bool {
    let mut inside = live.objects.iter().filter(|o| &o.name.schema == schema);
    inside.all(|o| made.has(Kind::Object, &o.id))
}

/// Databases that stage made, if nobody else has put anything into them. The server makes a schema `public` with each.
fn databases(recorded: &Recorded<'_>, live: &Live, made: &Made, dropped: &BTreeSet<SmolStr>) -> Vec<Step> {
    let mut all = Vec::new();
    for (kind, name) in planned(&recorded.deployment.plan).filter(|(kind, _)| *kind == Kind::Database) {
        let Some(id) = made.id(kind, name) else { continue };
        let Some(database) = live.databases.iter().find(|d| &d.id == id) else { continue };
        let rest: Vec<&LiveSchema> = live
            .schemas
            .iter()
            .filter(|s| s.name.database.as_ref() == Some(&database.name) && !dropped.contains(&s.id))
            .collect();
        let is_empty_public =
            |s: &&LiveSchema| s.name.schema == Ident::new("public") && is_empty_but_for(live, &s.name, made);
        if !rest.iter().all(is_empty_public) {
            continue;
        }
        let gone = |step: Step| step.done_when(Postcondition::Gone).irreversible(STAGE_AGAIN);
        all.extend(rest.into_iter().map(|schema| {
            let step = ddl(&Ddl::DropSchema { name: &schema.name });
            gone(step.requires(present("schema", &schema.name, Some(&schema.id))))
        }));
        let step = ddl(&Ddl::DropDatabase { name: &database.name });
        all.push(gone(step.requires(present("database", &database.name, Some(id)))));
    }
    all
}

/// What has a planned name and isn't what stage made, or isn't empty any more: it stays.
fn left(recorded: &Recorded<'_>, world: &World<'_>, made: &Made) -> Vec<SmolStr> {
    let mut left = Vec::new();
    for (kind, name) in planned(&recorded.deployment.plan) {
        if let Some(id) = world.id(kind, name)
            && made.id(kind, name).is_none()
        {
            left.push(format_smolstr!(
                "the {} {name} ({id}) isn't known to be what stage made: it stays",
                kind.as_str()
            ));
        }
    }
    left
}
