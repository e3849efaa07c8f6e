//! The plan of `promote`: what is left to do until production is the new version and the old one is gone or kept.

use std::collections::BTreeMap;

use smol_str::{SmolStr, format_smolstr};

use super::bystanders::{bystanders, strangers};
use super::exchange::Exchange;
use super::frame::{
    drop_marker, drop_new_marker, effects, going, grouped, is_swapped, make_marker, next_generation, phase,
    phase_of, plan, swap_marker,
};
use super::owners::not_owned;
use super::recorded::Recorded;
use super::rollback::no_generation;
use super::state::{self, State, wrong};
use super::walk::{Walk, missing};
use super::world::{Kind, Name, World};
use super::{carry_over, old_version, sinks};
use crate::diagnostic::{self, Diagnostic};
use crate::input::{Deployment, Live, LiveObject, RecordedId};
use crate::name::SchemaName;
use crate::plan::model::{Action, Command, Effect, Inverse, Phase, Plan, Postcondition, Step};
use crate::plan::promote_phases::{IN_PLACE, KEPT_OBJECTS, OLD_VERSION, REPLACEMENTS, SINKS, SWAP, WAIT};

/// How a deployment is promoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PromoteOptions {
    /// Keep the old version.
    pub keep: Option<Keep>,
    /// Put the deployment over what others changed since it was staged.
    pub force: bool,
}

/// That the old version is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// For how long, from the promotion on; absent for until `cleanup`.
    pub seconds: Option<u64>,
}

/// Plans what is left of a promotion. Everything that is in the way is reported at once.
pub fn promote(
    deployment: &Deployment,
    live: &Live,
    options: &PromoteOptions,
) -> Result<Plan, Vec<Diagnostic>> {
    let state = state::state(deployment, live);
    let recorded = Recorded::new(deployment)?;
    let (phases, notes, mut problems) = match state {
        State::Staged => not_swapped(&recorded, live, options),
        State::Swapped => swapped(&recorded, live, options),
        State::Promoted => {
            let last = effects([Effect::Tidy]);
            (vec![phase("close the deployment", last)], Vec::new(), Vec::new())
        }
        // That was asked for before, and is done.
        State::Kept if options.keep.is_some() => (Vec::new(), Vec::new(), Vec::new()),
        State::Staging | State::Kept | State::RollingBack => return Err(wrong(deployment, state, "promote")),
    };
    if problems.is_empty() {
        return Ok(plan(Command::Promote, deployment, live, notes, phases));
    }
    diagnostic::sort(&mut problems);
    Err(problems)
}

type Planned = (Vec<Phase>, Vec<SmolStr>, Vec<Diagnostic>);

fn not_swapped(recorded: &Recorded<'_>, live: &Live, options: &PromoteOptions) -> Planned {
    let deploy_id = &recorded.deployment.plan.deploy_id;
    let mut walk = Walk::before_swap(recorded, live, options.force);
    let mut problems = staged_missing(recorded, live, &walk.world);
    let swaps = walk.swap();
    let generation = state::generation(live);
    if generation.is_none() {
        problems.push(no_generation());
    }
    let mut transaction: Vec<Step> =
        generation.map(|(number, schema)| next_generation(number, schema)).into_iter().collect();
    transaction.extend(swaps.into_iter().map(grouped));
    transaction.push(swap_marker(live, deploy_id));

    let carried = carry_over::carry_over(recorded.deployment, live, &recorded.exchanges);
    problems.extend(carried.problems);
    let waits = recorded.phases().filter(|p| p.name == WAIT).flat_map(|p| p.steps.iter().cloned()).collect();
    let mut phases = vec![
        phase("wait until ready", waits),
        phase("repeat what production has", carried.steps),
        phase("mark the promotion", make_marker(live, deploy_id)),
        phase(SWAP, transaction),
    ];
    let (rest, notes, more, rebound) = after_swap(recorded, live, walk, options);
    phases.extend(rest);
    if !rebound.is_empty() {
        // Before the swap: afterwards, only the record tells what is to be dropped.
        let ids = production_now(recorded.deployment, live, &rebound);
        let record = effects([Effect::RecordProduction { ids }]);
        phases.insert(1, phase("record what is replaced", record));
    }
    problems.extend(more);
    (phases, notes, problems)
}

fn swapped(recorded: &Recorded<'_>, live: &Live, options: &PromoteOptions) -> Planned {
    let walk = Walk::after_swap(recorded, live);
    let (phases, notes, problems, _) = after_swap(recorded, live, walk, options);
    (phases, notes, problems)
}

