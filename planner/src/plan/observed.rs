//! The live catalog, ready to be asked by name and by id.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::{Live, LiveCluster, LiveDatabase, LiveObject, LiveSchema};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::ObjectKind;

/// What `mz_objects.type` says of an object of this kind.
pub(super) fn catalog_type(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::View => "view",
        ObjectKind::MaterializedView => "materialized-view",
        ObjectKind::Table | ObjectKind::TableFromSource => "table",
        ObjectKind::Source => "source",
        ObjectKind::Sink => "sink",
        ObjectKind::Secret => "secret",
        ObjectKind::Connection => "connection",
    }
}

/// A catalog with its lists sorted, whatever order they came in.
pub(super) struct Observed<'a> {
    databases: Vec<&'a LiveDatabase>,
    schemas: Vec<&'a LiveSchema>,
    clusters: Vec<&'a LiveCluster>,
    objects: Vec<&'a LiveObject>,
}

fn sorted<T, K: Ord>(list: &[T], key: impl Fn(&T) -> &K) -> Vec<&T> {
    let mut sorted: Vec<&T> = list.iter().collect();
    sorted.sort_by(|a, b| key(a).cmp(key(b)));
    sorted
}

fn find<'a, T, K: Ord + ?Sized>(list: &[&'a T], key: impl Fn(&T) -> &K, wanted: &K) -> Option<&'a T> {
    let at = list.binary_search_by(|item| key(item).cmp(wanted)).ok()?;
    list.get(at).copied()
}

impl<'a> Observed<'a> {
    pub(super) fn new(live: &'a Live) -> Self {
        Self {
            databases: sorted(&live.databases, |d| &d.name),
            schemas: sorted(&live.schemas, |s| &s.name),
            clusters: sorted(&live.clusters, |c| &c.name),
            objects: sorted(&live.objects, |o| &o.name),
        }
    }

    pub(super) fn database(&self, name: &Ident) -> Option<&'a LiveDatabase> {
        find(&self.databases, |d| &d.name, name)
    }

    pub(super) fn schema(&self, name: &SchemaName) -> Option<&'a LiveSchema> {
        find(&self.schemas, |s| &s.name, name)
    }

    pub(super) fn cluster(&self, name: &Ident) -> Option<&'a LiveCluster> {
        find(&self.clusters, |c| &c.name, name)
    }

    pub(super) fn object(&self, name: &ObjectName) -> Option<&'a LiveObject> {
        find(&self.objects, |o| &o.name, name)
    }

    /// The object that is called `name`, if it is of this kind.
    pub(super) fn object_of_kind(&self, name: &ObjectName, kind: ObjectKind) -> Option<&'a LiveObject> {
        self.object(name).filter(|o| o.kind == catalog_type(kind))
    }

    /// True if a schema holds nothing.
    pub(super) fn is_empty(&self, schema: &SchemaName) -> bool {
        let at = self.objects.partition_point(|o| &o.name.schema < schema);
        self.objects.get(at).is_none_or(|o| &o.name.schema != schema)
    }

    pub(super) fn schemas(&self) -> impl Iterator<Item = &'a LiveSchema> + '_ {
        self.schemas.iter().copied()
    }

    pub(super) fn clusters(&self) -> impl Iterator<Item = &'a LiveCluster> + '_ {
        self.clusters.iter().copied()
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &'a LiveObject> + '_ {
        self.objects.iter().copied()
    }

    /// Roles that are seen: those that own something or may use a cluster.
    pub(super) fn roles(&self) -> BTreeSet<&'a Ident> {
        let grants = self.clusters.iter().flat_map(|c| &c.grants).filter_map(|g| g.role.as_ref());
        let databases = self.databases.iter().map(|d| &d.owner);
        let schemas = self.schemas.iter().map(|s| &s.owner);
        let clusters = self.clusters.iter().map(|c| &c.owner);
        let objects = self.objects.iter().map(|o| &o.owner);
        databases.chain(schemas).chain(clusters).chain(objects).chain(grants).collect()
    }

    /// Objects by catalog id.
    pub(super) fn by_id(&self) -> BTreeMap<&'a str, &'a LiveObject> {
        self.objects.iter().map(|o| (o.id.as_str(), *o)).collect()
    }
}
