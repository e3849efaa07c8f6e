//! The audit log: an event for each change.

use mz_deploy_planner::name::Ident;
use serde_json::{Map, Value, json};

use super::{Change, take};
use crate::catalog::id::{ClusterId, ItemId, ReplicaId, RoleId, SchemaId};
use crate::catalog::lookup::FullName;
use crate::catalog::model::{AuditEvent, Catalog, DefaultPrivilegeKey, ItemKind, ObjectId, Replica};
use crate::catalog::privilege::{PrivilegeSet, letters};
use crate::sql::ast::ObjectKind;

impl Change<'_> {
    fn audit(&mut self, event_type: &str, object_type: &str, details: Value) {
        let event = AuditEvent {
            id: take(&mut self.catalog.next.audit_event),
            event_type: event_type.to_owned(),
            object_type: object_type.to_owned(),
            details,
            user: self.user.map(str::to_owned),
            occurred_at: self.now,
        };
        self.effects.events.push(event);
    }

    /// An event of a database, schema, cluster, role or network policy, by id and name.
    pub(super) fn audit_named(&mut self, event_type: &str, object: ObjectId) {
        let catalog = &*self.catalog;
        let details = match object {
            ObjectId::Database(id) => {
                catalog.database(id).map(|d| json!({"id": id.to_string(), "name": d.name.as_str()}))
            }
            ObjectId::Schema(id) => catalog.schema(id).map(|s| {
                let database = s.database.and_then(|id| catalog.database(id)).map(|d| d.name.as_str());
                json!({"id": id.to_string(), "name": s.name.as_str(), "database_name": database})
            }),
            ObjectId::Cluster(id) => {
                catalog.cluster(id).map(|c| json!({"id": id.to_string(), "name": c.name.as_str()}))
            }
            ObjectId::Role(id) => {
                catalog.role(id).map(|r| json!({"id": id.to_string(), "name": r.name.as_str()}))
            }
            ObjectId::NetworkPolicy(id) => {
                catalog.network_policy(id).map(|p| json!({"id": id.to_string(), "name": p.name.as_str()}))
            }
            ObjectId::Item(_) | ObjectId::Replica(..) => None,
        };
        if let Some(details) = details {
            self.audit(event_type, self.object_type(object), details);
        }
    }

    pub(super) fn audit_item(&mut self, event_type: &str, id: ItemId) {
        let catalog = &*self.catalog;
        let (Some(item), Some(name)) = (catalog.item(id), catalog.full_name(id)) else { return };
        let mut details = Map::new();
        details.insert("id".into(), id.to_string().into());
        if let Some(cluster) = item.kind.cluster() {
            details.insert("cluster_id".into(), cluster.to_string().into());
        }
        if let ItemKind::MaterializedView(view) = &item.kind
            && let Some(target) = view.replaces
        {
            details.insert("replacement_target_id".into(), target.to_string().into());
        }
        if let ItemKind::Source(source) = &item.kind {
            details.insert("type".into(), source.source_type.clone().into());
        }
        details.extend(parts(&name));
        self.audit(event_type, self.object_type(ObjectId::Item(id)), Value::Object(details));
    }

    pub(super) fn audit_item_renamed(&mut self, id: ItemId, old: Option<&FullName>, new: Option<&FullName>) {
        let (Some(old), Some(new)) = (old, new) else { return };
        let details = json!({"id": id.to_string(), "old_name": Value::Object(parts(old)), "new_name": Value::Object(parts(new))});
        self.audit("alter", self.object_type(ObjectId::Item(id)), details);
    }

    pub(super) fn audit_schema_renamed(&mut self, id: SchemaId, old: &Ident, new: &Ident) {
        let database = self.catalog.schema(id).and_then(|schema| schema.database);
        let database = database.and_then(|id| self.catalog.database(id)).map(|d| d.name.as_str().to_owned());
        let details = json!({
            "id": id.to_string(), "old_name": old.as_str(), "new_name": new.as_str(), "database_name": database,
        });
        self.audit("alter", "schema", details);
    }

    pub(super) fn audit_cluster_renamed(&mut self, id: ClusterId, old: &Ident, new: &Ident) {
        let details = json!({"id": id.to_string(), "old_name": old.as_str(), "new_name": new.as_str()});
        self.audit("alter", "cluster", details);
    }

    pub(super) fn audit_replica_renamed(
        &mut self,
        cluster: ClusterId,
        id: ReplicaId,
        old: &Ident,
        new: &Ident,
    ) {
        let details = json!({
            "cluster_id": cluster.to_string(), "replica_id": id.to_string(),
            "old_name": old.as_str(), "new_name": new.as_str(),
        });
        self.audit("alter", "cluster-replica", details);
    }

    pub(super) fn audit_replica(&mut self, event_type: &str, cluster: ClusterId, replica: &Replica) {
        let name = self.catalog.cluster(cluster).map(|cluster| cluster.name.as_str().to_owned());
        let mut details = json!({
            "cluster_id": cluster.to_string(), "cluster_name": name,
            "replica_id": replica.id.to_string(), "replica_name": replica.name.as_str(),
            "reason": "manual",
        });
        if event_type == "create"
            && let Some(details) = details.as_object_mut()
        {
            details.insert("logical_size".into(), replica.size.clone().into());
            details.insert("disk".into(), true.into());
            details.insert("billed_as".into(), Value::Null);
            details.insert("internal".into(), false.into());
        }
        self.audit(event_type, "cluster-replica", details);
    }

    pub(super) fn audit_owner(&mut self, object: ObjectId, from: RoleId, to: RoleId) {
        let details = json!({
            "object_id": tagged_id(self.catalog, object), "old_owner_id": from.to_string(), "new_owner_id": to.to_string(),
        });
        self.audit("alter", self.object_type(object), details);
    }

    pub(super) fn audit_comment(&mut self, object: ObjectId) {
        let name = match object {
            ObjectId::Item(id) => self.catalog.full_name(id).map(|name| name.to_string()),
            ObjectId::Schema(id) => self.catalog.full_schema_name(id),
            ObjectId::Database(id) => self.catalog.database(id).map(|d| d.name.as_str().to_owned()),
            ObjectId::Cluster(id) => self.catalog.cluster(id).map(|c| c.name.as_str().to_owned()),
            ObjectId::Replica(cluster, id) => {
                self.catalog.replica(cluster, id).map(|r| r.name.as_str().to_owned())
            }
            ObjectId::Role(id) => self.catalog.role(id).map(|r| r.name.as_str().to_owned()),
            ObjectId::NetworkPolicy(id) => {
                self.catalog.network_policy(id).map(|p| p.name.as_str().to_owned())
            }
        };
        self.audit(
            "comment",
            self.object_type(object),
            json!({"id": debug_id(self.catalog, object), "name": name}),
        );
    }

    pub(super) fn audit_privileges(
        &mut self,
        event_type: &str,
        object: Option<ObjectId>,
        grantee: RoleId,
        grantor: RoleId,
        privileges: &PrivilegeSet,
    ) {
        let details = json!({
            "object_id": object.map_or_else(|| "SYSTEM".to_owned(), |object| tagged_id(self.catalog, object)),
            "grantee_id": grantee.to_string(), "grantor_id": grantor.to_string(), "privileges": letters(privileges),
        });
        let object_type = object.map_or("system", |object| self.object_type(object));
        self.audit(event_type, object_type, details);
    }

    pub(super) fn audit_membership(
        &mut self,
        event_type: &str,
        role: RoleId,
        member: RoleId,
        grantor: RoleId,
    ) {
        let details = json!({
            "role_id": role.to_string(), "member_id": member.to_string(), "grantor_id": grantor.to_string(),
            "executed_by": grantor.to_string(),
        });
        self.audit(event_type, "role", details);
    }

    pub(super) fn audit_default_privileges(
        &mut self,
        event_type: &str,
        key: &DefaultPrivilegeKey,
        privileges: &PrivilegeSet,
    ) {
        let details = json!({
            "role_id": key.creator.to_string(),
            "database_id": key.database.map(|id| id.to_string()), "schema_id": key.schema.map(|id| id.to_string()),
            "grantee_id": key.grantee.to_string(), "privileges": letters(privileges),
        });
        self.audit(event_type, kebab(key.kind), details);
    }

    pub(super) fn audit_replacement(
        &mut self,
        target: (ItemId, &FullName),
        replacement: (ItemId, &FullName),
    ) {
        let side = |(id, name): (ItemId, &FullName)| {
            let mut side = parts(name);
            side.insert("id".into(), id.to_string().into());
            Value::Object(side)
        };
        let details = json!({"target": side(target), "replacement": side(replacement)});
        self.audit("alter", "materialized-view", details);
    }

    fn object_type(&self, object: ObjectId) -> &'static str {
        match object {
            ObjectId::Item(id) => self.catalog.item(id).map_or("view", |item| kebab(item.kind.object_kind())),
            ObjectId::Database(_) => "database",
            ObjectId::Schema(_) => "schema",
            ObjectId::Cluster(_) => "cluster",
            ObjectId::Replica(..) => "cluster-replica",
            ObjectId::Role(_) => "role",
            ObjectId::NetworkPolicy(_) => "network-policy",
        }
    }
}

