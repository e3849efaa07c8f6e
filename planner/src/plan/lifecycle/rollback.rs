//! The plan of `rollback`: production and the old version that was kept are exchanged once more.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::exchange::Exchange;
use super::frame::{effects, grouped, next_generation, phase, plan, swap_marker};
use super::recorded::Recorded;
use super::sinks;
use super::state::{self, State, wrong};
use super::walk::{missing, reads};
use super::world::{Kind, Name, World};
use crate::ddl::{Ddl, Item};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::input::{Deployment, Live};
use crate::name::printed;
use crate::plan::lower::{ddl, sql};
use crate::plan::model::{Action, Command, Effect, Inverse, Phase, Plan, Postcondition, Precondition, Step};
use crate::plan::promote_phases::{IN_PLACE, OLD_VERSION, SWAP};
use crate::source::Location;
use crate::syntax::ast::TargetKind;

/// Plans what is left of the way back.
pub fn rollback(deployment: &Deployment, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
    let state = state::state(deployment, live);
    let recorded = Recorded::new(deployment)?;
    let now = World::new(live);
    let mut phases = Vec::new();
    let back = match state {
        State::Swapped | State::Kept => {
            let inverses: Vec<Exchange> = recorded.exchanges.iter().rev().map(Exchange::inverse).collect();
            let mut problems = changed(&recorded, live, &now);
            problems.extend(old_version_is_there(&recorded, &now));
            let generation = state::generation(live);
            if generation.is_none() {
                problems.push(no_generation());
            }
            if !problems.is_empty() {
                diagnostic::sort(&mut problems);
                return Err(problems);
            }
            let mut transaction: Vec<Step> =
                generation.map(|(number, schema)| next_generation(number, schema)).into_iter().collect();
            transaction.extend(inverses.iter().map(|exchange| exchange_back(exchange, &now)));
            transaction.push(swap_marker(live, &deployment.plan.deploy_id));
            phases.push(phase(SWAP, transaction));
            now.after(&inverses)
        }
        State::RollingBack => now,
        _ => return Err(wrong(deployment, state, "rollback")),
    };
    phases.extend(rest(&recorded, &back));
    Ok(plan(Command::Rollback, deployment, live, stays(&recorded), phases))
}

/// The error for an environment in which nothing was set up.
pub(super) fn no_generation() -> Diagnostic {
    let message = "the environment has no generation: nothing was set up in it";
    Diagnostic::error(Code::MissingInEnvironment, Location::nowhere(), message).help("run `setup`")
}

/// A swap or rename, bound to the ids that its names mean now.
fn exchange_back(exchange: &Exchange, now: &World<'_>) -> Step {
    let mut step = sql(exchange.statement());
    step.inverse = Inverse::Sql(exchange.inverse().statement());
    for side in exchange.sides() {
        let (kind, name) = (side.kind(), side.printed());
        let id = now.id(kind, &name).cloned();
        step.preconditions.push(Precondition::Present { kind: kind.as_str().into(), name, id });
    }
    grouped(step)
}

/// Names that don't mean any more what this deployment gave them.
fn changed(recorded: &Recorded<'_>, live: &Live, now: &World<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for exchange in &recorded.exchanges {
        for before in exchange.sides() {
            let Some(id) = recorded.id(before.kind(), &before.printed()) else { continue };
            let mut after = before.clone();
            exchange.apply(&mut after);
            let (kind, name) = (after.kind(), after.printed());
            if now.id(kind, &name) == Some(id) {
                continue;
            }
            problems.push(if recorded.is_staged(kind, id) {
                overtaken(live, now, &after, id)
            } else if now.thing(kind, id).is_none() {
                gone(kind, &before, id)
            } else {
                missing(recorded, live, now, kind, &name, Some(id))
            });
        }
    }
    problems
}

fn overtaken(live: &Live, now: &World<'_>, name: &Name, id: &SmolStr) -> Diagnostic {
    let kind = name.kind();
    let found = now.id(kind, &name.printed());
    let found = found.map_or("nothing".into(), |id| format_smolstr!("{id}"));
    let message = format_smolstr!(
        "the {} `{}` isn't what this deployment put into production ({id}), but {found}",
        kind.as_str(),
        name.printed()
    );
    let problem = Diagnostic::error(Code::Conflict, Location::nowhere(), message);
    let by = now.thing(kind, id).and_then(|thing| super::walk::moved_by(live, &thing.name));
    match by {
        Some(by) => problem.help(format_smolstr!("the deployment `{by}` went over it: roll that back first")),
        None => problem.help("deploy the old definitions again"),
    }
}

fn gone(kind: Kind, name: &Name, id: &SmolStr) -> Diagnostic {
    let message =
        format_smolstr!("the old version of the {} `{}` ({id}) is gone", kind.as_str(), name.printed());
    Diagnostic::error(Code::WrongState, Location::nowhere(), message).help("deploy the old definitions again")
}

