//! Goes through recorded steps with a catalog: binds names to ids, drops what is done, reports what is in the way.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use super::exchange::Exchange;
use super::recorded::{Recorded, swap_steps};
use super::state::{marker, swapped_deployments};
use super::world::{Kind, Meaning, Name, World};
use crate::diagnostic::{Code, Diagnostic};
use crate::input::{Live, Marker};
use crate::plan::model::{Action, Postcondition, Precondition, Step};
use crate::source::Location;

/// A walk through steps. The world moves on with each of them, so that the next one is looked at as it will be.
pub(super) struct Walk<'r, 'a> {
    pub(super) recorded: &'r Recorded<'a>,
    live: &'a Live,
    /// What names mean just before the next step.
    pub(super) world: World<'a>,
    /// Names are those of after the swap.
    is_after_swap: bool,
    /// Take what production has now for what it had.
    force: bool,
    /// Ids that production had, and those that were put in their place.
    pub(super) rebound: BTreeMap<(Kind, SmolStr), SmolStr>,
    pub(super) problems: Vec<Diagnostic>,
    /// What a problem is about already.
    reported: BTreeSet<(Kind, SmolStr)>,
}

impl<'r, 'a> Walk<'r, 'a> {
    /// Begins before the swap.
    pub(super) fn before_swap(recorded: &'r Recorded<'a>, live: &'a Live, force: bool) -> Self {
        let world = World::new(live);
        Self {
            recorded,
            live,
            world,
            is_after_swap: false,
            force,
            rebound: BTreeMap::new(),
            problems: Vec::new(),
            reported: BTreeSet::new(),
        }
    }

    /// Begins after it.
    pub(super) fn after_swap(recorded: &'r Recorded<'a>, live: &'a Live) -> Self {
        Self { is_after_swap: true, ..Self::before_swap(recorded, live, false) }
    }

    /// The steps of the swap, written anew, with everything that they exchange found where it was recorded.
    pub(super) fn swap(&mut self) -> Vec<Step> {
        let recorded = self.recorded;
        let after = self.world.after(&recorded.exchanges);
        let mut bound = Vec::new();
        for (step, exchange) in swap_steps(&recorded.deployment.plan).zip(&recorded.exchanges) {
            let step = self.bind(step);
            for precondition in &step.preconditions {
                self.check(precondition);
            }
            self.check_free(exchange, &after);
            bound.push(Step { action: Action::Sql(exchange.statement()), ..self.bind(&step) });
        }
        self.world = after;
        self.is_after_swap = true;
        bound
    }

    /// The name that a rename takes is free, or given up in the same transaction.
    fn check_free(&mut self, exchange: &Exchange, after: &World<'_>) {
        let Exchange::Rename { name, to, .. } = exchange else { return };
        let target = Name::Object(name.schema.object(to.clone()));
        let Some(id) = self.world.id(Kind::Object, &target.printed()) else { return };
        if after.thing(Kind::Object, id).is_some_and(|thing| thing.name == target) {
            let message = format_smolstr!(
                "`{name}` takes the name `{}`, which something else ({id}) has now",
                target.printed()
            );
            self.problems.push(
                Diagnostic::error(Code::Conflict, Location::nowhere(), message)
                    .help("rename or drop what has the name, or stage again"),
            );
        }
    }

    /// The step with the ids of what it is about, or nothing if it was done.
    pub(super) fn step(&mut self, step: &Step) -> Option<Step> {
        let step = self.bind(step);
        if self.is_done(&step) {
            return None;
        }
        for precondition in &step.preconditions {
            self.check(precondition);
        }
        let step = self.bind(&step);
        self.go_past(&step);
        Some(step)
    }

