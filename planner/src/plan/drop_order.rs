//! The order in which things are dropped without `CASCADE`: whatever reads something goes before it.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

/// An order of so many things, by position, in which each comes before those that it reads. Each thing gives the positions of
/// what it reads; its own is no matter.
pub(super) fn dependants_first<R: IntoIterator<Item = usize>>(
    count: usize,
    reads: impl Fn(usize) -> R,
) -> Vec<usize> {
    let mut edges: DiGraph<(), (), u32> = DiGraph::with_capacity(count, count);
    for _ in 0..count {
        edges.add_node(());
    }
    for at in 0..count {
        for read in reads(at).into_iter().filter(|read| *read != at) {
            edges.update_edge(NodeIndex::new(at), NodeIndex::new(read), ());
        }
    }
    match toposort(&edges, None) {
        Ok(order) => order.into_iter().map(NodeIndex::index).collect(),
        // Only texts that were edited by hand read each other.
        Err(_) => (0..count).collect(),
    }
}
