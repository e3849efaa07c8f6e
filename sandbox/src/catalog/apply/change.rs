//! Renaming, swapping, and changing what is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use mz_deploy_planner::name::Ident;

use super::{Change, missing};
use crate::catalog::id::{ClusterId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use crate::catalog::model::{
    Cluster, Item, ItemKind, ManagedCluster, NetworkPolicyRule, ObjectId, Replica, Role, Schema,
};
use crate::catalog::privilege;
use crate::error::SqlError;
use crate::sql::ast::ObjectKind;

impl Change<'_> {
    pub(super) fn item_mut(&mut self, id: ItemId) -> Result<&mut Item, SqlError> {
        let item = self.catalog.items.get_mut(&id).ok_or_else(|| missing(ObjectId::Item(id)))?;
        Ok(Arc::make_mut(item))
    }

    fn schema_mut(&mut self, id: SchemaId) -> Result<&mut Schema, SqlError> {
        let schema = self.catalog.schemas.get_mut(&id).ok_or_else(|| missing(ObjectId::Schema(id)))?;
        Ok(Arc::make_mut(schema))
    }

    fn cluster_mut(&mut self, id: ClusterId) -> Result<&mut Cluster, SqlError> {
        let cluster = self.catalog.clusters.get_mut(&id).ok_or_else(|| missing(ObjectId::Cluster(id)))?;
        Ok(Arc::make_mut(cluster))
    }

    pub(super) fn role_mut(&mut self, id: RoleId) -> Result<&mut Role, SqlError> {
        let role = self.catalog.roles.get_mut(&id).ok_or_else(|| missing(ObjectId::Role(id)))?;
        Ok(Arc::make_mut(role))
    }

    pub(super) fn rename_item(&mut self, id: ItemId, to: &Ident) -> Result<(), SqlError> {
        let item = self.catalog.items.get(&id).cloned().ok_or_else(|| missing(ObjectId::Item(id)))?;
        let mut renamed = item.as_ref().clone();
        renamed.name = to.clone();
        if self.clash(&renamed)?.is_some() {
            return Err(SqlError::internal(format!("catalog item '{}' already exists", to.as_str())));
        }
        let old = self.catalog.full_name(id);
        self.catalog.names.remove_item_name(&item);
        self.catalog.names.insert_item_name(&renamed);
        self.catalog.items.insert(id, Arc::new(renamed));
        let new = self.catalog.full_name(id);
        let mut affected: BTreeSet<ItemId> = self.catalog.used_by(id).collect();
        affected.insert(id);
        self.restate(affected.into_iter().rev());
        self.audit_item_renamed(id, old.as_ref(), new.as_ref());
        Ok(())
    }

    /// Items whose stored statements say another name now: they move to the end of the lists of dependants that they
    /// are on, in this order.
    pub(super) fn restate(&mut self, items: impl Iterator<Item = ItemId>) {
        for id in items {
            if let Some(item) = self.catalog.items.get(&id).cloned() {
                for used in &item.uses {
                    if let Some(users) = self.catalog.names.used_by.get_mut(used) {
                        users.retain(|user| *user != id);
                        users.push(id);
                    }
                }
            }
            self.touch(ObjectId::Item(id));
        }
    }

    pub(super) fn rename_schema(&mut self, id: SchemaId, to: &Ident) -> Result<(), SqlError> {
        let schema = self.schema_mut(id)?;
        let (database, old) = (schema.database, schema.name.clone());
        if self.catalog.names.schemas.contains_key(&(database, to.clone())) {
            return Err(SqlError::internal(format!("schema '{}' already exists", to.as_str())));
        }
        self.set_schema_name(id, to)?;
        self.audit_schema_renamed(id, &old, to);
        Ok(())
    }

    fn set_schema_name(&mut self, id: SchemaId, to: &Ident) -> Result<(), SqlError> {
        let schema = self.schema_mut(id)?;
        let database = schema.database;
        let old = std::mem::replace(&mut schema.name, to.clone());
        let schemas = &mut self.catalog.names.schemas;
        if schemas.get(&(database, old.clone())) == Some(&id) {
            schemas.remove(&(database, old));
        }
        schemas.insert((database, to.clone()), id);
        let mut affected: BTreeSet<ItemId> = self.catalog.items_in_schema(id).map(|item| item.id).collect();
        let users: Vec<ItemId> = affected.iter().flat_map(|item| self.catalog.used_by(*item)).collect();
        affected.extend(users);
        self.touch(ObjectId::Schema(id));
        self.restate(affected.into_iter());
        Ok(())
    }

    pub(super) fn swap_schemas(&mut self, a: SchemaId, b: SchemaId) -> Result<(), SqlError> {
        let name_a = self.schema_mut(a)?.name.clone();
        let name_b = self.schema_mut(b)?.name.clone();
        self.set_schema_name(a, &name_b)?;
        if a != b {
            self.set_schema_name(b, &name_a)?;
        }
        // The server renames three times, over a name of its own.
        let between = Ident::from(format!("mz_schema_swap_{}", self.catalog.next.audit_event).as_str());
        self.audit_schema_renamed(a, &name_a, &between);
        self.audit_schema_renamed(b, &name_b, &name_a);
        self.audit_schema_renamed(a, &between, &name_b);
        Ok(())
    }

    pub(super) fn rename_cluster(&mut self, id: ClusterId, to: &Ident) -> Result<(), SqlError> {
        if self.catalog.names.clusters.contains_key(to) {
            return Err(SqlError::internal("uniqueness violation"));
        }
        let old = self.set_cluster_name(id, to)?;
        self.audit_cluster_renamed(id, &old, to);
        Ok(())
    }

    fn set_cluster_name(&mut self, id: ClusterId, to: &Ident) -> Result<Ident, SqlError> {
        let old = std::mem::replace(&mut self.cluster_mut(id)?.name, to.clone());
        if self.catalog.names.clusters.get(&old) == Some(&id) {
            self.catalog.names.clusters.remove(&old);
        }
        self.catalog.names.clusters.insert(to.clone(), id);
        self.touch(ObjectId::Cluster(id));
        Ok(old)
    }

    pub(super) fn swap_clusters(&mut self, a: ClusterId, b: ClusterId) -> Result<(), SqlError> {
        let name_b = self.cluster_mut(b)?.name.clone();
        let name_a = self.set_cluster_name(a, &name_b)?;
        if a != b {
            self.set_cluster_name(b, &name_a)?;
        }
        let between = Ident::from(format!("mz_cluster_swap_{}", self.catalog.next.audit_event).as_str());
        self.audit_cluster_renamed(a, &name_a, &between);
        self.audit_cluster_renamed(b, &name_b, &name_a);
        self.audit_cluster_renamed(a, &between, &name_b);
        Ok(())
    }

    pub(super) fn rename_replica(
        &mut self,
        cluster: ClusterId,
        id: ReplicaId,
        to: &Ident,
    ) -> Result<(), SqlError> {
        let found = self.cluster_mut(cluster)?;
        if found.replicas.iter().any(|replica| replica.name == *to) {
            return Err(SqlError::internal("uniqueness violation"));
        }
        let Some(replica) = found.replicas.iter_mut().find(|replica| replica.id == id) else {
            return Err(missing(ObjectId::Replica(cluster, id)));
        };
        let old = std::mem::replace(&mut replica.name, to.clone());
        self.touch(ObjectId::Replica(cluster, id));
        self.touch(ObjectId::Cluster(cluster));
        self.audit_replica_renamed(cluster, id, &old, to);
        Ok(())
    }

    pub(super) fn change_owner(&mut self, object: ObjectId, owner: RoleId) -> Result<(), SqlError> {
        let from = self.catalog.owner(object).ok_or_else(|| missing(object))?;
        let change = |to: &mut RoleId, acl: &mut privilege::Acl| {
            *to = owner;
            privilege::change_owner(acl, from, owner);
        };
        match object {
            ObjectId::Item(id) => {
                let item = self.item_mut(id)?;
                change(&mut item.owner, &mut item.acl);
                let indexes: Vec<ItemId> = self
                    .catalog
                    .used_by(id)
                    .filter(|id| {
                        self.catalog.item(*id).is_some_and(|item| matches!(item.kind, ItemKind::Index(_)))
                    })
                    .collect();
                for index in indexes {
                    self.item_mut(index)?.owner = owner;
                    self.touch(ObjectId::Item(index));
                }
            }
            ObjectId::Database(id) => {
                let database = self.catalog.databases.get_mut(&id).ok_or_else(|| missing(object))?;
                let database = Arc::make_mut(database);
                change(&mut database.owner, &mut database.acl);
            }
            ObjectId::Schema(id) => {
                let schema = self.schema_mut(id)?;
                change(&mut schema.owner, &mut schema.acl);
            }
            ObjectId::Cluster(id) => {
                let cluster = self.cluster_mut(id)?;
                change(&mut cluster.owner, &mut cluster.acl);
                cluster.replicas.iter_mut().for_each(|replica| replica.owner = owner);
                let replicas: Vec<ReplicaId> = cluster.replicas.iter().map(|replica| replica.id).collect();
                for replica in replicas {
                    self.touch(ObjectId::Replica(id, replica));
                }
            }
            ObjectId::Replica(cluster, id) => {
                let found = self.cluster_mut(cluster)?;
                let replica = found.replicas.iter_mut().find(|replica| replica.id == id);
                replica.ok_or_else(|| missing(object))?.owner = owner;
            }
            ObjectId::NetworkPolicy(id) => {
                let policy = self.catalog.network_policies.get_mut(&id).ok_or_else(|| missing(object))?;
                let policy = Arc::make_mut(policy);
                change(&mut policy.owner, &mut policy.acl);
            }
            ObjectId::Role(_) => {}
        }
        self.touch(object);
        self.audit_owner(object, from, owner);
        Ok(())
    }

    pub(super) fn alter_cluster(
        &mut self,
        id: ClusterId,
        managed: Option<&ManagedCluster>,
        replicas: &[Replica],
    ) -> Result<(), SqlError> {
        let cluster = self.cluster_mut(id)?;
        let old = std::mem::replace(&mut cluster.replicas, replicas.to_vec());
        cluster.managed = managed.cloned();
        self.touch(ObjectId::Cluster(id));
        self.audit_named("alter", ObjectId::Cluster(id));
        let is_in = |replica: &Replica, list: &[Replica]| list.iter().any(|other| other.id == replica.id);
        for replica in old.iter().filter(|replica| !is_in(replica, replicas)) {
            self.catalog.comments.remove(&(ObjectId::Replica(id, replica.id), None));
            self.touch(ObjectId::Replica(id, replica.id));
            self.audit_replica("drop", id, replica);
        }
        for replica in replicas.iter().filter(|replica| !is_in(replica, &old)) {
            if let ReplicaId::User(n) = replica.id {
                super::used(&mut self.catalog.next.replica, n);
            }
            self.touch(ObjectId::Replica(id, replica.id));
            self.audit_replica("create", id, replica);
        }
        Ok(())
    }

    pub(super) fn replace_item(
        &mut self,
        id: ItemId,
        uses: &BTreeSet<ItemId>,
        kind: &ItemKind,
    ) -> Result<(), SqlError> {
        let old = self.catalog.items.get(&id).cloned().ok_or_else(|| missing(ObjectId::Item(id)))?;
        let mut item = old.as_ref().clone();
        item.uses.clone_from(uses);
        item.kind = kind.clone();
        self.catalog.names.remove_item(&old);
        self.catalog.names.insert_item(&item);
        self.catalog.items.insert(id, Arc::new(item));
        self.touch(ObjectId::Item(id));
        self.audit_item("alter", id);
        Ok(())
    }

    pub(super) fn alter_role(
        &mut self,
        id: RoleId,
        can_login: Option<bool>,
        superuser: Option<bool>,
    ) -> Result<(), SqlError> {
        let role = self.role_mut(id)?;
        role.can_login = can_login.or(role.can_login);
        role.superuser = superuser.or(role.superuser);
        self.touch(ObjectId::Role(id));
        self.audit_named("alter", ObjectId::Role(id));
        Ok(())
    }

    pub(super) fn set_role_default(
        &mut self,
        id: RoleId,
        variable: &str,
        value: Option<&Vec<String>>,
    ) -> Result<(), SqlError> {
        let role = self.role_mut(id)?;
        match value {
            Some(value) => role.defaults.insert(variable.to_owned(), value.clone()),
            None => role.defaults.remove(variable),
        };
        self.touch(ObjectId::Role(id));
        self.audit_named("alter", ObjectId::Role(id));
        Ok(())
    }

    pub(super) fn alter_network_policy(
        &mut self,
        id: NetworkPolicyId,
        rules: &[NetworkPolicyRule],
    ) -> Result<(), SqlError> {
        let policy = self.catalog.network_policies.get_mut(&id);
        let policy = policy.ok_or_else(|| missing(ObjectId::NetworkPolicy(id)))?;
        Arc::make_mut(policy).rules = rules.to_vec();
        self.touch(ObjectId::NetworkPolicy(id));
        self.audit_named("alter", ObjectId::NetworkPolicy(id));
        Ok(())
    }

    pub(super) fn comment(
        &mut self,
        object: ObjectId,
        column: Option<u32>,
        text: Option<&str>,
    ) -> Result<(), SqlError> {
        if !self.catalog.exists(object) {
            return Err(missing(object));
        }
        match text {
            Some(text) => self.catalog.comments.insert((object, column), Arc::from(text)),
            None => self.catalog.comments.remove(&(object, column)),
        };
        self.touch(object);
        self.audit_comment(object);
        Ok(())
    }
}

impl ObjectKind {
    /// The keywords as errors have them: `materialized view`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Source => "source",
            Self::Sink => "sink",
            Self::Index => "index",
            Self::Type => "type",
            Self::Role => "role",
            Self::Cluster => "cluster",
            Self::ClusterReplica => "cluster replica",
            Self::Secret => "secret",
            Self::Connection => "connection",
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Function => "function",
            Self::NetworkPolicy => "network policy",
            Self::Subsource => "subsource",
        }
    }
}
