//! Which objects of two catalogs differ, however one became the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{Catalog, ObjectId};

impl Catalog {
    /// The objects that are not the same in another catalog, or only in one of them.
    pub fn differences(&self, other: &Self) -> BTreeSet<ObjectId> {
        let mut found = BTreeSet::new();
        found.extend(differing(&self.databases, &other.databases).map(ObjectId::Database));
        found.extend(differing(&self.schemas, &other.schemas).map(ObjectId::Schema));
        found.extend(differing(&self.clusters, &other.clusters).map(ObjectId::Cluster));
        found.extend(differing(&self.roles, &other.roles).map(ObjectId::Role));
        found.extend(differing(&self.network_policies, &other.network_policies).map(ObjectId::NetworkPolicy));
        found.extend(differing(&self.items, &other.items).map(ObjectId::Item));
        found.extend(differing(&self.comments, &other.comments).map(|(object, _)| object));
        found
    }

    /// True if the system privileges or the default privileges are not the same.
    pub fn has_other_privileges(&self, other: &Self) -> bool {
        self.system_acl != other.system_acl || self.default_privileges != other.default_privileges
    }
}

fn differing<K: Ord + Copy, V: PartialEq + ?Sized>(
    a: &BTreeMap<K, Arc<V>>,
    b: &BTreeMap<K, Arc<V>>,
) -> impl Iterator<Item = K> {
    let changed = a.iter().filter(|(key, value)| b.get(key) != Some(value)).map(|(key, _)| *key);
    let gone = b.keys().filter(|key| !a.contains_key(key)).copied();
    changed.chain(gone)
}

#[cfg(test)]
mod tests {
    use mz_deploy_planner::name::Ident;

    use super::*;
    use crate::catalog::{DatabaseId, Op, QUICKSTART, RoleId, SchemaId, Transaction};

    #[test]
    fn only_what_is_new_changed_gone_or_commented_differs() {
        let before = Catalog::bootstrap();
        assert_eq!(before.differences(&Catalog::bootstrap()), BTreeSet::new());
        let database = before.databases().next().expect("there is one").id;
        let (public, new) = (before.schemas().find(|schema| schema.database.is_some()), before.next.schema);
        let (public, new) = (public.expect("there is one").id, SchemaId::User(new));
        let mut after = before.clone();
        let ops = vec![
            Op::CreateSchema { id: new, database, name: Ident::new("new"), owner: RoleId::User(1) },
            Op::RenameCluster { id: QUICKSTART, to: Ident::new("other") },
            Op::Comment { object: ObjectId::Database(database), column: None, text: Some("ours".to_owned()) },
            Op::Drop { objects: vec![ObjectId::Schema(public)] },
        ];
        after.apply(&Transaction { ops, user: None, now: 0 }).expect("applies");
        let expected: BTreeSet<ObjectId> = [
            ObjectId::Database(DatabaseId::User(1)),
            ObjectId::Schema(public),
            ObjectId::Schema(new),
            ObjectId::Cluster(QUICKSTART),
        ]
        .into();
        assert_eq!(after.differences(&before), expected);
        assert_eq!(before.differences(&after), expected);
        assert!(!after.has_other_privileges(&before));
    }
}
