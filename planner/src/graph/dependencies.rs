//! Building the graph, and walking it.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{externals, order};
use crate::diagnostic::{self, Diagnostic};
use crate::name::ObjectName;
use crate::project::Project;
use crate::source::to_offset;

/// The position of an object in the project's list of objects.
pub type Node = u32;

/// The dependencies among the objects of a project.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    edges: DiGraph<(), (), Node>,
    order: Vec<Node>,
    /// The nodes of all objects' lists of dependencies, one list behind the other; `None` for what is external.
    needed: Vec<Option<Node>>,
    /// Where the list of each object starts.
    starts: Vec<u32>,
}

impl Graph {
    /// All objects, each after everything that it needs, and otherwise by name. Objects on a cycle, and what needs
    /// them, come last.
    pub fn order(&self) -> &[Node] {
        &self.order
    }

    /// What `node` needs, among the objects of the project.
    pub fn dependencies(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.neighbors(node, Direction::Outgoing)
    }

    /// The object of the project that the dependency at `position` of an object's list means; `None` for what is
    /// external.
    pub fn dependency(&self, node: Node, position: usize) -> Option<Node> {
        let start = *self.starts.get(node as usize)? as usize;
        self.needed.get(start + position).copied().flatten()
    }

    /// What needs `node`.
    pub fn dependents(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.neighbors(node, Direction::Incoming)
    }

    /// `starts`, and everything that needs them directly or through others: true at its position.
    pub fn downstream(&self, starts: &[Node]) -> Vec<bool> {
        self.reach(starts, Direction::Incoming)
    }

    /// `starts`, and everything that they need directly or through others: true at its position.
    pub fn upstream(&self, starts: &[Node]) -> Vec<bool> {
        self.reach(starts, Direction::Outgoing)
    }

    fn neighbors(&self, node: Node, direction: Direction) -> impl Iterator<Item = Node> + '_ {
        self.edges.neighbors_directed(NodeIndex::new(node as usize), direction).map(number)
    }

    fn reach(&self, starts: &[Node], direction: Direction) -> Vec<bool> {
        let mut reached = vec![false; self.edges.node_count()];
        let mut waiting: Vec<Node> = Vec::new();
        let mut reach = |node: Node, waiting: &mut Vec<Node>| {
            if let Some(seen) = reached.get_mut(node as usize)
                && !*seen
            {
                *seen = true;
                waiting.push(node);
            }
        };
        for &start in starts {
            reach(start, &mut waiting);
        }
        while let Some(node) = waiting.pop() {
            for next in self.neighbors(node, direction) {
                reach(next, &mut waiting);
            }
        }
        reached
    }
}

/// A petgraph node as a position.
pub(super) fn number(node: NodeIndex<Node>) -> Node {
    // Nodes are made from positions that fit, see `build`.
    Node::try_from(node.index()).unwrap_or(Node::MAX)
}

/// Builds the graph of a project. The diagnostics are cycles, names that nothing declares, and declarations that
/// nothing uses.
pub fn build(project: &Project) -> (Graph, Vec<Diagnostic>) {
    let positions = positions(project);
    let mentions = project.objects.iter().map(|o| o.dependencies.len()).sum();
    let mut edges: DiGraph<(), (), Node> = DiGraph::with_capacity(project.objects.len(), mentions);
    for _ in &project.objects {
        edges.add_node(());
    }
    let mut externals = Vec::new();
    let mut needed = Vec::with_capacity(mentions);
    let mut starts = Vec::with_capacity(project.objects.len());
    for (node, object) in project.objects.iter().enumerate() {
        starts.push(to_offset(needed.len()));
        for dependency in &object.dependencies {
            let found = positions.get(&dependency.name).copied();
            match found {
                Some(found) => {
                    edges.add_edge(NodeIndex::new(node), NodeIndex::new(found as usize), ());
                }
                None => externals.push(externals::Mention { object, dependency }),
            }
            needed.push(found);
        }
    }
    let (order, mut diagnostics) = order::sort(project, &edges);
    diagnostics.extend(externals::check(project, externals));
    diagnostic::sort(&mut diagnostics);
    (Graph { edges, order, needed, starts }, diagnostics)
}

/// Where each object stands. The map is only asked, never listed, and its hasher has no random seed.
fn positions(project: &Project) -> HashMap<&ObjectName, Node, FixedState> {
    project.objects.iter().map(|o| &o.name).zip(0..).collect()
}
