//! The facts: a project compared with what was deployed, as relations between numbers.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::fingerprint::Fingerprint;
use crate::graph::{Graph, Node};
use crate::input::{Deployed, DeployedObject, SchemaDeploymentKind};
use crate::name::{Ident, SchemaName};
use crate::project::{CompanionKind, Object, ObjectKind, Project};

/// How an object's definition compares with the deployed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Definition {
    Same,
    New,
    Changed,
    /// A view became a materialized view, or the other way round.
    OtherKind(ObjectKind),
}

/// How an object itself compares with the deployed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) definition: Definition,
    /// Indexes were added, changed or removed.
    pub(crate) indexes: bool,
    /// Grants or comments were added, changed or removed.
    pub(crate) metadata: bool,
}

/// What happens to a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SinkChange {
    Create,
    /// Its definition changed: the server can't alter it, so it is dropped and created again.
    Recreate,
    /// Only the relation that it reads is another one.
    Repoint,
}

/// A schema of the project.
#[derive(Clone, Debug)]
pub(crate) struct SchemaFacts<'a> {
    pub(crate) name: &'a SchemaName,
    /// The positions of its objects.
    pub(crate) members: Range<usize>,
    pub(crate) stable: bool,
    /// How it was deployed last.
    pub(crate) deployed: Option<SchemaDeploymentKind>,
}

impl SchemaFacts<'_> {
    /// True if materialized views of this schema are replaced in place. A schema that has just become stable is
    /// swapped once more, if anything in it is built: what it holds may have another shape than before.
    pub(crate) fn is_replaced_in_place(&self) -> bool {
        self.stable && self.deployed == Some(SchemaDeploymentKind::Replacement)
    }
}

/// Everything that the rules ask.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) project: &'a Project,
    pub(crate) graph: &'a Graph,
    /// The schemas that hold objects, sorted by name.
    pub(crate) schemas: Vec<SchemaFacts<'a>>,
    /// The schema of each object.
    pub(crate) schema_of: Vec<u32>,
    /// The clusters that statements and indexes of views and materialized views name, sorted.
    pub(crate) clusters: Vec<&'a Ident>,
    /// For each object, the cluster of its statement and those of its indexes.
    pub(crate) clusters_of: Vec<ObjectClusters>,
    /// For each cluster, the views and materialized views with a statement on it.
    pub(crate) statements_on: Vec<Vec<Node>>,
    /// What was deployed under each object's name.
    pub(crate) old: Vec<Option<&'a DeployedObject>>,
    /// How each object compares with it.
    pub(crate) own: Vec<Own>,
    /// What was deployed and isn't in the project any more, sorted by name.
    pub(crate) removed: Vec<&'a DeployedObject>,
    /// Nothing was deployed before.
    pub(crate) is_first: bool,
}

/// The clusters of one object.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectClusters {
    pub(crate) statement: Option<u32>,
    pub(crate) indexes: Vec<u32>,
}

impl ObjectClusters {
    pub(crate) fn all(&self) -> impl Iterator<Item = u32> + '_ {
        self.statement.into_iter().chain(self.indexes.iter().copied())
    }
}

impl<'a> Facts<'a> {
    /// Compares a project with what was deployed.
    pub(crate) fn new(project: &'a Project, graph: &'a Graph, deployed: Option<&'a Deployed>) -> Self {
        let (schemas, schema_of) = schemas(project, deployed);
        let (clusters, clusters_of, statements_on) = clusters(project);
        let (old, removed) = match_deployed(project, deployed);
        let own = project.objects.iter().zip(&old).map(|(object, old)| compare(object, *old)).collect();
        let is_first = deployed.is_none_or(Deployed::is_empty);
        Self {
            project,
            graph,
            schemas,
            schema_of,
            clusters,
            clusters_of,
            statements_on,
            old,
            own,
            removed,
            is_first,
        }
    }

    pub(crate) fn object(&self, node: Node) -> Option<&'a Object> {
        self.project.objects.get(node as usize).map(AsRef::as_ref)
    }

    pub(crate) fn own(&self, node: Node) -> Option<Own> {
        self.own.get(node as usize).copied()
    }

    pub(crate) fn old(&self, node: Node) -> Option<&'a DeployedObject> {
        self.old.get(node as usize).copied().flatten()
    }

    pub(crate) fn schema(&self, node: Node) -> Option<&SchemaFacts<'a>> {
        self.schemas.get(*self.schema_of.get(node as usize)? as usize)
    }

    /// True if a build of this object takes the place of the existing materialized view.
    pub(crate) fn is_replaced_in_place(&self, node: Node) -> bool {
        self.schema(node).is_some_and(SchemaFacts::is_replaced_in_place)
            && self.old(node).is_some_and(|old| old.kind == ObjectKind::MaterializedView)
            && self.object(node).is_some_and(|object| object.kind == ObjectKind::MaterializedView)
    }
}

