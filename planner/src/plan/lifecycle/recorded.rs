//! What the ledger knows of a deployment, ready to be asked; and what it is told.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::exchange::Exchange;
use super::trust;
use super::world::{Kind, Name, World};
use crate::diagnostic::Diagnostic;
use crate::input::{Deployment, HighestIds, Live, LiveObject, RecordedId, number};
use crate::name::SchemaName;
use crate::plan::model::{Action, Moment, Phase, Plan, Precondition, Step};
use crate::plan::promote_phases::SWAP;
use crate::syntax::{self, ast::Body};

/// The two sides that a deployment exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What production has when `stage` begins: what will be exchanged, and everything in that.
    Production,
    /// What `stage` made. Only what has a higher id than any before can be that.
    Staged(HighestIds),
}

/// What is to be recorded of one side: before `stage` of production, after it of what it made. Sorted.
pub fn recorded_ids(plan: &Plan, live: &Live, side: Side) -> Vec<RecordedId> {
    let world = World::new(live);
    let mut ids = match side {
        Side::Production => production(plan, live, &world),
        Side::Staged(before) => staged(plan, live, &world, &before),
    };
    ids.sort();
    ids.dedup();
    ids
}

fn recorded(name: &Name, id: &SmolStr) -> RecordedId {
    RecordedId { kind: name.kind().as_str().into(), name: name.printed(), id: id.clone() }
}

fn object(object: &LiveObject) -> RecordedId {
    recorded(&Name::Object(object.name.clone()), &object.id)
}

/// The steps of one moment.
pub(super) fn steps(plan: &Plan, at: Moment) -> impl Iterator<Item = &Step> {
    plan.phases.iter().filter(move |phase| phase.at == at).flat_map(|phase| &phase.steps)
}

fn production(plan: &Plan, live: &Live, world: &World<'_>) -> Vec<RecordedId> {
    let mut ids = Vec::new();
    for step in steps(plan, Moment::Promote) {
        for precondition in &step.preconditions {
            let Precondition::Present { kind, name, id } = precondition else { continue };
            let Some(kind) = Kind::parse(kind) else { continue };
            // What is dropped later has the name that it will have then; its id tells.
            let thing = match id {
                Some(id) => world.thing(kind, id),
                None => world.id(kind, name).and_then(|id| world.thing(kind, id)),
            };
            ids.extend(thing.map(|thing| recorded(&thing.name, thing.id)));
        }
    }
    let scopes: BTreeSet<(SmolStr, SmolStr)> = ids.iter().map(|r| (r.kind.clone(), r.name.clone())).collect();
    let has = |kind: Kind, name: &SmolStr| scopes.contains(&(kind.as_str().into(), name.clone()));
    let inside = live.objects.iter().filter(|o| {
        let on =
            o.cluster.iter().any(|cluster| has(Kind::Cluster, &Name::Cluster(cluster.clone()).printed()));
        on || has(Kind::Schema, &Name::Schema(o.name.schema.clone()).printed())
    });
    let inside: Vec<RecordedId> = inside.map(object).collect();
    let retired: BTreeSet<&SmolStr> = ids.iter().filter(|r| r.kind == "object").map(|r| &r.id).collect();
    let indexes = live
        .objects
        .iter()
        .filter(|o| o.kind == "index" && o.depends_on.iter().any(|id| retired.contains(id)));
    let indexes: Vec<RecordedId> = indexes.map(object).collect();
    ids.extend(inside.into_iter().chain(indexes));
    ids
}

