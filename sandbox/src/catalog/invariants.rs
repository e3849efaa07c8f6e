//! What holds of every catalog.

use std::collections::BTreeSet;

use super::id::ItemId;
use super::model::{Catalog, ItemKind, ObjectId};
use super::names::NameIndex;

impl Catalog {
    /// Checks everything that must hold between the parts of the catalog; says the first thing that doesn't.
    pub fn check_invariants(&self) -> Result<(), String> {
        self.check_containers()?;
        self.check_items()?;
        self.check_roles()?;
        self.check_ids()?;
        self.check_names()
    }

    fn check_containers(&self) -> Result<(), String> {
        for schema in self.schemas() {
            if let Some(database) = schema.database
                && self.database(database).is_none()
            {
                return Err(format!("schema {} is in database {database}, which is gone", schema.id));
            }
        }
        for cluster in self.clusters() {
            let names: BTreeSet<_> = cluster.replicas.iter().map(|replica| &replica.name).collect();
            if names.len() != cluster.replicas.len() {
                return Err(format!("cluster {} has two replicas of one name", cluster.id));
            }
        }
        Ok(())
    }

    fn check_items(&self) -> Result<(), String> {
        for item in self.items() {
            let id = item.id;
            if let Some(schema) = item.schema
                && self.schema(schema).is_none()
            {
                return Err(format!("item {id} is in schema {schema}, which is gone"));
            }
            if item.schema.is_none() && item.session.is_none() {
                return Err(format!("item {id} is in no schema"));
            }
            if let Some(cluster) = item.kind.cluster()
                && self.cluster(cluster).is_none()
            {
                return Err(format!("item {id} is on cluster {cluster}, which is gone"));
            }
            if let Some(used) = item.uses.iter().find(|used| self.item(**used).is_none()) {
                return Err(format!("item {id} uses {used}, which is gone"));
            }
            if let ItemKind::Index(index) = &item.kind
                && !item.uses.contains(&index.on)
            {
                return Err(format!("index {id} doesn't use the relation that it is on"));
            }
            if item.uses.contains(&id) {
                return Err(format!("item {id} uses itself"));
            }
        }
        self.check_acyclic()
    }

    fn check_acyclic(&self) -> Result<(), String> {
        let mut done: BTreeSet<ItemId> = BTreeSet::new();
        for item in self.items() {
            let mut path: Vec<(ItemId, Vec<ItemId>)> = vec![(item.id, item.uses.iter().copied().collect())];
            let mut on_path = BTreeSet::from([item.id]);
            while let Some((id, rest)) = path.last_mut() {
                match rest.pop() {
                    Some(used) if done.contains(&used) => {}
                    Some(used) if !on_path.insert(used) => {
                        return Err(format!("item {used} depends on itself"));
                    }
                    Some(used) => {
                        let uses = self.item(used).into_iter().flat_map(|item| item.uses.iter().copied());
                        path.push((used, uses.collect()));
                    }
                    None => {
                        on_path.remove(id);
                        done.insert(*id);
                        path.pop();
                    }
                }
            }
        }
        Ok(())
    }

    fn check_roles(&self) -> Result<(), String> {
        for role in self.roles() {
            if let Some(gone) = role.member_of.keys().find(|of| self.role(**of).is_none()) {
                return Err(format!("role {} is a member of {gone}, which is gone", role.id));
            }
        }
        for (object, _, _) in self.comments() {
            let exists = match object {
                ObjectId::Role(id) => self.role(id).is_some(),
                object => self.owner(object).is_some(),
            };
            if !exists {
                return Err(format!("a comment is on {object:?}, which is gone"));
            }
        }
        Ok(())
    }

    fn check_ids(&self) -> Result<(), String> {
        let next = self.next.item;
        match self.items().find(|item| matches!(item.id, ItemId::User(n) if n >= next)) {
            Some(item) => Err(format!("item {} has an id that is still to be given", item.id)),
            None => Ok(()),
        }
    }

    /// The index of names is what it would be if it were made anew, but for the order of dependants.
    fn check_names(&self) -> Result<(), String> {
        let sorted = |index: &NameIndex| {
            let mut index = index.clone();
            index.used_by.values_mut().for_each(|users| users.sort_unstable());
            index.items.retain(|_, names| !names.is_empty());
            index
        };
        if sorted(&self.names) == sorted(&NameIndex::of(self)) {
            return Ok(());
        }
        Err("the index of names is out of step with the catalog".to_owned())
    }
}
