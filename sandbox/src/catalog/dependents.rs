//! What goes along when something is dropped with `CASCADE`.

use std::collections::BTreeSet;

use super::id::ItemId;
use super::model::{Catalog, ObjectId};

impl Catalog {
    /// Everything that goes with some objects, themselves included, each after what depends on it: the order in which
    /// the server lists them. Schemas go through their items by name, databases through their schemas by name,
    /// clusters through what runs on them and their replicas.
    pub fn dependents(&self, objects: &[ObjectId]) -> Vec<ObjectId> {
        let mut walk = Walk { catalog: self, seen: BTreeSet::new(), found: Vec::new() };
        for object in objects {
            walk.visit(*object);
        }
        walk.found
    }
}

struct Walk<'a> {
    catalog: &'a Catalog,
    seen: BTreeSet<ObjectId>,
    found: Vec<ObjectId>,
}

impl Walk<'_> {
    fn visit(&mut self, object: ObjectId) {
        if !self.seen.insert(object) {
            return;
        }
        match object {
            ObjectId::Item(id) => return self.visit_item(id),
            ObjectId::Database(id) => {
                for schema in self.catalog.schemas_in_database(id) {
                    self.visit(ObjectId::Schema(schema.id));
                }
            }
            ObjectId::Schema(id) => {
                for item in self.catalog.items_in_schema(id) {
                    self.visit(ObjectId::Item(item.id));
                }
            }
            ObjectId::Cluster(id) => {
                for item in self.catalog.items_on_cluster(id) {
                    self.visit(ObjectId::Item(item.id));
                }
                for replica in self.catalog.cluster(id).into_iter().flat_map(|cluster| &cluster.replicas) {
                    self.visit(ObjectId::Replica(id, replica.id));
                }
            }
            ObjectId::Replica(..) | ObjectId::Role(_) | ObjectId::NetworkPolicy(_) => {}
        }
        self.found.push(object);
    }

    /// Without recursion: a chain of views may be long.
    fn visit_item(&mut self, id: ItemId) {
        let mut stack = vec![(id, self.catalog.used_by(id).collect::<Vec<_>>().into_iter())];
        while let Some((id, users)) = stack.last_mut() {
            if let Some(user) = users.next() {
                if self.seen.insert(ObjectId::Item(user)) {
                    stack.push((user, self.catalog.used_by(user).collect::<Vec<_>>().into_iter()));
                }
            } else {
                self.found.push(ObjectId::Item(*id));
                stack.pop();
            }
        }
    }
}
