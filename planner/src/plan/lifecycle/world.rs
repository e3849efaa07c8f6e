//! What names mean: in the live catalog, and after steps that haven't run yet.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::exchange::Exchange;
use crate::ddl::{Ddl, Item};
use crate::input::{Live, LiveObject, LiveSchema};
use crate::name::{Ident, ObjectName, SchemaName, printed};
use crate::syntax::ast::TargetKind;

/// What a precondition can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Database,
    Schema,
    Cluster,
    Object,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Cluster => "cluster",
            Self::Object => "object",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Database, Self::Schema, Self::Cluster, Self::Object].into_iter().find(|k| k.as_str() == word)
    }
}

/// A name of any kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Database(Ident),
    Schema(SchemaName),
    Cluster(Ident),
    Object(ObjectName),
}

impl Name {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Database(_) => Kind::Database,
            Self::Schema(_) => Kind::Schema,
            Self::Cluster(_) => Kind::Cluster,
            Self::Object(_) => Kind::Object,
        }
    }

    pub(super) fn printed(&self) -> SmolStr {
        match self {
            Self::Database(name) | Self::Cluster(name) => printed(name),
            Self::Schema(name) => printed(name),
            Self::Object(name) => printed(name),
        }
    }
}

/// A thing of the catalog under the name that it has in this world.
#[derive(Clone, Debug)]
pub(super) struct Thing<'a> {
    pub(super) name: Name,
    pub(super) id: &'a SmolStr,
    pub(super) object: Option<&'a LiveObject>,
}

impl Thing<'_> {
    /// The statement that drops it under this name, if nothing depends on it. Databases are dropped only by those who know that they
    /// are empty.
    pub(super) fn drop_statement(&self) -> Option<SmolStr> {
        Some(match &self.name {
            Name::Schema(name) => printed(&Ddl::DropSchema { name }),
            Name::Cluster(name) => printed(&Ddl::DropCluster { name }),
            Name::Object(name) => {
                let kind = TargetKind::of_catalog(&self.object?.kind)?;
                printed(&Ddl::Drop { item: Item { kind, name }, if_exists: false })
            }
            Name::Database(_) => return None,
        })
    }
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning<'w> {
    Nothing,
    /// What a step makes that hasn't run yet.
    Made,
    /// What has this id.
    Is(&'w SmolStr),
}

/// Names and what they mean.
#[derive(Clone, Debug)]
pub(super) struct World<'a> {
    things: Vec<Thing<'a>>,
    by_id: BTreeMap<(Kind, SmolStr), usize>,
    /// An id, or nothing for what will be made.
    by_name: BTreeMap<(Kind, SmolStr), Option<SmolStr>>,
}

impl<'a> World<'a> {
    /// The catalog as it is.
    pub(super) fn new(live: &'a Live) -> Self {
        let thing = |name, id| Thing { name, id, object: None };
        let mut things: Vec<Thing<'a>> =
            live.databases.iter().map(|d| thing(Name::Database(d.name.clone()), &d.id)).collect();
        things.extend(live.schemas.iter().map(|s| thing(Name::Schema(s.name.clone()), &s.id)));
        things.extend(live.clusters.iter().map(|c| thing(Name::Cluster(c.name.clone()), &c.id)));
        things.extend(live.objects.iter().map(|o| Thing {
            name: Name::Object(o.name.clone()),
            id: &o.id,
            object: Some(o),
        }));
        things.sort_by(|a, b| a.name.cmp(&b.name));
        let mut world = Self { things, by_id: BTreeMap::new(), by_name: BTreeMap::new() };
        for (at, thing) in world.things.iter().enumerate() {
            world.by_id.insert((thing.name.kind(), thing.id.clone()), at);
        }
        world.name_all();
        world
    }

    fn name_all(&mut self) {
        self.by_name =
            self.things.iter().map(|t| ((t.name.kind(), t.name.printed()), Some(t.id.clone()))).collect();
    }

    /// The catalog as it will be after a transaction of these. What was made or taken before is forgotten.
    pub(super) fn after(&self, exchanges: &[Exchange]) -> Self {
        let mut world = self.clone();
        let mut renames = BTreeMap::new();
        for exchange in exchanges {
            // A schema may have thousands of renames, none of which renames the same thing twice: they are done at once.
            if let Exchange::Rename { name, to, .. } = exchange {
                renames.insert(name, to);
            } else {
                world.things.iter_mut().for_each(|thing| exchange.apply(&mut thing.name));
            }
        }
        for thing in &mut world.things {
            if let Name::Object(name) = &mut thing.name
                && let Some(to) = renames.get(name)
            {
                name.name = (*to).clone();
            }
        }
        world.name_all();
        world
    }

    /// What a printed name means.
    pub(super) fn meaning(&self, kind: Kind, name: &str) -> Meaning<'_> {
        match self.by_name.get(&(kind, SmolStr::new(name))) {
            None => Meaning::Nothing,
            Some(None) => Meaning::Made,
            Some(Some(id)) => Meaning::Is(id),
        }
    }

    /// The id behind a printed name.
    pub(super) fn id(&self, kind: Kind, name: &str) -> Option<&SmolStr> {
        match self.meaning(kind, name) {
            Meaning::Is(id) => Some(id),
            Meaning::Nothing | Meaning::Made => None,
        }
    }

    /// What has an id.
    pub(super) fn thing(&self, kind: Kind, id: &str) -> Option<&Thing<'a>> {
        self.things.get(*self.by_id.get(&(kind, SmolStr::new(id)))?)
    }

    /// What is in a schema.
    pub(super) fn inside<'w>(&'w self, schema: &'w SchemaName) -> impl Iterator<Item = &'w Thing<'a>> {
        self.things
            .iter()
            .filter(move |thing| matches!(&thing.name, Name::Object(name) if &name.schema == schema))
    }

    /// The object behind a printed name.
    pub(super) fn object(&self, name: &str) -> Option<&'a LiveObject> {
        self.thing(Kind::Object, self.id(Kind::Object, name)?)?.object
    }

    /// A step takes what has this name away.
    pub(super) fn take(&mut self, kind: Kind, name: &str) {
        self.by_name.remove(&(kind, SmolStr::new(name)));
    }

    /// A step makes something of this name.
    pub(super) fn make(&mut self, kind: Kind, name: &str) {
        self.by_name.insert((kind, SmolStr::new(name)), None);
    }

    /// A step gives a name another meaning.
    pub(super) fn turn(&mut self, kind: Kind, name: &str, id: &SmolStr) {
        self.by_name.insert((kind, SmolStr::new(name)), Some(id.clone()));
    }
}

/// A schema of the catalog by its name.
pub(super) fn live_schema<'a>(live: &'a Live, name: &SchemaName) -> Option<&'a LiveSchema> {
    live.schemas.iter().find(|schema| &schema.name == name)
}