fn staged(plan: &Plan, live: &Live, world: &World<'_>, before: &HighestIds) -> Vec<RecordedId> {
    let made = planned(plan).filter_map(|(kind, name)| {
        let id = world.id(kind, name)?;
        is_newer(before, kind, id).then(|| RecordedId {
            kind: kind.as_str().into(),
            name: name.clone(),
            id: id.clone(),
        })
    });
    let mut ids: Vec<RecordedId> = made.collect();
    let objects: BTreeSet<&SmolStr> = ids.iter().filter(|r| r.kind == "object").map(|r| &r.id).collect();
    let on_staged = |o: &&LiveObject| o.depends_on.iter().any(|id| objects.contains(id));
    let indexes = live.objects.iter().filter(|o| o.kind == "index" && is_newer(before, Kind::Object, &o.id));
    let unnamed = unnamed_indexes(plan);
    let indexes: Vec<RecordedId> = indexes
        .filter(|o| on_staged(o) || unnamed.iter().any(|index| index.is(o, world)))
        .map(object)
        .collect();
    ids.extend(indexes);
    ids
}

/// The names that the steps of stage make.
pub(super) fn planned(plan: &Plan) -> impl Iterator<Item = (Kind, &SmolStr)> {
    steps(plan, Moment::Stage).flat_map(|step| &step.preconditions).filter_map(|precondition| {
        let Precondition::Absent { kind, name } = precondition else { return None };
        Some((Kind::parse(kind)?, name))
    })
}

/// An index without a name of its own that stage makes on a relation of production.
pub(super) struct UnnamedIndex {
    relation: SmolStr,
    cluster: Option<crate::name::Ident>,
}

impl UnnamedIndex {
    pub(super) fn is(&self, index: &LiveObject, world: &World<'_>) -> bool {
        let relation = world.id(Kind::Object, &self.relation);
        index.kind == "index"
            && relation.is_some_and(|id| index.depends_on.contains(id))
            && self.cluster == index.cluster
    }
}

pub(super) fn unnamed_indexes(plan: &Plan) -> Vec<UnnamedIndex> {
    let on_production = steps(plan, Moment::Stage).filter(|step| {
        let absent = |p: &Precondition| matches!(p, Precondition::Absent { .. });
        !step.preconditions.is_empty() && !step.preconditions.iter().any(absent)
    });
    on_production
        .filter_map(|step| {
            let Action::Sql(sql) = &step.action else { return None };
            let parsed = syntax::parse(sql);
            let Body::Index(index) = &parsed.statements.first()?.body else { return None };
            let Some(Precondition::Present { name, .. }) = step.preconditions.first() else { return None };
            let cluster = index.cluster.as_ref().map(|cluster| cluster.value.clone());
            Some(UnnamedIndex { relation: name.clone(), cluster })
        })
        .collect()
}

/// True if an id was given away after these.
pub(super) fn is_newer(before: &HighestIds, kind: Kind, id: &str) -> bool {
    let highest = match kind {
        Kind::Database => before.database,
        Kind::Schema => before.schema,
        Kind::Cluster => before.cluster,
        Kind::Object => before.object,
    };
    number(id).is_some_and(|number| number > highest)
}

