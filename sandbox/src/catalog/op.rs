//! The operations that change the catalog. A statement is planned into a list of them; the list applies as a whole or
//! not at all. They are also what the journal keeps.

use std::collections::BTreeMap;

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use super::model::{DefaultPrivilegeKey, ItemKind, ManagedCluster, NetworkPolicyRule, ObjectId, Replica};
use super::privilege::PrivilegeSet;

/// A change. Ids of new things are taken by the planner from the catalog beforehand, in order; oids are
/// given when the operation is applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are what the statement gives")]
pub enum Op {
    CreateDatabase {
        id: DatabaseId,
        name: Ident,
        owner: RoleId,
        public_schema: SchemaId,
    },
    CreateSchema {
        id: SchemaId,
        database: DatabaseId,
        name: Ident,
        owner: RoleId,
    },
    CreateCluster {
        id: ClusterId,
        name: Ident,
        owner: RoleId,
        managed: Option<ManagedCluster>,
        replicas: Vec<Replica>,
    },
    CreateReplica {
        cluster: ClusterId,
        replica: Replica,
    },
    CreateRole {
        id: RoleId,
        name: Ident,
        can_login: Option<bool>,
        superuser: Option<bool>,
    },
    CreateNetworkPolicy {
        id: NetworkPolicyId,
        name: Ident,
        owner: RoleId,
        rules: Vec<NetworkPolicyRule>,
    },
    CreateItem {
        id: ItemId,
        schema: Option<SchemaId>,
        session: Option<u32>,
        name: Ident,
        owner: RoleId,
        uses: std::collections::BTreeSet<ItemId>,
        kind: Box<ItemKind>,
    },
    /// Drops exactly these: what goes along was found by the planner and is part of the list.
    Drop {
        objects: Vec<ObjectId>,
    },
    RenameItem {
        id: ItemId,
        to: Ident,
    },
    RenameSchema {
        id: SchemaId,
        to: Ident,
    },
    RenameCluster {
        id: ClusterId,
        to: Ident,
    },
    RenameReplica {
        cluster: ClusterId,
        id: ReplicaId,
        to: Ident,
    },
    SwapSchemas {
        a: SchemaId,
        b: SchemaId,
    },
    SwapClusters {
        a: ClusterId,
        b: ClusterId,
    },
    /// The owner of a relation's indexes follows.
    ChangeOwner {
        object: ObjectId,
        owner: RoleId,
    },
    AlterCluster {
        id: ClusterId,
        managed: Option<ManagedCluster>,
        replicas: Vec<Replica>,
    },
    /// A new definition of an existing item: altered connections, sinks with another `FROM`, added columns.
    ReplaceItem {
        id: ItemId,
        uses: std::collections::BTreeSet<ItemId>,
        kind: Box<ItemKind>,
    },
    /// The target takes over the id and the definition of its replacement; dependants follow.
    ApplyReplacement {
        target: ItemId,
        replacement: ItemId,
    },
    AlterRole {
        id: RoleId,
        can_login: Option<bool>,
        superuser: Option<bool>,
    },
    SetRoleDefault {
        id: RoleId,
        variable: String,
        value: Option<Vec<String>>,
    },
    AlterNetworkPolicy {
        id: NetworkPolicyId,
        rules: Vec<NetworkPolicyRule>,
    },
    /// `None` is `SYSTEM`.
    Grant {
        object: Option<ObjectId>,
        grantee: RoleId,
        grantor: RoleId,
        privileges: PrivilegeSet,
    },
    Revoke {
        object: Option<ObjectId>,
        grantee: RoleId,
        grantor: RoleId,
        privileges: PrivilegeSet,
    },
    GrantRole {
        role: RoleId,
        member: RoleId,
        grantor: RoleId,
    },
    RevokeRole {
        role: RoleId,
        member: RoleId,
    },
    GrantDefault {
        key: DefaultPrivilegeKey,
        privileges: PrivilegeSet,
    },
    RevokeDefault {
        key: DefaultPrivilegeKey,
        privileges: PrivilegeSet,
    },
    Comment {
        object: ObjectId,
        column: Option<u32>,
        text: Option<String>,
    },
    /// The value of a secret changed: nothing in the catalog does.
    AlterSecret {
        id: ItemId,
    },
}

/// Operations with who did them and when: what the audit log says of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// In order.
    pub ops: Vec<Op>,
    /// The role; `None` for the server itself.
    pub user: Option<String>,
    /// In milliseconds.
    pub now: u64,
}

/// What a transaction changed: the objects whose rows in the system relations must be made anew, and the audit events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Objects that were made, changed or dropped; an object that depends on a renamed one is in here as well, as its
    /// `create_sql` changed.
    pub touched: std::collections::BTreeSet<ObjectId>,
    /// New events of the audit log.
    pub events: Vec<super::model::AuditEvent>,
    /// Dropped relations, tables and views first by dependants: what the engine must drop.
    pub dropped: Vec<ItemId>,
    /// Ids that another id takes the place of (`APPLY REPLACEMENT`): old to new.
    pub moved: BTreeMap<ItemId, ItemId>,
    /// The system privileges or the default privileges changed.
    pub privileges_changed: bool,
}
