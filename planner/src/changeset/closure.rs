//! The rules, as a least fixed point.

use super::comparison::{Definition, ObjectClusters};
use super::facts::{Facts, SchemaFacts, SinkChange};
use super::trace::Trace;
use crate::graph::Node;
use crate::plan::Strategy;
use crate::project::ObjectKind;

/// What the rules found for one choice of strategy.
#[derive(Clone, Debug)]
pub(crate) struct Closure {
    /// How objects move that aren't replaced in place: [`Strategy::Swap`] or [`Strategy::Rename`].
    pub(crate) strategy: Strategy,
    /// For each object, why it is built; `None` for what stays.
    pub(crate) traces: Vec<Option<Trace>>,
    /// For each schema, whether it is swapped.
    pub(crate) swapped_schemas: Vec<bool>,
    /// For each cluster, whether it is swapped.
    pub(crate) swapped_clusters: Vec<bool>,
}

impl Closure {
    pub(crate) fn is_built(&self, node: Node) -> bool {
        self.traces.get(node as usize).is_some_and(Option::is_some)
    }

    pub(crate) fn is_swapped_cluster(&self, cluster: u32) -> bool {
        self.swapped_clusters.get(cluster as usize).copied().unwrap_or(false)
    }

    /// How a built object reaches production.
    pub(crate) fn strategy_of(&self, facts: &Facts<'_>, node: Node) -> Strategy {
        if facts.is_replaced_in_place(node) {
            Strategy::Replace
        } else if facts.schema(node).is_some_and(SchemaFacts::is_replaced_in_place) {
            // A new object beside stable ones: its schema must not be swapped.
            Strategy::Rename
        } else {
            self.strategy
        }
    }

    /// True if another object has the name after promotion than before: who reads it has to be moved.
    pub(crate) fn moves(&self, facts: &Facts<'_>, node: Node) -> bool {
        self.is_built(node) && !facts.is_replaced_in_place(node)
    }

    /// What happens to a sink, if anything does.
    pub(crate) fn sink_change(&self, facts: &Facts<'_>, node: Node) -> Option<SinkChange> {
        let object = facts.object(node).filter(|_| facts.kind(node) == Some(ObjectKind::Sink))?;
        match facts.own(node)?.definition {
            Definition::New | Definition::OtherKind(_) => return Some(SinkChange::Create),
            Definition::Changed => return Some(SinkChange::Recreate),
            Definition::Same => {}
        }
        let from = facts.project.position(object.sink_from.as_ref()?)?;
        self.moves(facts, Node::try_from(from).ok()?).then_some(SinkChange::Repoint)
    }
}

/// Runs the rules until nothing is added. `requested` marks what was asked for on the command line.
pub(crate) fn close(facts: &Facts<'_>, strategy: Strategy, requested: &[bool]) -> Closure {
    let mut rules = Rules {
        facts,
        closure: Closure {
            strategy,
            traces: vec![None; facts.project.objects.len()],
            swapped_schemas: vec![false; facts.schemas.len()],
            swapped_clusters: vec![false; facts.clusters.len()],
        },
        next: Vec::new(),
    };
    for (node, own) in (0..).zip(facts.own) {
        if own.definition != Definition::Same {
            rules.build(node, Trace::Own);
        } else if requested.get(node as usize).copied().unwrap_or(false) {
            rules.build(node, Trace::Requested);
        }
    }
    while !rules.next.is_empty() {
        let round = std::mem::take(&mut rules.next);
        rules.dependents(&round);
        if strategy == Strategy::Swap {
            rules.schemas(&round);
            rules.clusters(&round);
        }
    }
    rules.closure
}

struct Rules<'a> {
    facts: &'a Facts<'a>,
    closure: Closure,
    /// What was added in this round.
    next: Vec<Node>,
}

impl Rules<'_> {
    fn build(&mut self, node: Node, trace: Trace) {
        if !self.facts.is_computation(node) {
            return;
        }
        if let Some(slot) = self.closure.traces.get_mut(node as usize)
            && slot.is_none()
        {
            *slot = Some(trace);
            self.next.push(node);
        }
    }

    /// Rule 1: what needs a built object is built, unless that is replaced in place.
    fn dependents(&mut self, round: &[Node]) {
        let facts = self.facts;
        for &node in round.iter().filter(|&&node| !facts.is_replaced_in_place(node)) {
            for dependent in facts.graph.dependents(node) {
                self.build(dependent, Trace::DependsOn(node));
            }
        }
    }

    /// Rule 2: a schema with a built object is swapped as a whole.
    fn schemas(&mut self, round: &[Node]) {
        let facts = self.facts;
        for &node in round {
            let Some(&number) = facts.schema_of.get(node as usize) else { continue };
            let Some(schema) = facts.schemas.get(number as usize) else { continue };
            let Some(swapped) = self.closure.swapped_schemas.get_mut(number as usize) else { continue };
            if *swapped || schema.is_replaced_in_place() {
                continue;
            }
            *swapped = true;
            for member in schema.members.clone().filter_map(|m| Node::try_from(m).ok()) {
                self.build(member, Trace::SharesSchema(node));
            }
        }
    }

    /// Rule 3: a cluster that an object of a swapped schema runs on is swapped as a whole. What is replaced in place, or
    /// joins a schema whose views are, is built on the existing cluster: it costs itself alone.
    fn clusters(&mut self, round: &[Node]) {
        let facts = self.facts;
        for &node in round {
            if facts.schema(node).is_some_and(SchemaFacts::is_replaced_in_place) {
                continue;
            }
            for cluster in facts.clusters_of.get(node as usize).into_iter().flat_map(ObjectClusters::all) {
                let Some(swapped) = self.closure.swapped_clusters.get_mut(cluster as usize) else { continue };
                if std::mem::replace(swapped, true) {
                    continue;
                }
                let runs_on_it = |other: &&Node| {
                    facts.clusters_of.get(**other as usize).is_some_and(|c| c.statement == Some(cluster))
                };
                for &other in facts.users_of.get(cluster as usize).into_iter().flatten().filter(runs_on_it) {
                    self.build(other, Trace::SharesCluster(cluster, node));
                }
            }
        }
    }
}