/// Everything that production had is there still, apart from what was replaced or dropped as a step of its own.
fn old_version_is_there(recorded: &Recorded<'_>, now: &World<'_>) -> Vec<Diagnostic> {
    let mut not_kept: BTreeSet<&SmolStr> = BTreeSet::new();
    for recorded_phase in recorded.phases().filter(|phase| phase.name != OLD_VERSION) {
        for step in &recorded_phase.steps {
            let goes =
                matches!(step.postcondition, Some(Postcondition::Gone | Postcondition::TakenOver { .. }));
            let ids = step.preconditions.iter().filter_map(|precondition| match precondition {
                Precondition::Present { id: Some(id), .. } => Some(id),
                _ => None,
            });
            not_kept.extend(ids.filter(|_| goes));
        }
    }
    let exchanged: BTreeSet<(Kind, SmolStr)> = recorded
        .exchanges
        .iter()
        .flat_map(Exchange::sides)
        .map(|side| (side.kind(), side.printed()))
        .collect();
    let mut problems = Vec::new();
    for r in &recorded.deployment.production {
        let Some(kind) = Kind::parse(&r.kind) else { continue };
        let is_reported = exchanged.contains(&(kind, r.name.clone()));
        let is_superseded = recorded.successor(kind, &r.id).is_some();
        if is_reported || is_superseded || not_kept.contains(&r.id) || now.thing(kind, &r.id).is_some() {
            continue;
        }
        let message = format_smolstr!("`{}` ({}) of the old version is gone", r.name, r.id);
        problems.push(
            Diagnostic::error(Code::WrongState, Location::nowhere(), message)
                .help("deploy the old definitions again"),
        );
    }
    problems
}

/// What comes after the names are back.
fn rest(recorded: &Recorded<'_>, back: &World<'_>) -> Vec<Phase> {
    vec![
        phase("move sinks back", sinks_back(recorded, back)),
        phase("undo changes in place", in_place(recorded)),
        phase("record the rollback", effects([Effect::RecordRollback])),
    ]
}

/// Sinks read what production had, under the name that it has again. Those that promotion created go, unless they took the
/// place of others.
fn sinks_back(recorded: &Recorded<'_>, back: &World<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for step in recorded.phases().flat_map(|phase| &phase.steps) {
        let Some(Postcondition::Reads { sink, relation }) = &step.postcondition else { continue };
        let is_there = back.id(Kind::Object, sink).is_some() && back.id(Kind::Object, relation).is_some();
        if is_there && !reads(back, sink, relation) {
            steps.push(bound(step, back));
        }
    }
    let recreated = recreated(recorded);
    for (step, created) in sinks::created(recorded) {
        let name = printed(&created.sink);
        let Some(id) = back.id(Kind::Object, &name).filter(|id| recorded.is_new(Kind::Object, id)) else {
            continue;
        };
        if recreated.contains(&name) {
            continue;
        }
        let item = Item { kind: TargetKind::Sink, name: &created.sink };
        let mut drop = ddl(&Ddl::Drop { item, if_exists: false }).because(step.cause.clone());
        drop.preconditions.push(Precondition::Present {
            kind: Kind::Object.as_str().into(),
            name,
            id: Some(id.clone()),
        });
        steps.push(drop.done_when(Postcondition::Gone).irreversible("promote it again"));
    }
    steps.extend(sinks::follow(recorded, back).into_iter().filter(|step| {
        matches!(&step.postcondition, Some(Postcondition::Reads { sink, .. }) if recreated.contains(sink))
    }));
    steps
}

/// Sinks that promotion drops before it creates others of their names.
fn recreated(recorded: &Recorded<'_>) -> BTreeSet<SmolStr> {
    let gone = recorded
        .phases()
        .flat_map(|phase| &phase.steps)
        .filter(|step| step.postcondition == Some(Postcondition::Gone));
    gone.flat_map(|step| &step.preconditions)
        .filter_map(|precondition| match precondition {
            Precondition::Present { name, .. } => Some(name.clone()),
            Precondition::Absent { .. } => None,
        })
        .collect()
}

/// A recorded step under the ids that its names have.
fn bound(step: &Step, world: &World<'_>) -> Step {
    let mut step = step.clone();
    step.inverse = Inverse::Nothing;
    for precondition in &mut step.preconditions {
        if let Precondition::Present { kind, name, id } = precondition
            && let Some(kind) = Kind::parse(kind)
        {
            *id = world.id(kind, name).cloned();
        }
    }
    step
}

fn in_place(recorded: &Recorded<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = recorded
        .phases()
        .filter(|phase| phase.name == IN_PLACE)
        .flat_map(|phase| &phase.steps)
        .filter_map(|step| {
            let Inverse::Sql(statement) = &step.inverse else { return None };
            Some(sql(statement.clone()).because(step.cause.clone()))
        })
        .collect();
    steps.reverse();
    steps
}

/// What doesn't come back, said before.
fn stays(recorded: &Recorded<'_>) -> Vec<SmolStr> {
    let phases = recorded.phases().filter(|phase| phase.name != OLD_VERSION);
    phases
        .flat_map(|phase| &phase.steps)
        .filter_map(|step| {
            let Inverse::Irreversible(why) = &step.inverse else { return None };
            let Action::Sql(statement) = &step.action else { return None };
            Some(format_smolstr!("doesn't come back: {statement}: {why}"))
        })
        .collect()
}
