//! The catalog of a new environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use mz_deploy_planner::name::Ident;

use super::id::{ClusterId, DatabaseId, ItemId, NetworkPolicyId, ReplicaId, RoleId, SchemaId};
use super::model::{
    Catalog, Cluster, ColumnDesc, Database, DefaultPrivilegeKey, Item, ItemKind, ManagedCluster,
    MaterializedView, NetworkPolicy, NetworkPolicyRule, NextIds, Replica, Role, Schema, Source,
    SourceStatement, Table, Type, View,
};
use super::names::NameIndex;
use super::privilege::{self, Acl, Privilege};
use crate::sql::ast::{ObjectKind, Schedule};
use crate::system::{self, BuiltinRelationKind, SYSTEM_SCHEMAS};

/// The role that the environment is set up with. It is no superuser, but may make roles, databases, clusters and
/// network policies.
pub const BOOTSTRAP_ROLE: RoleId = RoleId::User(1);

/// The cluster of sessions that don't name one.
pub const QUICKSTART: ClusterId = ClusterId::User(1);

const SYSTEM_CLUSTERS: [(u64, &str); 5] =
    [(1, "mz_system"), (2, "mz_catalog_server"), (3, "mz_probe"), (4, "mz_support"), (5, "mz_analytics")];

/// The first oid of the system relations. The real server's are not recorded.
const FIRST_RELATION_OID: u32 = 17_000;

/// The first oid of what users make.
const FIRST_USER_OID: u32 = 20_000;

impl Catalog {
    /// The catalog of a new environment: database `materialize`, its schema `public`, cluster `quickstart`, role
    /// `materialize`, and everything of the server's own.
    pub fn bootstrap() -> Self {
        let mut catalog = Self {
            revision: 1,
            next: NextIds {
                item: 1,
                database: 2,
                schema: 9,
                cluster: 2,
                replica: 2,
                role: 2,
                network_policy: 2,
                oid: FIRST_USER_OID,
                audit_event: 1,
            },
            ..Self::default()
        };
        catalog.add_roles();
        catalog.add_default_privileges();
        catalog.add_containers();
        catalog.add_clusters();
        catalog.add_builtins();
        catalog.names = NameIndex::of(&catalog);
        catalog
    }

    /// Makes a catalog that was read from storage whole: what it derives from its contents.
    #[must_use]
    pub fn restored(mut self) -> Self {
        let used_by = std::mem::take(&mut self.names.used_by);
        self.names = NameIndex { used_by, ..NameIndex::of(&self) };
        self
    }

    fn add_roles(&mut self) {
        let system = [
            (RoleId::MZ_SYSTEM, "mz_system", Some(true)),
            (RoleId::MZ_SUPPORT, "mz_support", None),
            (RoleId::MZ_ANALYTICS, "mz_analytics", None),
            (RoleId::Predefined(1), "mz_monitor", None),
            (RoleId::Predefined(2), "mz_monitor_redacted", None),
            (BOOTSTRAP_ROLE, "materialize", None),
        ];
        for (n, (id, name, superuser)) in (15_950..).zip(system) {
            let role = Role {
                id,
                oid: n,
                name: Ident::from(name),
                can_login: None,
                superuser,
                defaults: BTreeMap::new(),
                member_of: BTreeMap::new(),
            };
            self.roles.insert(id, Arc::new(role));
        }
        let all = privilege::applicable(None);
        privilege::grant(&mut self.system_acl, RoleId::MZ_SYSTEM, RoleId::MZ_SYSTEM, &all);
        privilege::grant(&mut self.system_acl, BOOTSTRAP_ROLE, RoleId::MZ_SYSTEM, &all);
    }

    fn add_default_privileges(&mut self) {
        let usage = [
            (RoleId::Public, ObjectKind::Type),
            (RoleId::MZ_SUPPORT, ObjectKind::Schema),
            (RoleId::MZ_SUPPORT, ObjectKind::Cluster),
            (RoleId::MZ_SUPPORT, ObjectKind::Database),
        ];
        for (grantee, kind) in usage {
            let key =
                DefaultPrivilegeKey { creator: RoleId::Public, database: None, schema: None, kind, grantee };
            self.default_privileges.insert(key, [Privilege::Usage].into());
        }
    }

    fn add_containers(&mut self) {
        let open = open_acl();
        let database = DatabaseId::User(1);
        self.databases.insert(
            database,
            Arc::new(Database {
                id: database,
                oid: 15_970,
                name: Ident::from("materialize"),
                owner: RoleId::MZ_SYSTEM,
                acl: open.clone(),
            }),
        );
        let public = Schema {
            id: SchemaId::User(3),
            oid: 15_971,
            database: Some(database),
            name: Ident::from("public"),
            owner: RoleId::MZ_SYSTEM,
            acl: open,
        };
        self.schemas.insert(public.id, Arc::new(public));
        for (n, name) in SYSTEM_SCHEMAS {
            let mut acl = Acl::new();
            privilege::grant(&mut acl, RoleId::MZ_SYSTEM, RoleId::MZ_SYSTEM, &usage_and_create());
            privilege::grant(&mut acl, RoleId::Public, RoleId::MZ_SYSTEM, &[Privilege::Usage].into());
            let id = SchemaId::System(n);
            let oid = if name == "pg_catalog" { 11 } else { 15_980 + u32::try_from(n).unwrap_or_default() };
            let schema =
                Schema { id, oid, database: None, name: Ident::from(name), owner: RoleId::MZ_SYSTEM, acl };
            self.schemas.insert(id, Arc::new(schema));
        }
        let policy = NetworkPolicy {
            id: NetworkPolicyId::User(1),
            oid: 15_990,
            name: Ident::from("default"),
            owner: RoleId::MZ_SYSTEM,
            acl: Acl::new(),
            rules: vec![NetworkPolicyRule {
                name: Ident::from("open_ingress"),
                action: "allow".into(),
                direction: "ingress".into(),
                address: "0.0.0.0/0".into(),
            }],
        };
        self.network_policies.insert(policy.id, Arc::new(policy));
    }