/// What comes after the swap transaction.
fn after_swap<'a>(
    recorded: &Recorded<'a>,
    live: &Live,
    mut walk: Walk<'_, 'a>,
    options: &PromoteOptions,
) -> (Vec<Phase>, Vec<SmolStr>, Vec<Diagnostic>, Rebound) {
    let deployment = recorded.deployment;
    let mut phases = Vec::new();
    let mut dropped = Vec::new();
    let mut kept_objects = Vec::new();
    let after = walk.world.clone();
    for recorded_phase in recorded.phases() {
        match recorded_phase.name.as_str() {
            WAIT | SWAP => {}
            KEPT_OBJECTS => kept_objects.extend(recorded_phase.steps.iter().cloned()),
            OLD_VERSION => {
                if options.keep.is_none() {
                    dropped = old_version::drops(&mut walk, live);
                }
            }
            // All of this was done before the promotion was recorded.
            _ if deployment.is_promoted => {}
            name => {
                let mut steps = walk.steps(&recorded_phase.steps);
                if name == SINKS {
                    steps.extend(sinks::follow(recorded, &after));
                }
                if name == REPLACEMENTS {
                    steps = with_comments(deployment, &after, &steps);
                }
                phases.push(phase_of(recorded_phase, steps));
            }
        }
    }
    let mut notes = irreversible(&phases, &dropped);
    notes.extend(overridden(live, &walk.rebound));
    let mut problems = std::mem::take(&mut walk.problems);
    // Once the versions are exchanged, nothing keeps that from being finished and recorded: what is in the way of the drops is told
    // after that.
    if deployment.is_promoted || !is_swapped(deployment, live) {
        problems.extend(in_the_way(&walk, live, &dropped, &after, options.keep.is_some()));
    }

    if !deployment.is_promoted {
        phases.push(phase("verify", effects([verify(recorded)])));
        let mut schemas = swapped_schemas(&recorded.exchanges);
        schemas.retain(|schema| is_annotated(recorded, live, schema));
        // The record comes last: what is recorded isn't done again.
        let annotate = (!schemas.is_empty()).then_some(Effect::Annotate { schemas });
        let record = annotate.into_iter().chain([Effect::RecordPromotion]);
        phases.push(phase("record the promotion", effects(record)));
    }
    if let Some(keep) = options.keep {
        let record = effects([Effect::RecordKept { seconds: keep.seconds }]);
        phases.push(phase("keep the old version", record));
        return (phases, notes, problems, walk.rebound);
    }
    phases.push(phase(OLD_VERSION, dropped));
    phases.push(phase(KEPT_OBJECTS, kept_objects));
    let deploy_id = &deployment.plan.deploy_id;
    let swapped = is_swapped(deployment, live);
    let mut last = if swapped { drop_marker(live, deploy_id) } else { drop_new_marker(deploy_id) };
    last.extend(effects([Effect::Tidy]));
    phases.push(phase("close the deployment", last));
    (phases, notes, problems, walk.rebound)
}

/// What was staged and isn't there as it was. A replacement that was taken over is what it should be.
fn staged_missing(recorded: &Recorded<'_>, live: &Live, world: &World<'_>) -> Vec<Diagnostic> {
    let taken_over: BTreeMap<&SmolStr, &SmolStr> = recorded
        .phases()
        .flat_map(|phase| &phase.steps)
        .filter_map(|step| match &step.postcondition {
            Some(Postcondition::TakenOver { target, replacement }) => Some((replacement, target)),
            _ => None,
        })
        .collect();
    let is_there = |r: &RecordedId, kind: Kind| {
        world.id(kind, &r.name) == Some(&r.id)
            || taken_over.get(&r.name).is_some_and(|target| world.id(kind, target) == Some(&r.id))
    };
    let missing = |r: &RecordedId| {
        let kind = Kind::parse(&r.kind)?;
        (!is_there(r, kind)).then(|| missing(recorded, live, world, kind, &r.name, Some(&r.id)))
    };
    recorded.deployment.staged.iter().filter_map(missing).collect()
}

/// What the drops would take along, and what the production schemas got since the deployment was staged.
pub(super) fn in_the_way(
    walk: &Walk<'_, '_>,
    live: &Live,
    dropped: &[Step],
    after: &World<'_>,
    keep: bool,
) -> Vec<Diagnostic> {
    let recorded = walk.recorded;
    // What somebody promoted into a schema or cluster that this deployment is put over goes with it.
    let known = old_version::ours(walk, live);
    if keep {
        // Nothing is dropped, but what stands in a schema that is swapped loses its name.
        if is_swapped(recorded.deployment, live) {
            return Vec::new();
        }
        return strangers(live, &swapped_schemas(&recorded.exchanges).into_iter().collect(), known);
    }
    let mut problems = bystanders(live, &going(recorded, live, dropped, after), known);
    problems.extend(not_owned(live, dropped.iter(), std::iter::empty(), "dropping the old version"));
    problems
}

/// True for a schema that nobody has commented on, on either side.
fn is_annotated(recorded: &Recorded<'_>, live: &Live, schema: &SchemaName) -> bool {
    recorded.exchanges.iter().flat_map(Exchange::sides).all(|side| {
        let Name::Schema(side) = side else { return true };
        let is_side = &side == schema || recorded.partner(schema).as_ref() == Some(&side);
        !is_side || carry_over::may_be_annotated(live, &side)
    })
}