    /// As [`Self::step`] for several.
    pub(super) fn steps<'s>(&mut self, steps: impl IntoIterator<Item = &'s Step>) -> Vec<Step> {
        steps.into_iter().filter_map(|step| self.step(step)).collect()
    }

    /// Fills in ids: those that were recorded, and what took their place.
    fn bind(&self, step: &Step) -> Step {
        let mut step = step.clone();
        for precondition in &mut step.preconditions {
            match precondition {
                Precondition::Present { kind, name, id } => {
                    let Some(kind) = Kind::parse(kind) else { continue };
                    if id.is_none() {
                        let earlier =
                            if self.is_after_swap { self.recorded.earlier(kind, name) } else { name };
                        *id = self.recorded.id(kind, earlier).cloned();
                    }
                    if let Some(id) = id
                        && let Some(now) = self.recorded.successor(kind, id)
                    {
                        id.clone_from(now);
                    }
                    if let Some(id) = id
                        && let Some(now) = self.rebound.get(&(kind, id.clone()))
                    {
                        id.clone_from(now);
                    }
                }
                Precondition::Absent { .. } => {}
            }
        }
        step
    }

    fn is_done(&mut self, step: &Step) -> bool {
        match &step.postcondition {
            Some(Postcondition::Gone) => self.is_gone(step),
            Some(Postcondition::Reads { sink, relation }) => reads(&self.world, sink, relation),
            Some(Postcondition::TakenOver { target, replacement }) => self.is_taken_over(target, replacement),
            None => step.preconditions.iter().any(|precondition| {
                let Precondition::Absent { kind, name } = precondition else { return false };
                let Some(kind) = Kind::parse(kind) else { return false };
                self.has_begun() && self.world.id(kind, name).is_some_and(|id| self.recorded.is_new(kind, id))
            }),
        }
    }

    /// What promotion makes can be there only if it has begun. After a rollback, it may have before.
    fn has_begun(&self) -> bool {
        marker(self.live, &self.recorded.deployment.plan.deploy_id) != Marker::Absent
    }

    fn is_gone(&mut self, step: &Step) -> bool {
        let Some((kind, name, id)) = required(step) else { return false };
        match (self.world.meaning(kind, name), id) {
            (Meaning::Nothing, None) => true,
            (Meaning::Is(found), Some(id)) if found == id => false,
            (_, Some(id)) => {
                if !self.reported.contains(&(kind, id.clone()))
                    && let Some(thing) = self.world.thing(kind, id)
                {
                    let message = format_smolstr!(
                        "the {} `{name}` ({id}) is to be dropped, but is called `{}` now",
                        kind.as_str(),
                        thing.name.printed()
                    );
                    self.problems.push(
                        Diagnostic::error(Code::Conflict, Location::nowhere(), message)
                            .help("rename it back, or drop it by hand"),
                    );
                }
                true
            }
            (_, None) => false,
        }
    }

    fn is_taken_over(&self, target: &SmolStr, replacement: &SmolStr) -> bool {
        let staged = self.recorded.id(Kind::Object, replacement);
        staged.is_some() && self.world.id(Kind::Object, target) == staged
    }

    /// Reports what doesn't hold. What production has now is taken for what it had, if that was asked for.
    fn check(&mut self, precondition: &Precondition) {
        match precondition {
            Precondition::Present { kind, name, id } => {
                let Some(kind) = Kind::parse(kind) else { return };
                match (self.world.meaning(kind, name), id) {
                    (Meaning::Made, _) | (Meaning::Is(_), None) => {}
                    (Meaning::Is(found), Some(id)) if found == id => {}
                    (Meaning::Is(found), Some(id))
                        if self.force
                            && !self.recorded.is_staged(kind, id)
                            && !self.recorded.is_staged(kind, found) =>
                    {
                        self.rebound.insert((kind, id.clone()), found.clone());
                    }
                    (_, id) => {
                        let problem = self.missing(kind, name, id.as_ref());
                        self.problems.push(problem);
                        self.reported.extend(id.clone().map(|id| (kind, id)));
                    }
                }
            }
            Precondition::Absent { kind, name } => {
                let Some(kind) = Kind::parse(kind) else { return };
                if let Meaning::Is(id) = self.world.meaning(kind, name) {
                    let message = format_smolstr!(
                        "the {} `{name}` is to be created, but there is one already ({id})",
                        kind.as_str()
                    );
                    let problem = Diagnostic::error(Code::Conflict, Location::nowhere(), message);
                    self.problems.push(problem.help("rename or drop what has the name, or stage again"));
                }
            }
        }
    }

    /// The error for something that isn't there, or isn't what it was.
    fn missing(&self, kind: Kind, name: &SmolStr, id: Option<&SmolStr>) -> Diagnostic {
        missing(self.recorded, self.live, &self.world, kind, name, id)
    }

    fn go_past(&mut self, step: &Step) {
        for precondition in &step.preconditions {
            match precondition {
                Precondition::Absent { kind, name } => {
                    if let Some(kind) = Kind::parse(kind) {
                        self.world.make(kind, name);
                    }
                }
                Precondition::Present { kind, name, .. }
                    if step.postcondition == Some(Postcondition::Gone) =>
                {
                    if let Some(kind) = Kind::parse(kind) {
                        self.world.take(kind, name);
                    }
                    return;
                }
                Precondition::Present { .. } => {}
            }
        }
        if let Some(Postcondition::TakenOver { target, replacement }) = &step.postcondition
            && let Some(id) = self.recorded.id(Kind::Object, replacement)
        {
            self.world.take(Kind::Object, replacement);
            self.world.turn(Kind::Object, target, id);
        }
    }
}

