//! The drops of an old version: its objects one by one, dependants first, then the schemas that they were in and the clusters
//! that they ran on.
//!
//! The record tells which things those are; what is in a schema that was swapped, the catalog tells, as far as it is known to be
//! ours. Each statement is written anew, from the name that a recorded id has, and without `CASCADE`: what somebody
//! else has made since makes the server refuse the drop of what it stands on or in, and is there afterwards.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::promote::overridden_things;
use super::walk::{Walk, required};
use super::world::{Kind, Name, Thing, World};
use crate::input::{Live, LiveObject};
use crate::name::{SchemaName, printed};
use crate::plan::drop_order::dependants_first;
use crate::plan::lower::{self, present, sql};
use crate::plan::model::{Action, Cause, Postcondition, Step};
use crate::plan::promote_phases::OLD_VERSION;
use crate::plan::removed::full_names;

/// What is left to be dropped. The walk has gone past everything that comes before.
pub(super) fn drops(walk: &mut Walk<'_, '_>, live: &Live) -> Vec<Step> {
    let recorded: Vec<&Step> = walk
        .recorded
        .phases()
        .filter(|phase| phase.name == OLD_VERSION)
        .flat_map(|phase| &phase.steps)
        .collect();
    let schemas: BTreeSet<&SmolStr> = recorded
        .iter()
        .filter_map(|step| dropped(step).filter(|(kind, ..)| *kind == Kind::Schema).map(|(_, name, _)| name))
        .collect();
    let is_inside = |step: &&Step| {
        let schema =
            dropped(step).filter(|(kind, ..)| *kind == Kind::Object).and_then(|(_, name, _)| schema(name));
        schema.is_some_and(|schema| schemas.contains(&printed(&schema)))
    };
    let (inside, others): (Vec<&Step>, Vec<&Step>) = recorded.into_iter().partition(is_inside);
    let after = walk.world.clone();
    let bound = walk.steps(others);
    let causes: BTreeMap<&SmolStr, &Cause> =
        inside.into_iter().filter_map(|step| Some((dropped(step)?.1, &step.cause))).collect();

    let is_ours = ours(walk, live);
    let (mut effects, mut objects, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
    for step in bound {
        let Action::Sql(_) = step.action else {
            effects.push(step);
            continue;
        };
        // What no id stands for isn't dropped.
        let Some(thing) = dropped(&step).and_then(|(kind, _, id)| after.thing(kind, id?)) else { continue };
        let Some(statement) = thing.drop_statement() else { continue };
        if let Name::Schema(name) = &thing.name {
            let contents = after.inside(name).filter(|thing| thing.object.is_some_and(&is_ours));
            objects.extend(contents.filter_map(|thing| drop_of(thing, &causes)));
        }
        let step = Step { action: Action::Sql(statement), ..step };
        if thing.object.is_some() { objects.push(step) } else { scopes.push(step) }
    }
    effects.into_iter().chain(in_order(objects, &after)).chain(scopes).collect()
}

/// What of a catalog is this deployment's to be dropped: what production had when it was staged, and what it is put over.
pub(super) fn ours<'w>(walk: &'w Walk<'_, '_>, live: &Live) -> impl Fn(&LiveObject) -> bool + use<'w> {
    let overridden: BTreeSet<SmolStr> =
        overridden_things(live, &walk.rebound).into_iter().map(|recorded| recorded.id).collect();
    let recorded = walk.recorded;
    move |object| recorded.is_production(Kind::Object, &object.id) || overridden.contains(&object.id)
}

/// What a step drops.
fn dropped(step: &Step) -> Option<(Kind, &SmolStr, Option<&SmolStr>)> {
    required(step).filter(|_| step.postcondition == Some(Postcondition::Gone))
}

/// The schema of a printed name.
fn schema(object: &str) -> Option<SchemaName> {
    full_names(object).pop().map(|name| name.schema)
}

/// The drop of something in a schema of the old side. An index goes with its relation, the progress of a source with that.
fn drop_of(thing: &Thing<'_>, causes: &BTreeMap<&SmolStr, &Cause>) -> Option<Step> {
    thing.object.filter(|object| object.kind != "index")?;
    let name = thing.name.printed();
    let cause = causes.get(&name).map(|cause| (*cause).clone());
    let step = sql(thing.drop_statement()?)
        .requires(present("object", &name, Some(thing.id)))
        .done_when(Postcondition::Gone)
        .irreversible(lower::OLD_VERSION);
    Some(match cause {
        Some(cause) => step.because(cause),
        None => step,
    })
}

/// Drops of objects, those of dependants first. An index depends on its relation.
fn in_order(steps: Vec<Step>, world: &World<'_>) -> Vec<Step> {
    let id = |step: &Step| dropped(step).and_then(|(.., id)| id.cloned());
    let ids: Vec<Option<SmolStr>> = steps.iter().map(id).collect();
    let positions: BTreeMap<&SmolStr, usize> =
        (0..).zip(&ids).filter_map(|(at, id)| Some((id.as_ref()?, at))).collect();
    let order = dependants_first(steps.len(), |at| -> Vec<usize> {
        let id = ids.get(at).and_then(Option::as_ref);
        let object = id.and_then(|id| world.thing(Kind::Object, id)?.object);
        let reads = object.map(|object| object.depends_on.as_slice()).unwrap_or_default();
        reads.iter().filter_map(|id| positions.get(id).copied()).collect()
    });
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| steps.get_mut(at).and_then(Option::take)).collect()
}
