//! A deployment with everything decided and nothing written down: what is built, under which names, on which
//! clusters.

use std::cell::OnceCell;

use super::indexes::{IndexChanges, StagedIndex};
use super::naming::Naming;
use super::observed::Observed;
use super::retirement::Retirements;
use crate::changeset::{Closure, Facts, SchemaFacts};
use crate::graph::Node;
use crate::input::DeployedObject;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::plan::Strategy;
use crate::project::Object;
use crate::syntax::rewrite::PrintedName;

/// A deployment, decided.
pub(super) struct Draft<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) closure: Closure,
    pub(super) naming: Naming,
    /// What is built, needed objects first.
    built: Vec<(Node, &'a Object, Strategy)>,
    /// The staged name of each schema.
    staged_schemas: Vec<SchemaName>,
    pub(super) live: Option<&'a Observed<'a>>,
    pub(super) indexes: IndexChanges<'a>,
    /// What gives its name up at promotion.
    pub(super) retirements: Retirements<'a>,
    /// Removed objects are dropped at promotion.
    pub(super) drop_removed: bool,
    /// The staged names of what is built, when the first statement is written.
    printed: OnceCell<Vec<Option<PrintedName>>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        facts: &'a Facts<'a>,
        closure: Closure,
        naming: Naming,
        live: Option<&'a Observed<'a>>,
        drop_removed: bool,
    ) -> Self {
        let indexes = IndexChanges::new(facts, &closure);
        let staged_schemas = facts.schemas.iter().map(|schema| naming.schema(schema.name)).collect();
        let order = facts.graph.order().iter().copied().filter(|node| closure.is_built(*node));
        let built = order
            .filter_map(|node| Some((node, facts.object(node)?, closure.strategy_of(facts, node))))
            .collect();
        let retirements = Retirements::default();
        let mut draft = Self {
            facts,
            closure,
            naming,
            built,
            staged_schemas,
            live,
            indexes,
            retirements,
            drop_removed,
            printed: OnceCell::new(),
        };
        draft.retirements = Retirements::new(&draft);
        draft
    }

    /// How an object that is built reaches production; `None` for what isn't built.
    pub(super) fn strategy(&self, node: Node) -> Option<Strategy> {
        self.closure.is_built(node).then(|| self.closure.strategy_of(self.facts, node))
    }

    /// What is built, needed objects first.
    pub(super) fn built(&self) -> impl Iterator<Item = (Node, &'a Object, Strategy)> + '_ {
        self.built.iter().copied()
    }

    /// What is built under a staged name in its own schema and renamed.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (Node, &'a Object)> + '_ {
        self.built_by(Strategy::Rename)
    }

    /// What is built as a replacement of an existing materialized view.
    pub(super) fn replaced(&self) -> impl Iterator<Item = (Node, &'a Object)> + '_ {
        self.built_by(Strategy::Replace)
    }

    fn built_by(&self, strategy: Strategy) -> impl Iterator<Item = (Node, &'a Object)> + '_ {
        self.built().filter(move |(.., by)| *by == strategy).map(|(node, object, _)| (node, object))
    }

    /// Sinks of the project.
    pub(super) fn sinks(&self) -> impl Iterator<Item = (Node, &'a Object)> + '_ {
        self.facts.sinks.iter().filter_map(|&node| Some((node, self.facts.object(node)?)))
    }

    pub(super) fn swapped_schemas(&self) -> impl Iterator<Item = &'a SchemaFacts<'a>> + '_ {
        let facts: &'a Facts<'a> = self.facts;
        let swapped = self.closure.swapped_schemas.iter();
        facts.schemas.iter().zip(swapped).filter(|(_, swapped)| **swapped).map(|(schema, _)| schema)
    }

    pub(super) fn swapped_clusters(&self) -> impl Iterator<Item = &'a Ident> + '_ {
        let swapped = self.closure.swapped_clusters.iter();
        self.facts.clusters.iter().zip(swapped).filter(|(_, swapped)| **swapped).map(|(cluster, _)| *cluster)
    }

    pub(super) fn is_swapped_cluster(&self, cluster: &Ident) -> bool {
        let found = self.facts.clusters.binary_search(&cluster).ok();
        found.and_then(|n| u32::try_from(n).ok()).is_some_and(|n| self.closure.is_swapped_cluster(n))
    }

    /// Where something is built that runs on `cluster` after promotion.
    pub(super) fn cluster(&self, cluster: &Ident) -> Ident {
        if self.is_swapped_cluster(cluster) { self.naming.cluster(cluster) } else { cluster.clone() }
    }

    /// The name of an object while it is staged; its own for what isn't built.
    pub(super) fn staged_name(&self, node: Node, object: &Object) -> ObjectName {
        match self.strategy(node) {
            Some(Strategy::Swap) => self.in_staged_schema(node, object),
            Some(Strategy::Rename | Strategy::Replace) => {
                object.name.schema.object(self.naming.staged(&object.name.name))
            }
            _ => object.name.clone(),
        }
    }

    /// The name of what an object replaced, between promotion and its drop.
    pub(super) fn retired_name(&self, node: Node, object: &Object) -> ObjectName {
        match self.strategy(node) {
            Some(Strategy::Swap) => self.in_staged_schema(node, object),
            _ => object.name.schema.object(self.naming.retired(&object.name.name)),
        }
    }

    /// What something that is dropped after promotion is called then.
    pub(super) fn name_at_drop(&self, name: &ObjectName) -> ObjectName {
        if self.is_swapped_schema(&name.schema) {
            self.naming.schema(&name.schema).object(name.name.clone())
        } else if self.retirements.contains(name) {
            name.schema.object(self.naming.retired(&name.name))
        } else {
            name.clone()
        }
    }

    fn in_staged_schema(&self, node: Node, object: &Object) -> ObjectName {
        let number = self.facts.schema_of.get(node as usize);
        let schema = number.and_then(|number| self.staged_schemas.get(*number as usize));
        schema.unwrap_or(&object.name.schema).object(object.name.name.clone())
    }

    /// The name of an object while it is staged, as statements have it.
    pub(super) fn printed_name(&self, node: Node, object: &Object) -> PrintedName {
        let printed = self.printed.get_or_init(|| {
            let mut printed = vec![None; self.facts.project.objects.len()];
            for (node, object, _) in self.built() {
                if let Some(slot) = printed.get_mut(node as usize) {
                    *slot = Some(PrintedName::new(self.staged_name(node, object)));
                }
            }
            printed
        });
        let printed = printed.get(node as usize).cloned().flatten();
        printed.unwrap_or_else(|| PrintedName::new(self.staged_name(node, object)))
    }

    /// What `name` means in a staged statement of `node`: a staged object if that is built and moves; `None` for what
    /// production has.
    pub(super) fn reference(&self, node: Node, object: &Object, name: &ObjectName) -> Option<PrintedName> {
        // There are few, and their last parts tell nearly all of them apart.
        let is_it = |other: &ObjectName| other.name == name.name && other.schema == name.schema;
        let position = object.dependencies.iter().position(|d| is_it(&d.name))?;
        let needed = self.facts.graph.dependency(node, position)?;
        let moved = self.facts.object(needed).filter(|_| self.closure.moves(self.facts, needed))?;
        Some(self.printed_name(needed, moved))
    }

    pub(super) fn staged_indexes(&self) -> &[StagedIndex<'a>] {
        &self.indexes.staged
    }

    pub(super) fn is_swapped_schema(&self, name: &SchemaName) -> bool {
        self.swapped_schemas().any(|schema| schema.name == name)
    }

    /// A removed object whose name an object of another kind has now.
    pub(super) fn is_in_the_way(&self, removed: &DeployedObject) -> bool {
        self.facts.project.position(&removed.name).is_some()
    }
}
