//! Dropping things. What goes along was found before: what is left must not be used by anything.

use super::{Change, missing};
use crate::catalog::id::{ClusterId, DatabaseId, ItemId, ReplicaId, RoleId, SchemaId};
use crate::catalog::model::ObjectId;
use crate::error::SqlError;

impl Change<'_> {
    pub(super) fn drop(&mut self, object: ObjectId) -> Result<(), SqlError> {
        match object {
            ObjectId::Item(id) => self.drop_item(id)?,
            ObjectId::Database(id) => self.drop_database(id)?,
            ObjectId::Schema(id) => self.drop_schema(id)?,
            ObjectId::Cluster(id) => self.drop_cluster(id)?,
            ObjectId::Replica(cluster, id) => self.drop_replica(cluster, id)?,
            ObjectId::Role(id) => self.drop_role(id)?,
            ObjectId::NetworkPolicy(id) => {
                self.audit_named("drop", object);
                let policy = self.catalog.network_policies.remove(&id).ok_or_else(|| missing(object))?;
                self.catalog.names.network_policies.remove(&policy.name);
            }
        }
        let comments: Vec<Option<u32>> = self.catalog.comments_of(object).map(|(column, _)| column).collect();
        for column in comments {
            self.catalog.comments.remove(&(object, column));
        }
        self.touch(object);
        Ok(())
    }

    fn drop_item(&mut self, id: ItemId) -> Result<(), SqlError> {
        if let Some(user) = self.catalog.used_by(id).next() {
            return Err(SqlError::internal(format!("item {id} is still used by {user}")));
        }
        self.audit_item("drop", id);
        let item = self.catalog.items.remove(&id).ok_or_else(|| missing(ObjectId::Item(id)))?;
        self.catalog.names.remove_item(&item);
        if item.kind.columns().is_some() {
            self.effects.dropped.push(id);
        }
        Ok(())
    }

    fn drop_database(&mut self, id: DatabaseId) -> Result<(), SqlError> {
        if let Some(schema) = self.catalog.schemas_in_database(id).next() {
            return Err(SqlError::internal(format!("schema {} is still in database {id}", schema.id)));
        }
        self.audit_named("drop", ObjectId::Database(id));
        let database = self.catalog.databases.remove(&id).ok_or_else(|| missing(ObjectId::Database(id)))?;
        self.catalog.names.databases.remove(&database.name);
        self.forget_default_privileges(|key| key.database == Some(id));
        Ok(())
    }

    fn drop_schema(&mut self, id: SchemaId) -> Result<(), SqlError> {
        if let Some(item) = self.catalog.items_in_schema(id).next() {
            return Err(SqlError::internal(format!("item {} is still in schema {id}", item.id)));
        }
        self.audit_named("drop", ObjectId::Schema(id));
        let schema = self.catalog.schemas.remove(&id).ok_or_else(|| missing(ObjectId::Schema(id)))?;
        self.catalog.names.schemas.remove(&(schema.database, schema.name.clone()));
        self.catalog.names.items.remove(&id);
        self.forget_default_privileges(|key| key.schema == Some(id));
        Ok(())
    }

    fn drop_cluster(&mut self, id: ClusterId) -> Result<(), SqlError> {
        if let Some(item) = self.catalog.items_on_cluster(id).next() {
            return Err(SqlError::internal(format!("item {} is still on cluster {id}", item.id)));
        }
        let replicas: Vec<ReplicaId> = self
            .catalog
            .cluster(id)
            .ok_or_else(|| missing(ObjectId::Cluster(id)))?
            .replicas
            .iter()
            .map(|replica| replica.id)
            .collect();
        for replica in replicas {
            self.drop(ObjectId::Replica(id, replica))?;
        }
        self.audit_named("drop", ObjectId::Cluster(id));
        if let Some(cluster) = self.catalog.clusters.remove(&id) {
            self.catalog.names.clusters.remove(&cluster.name);
        }
        Ok(())
    }

    fn drop_replica(&mut self, cluster: ClusterId, id: ReplicaId) -> Result<(), SqlError> {
        let replica = self.catalog.replica(cluster, id).cloned();
        let replica = replica.ok_or_else(|| missing(ObjectId::Replica(cluster, id)))?;
        self.audit_replica("drop", cluster, &replica);
        if let Some(cluster) = self.catalog.clusters.get_mut(&cluster) {
            std::sync::Arc::make_mut(cluster).replicas.retain(|replica| replica.id != id);
        }
        self.touch(ObjectId::Cluster(cluster));
        Ok(())
    }

    fn drop_role(&mut self, id: RoleId) -> Result<(), SqlError> {
        self.audit_named("drop", ObjectId::Role(id));
        let role = self.catalog.roles.remove(&id).ok_or_else(|| missing(ObjectId::Role(id)))?;
        self.catalog.names.roles.remove(&role.name);
        let members: Vec<RoleId> = self
            .catalog
            .roles()
            .filter(|member| member.member_of.contains_key(&id))
            .map(|member| member.id)
            .collect();
        for member in members {
            self.role_mut(member)?.member_of.remove(&id);
            self.touch(ObjectId::Role(member));
        }
        Ok(())
    }
}