/// Schemas that hold objects. Objects are sorted by name, so those of a schema stand together.
fn schemas<'a>(project: &'a Project, deployed: Option<&Deployed>) -> (Vec<SchemaFacts<'a>>, Vec<u32>) {
    let mut schemas: Vec<SchemaFacts<'a>> = Vec::new();
    let mut schema_of = Vec::with_capacity(project.objects.len());
    for (node, object) in project.objects.iter().enumerate() {
        let name = &object.name.schema;
        match schemas.last_mut() {
            Some(last) if last.name == name => last.members.end = node + 1,
            _ => schemas.push(SchemaFacts {
                name,
                members: node..node + 1,
                stable: project.is_stable(name),
                deployed: deployed
                    .and_then(|d| d.schemas.iter().find(|s| &s.name == name))
                    .map(|schema| schema.kind),
            }),
        }
        schema_of.push(u32::try_from(schemas.len() - 1).unwrap_or(u32::MAX));
    }
    (schemas, schema_of)
}

type Clusters<'a> = (Vec<&'a Ident>, Vec<ObjectClusters>, Vec<Vec<Node>>);

fn clusters(project: &Project) -> Clusters<'_> {
    let mut numbers: BTreeMap<&Ident, u32> = BTreeMap::new();
    let mut last = None;
    for object in project.objects.iter().filter(|o| o.kind.is_computation()) {
        for cluster in object.cluster.iter().chain(object.indexes.iter().map(|i| &i.cluster)) {
            // Neighbours mostly share a cluster.
            if last != Some(cluster) {
                numbers.insert(cluster, 0);
                last = Some(cluster);
            }
        }
    }
    for (number, slot) in (0..).zip(numbers.values_mut()) {
        *slot = number;
    }
    let mut statements_on = vec![Vec::new(); numbers.len()];
    let mut clusters_of = Vec::with_capacity(project.objects.len());
    for (node, object) in (0..).zip(&project.objects) {
        if !object.kind.is_computation() {
            clusters_of.push(ObjectClusters::default());
            continue;
        }
        let statement = object.cluster.as_ref().and_then(|c| numbers.get(c).copied());
        if let Some(on) = statement.and_then(|c| statements_on.get_mut(c as usize)) {
            on.push(node);
        }
        let indexes = object.indexes.iter().filter_map(|i| numbers.get(&i.cluster).copied()).collect();
        clusters_of.push(ObjectClusters { statement, indexes });
    }
    (numbers.into_keys().collect(), clusters_of, statements_on)
}

type Matched<'a> = (Vec<Option<&'a DeployedObject>>, Vec<&'a DeployedObject>);

/// Pairs objects with what was deployed under their names, in one pass over both sorted lists.
fn match_deployed<'a>(project: &Project, deployed: Option<&'a Deployed>) -> Matched<'a> {
    let mut all: Vec<&DeployedObject> = deployed.into_iter().flat_map(|d| &d.objects).collect();
    // A snapshot is sorted; one that was edited by hand may not be.
    if !all.is_sorted_by(|a, b| a.name < b.name) {
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all.dedup_by(|a, b| a.name == b.name);
    }
    let mut all = all.into_iter().peekable();
    let mut old = Vec::with_capacity(project.objects.len());
    let mut removed = Vec::new();
    for object in &project.objects {
        let mut same = None;
        while let Some(deployed) = all.peek().copied() {
            let order = deployed.name.cmp(&object.name);
            if order == Ordering::Greater {
                break;
            }
            all.next();
            if order == Ordering::Equal {
                same = Some(deployed);
                break;
            }
            removed.push(deployed);
        }
        // What `apply` makes, and a sink in the place of a view (or the other way round), is no new version of what
        // had its name: that is gone, and in the way.
        let is_version = |d: &&DeployedObject| {
            d.kind == object.kind || (d.kind.is_computation() && object.kind.is_computation())
        };
        old.push(same.filter(is_version));
        removed.extend(same.filter(|d| !is_version(d)));
    }
    removed.extend(all);
    (old, removed)
}

fn compare(object: &Object, old: Option<&DeployedObject>) -> Own {
    // Tables, sources, secrets and connections are made and altered by `apply`; a deployment only reads them.
    if !object.kind.is_computation() && object.kind != ObjectKind::Sink {
        return Own { definition: Definition::Same, indexes: false, metadata: false };
    }
    let Some(old) = old else {
        return Own { definition: Definition::New, indexes: false, metadata: false };
    };
    let definition = if old.kind != object.kind {
        Definition::OtherKind(old.kind)
    } else if old.fingerprint == object.statement.fingerprint {
        Definition::Same
    } else {
        Definition::Changed
    };
    let differs = |index: bool| {
        let wanted = |kind: CompanionKind| (kind == CompanionKind::Index) == index;
        let deployed = || old.companions.iter().filter(|c| wanted(c.kind)).map(|c| &c.fingerprint);
        let indexes = object.indexes.iter().filter(|_| index).map(|i| &i.statement.fingerprint);
        let metadata = object.companions.iter().filter(|_| !index).map(|c| &c.statement.fingerprint);
        !same_set(&indexes.chain(metadata).collect::<Vec<_>>(), &deployed().collect::<Vec<_>>())
    };
    let (indexes, metadata) =
        if object.indexes.is_empty() && object.companions.is_empty() && old.companions.is_empty() {
            (false, false)
        } else {
            (differs(true), differs(false))
        };
    Own { definition, indexes, metadata }
}

/// An object has a handful of companions, so comparing all with all is the quickest.
fn same_set(a: &[&Fingerprint], b: &[&Fingerprint]) -> bool {
    a.iter().all(|x| b.contains(x)) && b.iter().all(|x| a.contains(x))
}
