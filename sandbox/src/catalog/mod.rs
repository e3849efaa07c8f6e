//! The catalog: what exists, who owns it, what depends on what. A pure state machine: operations go in, the next
//! state or an error comes out.

mod id;
mod privilege;

pub use id::{ClusterId, DatabaseId, InvalidId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
pub use privilege::{Acl, AclItem, Privilege, PrivilegeSet};