/// The kind as the system relations say it: `materialized-view`.
pub fn kebab(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::MaterializedView => "materialized-view",
        ObjectKind::ClusterReplica => "cluster-replica",
        ObjectKind::NetworkPolicy => "network-policy",
        ObjectKind::Function => "func",
        kind => kind.words(),
    }
}

fn parts(name: &FullName) -> Map<String, Value> {
    let mut parts = Map::new();
    parts.insert("database".into(), name.database.as_ref().map(Ident::as_str).unwrap_or_default().into());
    parts.insert("schema".into(), name.schema.as_str().into());
    parts.insert("item".into(), name.item.as_str().into());
    parts
}

/// Ids in events about owners and privileges: a letter for the kind, then the id. `Iu16`, `Cu2`, `Su1.u9`.
fn tagged_id(catalog: &Catalog, object: ObjectId) -> String {
    match object {
        ObjectId::Item(id) => format!("I{id}"),
        ObjectId::Database(id) => format!("D{id}"),
        ObjectId::Schema(id) => match catalog.container(object) {
            Some(ObjectId::Database(database)) => format!("S{database}.{id}"),
            _ => format!("S{id}"),
        },
        ObjectId::Cluster(id) => format!("C{id}"),
        ObjectId::Replica(cluster, id) => format!("CR{cluster}.{id}"),
        ObjectId::Role(id) => format!("R{id}"),
        ObjectId::NetworkPolicy(id) => format!("NP{id}"),
    }
}

/// Ids in events about comments: `Cluster(User(2))`, `MaterializedView(User(5))`.
fn debug_id(catalog: &Catalog, object: ObjectId) -> String {
    match object {
        ObjectId::Item(id) => match catalog.item(id) {
            Some(item) => format!("{:?}({id:?})", item.kind.object_kind()),
            None => format!("{id:?}"),
        },
        ObjectId::Database(id) => format!("Database({id:?})"),
        ObjectId::Schema(id) => match catalog.container(object) {
            Some(ObjectId::Database(database)) => format!("Schema((Id({database:?}), Id({id:?})))"),
            _ => format!("Schema((Ambient, Id({id:?})))"),
        },
        ObjectId::Cluster(id) => format!("Cluster({id:?})"),
        ObjectId::Replica(cluster, id) => format!("ClusterReplica(({cluster:?}, {id:?}))"),
        ObjectId::Role(id) => format!("Role({id:?})"),
        ObjectId::NetworkPolicy(id) => format!("NetworkPolicy({id:?})"),
    }
}
