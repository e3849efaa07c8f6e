//! Making things.

use std::sync::Arc;

use mz_deploy_planner::name::Ident;

use super::{Change, missing, used};
use crate::catalog::id::{ClusterId, DatabaseId, NetworkPolicyId, RoleId, SchemaId};
use crate::catalog::model::{
    Cluster, Database, Item, ManagedCluster, NetworkPolicy, NetworkPolicyRule, ObjectId, Replica, Role,
    Schema,
};
use crate::catalog::names::NameSpace;
use crate::catalog::privilege::{self, Acl, Privilege};
use crate::catalog::{Catalog, ItemId, ReplicaId};
use crate::error::SqlError;
use crate::sql::ast::ObjectKind;

fn taken(kind: &str, name: &Ident) -> SqlError {
    SqlError::internal(format!("{kind} '{}' already exists", name.as_str()))
}

impl Change<'_> {
    pub(super) fn create_database(
        &mut self,
        id: DatabaseId,
        name: &Ident,
        owner: RoleId,
        public_schema: SchemaId,
    ) -> Result<(), SqlError> {
        if self.catalog.names.databases.contains_key(name) {
            return Err(taken("database", name));
        }
        if let DatabaseId::User(n) = id {
            used(&mut self.catalog.next.database, n);
        }
        let acl = self.initial_acl(ObjectKind::Database, owner, None, None);
        let oid = self.next_oid();
        self.catalog.names.databases.insert(name.clone(), id);
        self.catalog.databases.insert(id, Arc::new(Database { id, oid, name: name.clone(), owner, acl }));
        self.touch(ObjectId::Database(id));
        self.audit_named("create", ObjectId::Database(id));
        self.create_schema(public_schema, id, &Ident::from("public"), owner, true)
    }

    pub(super) fn create_schema(
        &mut self,
        id: SchemaId,
        database: DatabaseId,
        name: &Ident,
        owner: RoleId,
        open_to_all: bool,
    ) -> Result<(), SqlError> {
        let key = (Some(database), name.clone());
        if self.catalog.names.schemas.contains_key(&key) {
            return Err(taken("schema", name));
        }
        if self.catalog.database(database).is_none() {
            return Err(missing(ObjectId::Database(database)));
        }
        if let SchemaId::User(n) = id {
            used(&mut self.catalog.next.schema, n);
        }
        let mut acl = self.initial_acl(ObjectKind::Schema, owner, Some(database), None);
        if open_to_all {
            privilege::grant(&mut acl, RoleId::Public, owner, &[Privilege::Usage].into());
        }
        let oid = self.next_oid();
        let schema = Schema { id, oid, database: Some(database), name: name.clone(), owner, acl };
        self.catalog.names.schemas.insert(key, id);
        self.catalog.schemas.insert(id, Arc::new(schema));
        self.touch(ObjectId::Schema(id));
        self.audit_named("create", ObjectId::Schema(id));
        Ok(())
    }

    pub(super) fn create_cluster(
        &mut self,
        id: ClusterId,
        name: &Ident,
        owner: RoleId,
        managed: Option<&ManagedCluster>,
        replicas: &[Replica],
    ) -> Result<(), SqlError> {
        if self.catalog.names.clusters.contains_key(name) {
            return Err(taken("cluster", name));
        }
        if let ClusterId::User(n) = id {
            used(&mut self.catalog.next.cluster, n);
        }
        let acl = self.initial_acl(ObjectKind::Cluster, owner, None, None);
        let cluster =
            Cluster { id, name: name.clone(), owner, acl, managed: managed.cloned(), replicas: Vec::new() };
        self.catalog.names.clusters.insert(name.clone(), id);
        self.catalog.clusters.insert(id, Arc::new(cluster));
        self.touch(ObjectId::Cluster(id));
        self.audit_named("create", ObjectId::Cluster(id));
        replicas.iter().try_for_each(|replica| self.create_replica(id, replica))
    }

    pub(super) fn create_replica(&mut self, id: ClusterId, replica: &Replica) -> Result<(), SqlError> {
        if let ReplicaId::User(n) = replica.id {
            used(&mut self.catalog.next.replica, n);
        }
        let Some(cluster) = self.catalog.clusters.get_mut(&id) else {
            return Err(missing(ObjectId::Cluster(id)));
        };
        let cluster = Arc::make_mut(cluster);
        if cluster.replicas.iter().any(|other| other.name == replica.name) {
            return Err(SqlError::internal(format!(
                "cannot create multiple replicas named '{}' on cluster '{}'",
                replica.name.as_str(),
                cluster.name.as_str()
            )));
        }
        cluster.replicas.push(replica.clone());
        self.touch(ObjectId::Cluster(id));
        self.touch(ObjectId::Replica(id, replica.id));
        self.audit_replica("create", id, replica);
        Ok(())
    }

    pub(super) fn create_role(
        &mut self,
        id: RoleId,
        name: &Ident,
        can_login: Option<bool>,
        superuser: Option<bool>,
    ) -> Result<(), SqlError> {
        if self.catalog.names.roles.contains_key(name) {
            return Err(taken("role", name));
        }
        if let RoleId::User(n) = id {
            used(&mut self.catalog.next.role, n);
        }
        let oid = self.next_oid();
        let role = Role {
            id,
            oid,
            name: name.clone(),
            can_login,
            superuser,
            defaults: std::collections::BTreeMap::new(),
            member_of: std::collections::BTreeMap::new(),
        };
        self.catalog.names.roles.insert(name.clone(), id);
        self.catalog.roles.insert(id, Arc::new(role));
        self.touch(ObjectId::Role(id));
        self.audit_named("create", ObjectId::Role(id));
        Ok(())
    }

    pub(super) fn create_network_policy(
        &mut self,
        id: NetworkPolicyId,
        name: &Ident,
        owner: RoleId,
        rules: &[NetworkPolicyRule],
    ) -> Result<(), SqlError> {
        if self.catalog.names.network_policies.contains_key(name) {
            return Err(taken("network policy", name));
        }
        if let NetworkPolicyId::User(n) = id {
            used(&mut self.catalog.next.network_policy, n);
        }
        let acl = self.initial_acl(ObjectKind::NetworkPolicy, owner, None, None);
        let oid = self.next_oid();
        let policy = NetworkPolicy { id, oid, name: name.clone(), owner, acl, rules: rules.to_vec() };
        self.catalog.names.network_policies.insert(name.clone(), id);
        self.catalog.network_policies.insert(id, Arc::new(policy));
        self.touch(ObjectId::NetworkPolicy(id));
        self.audit_named("create", ObjectId::NetworkPolicy(id));
        Ok(())
    }

    pub(super) fn create_item(&mut self, mut item: Item) -> Result<(), SqlError> {
        if let Some(found) = self.clash(&item)? {
            return Err(item_exists(self.catalog, found));
        }
        for id in &item.uses {
            if self.catalog.item(*id).is_none() {
                return Err(missing(ObjectId::Item(*id)));
            }
        }
        if let ItemId::User(n) = item.id {
            used(&mut self.catalog.next.item, n);
        }
        let kind = item.kind.object_kind();
        if !matches!(kind, ObjectKind::Index | ObjectKind::Sink) {
            let database =
                item.schema.and_then(|id| self.catalog.schema(id)).and_then(|schema| schema.database);
            item.acl = self.initial_acl(kind, item.owner, database, item.schema);
        }
        item.oid = self.next_oid();
        let id = item.id;
        self.catalog.names.insert_item(&item);
        self.catalog.items.insert(id, Arc::new(item));
        self.touch(ObjectId::Item(id));
        self.audit_item("create", id);
        Ok(())
    }

    /// The item that keeps another one from having its name: two items of a schema don't share a name, and a type also
    /// excludes relations and indexes.
    pub(super) fn clash(&self, item: &Item) -> Result<Option<&Item>, SqlError> {
        let catalog = &*self.catalog;
        Ok(match (item.schema, item.session) {
            (Some(schema), _) => {
                if catalog.schema(schema).is_none() {
                    return Err(missing(ObjectId::Schema(schema)));
                }
                let space = NameSpace::of(&item.kind);
                let other = match space {
                    NameSpace::Item => NameSpace::Type,
                    _ => NameSpace::Item,
                };
                let excludes = |kind: ObjectKind| {
                    !matches!(kind, ObjectKind::Secret | ObjectKind::Sink | ObjectKind::Connection)
                };
                catalog.named(schema, space, &item.name).or_else(|| {
                    catalog.named(schema, other, &item.name).filter(|found| {
                        excludes(found.kind.object_kind()) && excludes(item.kind.object_kind())
                    })
                })
            }
            (None, Some(session)) => catalog.temporary_item(session, &item.name),
            (None, None) => None,
        })
    }

    /// What something new grants: everything to its owner, and the default privileges.
    fn initial_acl(
        &self,
        kind: ObjectKind,
        owner: RoleId,
        database: Option<DatabaseId>,
        schema: Option<SchemaId>,
    ) -> Acl {
        let applicable = privilege::applicable(Some(kind));
        let mut acl = Acl::new();
        privilege::grant(&mut acl, owner, owner, &applicable);
        let kind = match kind {
            ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Source => ObjectKind::Table,
            kind => kind,
        };
        for (key, privileges) in &self.catalog.default_privileges {
            let applies = key.kind == kind
                && (key.creator == owner || key.creator == RoleId::Public)
                && key.database.is_none_or(|of| database == Some(of))
                && key.schema.is_none_or(|of| schema == Some(of));
            if applies {
                let privileges = privileges.intersection(&applicable).copied().collect();
                privilege::grant(&mut acl, key.grantee, owner, &privileges);
            }
        }
        acl
    }
}

/// The error of a name that an item has already: `view "d.s.v" already exists`.
fn item_exists(catalog: &Catalog, found: &Item) -> SqlError {
    let name = catalog.full_name(found.id).map_or_else(|| found.id.to_string(), |name| name.to_string());
    match found.kind.object_kind() {
        ObjectKind::Secret => {
            SqlError::internal(format!("catalog item '{}' already exists", found.name.as_str()))
        }
        kind => SqlError::internal(format!("{} \"{name}\" already exists", kind.words())),
    }
}
