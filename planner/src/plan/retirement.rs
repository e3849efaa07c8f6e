//! Names that something takes at promotion in a schema that stays, and what has to give them up before.
//!
//! What has such a name and goes is *retired* in the swap transaction and dropped under its retired name: the old
//! version of the object itself, an index that is dropped, a removed object. What has such a name and stays is in the
//! way.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::format_smolstr;

use super::draft::Draft;
use super::ledger::created_sinks;
use super::model::Strategy;
use super::observed::catalog_type;
use super::removed::{self, Fate};
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::input::{DeployedObject, LiveObject};
use crate::name::{Ident, ObjectName};
use crate::project::{CompanionKind, Object};
use crate::source::Location;

/// The object that takes a name, for itself or for its index.
type Taker<'a> = (Node, &'a Object);

/// Something deployed that gives its name up, besides the old version of the object that takes it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Retired<'a> {
    Index { name: &'a Ident, by: Taker<'a> },
    Removed { deployed: &'a DeployedObject, by: Taker<'a> },
}

/// Who takes which name, who gives it up, and who doesn't.
#[derive(Debug, Default)]
pub(super) struct Retirements<'a> {
    taken: BTreeMap<ObjectName, Taker<'a>>,
    retired: BTreeMap<ObjectName, Retired<'a>>,
    /// Names that are taken although what has them stays: that object.
    in_the_way: Vec<(ObjectName, ObjectName)>,
}

impl<'a> Retirements<'a> {
    pub(super) fn new(draft: &Draft<'a>) -> Self {
        if draft.facts.is_first && draft.live.is_none() {
            // Nothing is known that could have a name.
            return Self::default();
        }
        let mut all = Self { taken: taken(draft), ..Self::default() };
        if !all.taken.is_empty() {
            all.of_project(draft);
            all.of_removed(draft);
        }
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Retired<'a>> + '_ {
        self.retired.values().copied()
    }

    pub(super) fn contains(&self, name: &ObjectName) -> bool {
        self.retired.contains_key(name)
    }

    /// Objects and indexes that were deployed from files that are still there.
    fn of_project(&mut self, draft: &Draft<'a>) {
        let dropped: BTreeSet<(Node, &Ident)> =
            draft.indexes.dropped.iter().filter_map(|d| Some((d.node, d.deployed.index.as_ref()?))).collect();
        let schemas: BTreeSet<u32> = self
            .taken
            .values()
            .filter_map(|(n, _)| draft.facts.schema_of.get(*n as usize).copied())
            .collect();
        let members = schemas.into_iter().filter_map(|s| draft.facts.schemas.get(s as usize));
        for node in members.flat_map(|s| s.members.clone()).filter_map(|m| Node::try_from(m).ok()) {
            let Some(old) = draft.facts.old(node) else { continue };
            if self.taken.get(&old.name).is_some_and(|(by, _)| *by != node) {
                self.in_the_way.push((old.name.clone(), old.name.clone()));
            }
            let goes = draft.strategy(node) == Some(Strategy::Rename);
            for name in index_names(old) {
                let full = old.name.schema.object(name.clone());
                let Some(by) = self.taken.get(&full).copied() else { continue };
                if goes || dropped.contains(&(node, name)) {
                    self.retired.insert(full, Retired::Index { name, by });
                } else {
                    self.in_the_way.push((full, old.name.clone()));
                }
            }
        }
    }

    /// Removed objects and their indexes, which go with them.
    fn of_removed(&mut self, draft: &Draft<'a>) {
        for deployed in removed::present(draft) {
            let indexes = index_names(deployed).map(|i| (deployed.name.schema.object(i.clone()), Some(i)));
            for (full, index) in std::iter::once((deployed.name.clone(), None)).chain(indexes) {
                let Some(by) = self.taken.get(&full).copied() else { continue };
                match (removed::fate(draft, deployed), index) {
                    (Fate::Vanishes, _) => {}
                    (Fate::Dropped, None) => {
                        self.retired.insert(full, Retired::Removed { deployed, by });
                    }
                    (Fate::Dropped, Some(name)) => {
                        self.retired.insert(full, Retired::Index { name, by });
                    }
                    (Fate::Kept, _) => self.in_the_way.push((full, deployed.name.clone())),
                }
            }
        }
    }
}

fn index_names(deployed: &DeployedObject) -> impl Iterator<Item = &Ident> {
    deployed.companions.iter().filter(|c| c.kind == CompanionKind::Index).filter_map(|c| c.index.as_ref())
}

/// The names that objects, indexes and sinks take in schemas that stay.
fn taken<'a>(draft: &Draft<'a>) -> BTreeMap<ObjectName, Taker<'a>> {
    let mut taken = BTreeMap::new();
    for (node, object) in draft.renamed() {
        taken.insert(object.name.clone(), (node, object));
        for name in object.indexes.iter().filter_map(|i| i.name.as_ref()) {
            taken.insert(object.name.schema.object(name.clone()), (node, object));
        }
    }
    for index in draft.staged_indexes() {
        if let Some(name) = index.name() {
            taken.insert(index.object.name.schema.object(name.clone()), (index.node, index.object));
        }
    }
    for (node, object) in created_sinks(draft) {
        if !draft.is_swapped_schema(&object.name.schema) {
            taken.insert(object.name.clone(), (node, object));
        }
    }
    taken
}

/// Errors for names that aren't free when they are needed.
pub(super) fn check(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let all = &draft.retirements;
    let mut problems = Vec::new();
    for (name, owner) in &all.in_the_way {
        let Some((_, by)) = all.taken.get(name) else { continue };
        let whose = if name == owner {
            format_smolstr!("that name is deployed and stays")
        } else {
            format_smolstr!("the deployed `{owner}` has an index of that name and stays")
        };
        let is_removed = draft.facts.project.position(owner).is_none();
        let problem = collision(by, format_smolstr!("`{}` takes the name `{name}`, but {whose}", by.name));
        problems.push(if is_removed {
            problem.help(format_smolstr!(
                "`{owner}` was removed from the project: drop it with this deployment: `--drop-removed`"
            ))
        } else {
            problem.help("choose another name")
        });
    }
    let Some(live) = draft.live else { return problems };
    for (name, (node, by)) in &all.taken {
        let Some(found) = live.object(name) else { continue };
        if gives_way(draft, *node, name, found) {
            continue;
        }
        let message = format_smolstr!(
            "`{}` takes the name `{name}`, but the environment has a {} of that name that this project didn't deploy",
            by.name,
            found.kind
        );
        problems.push(collision(by, message).help("choose another name, or rename or drop what has it"));
    }
    problems
}

fn collision(by: &Object, message: smol_str::SmolStr) -> Diagnostic {
    let location = Location::new(by.path.clone(), by.text.to_original(by.name_span));
    Diagnostic::error(Code::NameCollision, location, message)
}

/// True if what the environment has under a name is what the plan retires or drops.
fn gives_way(draft: &Draft<'_>, node: Node, name: &ObjectName, found: &LiveObject) -> bool {
    match draft.retirements.retired.get(name) {
        Some(Retired::Index { .. }) => found.kind == "index",
        Some(Retired::Removed { deployed, .. }) => found.kind == catalog_type(deployed.kind),
        // The old version: of a sink too, which is dropped before it is created again.
        None => draft.facts.old(node).is_some_and(|d| &d.name == name && found.kind == catalog_type(d.kind)),
    }
}
