//! From names to ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use mz_deploy_planner::name::Ident;

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, RoleId, SchemaId};

/// Which things a name of a schema's item may stand for: types have a name space of their own, and so have functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameSpace {
    /// Tables, views, sources, sinks, indexes, connections, secrets.
    Item,
    /// Types.
    Type,
    /// Functions: all overloads share a name, so the index has the first.
    Function,
}

/// The index. Shared until it is changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NameIndex {
    pub(crate) databases: BTreeMap<Ident, DatabaseId>,
    pub(crate) schemas: BTreeMap<(Option<DatabaseId>, Ident), SchemaId>,
    pub(crate) clusters: BTreeMap<Ident, ClusterId>,
    pub(crate) roles: BTreeMap<Ident, RoleId>,
    pub(crate) network_policies: BTreeMap<Ident, NetworkPolicyId>,
    pub(crate) items: BTreeMap<SchemaId, Arc<BTreeMap<(NameSpace, Ident), ItemId>>>,
    /// Temporary items, by session.
    pub(crate) temporary: BTreeMap<(u32, Ident), ItemId>,
    /// Who depends on an item: the reverse of `uses`.
    pub(crate) used_by: BTreeMap<ItemId, std::collections::BTreeSet<ItemId>>,
}