    fn add_clusters(&mut self) {
        let quickstart = (QUICKSTART, ReplicaId::User(1), "quickstart", open_acl());
        let system = SYSTEM_CLUSTERS.map(|(n, name)| {
            let mut acl = Acl::new();
            privilege::grant(&mut acl, RoleId::MZ_SYSTEM, RoleId::MZ_SYSTEM, &usage_and_create());
            if name == "mz_catalog_server" {
                privilege::grant(&mut acl, RoleId::Public, RoleId::MZ_SYSTEM, &[Privilege::Usage].into());
            }
            (ClusterId::System(n), ReplicaId::System(n), name, acl)
        });
        for (id, replica, name, acl) in system.into_iter().chain([quickstart]) {
            let size = "25cc";
            let cluster = Cluster {
                id,
                name: Ident::from(name),
                owner: RoleId::MZ_SYSTEM,
                acl,
                managed: Some(ManagedCluster {
                    size: size.into(),
                    replication_factor: 1,
                    availability_zones: Vec::new(),
                    introspection_debugging: false,
                    introspection_interval: Some(1_000_000),
                    schedule: Schedule::Manual,
                }),
                replicas: vec![Replica {
                    id: replica,
                    name: Ident::from("r1"),
                    owner: RoleId::MZ_SYSTEM,
                    size: size.into(),
                    availability_zone: None,
                }],
            };
            self.clusters.insert(id, Arc::new(cluster));
        }
    }

    fn add_builtins(&mut self) {
        let schemas: BTreeMap<&str, SchemaId> =
            SYSTEM_SCHEMAS.iter().map(|(n, name)| (*name, SchemaId::System(*n))).collect();
        let mut number = 1;
        let mut add =
            |items: &mut BTreeMap<ItemId, Arc<Item>>, schema: &str, name: &str, oid: u32, kind: ItemKind| {
                let Some(schema) = schemas.get(schema) else { return };
                let id = ItemId::System(number);
                number += 1;
                let mut acl = Acl::new();
                let privileges = privilege::applicable(Some(kind.object_kind()));
                privilege::grant(&mut acl, RoleId::MZ_SYSTEM, RoleId::MZ_SYSTEM, &privileges);
                let open = match kind {
                    ItemKind::Type(_) => Some(Privilege::Usage),
                    ItemKind::Function => None,
                    _ => Some(Privilege::Select),
                };
                if let Some(privilege) = open {
                    privilege::grant(&mut acl, RoleId::Public, RoleId::MZ_SYSTEM, &[privilege].into());
                }
                let item = Item {
                    id,
                    oid,
                    schema: Some(*schema),
                    session: None,
                    name: Ident::from(name),
                    owner: RoleId::MZ_SYSTEM,
                    acl,
                    uses: std::collections::BTreeSet::new(),
                    kind,
                };
                items.insert(id, Arc::new(item));
            };
        for builtin in system::types() {
            let kind = ItemKind::Type(Type::Builtin { category: builtin.category.to_owned() });
            add(&mut self.items, builtin.schema, builtin.name, builtin.oid, kind);
        }
        for builtin in system::functions() {
            add(&mut self.items, builtin.schema, builtin.name, builtin.oid, ItemKind::Function);
        }
        for (oid, builtin) in (FIRST_RELATION_OID..).zip(system::relations()) {
            let columns = builtin
                .columns
                .iter()
                .map(|column| ColumnDesc {
                    name: Ident::from(column.name),
                    data_type: column.scalar_type(),
                    nullable: column.nullable,
                    default: None,
                })
                .collect();
            let kind = relation_kind(builtin.kind, columns);
            add(&mut self.items, builtin.schema, builtin.name, oid, kind);
        }
    }
}

fn relation_kind(kind: BuiltinRelationKind, columns: Vec<ColumnDesc>) -> ItemKind {
    match kind {
        BuiltinRelationKind::Table => ItemKind::Table(Table { columns, create: None }),
        BuiltinRelationKind::View => ItemKind::View(View { columns, keys: Vec::new(), create: None }),
        BuiltinRelationKind::Source => ItemKind::Source(Source {
            source_type: "source".to_owned(),
            columns,
            cluster: None,
            connection: None,
            parent: None,
            references: Vec::new(),
            create: SourceStatement::Builtin,
        }),
        BuiltinRelationKind::MaterializedView => ItemKind::MaterializedView(MaterializedView {
            columns,
            keys: Vec::new(),
            cluster: ClusterId::System(2),
            replaces: None,
            constant: false,
            create: None,
        }),
    }
}

fn usage_and_create() -> privilege::PrivilegeSet {
    [Privilege::Usage, Privilege::Create].into()
}

/// What the containers of a new environment grant: everything to their owner and to the bootstrap role, usage to
/// support and to everybody.
fn open_acl() -> Acl {
    let mut acl = Acl::new();
    privilege::grant(&mut acl, RoleId::MZ_SYSTEM, RoleId::MZ_SYSTEM, &usage_and_create());
    privilege::grant(&mut acl, RoleId::MZ_SUPPORT, RoleId::MZ_SYSTEM, &[Privilege::Usage].into());
    privilege::grant(&mut acl, BOOTSTRAP_ROLE, RoleId::MZ_SYSTEM, &usage_and_create());
    privilege::grant(&mut acl, RoleId::Public, RoleId::MZ_SYSTEM, &[Privilege::Usage].into());
    acl
}
