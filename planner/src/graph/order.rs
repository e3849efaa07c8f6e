//! The order in which objects can be built, and the cycles that leave none.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::format_smolstr;

use super::Node;
use super::dependencies::number;
use crate::diagnostic::{Code, Diagnostic};
use crate::project::{Object, Project};
use crate::source::Location;

/// Needed objects first, otherwise by name; and a diagnostic for every cycle.
pub(super) fn sort(project: &Project, edges: &DiGraph<(), (), Node>) -> (Vec<Node>, Vec<Diagnostic>) {
    let mut missing: Vec<usize> = edges
        .node_indices()
        .map(|node| edges.neighbors_directed(node, Direction::Outgoing).count())
        .collect();
    let mut ready: BinaryHeap<Reverse<Node>> =
        (0..).zip(&missing).filter(|(_, count)| **count == 0).map(|(node, _)| Reverse(node)).collect();
    let mut order = Vec::with_capacity(missing.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for dependent in edges.neighbors_directed(NodeIndex::new(node as usize), Direction::Incoming) {
            if let Some(count) = missing.get_mut(dependent.index()) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(Reverse(number(dependent)));
                }
            }
        }
    }
    if order.len() == missing.len() {
        return (order, Vec::new());
    }
    order.extend((0..).zip(&missing).filter(|(_, count)| **count > 0).map(|(node, _)| node));
    (order, cycles(project, edges))
}

/// One diagnostic for each set of objects that need each other: it names every object of the set, and where each
/// mentions the next.
fn cycles(project: &Project, edges: &DiGraph<(), (), Node>) -> Vec<Diagnostic> {
    let mut components: Vec<Vec<Node>> = kosaraju_scc(edges)
        .into_iter()
        .map(|component| component.into_iter().map(number).collect::<Vec<_>>())
        .filter(|component| component.len() > 1 || component.iter().any(|&node| needs(edges, node, node)))
        .collect();
    for component in &mut components {
        component.sort_unstable();
    }
    components.sort_unstable();
    components.iter().filter_map(|component| cycle(project, edges, component)).collect()
}

fn needs(edges: &DiGraph<(), (), Node>, dependent: Node, needed: Node) -> bool {
    edges.find_edge(NodeIndex::new(dependent as usize), NodeIndex::new(needed as usize)).is_some()
}

fn cycle(project: &Project, edges: &DiGraph<(), (), Node>, component: &[Node]) -> Option<Diagnostic> {
    let mentions: Vec<(&Object, Mention)> = component
        .iter()
        .filter_map(|&node| {
            let object = project.objects.get(node as usize)?;
            Some((object.as_ref(), mention_within(project, edges, object, node, component)?))
        })
        .collect();
    let ((first, mention), others) = mentions.split_first()?;
    let message = match others.len() {
        0 => format_smolstr!("`{}` depends on itself", first.name),
        n => format_smolstr!("{} objects depend on each other in a circle", n + 1),
    };
    let mut diagnostic = Diagnostic::error(Code::DependencyCycle, mention.location.clone(), message)
        .label(format_smolstr!("`{}` needs `{}`", first.name, mention.needed.name));
    for (object, mention) in others {
        diagnostic = diagnostic.and(
            mention.location.clone(),
            format_smolstr!("`{}` needs `{}`", object.name, mention.needed.name),
        );
    }
    Some(diagnostic.help("remove one of these references"))
}

/// Where an object mentions another one.
struct Mention<'a> {
    needed: &'a Object,
    location: Location,
}

/// The first mention of an object of the same cycle.
fn mention_within<'a>(
    project: &'a Project,
    edges: &DiGraph<(), (), Node>,
    object: &Object,
    node: Node,
    component: &[Node],
) -> Option<Mention<'a>> {
    edges
        .neighbors_directed(NodeIndex::new(node as usize), Direction::Outgoing)
        .map(number)
        .filter(|needed| component.binary_search(needed).is_ok())
        .filter_map(|needed| {
            let needed = project.objects.get(needed as usize)?;
            let dependency = object.dependencies.iter().find(|d| d.name == needed.name)?;
            Some((dependency.span, needed))
        })
        .min_by_key(|(span, _)| *span)
        .map(|(span, needed)| Mention {
            needed,
            location: Location::new(object.path.clone(), object.text.to_original(span)),
        })
}
