//! Reading the catalog.

use mz_deploy_planner::name::Ident;

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use super::model::{
    Catalog, Cluster, Database, DefaultPrivilegeKey, Item, NetworkPolicy, ObjectId, Replica, Role, Schema,
};
use super::names::NameSpace;
use super::privilege::{Acl, PrivilegeSet};
use crate::sql::print::ItemNames;

/// Where an item is, by names. Items of the server's own schemas have no database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields are the parts of the name")]
pub struct FullName {
    pub database: Option<Ident>,
    pub schema: Ident,
    pub item: Ident,
}

impl std::fmt::Display for FullName {
    /// The parts without quotes, as error messages have them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(database) = &self.database {
            write!(f, "{}.", database.as_str())?;
        }
        write!(f, "{}.{}", self.schema.as_str(), self.item.as_str())
    }
}

impl ItemNames for Catalog {
    fn item(&self, id: ItemId) -> Option<FullName> {
        self.full_name(id)
    }

    fn cluster(&self, id: ClusterId) -> Option<Ident> {
        Self::cluster(self, id).map(|cluster| cluster.name.clone())
    }
}

impl Catalog {
    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The database with an id.
    pub fn database(&self, id: DatabaseId) -> Option<&Database> {
        self.databases.get(&id).map(AsRef::as_ref)
    }

    /// The schema with an id.
    pub fn schema(&self, id: SchemaId) -> Option<&Schema> {
        self.schemas.get(&id).map(AsRef::as_ref)
    }

    /// The cluster with an id.
    pub fn cluster(&self, id: ClusterId) -> Option<&Cluster> {
        self.clusters.get(&id).map(AsRef::as_ref)
    }

