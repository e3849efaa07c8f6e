//! The facts: all that the rules ask of a project, its graph and its comparison with what was deployed.

use std::ops::Range;

use super::comparison::{Comparison, ObjectClusters, Own, deployed_at};
use crate::graph::{Graph, Node};
use crate::input::{Deployed, DeployedObject, SchemaDeploymentKind};
use crate::name::{Ident, SchemaName};
use crate::project::{Object, ObjectKind, Project};

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
    deployed: Option<&'a Deployed>,
    comparison: &'a Comparison,
    /// The schemas that hold objects, sorted by name.
    pub(crate) schemas: Vec<SchemaFacts<'a>>,
    /// The schema of each object.
    pub(crate) schema_of: &'a [u32],
    /// The clusters that statements and indexes of views and materialized views name, sorted.
    pub(crate) clusters: Vec<&'a Ident>,
    /// For each object, the cluster of its statement and those of its indexes.
    pub(crate) clusters_of: &'a [ObjectClusters],
    /// For each cluster, the views and materialized views with a statement or an index on it, by name.
    pub(crate) users_of: &'a [Vec<Node>],
    /// How each object compares with what was deployed.
    pub(crate) own: &'a [Own],
    /// The sinks of the project.
    pub(crate) sinks: &'a [Node],
    /// What was deployed and isn't in the project any more, sorted by name.
    pub(crate) removed: Vec<&'a DeployedObject>,
    /// Nothing was deployed before.
    pub(crate) is_first: bool,
}

impl<'a> Facts<'a> {
    /// `comparison` is that of `project` with `deployed`.
    pub(crate) fn new(
        project: &'a Project,
        graph: &'a Graph,
        deployed: Option<&'a Deployed>,
        comparison: &'a Comparison,
    ) -> Self {
        let schemas = comparison.schemas.iter().filter_map(|schema| {
            Some(SchemaFacts {
                name: &project.objects.get(schema.members.start)?.name.schema,
                members: schema.members.clone(),
                stable: schema.stable,
                deployed: schema.deployed,
            })
        });
        let removed = comparison.removed.iter().filter_map(|&position| deployed_at(deployed, Some(position)));
        Self {
            project,
            graph,
            deployed,
            comparison,
            schemas: schemas.collect(),
            schema_of: &comparison.schema_of,
            clusters: comparison.clusters.iter().collect(),
            clusters_of: &comparison.clusters_of,
            users_of: &comparison.users_of,
            own: &comparison.own,
            sinks: &comparison.sinks,
            removed: removed.collect(),
            is_first: comparison.is_first,
        }
    }

    pub(crate) fn object(&self, node: Node) -> Option<&'a Object> {
        self.project.objects.get(node as usize).map(AsRef::as_ref)
    }

    /// What an object is, without a look at the object.
    pub(crate) fn kind(&self, node: Node) -> Option<ObjectKind> {
        self.comparison.kinds.get(node as usize).copied()
    }

    pub(crate) fn is_computation(&self, node: Node) -> bool {
        self.kind(node).is_some_and(ObjectKind::is_computation)
    }

    pub(crate) fn own(&self, node: Node) -> Option<Own> {
        self.own.get(node as usize).copied()
    }

    /// What was deployed under an object's name.
    pub(crate) fn old(&self, node: Node) -> Option<&'a DeployedObject> {
        deployed_at(self.deployed, self.comparison.old.get(node as usize).copied().flatten())
    }

    pub(crate) fn schema(&self, node: Node) -> Option<&SchemaFacts<'a>> {
        self.schemas.get(*self.schema_of.get(node as usize)? as usize)
    }

    /// True if a build of this object takes the place of the existing materialized view.
    pub(crate) fn is_replaced_in_place(&self, node: Node) -> bool {
        self.schema(node).is_some_and(SchemaFacts::is_replaced_in_place)
            && self.old(node).is_some_and(|old| old.kind == ObjectKind::MaterializedView)
            && self.kind(node) == Some(ObjectKind::MaterializedView)
    }
}
