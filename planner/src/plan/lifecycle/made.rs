//! What of a deployment's own is in the catalog, whether its ids were recorded or not.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::recorded::{Recorded, is_newer, planned, unnamed_indexes};
use super::world::{Kind, World};
use crate::input::{Live, LiveObject};
use crate::name::{Ident, printed};
use crate::plan::authority::{Authority, with_groups};

/// What stage made and is there, by its name and by its id.
#[derive(Debug, Default)]
pub(super) struct Made {
    by_name: BTreeMap<(Kind, SmolStr), SmolStr>,
    ids: BTreeSet<(Kind, SmolStr)>,
    /// What is as an unfinished stage would have made it, and isn't known to be of it or not the session's to drop.
    of_others: BTreeSet<(Kind, SmolStr)>,
}

impl Made {
    /// With recorded ids, what has them under its recorded name. Without, what has a planned name, an id that was given
    /// away after stage began, and an owner who staged it, or a group of theirs: nobody else has made it. The session has
    /// to be able to speak for that owner. What was given to the session's own role is its own.
    pub(super) fn new(recorded: &Recorded<'_>, live: &Live, world: &World<'_>) -> Self {
        let mut made = Self::default();
        let deployment = recorded.deployment;
        if deployment.is_staged {
            for r in &deployment.staged {
                let Some(kind) = Kind::parse(&r.kind) else { continue };
                if world.id(kind, &r.name) == Some(&r.id) {
                    made.add(kind, r.name.clone(), r.id.clone());
                }
            }
            return made;
        }
        // Nothing is anybody's as long as nobody knows who looks.
        let session = live.session.as_ref().map(|session| (&session.role, Authority::new(live)));
        let makers = with_groups(live, &deployment.staged_by);
        let is_maker = |owner: &Ident| {
            let speaks_for = |(role, authority): &(&Ident, Authority<'_>)| {
                *role == owner || makers.contains(owner) && authority.owns(owner)
            };
            session.as_ref().is_some_and(speaks_for)
        };
        let is_ours = |kind: Kind, id: &str| owner(live, kind, id).is_some_and(is_maker);
        for (kind, name) in planned(&deployment.plan) {
            if let Some(id) = world.id(kind, name).filter(|id| is_newer(&deployment.before, kind, id)) {
                made.see(is_ours(kind, id), kind, name.clone(), id.clone());
            }
        }
        let unnamed = unnamed_indexes(&deployment.plan);
        let indexes = live.objects.iter().filter(|o| o.kind == "index");
        for index in indexes.filter(|o| is_newer(&deployment.before, Kind::Object, &o.id)) {
            let on_made = index.depends_on.iter().any(|id| made.has(Kind::Object, id));
            if on_made || unnamed.iter().any(|planned| planned.is(index, world)) {
                let is_ours = is_ours(Kind::Object, &index.id);
                made.see(is_ours, Kind::Object, printed(&index.name), index.id.clone());
            }
        }
        made
    }

    fn see(&mut self, is_ours: bool, kind: Kind, name: SmolStr, id: SmolStr) {
        if is_ours {
            self.add(kind, name, id);
        } else {
            self.of_others.insert((kind, id));
        }
    }

    fn add(&mut self, kind: Kind, name: SmolStr, id: SmolStr) {
        self.ids.insert((kind, id.clone()));
        self.by_name.insert((kind, name), id);
    }

    /// The id of what stage made under a name.
    pub(super) fn id(&self, kind: Kind, name: &SmolStr) -> Option<&SmolStr> {
        self.by_name.get(&(kind, name.clone()))
    }

    /// True if stage made what has this id.
    pub(super) fn has(&self, kind: Kind, id: &SmolStr) -> bool {
        self.ids.contains(&(kind, id.clone()))
    }

    /// What stage would have made, of others.
    pub(super) fn of_others(&self) -> impl Iterator<Item = (Kind, SmolStr)> + '_ {
        self.of_others.iter().cloned()
    }

    /// Indexes that stage made.
    pub(super) fn indexes<'l>(&self, live: &'l Live) -> impl Iterator<Item = &'l LiveObject> {
        live.objects.iter().filter(|o| o.kind == "index" && self.has(Kind::Object, &o.id))
    }
}

fn owner<'l>(live: &'l Live, kind: Kind, id: &str) -> Option<&'l Ident> {
    match kind {
        Kind::Database => live.databases.iter().find(|d| d.id == id).map(|d| &d.owner),
        Kind::Schema => live.schemas.iter().find(|s| s.id == id).map(|s| &s.owner),
        Kind::Cluster => live.clusters.iter().find(|c| c.id == id).map(|c| &c.owner),
        Kind::Object => live.objects.iter().find(|o| o.id == id).map(|o| &o.owner),
    }
}
