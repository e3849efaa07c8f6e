//! A project compared with what was deployed, as relations between numbers.
//!
//! Nothing here borrows from either, so a workspace keeps a comparison and brings it up to date after an edit.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::fingerprint::Fingerprint;
use crate::graph::Node;
use crate::input::{Deployed, DeployedObject, SchemaDeploymentKind};
use crate::name::Ident;
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

/// A schema that holds objects.
#[derive(Clone, Debug)]
pub(super) struct ComparedSchema {
    /// The positions of its objects.
    pub(super) members: Range<usize>,
    pub(super) stable: bool,
    /// How it was deployed last.
    pub(super) deployed: Option<SchemaDeploymentKind>,
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

/// Positions are those of [`Project::objects`] and of [`Deployed::objects`].
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// What each object is.
    pub(super) kinds: Vec<ObjectKind>,
    /// The sinks among them.
    pub(super) sinks: Vec<Node>,
    /// The schemas that hold objects, sorted by name.
    pub(super) schemas: Vec<ComparedSchema>,
    /// The schema of each object.
    pub(super) schema_of: Vec<u32>,
    /// The clusters that statements and indexes of views and materialized views name, sorted.
    pub(super) clusters: Vec<Ident>,
    /// For each object, the cluster of its statement and those of its indexes.
    pub(super) clusters_of: Vec<ObjectClusters>,
    /// For each cluster, the views and materialized views with a statement or an index on it.
    pub(super) users_of: Vec<Vec<Node>>,
    /// What was deployed under each object's name.
    pub(super) old: Vec<Option<u32>>,
    /// How each object compares with it.
    pub(super) own: Vec<Own>,
    /// What was deployed and isn't in the project any more, sorted by name.
    pub(super) removed: Vec<u32>,
    /// Nothing was deployed before.
    pub(super) is_first: bool,
}

impl Comparison {
    pub(crate) fn new(project: &Project, deployed: Option<&Deployed>) -> Self {
        let kinds: Vec<ObjectKind> = project.objects.iter().map(|object| object.kind).collect();
        let is_sink = |(_, kind): &(Node, &ObjectKind)| **kind == ObjectKind::Sink;
        let sinks = (0..).zip(&kinds).filter(is_sink).map(|(node, _)| node).collect();
        let (schemas, schema_of) = schemas(project, deployed);
        let (clusters, clusters_of, users_of) = clusters(project);
        let (old, removed) = match_deployed(project, deployed);
        let matched = project.objects.iter().zip(&old);
        let own = matched.map(|(object, old)| compare(object, deployed_at(deployed, *old))).collect();
        let is_first = deployed.is_none_or(Deployed::is_empty);
        Self {
            kinds,
            sinks,
            schemas,
            schema_of,
            clusters,
            clusters_of,
            users_of,
            old,
            own,
            removed,
            is_first,
        }
    }

    /// Follows an edit of the object at `node` that left its [shape](Object::has_shape_of) as it was.
    pub(crate) fn replace(&mut self, node: Node, object: &Object, deployed: Option<&Deployed>) {
        let old = self.old.get(node as usize).copied().flatten();
        if let Some(own) = self.own.get_mut(node as usize) {
            *own = compare(object, deployed_at(deployed, old));
        }
    }
}

pub(super) fn deployed_at(deployed: Option<&Deployed>, position: Option<u32>) -> Option<&DeployedObject> {
    deployed?.objects.get(position? as usize)
}

/// Schemas that hold objects. Objects are sorted by name, so those of a schema stand together.
fn schemas(project: &Project, deployed: Option<&Deployed>) -> (Vec<ComparedSchema>, Vec<u32>) {
    let mut schemas: Vec<ComparedSchema> = Vec::new();
    let mut last_name = None;
    let mut schema_of = Vec::with_capacity(project.objects.len());
    for (node, object) in project.objects.iter().enumerate() {
        let name = &object.name.schema;
        match schemas.last_mut() {
            Some(last) if last_name == Some(name) => last.members.end = node + 1,
            _ => schemas.push(ComparedSchema {
                members: node..node + 1,
                stable: project.is_stable(name),
                deployed: deployed
                    .and_then(|d| d.schemas.iter().find(|s| &s.name == name))
                    .map(|schema| schema.kind),
            }),
        }
        last_name = Some(name);
        schema_of.push(u32::try_from(schemas.len() - 1).unwrap_or(u32::MAX));
    }
    (schemas, schema_of)
}

type Clusters = (Vec<Ident>, Vec<ObjectClusters>, Vec<Vec<Node>>);

fn clusters(project: &Project) -> Clusters {
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
    let mut users_of = vec![Vec::new(); numbers.len()];
    let mut clusters_of = Vec::with_capacity(project.objects.len());
    for (node, object) in (0..).zip(&project.objects) {
        if !object.kind.is_computation() {
            clusters_of.push(ObjectClusters::default());
            continue;
        }
        let statement = object.cluster.as_ref().and_then(|c| numbers.get(c).copied());
        let indexes = object.indexes.iter().filter_map(|i| numbers.get(&i.cluster).copied()).collect();
        let own = ObjectClusters { statement, indexes };
        for cluster in own.all() {
            if let Some(users) = users_of.get_mut(cluster as usize)
                && users.last() != Some(&node)
            {
                users.push(node);
            }
        }
        clusters_of.push(own);
    }
    (numbers.into_keys().cloned().collect(), clusters_of, users_of)
}

type Matched = (Vec<Option<u32>>, Vec<u32>);

/// Pairs objects with what was deployed under their names, in one pass over both sorted lists.
fn match_deployed(project: &Project, deployed: Option<&Deployed>) -> Matched {
    let mut all: Vec<(u32, &DeployedObject)> =
        (0..).zip(deployed.into_iter().flat_map(|d| &d.objects)).collect();
    // A snapshot is sorted; one that was edited by hand may not be.
    if !all.is_sorted_by(|(_, a), (_, b)| a.name < b.name) {
        all.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        all.dedup_by(|(_, a), (_, b)| a.name == b.name);
    }
    let mut all = all.into_iter().peekable();
    let mut old = Vec::with_capacity(project.objects.len());
    let mut removed = Vec::new();
    for object in &project.objects {
        let mut same = None;
        while let Some((position, deployed)) = all.peek().copied() {
            let order = deployed.name.cmp(&object.name);
            if order == Ordering::Greater {
                break;
            }
            all.next();
            if order == Ordering::Equal {
                same = Some((position, deployed));
                break;
            }
            removed.push(position);
        }
        // What `apply` makes, and a sink in the place of a view (or the other way round), is no new version of what
        // had its name: that is gone, and in the way.
        let is_version = |(_, d): &(u32, &DeployedObject)| {
            d.kind == object.kind || (d.kind.is_computation() && object.kind.is_computation())
        };
        let (version, other) =
            if same.as_ref().is_some_and(is_version) { (same, None) } else { (None, same) };
        old.push(version.map(|(position, _)| position));
        removed.extend(other.map(|(position, _)| position));
    }
    removed.extend(all.map(|(position, _)| position));
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