/// What a step requires to be there first: of a drop, what it drops.
pub(super) fn required(step: &Step) -> Option<(Kind, &SmolStr, Option<&SmolStr>)> {
    step.preconditions.iter().find_map(|precondition| match precondition {
        Precondition::Present { kind, name, id } => Some((Kind::parse(kind)?, name, id.as_ref())),
        Precondition::Absent { .. } => None,
    })
}

/// True if a sink reads what a name means.
pub(super) fn reads(world: &World<'_>, sink: &str, relation: &str) -> bool {
    let relation = world.id(Kind::Object, relation);
    relation.is_some_and(|id| world.object(sink).is_some_and(|sink| sink.depends_on.contains(id)))
}

/// The error for something that isn't there, or isn't what it was, with what is known of who did it.
pub(super) fn missing(
    recorded: &Recorded<'_>,
    live: &Live,
    world: &World<'_>,
    kind: Kind,
    name: &SmolStr,
    id: Option<&SmolStr>,
) -> Diagnostic {
    let noun = kind.as_str();
    let is_staged = id.is_some_and(|id| recorded.is_staged(kind, id));
    let was = id.map(|id| format_smolstr!(" ({id})")).unwrap_or_default();
    let found = match world.id(kind, name) {
        Some(now) => format_smolstr!("that name means {now} now"),
        None => SmolStr::new_static("there is none of that name now"),
    };
    let moved = id.and_then(|id| world.thing(kind, id));
    let rest = match moved {
        Some(thing) => format_smolstr!(", and what had it is called `{}`", thing.name.printed()),
        None => SmolStr::default(),
    };
    let what = if is_staged { "was staged" } else { "was in production when the deployment was staged" };
    let code = if is_staged { Code::StagedMissing } else { Code::Conflict };
    let message = format_smolstr!("the {noun} `{name}`{was} {what}, but {found}{rest}");
    let mut problem = Diagnostic::error(code, Location::nowhere(), message);
    if is_staged {
        return problem.help("abort the deployment and stage it again");
    }
    if let Some(by) = moved.and_then(|thing| moved_by(live, &thing.name)) {
        problem = problem.help(format_smolstr!("the deployment `{by}` was promoted meanwhile"));
    }
    if world.id(kind, name).is_none() {
        return problem.help("stage again");
    }
    problem.help("stage again, or put this deployment over what is there: `--force`")
}

/// The deployment that gave something the name of an old version.
pub(super) fn moved_by<'l>(live: &'l Live, name: &Name) -> Option<&'l str> {
    let own = match name {
        Name::Database(name) | Name::Cluster(name) => name,
        Name::Schema(name) => &name.schema,
        Name::Object(name) => &name.name,
    };
    swapped_deployments(live).find(|id| {
        own.as_str().ends_with(&format!("_{id}")) || own.as_str().ends_with(&format!("__{id}_old"))
    })
}