/// A deployment with its records by name and by id, and its exchanges as data.
pub(super) struct Recorded<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) exchanges: Vec<Exchange>,
    staged: BTreeMap<(Kind, &'a str), &'a SmolStr>,
    production: BTreeMap<(Kind, &'a str), &'a SmolStr>,
    /// Ids that production had before somebody put others in their place, and those.
    superseded: BTreeMap<(Kind, &'a str), &'a SmolStr>,
    staged_ids: BTreeSet<(Kind, &'a str)>,
    production_ids: BTreeSet<(Kind, &'a str)>,
    /// Names as they are after the swap, and before it.
    earlier: BTreeMap<(Kind, SmolStr), SmolStr>,
}

impl<'a> Recorded<'a> {
    /// Reads the records. A statement of the swap transaction that is no exchange can't be one of ours.
    pub(super) fn new(deployment: &'a Deployment) -> Result<Self, Vec<Diagnostic>> {
        let mut exchanges = Vec::new();
        let mut problems = trust::check(&deployment.plan);
        for step in swap_steps(&deployment.plan) {
            let Action::Sql(sql) = &step.action else { continue };
            match Exchange::parse(sql) {
                Some(exchange) => exchanges.push(exchange),
                None => problems.push(trust::problem(sql, SWAP)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut earlier = BTreeMap::new();
        for exchange in &exchanges {
            for before in exchange.sides() {
                let mut after = before.clone();
                exchange.apply(&mut after);
                earlier.insert((after.kind(), after.printed()), before.printed());
            }
        }
        let production = by_name(&deployment.production);
        let replaced = deployment.production.iter().filter_map(|r| {
            let kind = Kind::parse(&r.kind)?;
            let current = *production.get(&(kind, r.name.as_str()))?;
            (current != &r.id).then_some(((kind, r.id.as_str()), current))
        });
        let superseded = replaced.collect();
        Ok(Self {
            deployment,
            exchanges,
            staged: by_name(&deployment.staged),
            production,
            superseded,
            staged_ids: by_id(&deployment.staged),
            production_ids: by_id(&deployment.production),
            earlier,
        })
    }

    /// What was recorded under a name of before the swap: what stage made, otherwise what production had.
    pub(super) fn id(&self, kind: Kind, name: &str) -> Option<&'a SmolStr> {
        let key = (kind, name);
        self.staged.get(&key).or_else(|| self.production.get(&key)).copied()
    }

    /// The name that something had before the swap.
    pub(super) fn earlier<'n>(&'n self, kind: Kind, name: &'n SmolStr) -> &'n SmolStr {
        self.earlier.get(&(kind, name.clone())).unwrap_or(name)
    }

    /// What took the place of something that production had, with everybody's knowledge.
    pub(super) fn successor(&self, kind: Kind, id: &str) -> Option<&'a SmolStr> {
        self.superseded.get(&(kind, id)).copied()
    }

    /// The schema that one is swapped with.
    pub(super) fn partner(&self, schema: &SchemaName) -> Option<SchemaName> {
        self.exchanges.iter().find_map(|exchange| match exchange {
            Exchange::Schemas { schema: own, with } if own == schema => Some(with.clone()),
            _ => None,
        })
    }

    pub(super) fn is_staged(&self, kind: Kind, id: &str) -> bool {
        self.staged_ids.contains(&(kind, id))
    }

    pub(super) fn is_production(&self, kind: Kind, id: &str) -> bool {
        self.production_ids.contains(&(kind, id))
    }

    /// True for what was made after stage began and isn't what production had.
    pub(super) fn is_new(&self, kind: Kind, id: &str) -> bool {
        is_newer(&self.deployment.before, kind, id) && !self.is_production(kind, id)
    }

    /// The phases of promotion.
    pub(super) fn phases(&self) -> impl Iterator<Item = &'a Phase> + use<'a> {
        self.deployment.plan.phases.iter().filter(|phase| phase.at == Moment::Promote)
    }
}

/// The steps of the swap transaction.
pub(super) fn swap_steps(plan: &Plan) -> impl Iterator<Item = &Step> {
    steps(plan, Moment::Promote).filter(|step| step.group.is_some())
}

/// Of several ids of one name, the one that was given away last.
fn by_name(ids: &[RecordedId]) -> BTreeMap<(Kind, &str), &SmolStr> {
    let mut by_name: BTreeMap<(Kind, &str), &SmolStr> = BTreeMap::new();
    for r in ids {
        let Some(kind) = Kind::parse(&r.kind) else { continue };
        let latest = by_name.entry((kind, r.name.as_str())).or_insert(&r.id);
        if number(&r.id) > number(latest) {
            *latest = &r.id;
        }
    }
    by_name
}

fn by_id(ids: &[RecordedId]) -> BTreeSet<(Kind, &str)> {
    ids.iter().filter_map(|r| Some((Kind::parse(&r.kind)?, r.id.as_str()))).collect()
}
