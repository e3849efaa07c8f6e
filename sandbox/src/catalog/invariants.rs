//! What holds of every catalog.

use std::collections::BTreeSet;

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use super::model::{Catalog, Cluster, ItemKind, ObjectId};
use super::names::{NameIndex, NameSpace};

impl Catalog {
    /// Checks everything that must hold between the parts of the catalog; says the first thing that doesn't.
    pub fn check_invariants(&self) -> Result<(), String> {
        self.check_containers()?;
        self.check_items()?;
        self.check_roles()?;
        self.check_privileges()?;
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
                        let further = self.item(used).into_iter().flat_map(|item| item.uses.iter().copied());
                        path.push((used, further.collect()));
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
            if !self.exists(object) {
                return Err(format!("a comment is on {object:?}, which is gone"));
            }
        }
        Ok(())
    }

    /// True for what the catalog has.
    pub(super) fn exists(&self, object: ObjectId) -> bool {
        match object {
            ObjectId::Role(id) => self.role(id).is_some(),
            object => self.owner(object).is_some(),
        }
    }

    /// Everything that may be owned or granted.
    fn objects(&self) -> impl Iterator<Item = ObjectId> {
        let replicas = |cluster: &Cluster| {
            let id = cluster.id;
            cluster.replicas.iter().map(move |replica| ObjectId::Replica(id, replica.id)).collect::<Vec<_>>()
        };
        self.databases()
            .map(|database| ObjectId::Database(database.id))
            .chain(self.schemas().map(|schema| ObjectId::Schema(schema.id)))
            .chain(self.clusters().map(|cluster| ObjectId::Cluster(cluster.id)))
            .chain(self.clusters().flat_map(replicas))
            .chain(self.network_policies().map(|policy| ObjectId::NetworkPolicy(policy.id)))
            .chain(self.items().map(|item| ObjectId::Item(item.id)))
    }

    fn check_privileges(&self) -> Result<(), String> {
        let known = |id: RoleId| id == RoleId::Public || self.role(id).is_some();
        for object in self.objects().map(Some).chain([None]) {
            if let Some(owner) = object.and_then(|object| self.owner(object))
                && !known(owner)
            {
                return Err(format!("{object:?} is owned by {owner}, which is gone"));
            }
            let acl = self.acl(object).map(Vec::as_slice).unwrap_or_default();
            if let Some(item) = acl.iter().find(|item| !known(item.grantee) || !known(item.grantor)) {
                return Err(format!("a role of {item} on {object:?} is gone"));
            }
            if let Some(item) = acl.iter().find(|item| item.privileges.is_empty()) {
                return Err(format!("{item} on {object:?} grants nothing"));
            }
            let in_order = acl.is_sorted_by(|a, b| (a.grantee, a.grantor) < (b.grantee, b.grantor));
            if !in_order {
                return Err(format!("the privileges on {object:?} are out of order"));
            }
        }
        for (key, privileges) in self.default_privileges() {
            let place = [key.database.map(ObjectId::Database), key.schema.map(ObjectId::Schema)];
            let is_whole = place.into_iter().flatten().all(|object| self.exists(object));
            if !is_whole || !known(key.creator) || !known(key.grantee) || privileges.is_empty() {
                return Err(format!("the default privilege {key:?} is about something that is gone"));
            }
        }
        Ok(())
    }

    fn check_ids(&self) -> Result<(), String> {
        for object in self.objects().chain(self.roles().map(|role| ObjectId::Role(role.id))) {
            let is_given = match object {
                ObjectId::Item(ItemId::User(n)) => n < self.next.item,
                ObjectId::Database(DatabaseId::User(n)) => n < self.next.database,
                ObjectId::Schema(SchemaId::User(n)) => n < self.next.schema,
                ObjectId::Cluster(ClusterId::User(n)) => n < self.next.cluster,
                ObjectId::Replica(_, ReplicaId::User(n)) => n < self.next.replica,
                ObjectId::Role(RoleId::User(n)) => n < self.next.role,
                ObjectId::NetworkPolicy(NetworkPolicyId::User(n)) => n < self.next.network_policy,
                _ => true,
            };
            if !is_given {
                return Err(format!("{object:?} has an id that is still to be given"));
            }
        }
        Ok(())
    }

    /// The index of names is what it would be if it were made anew, but for the order of dependants.
    fn check_names(&self) -> Result<(), String> {
        let sorted = |index: &NameIndex| {
            let mut index = index.clone();
            index.used_by.values_mut().for_each(|users| users.sort_unstable());
            index
        };
        if sorted(&self.names) != sorted(&NameIndex::of(self)) {
            return Err("the index of names is out of step with the catalog".to_owned());
        }
        let names = &self.names;
        let indexed = [
            ("databases", names.databases.len(), self.databases.len()),
            ("schemas", names.schemas.len(), self.schemas.len()),
            ("clusters", names.clusters.len(), self.clusters.len()),
            ("roles", names.roles.len(), self.roles.len()),
            ("network policies", names.network_policies.len(), self.network_policies.len()),
        ];
        match indexed.into_iter().find(|(_, names, objects)| names != objects) {
            Some((what, ..)) => Err(format!("two {what} share a name")),
            None => self.check_item_names(),
        }
    }

    /// All overloads of a function share a name, and nothing else does.
    fn check_item_names(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for item in self.items().filter(|item| !matches!(item.kind, ItemKind::Function)) {
            if !seen.insert((item.schema, item.session, NameSpace::of(&item.kind), &item.name)) {
                return Err(format!("item {} shares its name with another", item.id));
            }
        }
        Ok(())
    }
}