    /// The role with an id.
    pub fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(&id).map(AsRef::as_ref)
    }

    /// The network policy with an id.
    pub fn network_policy(&self, id: NetworkPolicyId) -> Option<&NetworkPolicy> {
        self.network_policies.get(&id).map(AsRef::as_ref)
    }

    /// The item with an id.
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.get(&id).map(AsRef::as_ref)
    }

    /// A replica of a cluster.
    pub fn replica(&self, cluster: ClusterId, id: ReplicaId) -> Option<&Replica> {
        self.cluster(cluster)?.replicas.iter().find(|replica| replica.id == id)
    }

    /// All databases, by id.
    pub fn databases(&self) -> impl Iterator<Item = &Database> {
        self.databases.values().map(AsRef::as_ref)
    }

    /// All schemas, by id.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.schemas.values().map(AsRef::as_ref)
    }

    /// All clusters, by id.
    pub fn clusters(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.values().map(AsRef::as_ref)
    }

    /// All roles, by id; `PUBLIC` is none.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values().map(AsRef::as_ref)
    }

    /// All network policies, by id.
    pub fn network_policies(&self) -> impl Iterator<Item = &NetworkPolicy> {
        self.network_policies.values().map(AsRef::as_ref)
    }

    /// All items, by id.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values().map(AsRef::as_ref)
    }

    /// The items of a schema, by name: first what shares the name space of relations, then types, then functions.
    pub fn items_in_schema(&self, schema: SchemaId) -> impl Iterator<Item = &Item> {
        let names = self.names.items.get(&schema);
        names.into_iter().flat_map(|names| names.values()).filter_map(|id| self.item(*id))
    }

    /// The schemas of a database, by name.
    pub fn schemas_in_database(&self, database: DatabaseId) -> impl Iterator<Item = &Schema> {
        let range = (Some(database), Ident::from(""))..;
        self.names
            .schemas
            .range(range)
            .take_while(move |((of, _), _)| *of == Some(database))
            .filter_map(|(_, id)| self.schema(*id))
    }

    /// Everything that has its place on a cluster, by id.
    pub fn items_on_cluster(&self, cluster: ClusterId) -> impl Iterator<Item = &Item> {
        self.items().filter(move |item| item.kind.cluster() == Some(cluster))
    }

    /// The database with a name.
    pub fn database_by_name(&self, name: &Ident) -> Option<&Database> {
        self.database(*self.names.databases.get(name)?)
    }

    /// The schema with a name: of a database, or the server's own.
    pub fn schema_by_name(&self, database: Option<DatabaseId>, name: &Ident) -> Option<&Schema> {
        self.schema(*self.names.schemas.get(&(database, name.clone()))?)
    }

    /// The cluster with a name.
    pub fn cluster_by_name(&self, name: &Ident) -> Option<&Cluster> {
        self.cluster(*self.names.clusters.get(name)?)
    }

    /// The role with a name.
    pub fn role_by_name(&self, name: &Ident) -> Option<&Role> {
        self.role(*self.names.roles.get(name)?)
    }

    /// The network policy with a name.
    pub fn network_policy_by_name(&self, name: &Ident) -> Option<&NetworkPolicy> {
        self.network_policy(*self.names.network_policies.get(name)?)
    }

    /// The relation, index, sink, connection or secret of a name.
    pub fn item_by_name(&self, schema: SchemaId, name: &Ident) -> Option<&Item> {
        self.named(schema, NameSpace::Item, name)
    }

    /// The type of a name.
    pub fn type_by_name(&self, schema: SchemaId, name: &Ident) -> Option<&Item> {
        self.named(schema, NameSpace::Type, name)
    }

    /// The first overload of a function's name.
    pub fn function_by_name(&self, schema: SchemaId, name: &Ident) -> Option<&Item> {
        self.named(schema, NameSpace::Function, name)
    }

    /// A temporary item of a session.
    pub fn temporary_item(&self, session: u32, name: &Ident) -> Option<&Item> {
        self.item(*self.names.temporary.get(&(session, name.clone()))?)
    }

    /// The temporary items of a session.
    pub fn temporary_items(&self, session: u32) -> impl Iterator<Item = &Item> {
        let range = (session, Ident::from(""))..;
        self.names
            .temporary
            .range(range)
            .take_while(move |((of, _), _)| *of == session)
            .filter_map(|(_, id)| self.item(*id))
    }

    pub(super) fn named(&self, schema: SchemaId, space: NameSpace, name: &Ident) -> Option<&Item> {
        self.item(*self.names.items.get(&schema)?.get(&(space, name.clone()))?)
    }

    /// An item's name in full. Temporary items are in the schema `mz_temp`.
    pub fn full_name(&self, id: ItemId) -> Option<FullName> {
        let item = self.item(id)?;
        let Some(schema) = item.schema else {
            return Some(FullName {
                database: None,
                schema: Ident::from("mz_temp"),
                item: item.name.clone(),
            });
        };
        let schema = self.schema(schema)?;
        let database = schema.database.and_then(|id| self.database(id)).map(|d| d.name.clone());
        Some(FullName { database, schema: schema.name.clone(), item: item.name.clone() })
    }

    /// A schema's name with its database's: `db.s`, without quotes.
    pub fn full_schema_name(&self, id: SchemaId) -> Option<String> {
        let schema = self.schema(id)?;
        Some(match schema.database.and_then(|id| self.database(id)) {
            Some(database) => format!("{}.{}", database.name.as_str(), schema.name.as_str()),
            None => schema.name.as_str().to_owned(),
        })
    }

    /// Who depends on an item directly, in the server's order.
    pub fn used_by(&self, id: ItemId) -> impl DoubleEndedIterator<Item = ItemId> + '_ {
        self.names.used_by.get(&id).into_iter().flatten().copied()
    }

    /// What something is in: an item's schema, a schema's database, a replica's cluster. Temporary items are in none.
    pub fn container(&self, object: ObjectId) -> Option<ObjectId> {
        match object {
            ObjectId::Item(id) => self.item(id)?.schema.map(ObjectId::Schema),
            ObjectId::Schema(id) => self.schema(id)?.database.map(ObjectId::Database),
            ObjectId::Replica(cluster, _) => Some(ObjectId::Cluster(cluster)),
            ObjectId::Database(_) | ObjectId::Cluster(_) | ObjectId::Role(_) | ObjectId::NetworkPolicy(_) => {
                None
            }
        }
    }

    /// Who owns something. Roles have no owner.
    pub fn owner(&self, object: ObjectId) -> Option<RoleId> {
        match object {
            ObjectId::Item(id) => self.item(id).map(|item| item.owner),
            ObjectId::Database(id) => self.database(id).map(|database| database.owner),
            ObjectId::Schema(id) => self.schema(id).map(|schema| schema.owner),
            ObjectId::Cluster(id) => self.cluster(id).map(|cluster| cluster.owner),
            ObjectId::Replica(cluster, id) => self.replica(cluster, id).map(|replica| replica.owner),
            ObjectId::NetworkPolicy(id) => self.network_policy(id).map(|policy| policy.owner),
            ObjectId::Role(_) => None,
        }
    }

    /// The access control list of something; the system's for `None`.
    pub fn acl(&self, object: Option<ObjectId>) -> Option<&Acl> {
        match object {
            None => Some(&self.system_acl),
            Some(ObjectId::Item(id)) => self.item(id).map(|item| &item.acl),
            Some(ObjectId::Database(id)) => self.database(id).map(|database| &database.acl),
            Some(ObjectId::Schema(id)) => self.schema(id).map(|schema| &schema.acl),
            Some(ObjectId::Cluster(id)) => self.cluster(id).map(|cluster| &cluster.acl),
            Some(ObjectId::NetworkPolicy(id)) => self.network_policy(id).map(|policy| &policy.acl),
            Some(ObjectId::Replica(..) | ObjectId::Role(_)) => None,
        }
    }

    /// The default privileges, in order.
    pub fn default_privileges(&self) -> impl Iterator<Item = (&DefaultPrivilegeKey, &PrivilegeSet)> {
        self.default_privileges.iter()
    }

    /// All comments: of what, on which column (from 1), the text.
    pub fn comments(&self) -> impl Iterator<Item = (ObjectId, Option<u32>, &str)> {
        self.comments.iter().map(|((object, column), text)| (*object, *column, text.as_ref()))
    }

    /// The comments of one object.
    pub fn comments_of(&self, object: ObjectId) -> impl Iterator<Item = (Option<u32>, &str)> {
        let range = (object, None)..=(object, Some(u32::MAX));
        self.comments.range(range).map(|((_, column), text)| (*column, text.as_ref()))
    }
}
