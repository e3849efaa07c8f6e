//! The catalog: what exists, who owns it, what depends on what. A pure state machine: operations go in, the next
//! state or an error comes out.

mod id;
mod model;
mod names;
mod op;
mod privilege;

pub use id::{ClusterId, DatabaseId, InvalidId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
pub use model::*;
pub use op::{Effects, Op, Transaction};
pub use privilege::{Acl, AclItem, Privilege, PrivilegeSet};
