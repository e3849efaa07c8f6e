//! From names to ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, RoleId, SchemaId};
use super::model::{Catalog, Item, ItemKind};

/// Which things a name of a schema's item may stand for: types have a name space of their own, and so have functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameSpace {
    /// Tables, views, sources, sinks, indexes, connections, secrets.
    Item,
    /// Types.
    Type,
    /// Functions: all overloads share a name, so the index has the first.
    Function,
}

impl NameSpace {
    /// Where an item of this kind has its name.
    pub(crate) fn of(kind: &ItemKind) -> Self {
        match kind {
            ItemKind::Type(_) => Self::Type,
            ItemKind::Function => Self::Function,
            _ => Self::Item,
        }
    }
}

/// The names of a schema's items.
pub(crate) type SchemaNames = BTreeMap<(NameSpace, Ident), ItemId>;

/// The index. Names aren't stored: they are in the objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct NameIndex {
    #[serde(skip)]
    pub(crate) databases: BTreeMap<Ident, DatabaseId>,
    #[serde(skip)]
    pub(crate) schemas: BTreeMap<(Option<DatabaseId>, Ident), SchemaId>,
    #[serde(skip)]
    pub(crate) clusters: BTreeMap<Ident, ClusterId>,
    #[serde(skip)]
    pub(crate) roles: BTreeMap<Ident, RoleId>,
    #[serde(skip)]
    pub(crate) network_policies: BTreeMap<Ident, NetworkPolicyId>,
    #[serde(skip)]
    pub(crate) items: BTreeMap<SchemaId, Arc<SchemaNames>>,
    /// Temporary items, by session.
    #[serde(skip)]
    pub(crate) temporary: BTreeMap<(u32, Ident), ItemId>,
    /// Who depends on an item: the reverse of `uses`, in the order in which the server lists dependants. A new
    /// dependant comes last; one whose stored statement changes with a rename moves to the end.
    pub(crate) used_by: BTreeMap<ItemId, Vec<ItemId>>,
}

impl NameIndex {
    /// The index of a catalog.
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let mut index = Self::default();
        for database in catalog.databases.values() {
            index.databases.insert(database.name.clone(), database.id);
        }
        for schema in catalog.schemas.values() {
            index.schemas.insert((schema.database, schema.name.clone()), schema.id);
        }
        for cluster in catalog.clusters.values() {
            index.clusters.insert(cluster.name.clone(), cluster.id);
        }
        for role in catalog.roles.values() {
            index.roles.insert(role.name.clone(), role.id);
        }
        for policy in catalog.network_policies.values() {
            index.network_policies.insert(policy.name.clone(), policy.id);
        }
        for item in catalog.items.values() {
            index.insert_item(item);
        }
        index
    }

    /// Adds an item under its name, and to the dependants of what it uses.
    pub(crate) fn insert_item(&mut self, item: &Item) {
        self.insert_item_name(item);
        for used in &item.uses {
            self.used_by.entry(*used).or_default().push(item.id);
        }
    }

    /// Adds an item under its name alone.
    pub(crate) fn insert_item_name(&mut self, item: &Item) {
        let key = (NameSpace::of(&item.kind), item.name.clone());
        match (item.schema, item.session) {
            (Some(schema), _) => {
                let names = Arc::make_mut(self.items.entry(schema).or_default());
                names.entry(key).or_insert(item.id);
            }
            (None, Some(session)) => {
                self.temporary.insert((session, item.name.clone()), item.id);
            }
            (None, None) => {}
        }
    }

    /// Removes an item: its name, and from the dependants of what it uses.
    pub(crate) fn remove_item(&mut self, item: &Item) {
        self.remove_item_name(item);
        for used in &item.uses {
            if let Some(users) = self.used_by.get_mut(used) {
                users.retain(|user| *user != item.id);
                if users.is_empty() {
                    self.used_by.remove(used);
                }
            }
        }
    }

    /// Removes an item's name alone.
    pub(crate) fn remove_item_name(&mut self, item: &Item) {
        let key = (NameSpace::of(&item.kind), item.name.clone());
        match (item.schema, item.session) {
            (Some(schema), _) => {
                if let Some(names) = self.items.get_mut(&schema) {
                    Arc::make_mut(names).remove(&key);
                    if names.is_empty() {
                        self.items.remove(&schema);
                    }
                }
            }
            (None, Some(session)) => {
                self.temporary.remove(&(session, item.name.clone()));
            }
            (None, None) => {}
        }
    }
}
