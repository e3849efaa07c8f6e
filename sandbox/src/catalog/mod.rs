//! The catalog: what exists, who owns it, what depends on what. A pure state machine: operations go in, the next
//! state or an error comes out.

mod access;
mod apply;
mod bootstrap;
mod dependents;
mod difference;
mod id;
mod invariants;
mod lookup;
mod model;
mod names;
mod op;
mod privilege;
mod resolve;
mod retarget;
#[cfg(test)]
mod tests;

pub use apply::kebab;
pub use bootstrap::{BOOTSTRAP_ROLE, QUICKSTART};
pub use id::{ClusterId, DatabaseId, InvalidId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
pub use lookup::FullName;
pub use model::*;
pub use op::{Effects, Op, Transaction};
pub use privilege::{Acl, AclItem, Privilege, PrivilegeSet, applicable, letters};
pub use resolve::written;
