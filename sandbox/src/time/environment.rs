//! A small environment for tests: a catalog, a simulation that follows it, and tables of what it says.

use std::collections::{BTreeMap, BTreeSet};

use mz_deploy_planner::name::Ident;

use super::{Options, Relation, Simulation, TextRow};
use crate::catalog::{
    Catalog, ClusterId, Index, ItemId, ItemKind, ManagedCluster, MaterializedView, ObjectId, Op, Replica,
    ReplicaId, RoleId, SchemaId, Source, SourceStatement, Table, Transaction, View,
};
use crate::sql::ast::Schedule;

const OWNER: RoleId = RoleId::User(1);

pub(super) struct Environment {
    pub(super) catalog: Catalog,
    pub(super) simulation: Simulation,
    schema: SchemaId,
    rows: BTreeMap<(&'static str, String), Vec<TextRow>>,
    next_cluster: u64,
    next_replica: u64,
    next_item: u64,
}

impl Environment {
    pub(super) fn new(options: Options) -> Self {
        let catalog = Catalog::bootstrap();
        let public = catalog.schemas().find(|schema| schema.name.as_str() == "public");
        Self {
            schema: public.expect("every environment begins with it").id,
            catalog,
            simulation: Simulation::new(options),
            rows: BTreeMap::new(),
            next_cluster: 10,
            next_replica: 10,
            next_item: 1,
        }
    }

    pub(super) fn apply(&mut self, now: u64, op: Op) {
        let transaction = Transaction { ops: vec![op], user: None, now };
        self.catalog.apply(&transaction).expect("the test's operation is sound");
        self.simulation.observe(&self.catalog, now);
    }

    pub(super) fn replica(&mut self) -> Replica {
        let id = ReplicaId::User(self.next_replica);
        self.next_replica += 1;
        Replica {
            id,
            name: Ident::new(format!("r{}", self.next_replica)),
            owner: OWNER,
            size: "25cc".to_owned(),
            availability_zone: None,
        }
    }

    pub(super) fn cluster(&mut self, now: u64, replicas: u32) -> ClusterId {
        let id = ClusterId::User(self.next_cluster);
        self.next_cluster += 1;
        let replicas: Vec<Replica> = (0..replicas).map(|_| self.replica()).collect();
        let managed = Some(managed(&replicas));
        let name = Ident::new(format!("c{id}"));
        self.apply(now, Op::CreateCluster { id, name, owner: OWNER, managed, replicas });
        id
    }

    pub(super) fn scale(&mut self, now: u64, id: ClusterId, factor: usize) {
        let mut replicas = self.catalog.cluster(id).expect("the cluster exists").replicas.clone();
        replicas.truncate(factor);
        while replicas.len() < factor {
            replicas.push(self.replica());
        }
        let managed = Some(managed(&replicas));
        self.apply(now, Op::AlterCluster { id, managed, replicas });
    }

    pub(super) fn item(&mut self, now: u64, name: &str, uses: &[ItemId], kind: ItemKind) -> ItemId {
        let id = ItemId::User(self.next_item);
        self.next_item += 1;
        let op = Op::CreateItem {
            id,
            schema: Some(self.schema),
            session: None,
            name: Ident::new(name),
            owner: OWNER,
            uses: uses.iter().copied().collect(),
            kind: Box::new(kind),
        };
        self.apply(now, op);
        id
    }

    pub(super) fn table(&mut self, now: u64, name: &str) -> ItemId {
        self.item(now, name, &[], ItemKind::Table(Table { columns: Vec::new(), create: None }))
    }

    pub(super) fn view(&mut self, now: u64, name: &str, uses: &[ItemId]) -> ItemId {
        let view = View { columns: Vec::new(), keys: Vec::new(), create: None };
        self.item(now, name, uses, ItemKind::View(view))
    }

    pub(super) fn index(&mut self, now: u64, name: &str, on: ItemId, cluster: ClusterId) -> ItemId {
        let index = Index { on, cluster, key: Vec::new(), create: None };
        self.item(now, name, &[on], ItemKind::Index(index))
    }

    pub(super) fn materialized(
        &mut self,
        now: u64,
        name: &str,
        uses: &[ItemId],
        cluster: ClusterId,
    ) -> ItemId {
        let kind = materialized_view(cluster, uses.is_empty(), None);
        self.item(now, name, uses, kind)
    }

    pub(super) fn source(&mut self, now: u64, name: &str, cluster: ClusterId) -> ItemId {
        let source = Source {
            source_type: "load-generator".to_owned(),
            columns: Vec::new(),
            cluster: Some(cluster),
            connection: None,
            parent: None,
            references: Vec::new(),
            create: SourceStatement::Builtin,
        };
        self.item(now, name, &[], ItemKind::Source(source))
    }

    pub(super) fn drop_item(&mut self, now: u64, id: ItemId) {
        self.apply(now, Op::Drop { objects: vec![ObjectId::Item(id)] });
    }

    /// The rows of a relation at a time, as whoever follows the changes has them.
    pub(super) fn rows(&mut self, now: u64, relation: &str) -> BTreeSet<TextRow> {
        for change in self.simulation.changes(now) {
            for key in &change.keys {
                self.rows.remove(&(change.relation.name, key.clone()));
            }
            for row in change.rows {
                let key = row.get(change.relation.key_position).cloned().flatten().unwrap_or_default();
                self.rows.entry((change.relation.name, key)).or_default().push(row);
            }
        }
        let told = self.simulation.rows();
        let followed: BTreeSet<&TextRow> = self.rows.values().flatten().collect();
        assert_eq!(followed, told.iter().flat_map(|(_, rows)| rows).collect(), "changes add up to the rows");
        let found = told.into_iter().filter(|(name, _)| name.ends_with(relation));
        found.flat_map(|(_, rows)| rows).collect()
    }

    /// The rows about one thing, the columns separated by spaces, `-` for NULL.
    pub(super) fn about(&mut self, now: u64, relation: &str, key: &str) -> String {
        let known = Relation::ALL.iter().find(|known| known.name.ends_with(relation));
        let position = known.expect("the simulation fills the relation").key_position;
        let rows = self.rows(now, relation);
        let rows = rows.iter().filter(|row| row.get(position).and_then(Option::as_deref) == Some(key));
        let lines = rows.map(|row| {
            let values: Vec<&str> = row.iter().map(|value| value.as_deref().unwrap_or("-")).collect();
            values.join(" ")
        });
        lines.collect::<Vec<_>>().join("; ")
    }
}

pub(super) fn materialized_view(cluster: ClusterId, constant: bool, replaces: Option<ItemId>) -> ItemKind {
    let (columns, keys) = (Vec::new(), Vec::new());
    ItemKind::MaterializedView(MaterializedView { columns, keys, cluster, replaces, constant, create: None })
}

fn managed(replicas: &[Replica]) -> ManagedCluster {
    ManagedCluster {
        size: "25cc".to_owned(),
        replication_factor: u32::try_from(replicas.len()).expect("a small number"),
        availability_zones: Vec::new(),
        introspection_debugging: false,
        introspection_interval: None,
        schedule: Schedule::Manual,
    }
}
