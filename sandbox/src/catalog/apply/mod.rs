//! Applying operations.

mod audit;
mod change;
mod create;
mod drop;
mod privileges;
mod replacement;

pub use audit::kebab;

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use super::model::{Catalog, Item, ObjectId};
use super::op::{Effects, Op, Transaction};
use crate::error::SqlError;

impl Catalog {
    /// Applies operations, in order. After an error the catalog is in an undefined state: callers apply to a copy.
    pub fn apply(&mut self, transaction: &Transaction) -> Result<Effects, SqlError> {
        let mut change = Change {
            catalog: self,
            effects: Effects::default(),
            user: transaction.user.as_deref(),
            now: transaction.now,
        };
        for op in &transaction.ops {
            change.apply(op)?;
        }
        let effects = change.effects;
        if !transaction.ops.is_empty() {
            self.revision += 1;
        }
        Ok(effects)
    }

    /// Takes the next item id.
    pub fn next_item_id(&mut self) -> ItemId {
        ItemId::User(take(&mut self.next.item))
    }

    /// Takes the next database id.
    pub fn next_database_id(&mut self) -> DatabaseId {
        DatabaseId::User(take(&mut self.next.database))
    }

    /// Takes the next schema id.
    pub fn next_schema_id(&mut self) -> SchemaId {
        SchemaId::User(take(&mut self.next.schema))
    }

    /// Takes the next cluster id.
    pub fn next_cluster_id(&mut self) -> ClusterId {
        ClusterId::User(take(&mut self.next.cluster))
    }

    /// Takes the next replica id.
    pub fn next_replica_id(&mut self) -> ReplicaId {
        ReplicaId::User(take(&mut self.next.replica))
    }

    /// Takes the next role id.
    pub fn next_role_id(&mut self) -> RoleId {
        RoleId::User(take(&mut self.next.role))
    }

    /// Takes the next network policy id.
    pub fn next_network_policy_id(&mut self) -> NetworkPolicyId {
        NetworkPolicyId::User(take(&mut self.next.network_policy))
    }
}

fn take(next: &mut u64) -> u64 {
    let id = *next;
    *next += 1;
    id
}

/// Makes sure that an id that a transaction uses is not given again: transactions that come from the journal carry
/// their ids.
fn used(next: &mut u64, id: u64) {
    *next = (*next).max(id + 1);
}

/// A change under way.
struct Change<'a> {
    catalog: &'a mut Catalog,
    effects: Effects,
    user: Option<&'a str>,
    now: u64,
}

impl Change<'_> {
    fn apply(&mut self, op: &Op) -> Result<(), SqlError> {
        match op {
            Op::CreateDatabase { id, name, owner, public_schema } => {
                self.create_database(*id, name, *owner, *public_schema)
            }
            Op::CreateSchema { id, database, name, owner } => {
                self.create_schema(*id, *database, name, *owner, false)
            }
            Op::CreateCluster { id, name, owner, managed, replicas } => {
                self.create_cluster(*id, name, *owner, managed.as_ref(), replicas)
            }
            Op::CreateReplica { cluster, replica } => self.create_replica(*cluster, replica),
            Op::CreateRole { id, name, can_login, superuser } => {
                self.create_role(*id, name, *can_login, *superuser)
            }
            Op::CreateNetworkPolicy { id, name, owner, rules } => {
                self.create_network_policy(*id, name, *owner, rules)
            }
            Op::CreateItem { id, schema, session, name, owner, uses, kind } => {
                let item = Item {
                    id: *id,
                    oid: 0,
                    schema: *schema,
                    session: *session,
                    name: name.clone(),
                    owner: *owner,
                    acl: Vec::new(),
                    uses: uses.clone(),
                    kind: kind.as_ref().clone(),
                };
                self.create_item(item)
            }
            Op::Drop { objects } => objects.iter().try_for_each(|object| self.drop(*object)),
            Op::RenameItem { id, to } => self.rename_item(*id, to),
            Op::RenameSchema { id, to } => self.rename_schema(*id, to),
            Op::RenameCluster { id, to } => self.rename_cluster(*id, to),
            Op::RenameReplica { cluster, id, to } => self.rename_replica(*cluster, *id, to),
            Op::SwapSchemas { a, b } => self.swap_schemas(*a, *b),
            Op::SwapClusters { a, b } => self.swap_clusters(*a, *b),
            Op::ChangeOwner { object, owner } => self.change_owner(*object, *owner),
            Op::AlterCluster { id, managed, replicas } => self.alter_cluster(*id, managed.as_ref(), replicas),
            Op::ReplaceItem { id, uses, kind } => self.replace_item(*id, uses, kind),
            Op::ApplyReplacement { target, replacement } => self.apply_replacement(*target, *replacement),
            Op::AlterRole { id, can_login, superuser } => self.alter_role(*id, *can_login, *superuser),
            Op::SetRoleDefault { id, variable, value } => {
                self.set_role_default(*id, variable, value.as_ref())
            }
            Op::AlterNetworkPolicy { id, rules } => self.alter_network_policy(*id, rules),
            Op::Grant { object, grantee, grantor, privileges } => {
                self.grant(*object, *grantee, *grantor, privileges)
            }
            Op::Revoke { object, grantee, grantor, privileges } => {
                self.revoke(*object, *grantee, *grantor, privileges)
            }
            Op::GrantRole { role, member, grantor } => self.grant_role(*role, *member, *grantor),
            Op::RevokeRole { role, member } => self.revoke_role(*role, *member),
            Op::GrantDefault { key, privileges } => {
                self.grant_default(key, privileges);
                Ok(())
            }
            Op::RevokeDefault { key, privileges } => {
                self.revoke_default(key, privileges);
                Ok(())
            }
            Op::Comment { object, column, text } => self.comment(*object, *column, text.as_deref()),
            Op::AlterSecret { id } => {
                self.audit_item("alter", *id);
                Ok(())
            }
        }
    }

    fn touch(&mut self, object: ObjectId) {
        self.effects.touched.insert(object);
    }

    fn next_oid(&mut self) -> u32 {
        let oid = self.catalog.next.oid;
        self.catalog.next.oid += 1;
        oid
    }
}

/// An id that a statement was planned with is gone: another transaction was faster.
fn missing(object: ObjectId) -> SqlError {
    let (kind, id) = match object {
        ObjectId::Item(id) => ("catalog item", id.to_string()),
        ObjectId::Database(id) => ("database", id.to_string()),
        ObjectId::Schema(id) => ("schema", id.to_string()),
        ObjectId::Cluster(id) => ("cluster", id.to_string()),
        ObjectId::Replica(_, id) => ("cluster replica", id.to_string()),
        ObjectId::Role(id) => ("role", id.to_string()),
        ObjectId::NetworkPolicy(id) => ("network policy", id.to_string()),
    };
    SqlError::internal(format!("unknown {kind} '{id}'"))
}