/// Puts comments that somebody made by hand behind the replacements that lose them.
fn with_comments(deployment: &Deployment, after: &World<'_>, steps: &[Step]) -> Vec<Step> {
    let mut all = Vec::new();
    for step in steps {
        all.push(step.clone());
        if let Some(Postcondition::TakenOver { target, .. }) = &step.postcondition
            && let Some(replaced) = after.object(target)
        {
            all.extend(carry_over::comments_of_replaced(deployment, replaced, steps));
        }
    }
    all
}

fn swapped_schemas(exchanges: &[Exchange]) -> Vec<SchemaName> {
    let schema = |exchange: &Exchange| match exchange {
        Exchange::Schemas { schema, .. } => Some(schema.clone()),
        _ => None,
    };
    exchanges.iter().filter_map(schema).collect()
}

pub(super) type Rebound = BTreeMap<(Kind, SmolStr), SmolStr>;

/// What took the place of what production had, and everything in that.
pub(super) fn overridden_things(live: &Live, rebound: &Rebound) -> Vec<RecordedId> {
    let world = World::new(live);
    let recorded = |name: &Name, id: &SmolStr| RecordedId {
        kind: name.kind().as_str().into(),
        name: name.printed(),
        id: id.clone(),
    };
    let mut things = Vec::new();
    for ((kind, _), id) in rebound {
        let Some(thing) = world.thing(*kind, id) else { continue };
        things.push(recorded(&thing.name, id));
        let is_inside = |object: &&LiveObject| match &thing.name {
            Name::Schema(schema) => &object.name.schema == schema,
            Name::Cluster(cluster) => object.cluster.as_ref() == Some(cluster),
            Name::Object(_) => object.kind == "index" && object.depends_on.contains(id),
            Name::Database(_) => false,
        };
        let inside = live.objects.iter().filter(is_inside);
        things.extend(inside.map(|o| recorded(&Name::Object(o.name.clone()), &o.id)));
    }
    things
}

/// What is recorded of production once the deployment is put over it: what is there, and which ids that took the place of.
fn production_now(deployment: &Deployment, live: &Live, rebound: &Rebound) -> Vec<RecordedId> {
    let world = World::new(live);
    let stays = |r: &&RecordedId| {
        Kind::parse(&r.kind).is_some_and(|kind| {
            world.thing(kind, &r.id).is_some() || rebound.contains_key(&(kind, r.id.clone()))
        })
    };
    let mut ids: Vec<RecordedId> = deployment.production.iter().filter(stays).cloned().collect();
    ids.extend(overridden_things(live, rebound));
    ids.sort();
    ids.dedup();
    ids
}

/// What `--force` puts the deployment over.
fn overridden(live: &Live, rebound: &Rebound) -> Vec<SmolStr> {
    let world = World::new(live);
    let note = |((kind, was), now): (&(Kind, SmolStr), &SmolStr)| {
        let name = &world.thing(*kind, now)?.name;
        let (noun, name) = (kind.as_str(), name.printed());
        Some(format_smolstr!(
            "the {noun} {name} was {was} at stage and is {now} now: it is replaced all the same"
        ))
    };
    rebound.iter().filter_map(note).collect()
}

/// What a reviewer must know before: steps that no rollback takes back.
fn irreversible(phases: &[Phase], dropped: &[Step]) -> Vec<SmolStr> {
    let note = |step: &Step| {
        let Inverse::Irreversible(why) = &step.inverse else { return None };
        let Action::Sql(sql) = &step.action else { return None };
        Some(format_smolstr!("can't be undone: {sql}: {why}"))
    };
    let mut notes: Vec<SmolStr> = phases
        .iter()
        .filter(|phase| phase.name == REPLACEMENTS || phase.name == SINKS || phase.name == IN_PLACE)
        .flat_map(|phase| &phase.steps)
        .filter_map(note)
        .collect();
    if !dropped.is_empty() {
        notes.push("the old version is dropped: to go back later, keep it with `--keep`".into());
    }
    notes
}

/// What must be true after the swap: names mean what was staged, sinks read it.
fn verify(recorded: &Recorded<'_>) -> Effect {
    let mut names = Vec::new();
    for exchange in &recorded.exchanges {
        for name in exchange.sides() {
            let kind = name.kind();
            let Some(id) = recorded.id(kind, &name.printed()) else { continue };
            if !recorded.is_staged(kind, id) {
                continue;
            }
            let mut after = name.clone();
            exchange.apply(&mut after);
            names.push(RecordedId { kind: kind.as_str().into(), name: after.printed(), id: id.clone() });
        }
    }
    for step in recorded.phases().flat_map(|phase| &phase.steps) {
        if let Some(Postcondition::TakenOver { target, replacement }) = &step.postcondition
            && let Some(id) = recorded.id(Kind::Object, replacement)
        {
            let kind = Kind::Object.as_str().into();
            names.push(RecordedId { kind, name: target.clone(), id: id.clone() });
        }
    }
    Effect::Verify { names, sinks: sinks::inputs(recorded) }
}
