//! Replacements that would read themselves.
//!
//! A replacement reads what production has, apart from what moves. So when two materialized views of stable schemas
//! turn round which reads which, the first replacement would read the other one's old version, which reads what it is
//! to replace: the server refuses that.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::format_smolstr;

use super::draft::Draft;
use super::removed::full_names;
use crate::changeset::Definition;
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::name::ObjectName;
use crate::source::Location;

/// What materialized views that are replaced and differ read in production.
type OldReads = Vec<(Node, Vec<Node>)>;

/// The first replacement that would read itself.
pub(super) fn check(draft: &Draft<'_>) -> Option<Diagnostic> {
    let old = old_reads(draft);
    if old.is_empty() || !may_turn_round(draft, &old) {
        return None;
    }
    let mut replaced = draft.replaced();
    let (object, through) =
        replaced.find_map(|(target, object)| Some((object, reads_itself(draft, &old, target)?)))?;
    let through = draft.facts.object(through)?;
    let message = format_smolstr!(
        "the replacement of `{}` would read itself: the deployed `{}` reads it",
        object.name,
        through.name
    );
    let location = Location::new(object.path.clone(), object.text.to_original(object.name_span));
    Some(Diagnostic::error(Code::DependencyCycle, location, message).help(format_smolstr!(
        "deploy in two steps: first the change of `{}`, then that of `{}`",
        through.name,
        object.name
    )))
}

fn old_reads(draft: &Draft<'_>) -> OldReads {
    let by_id = draft.live.map(super::observed::Observed::by_id).unwrap_or_default();
    let changed = draft
        .replaced()
        .filter(|(node, _)| draft.facts.own(*node).is_some_and(|own| own.definition == Definition::Changed));
    let node = |name: &ObjectName| Node::try_from(draft.facts.project.position(name)?).ok();
    let mut old: OldReads = changed
        .filter_map(|(at, object)| {
            let reads = if let Some(sql) = &draft.facts.old(at)?.sql {
                full_names(sql).iter().filter(|name| *name != &object.name).filter_map(node).collect()
            } else {
                let ids = &draft.live?.object(&object.name)?.depends_on;
                ids.iter().filter_map(|id| node(&by_id.get(id.as_str())?.name)).collect()
            };
            Some((at, reads))
        })
        .collect();
    old.sort();
    old
}

/// True if the dependencies of the project and those of production make a circle together. They nearly never do, and
/// then nothing else has to be looked at.
fn may_turn_round(draft: &Draft<'_>, old: &OldReads) -> bool {
    let count = draft.facts.project.objects.len();
    let mut edges: DiGraph<(), (), u32> = DiGraph::with_capacity(count, count);
    for _ in 0..count {
        edges.add_node(());
    }
    let mut add = |from: Node, to: Node| edges.add_edge(NodeIndex::from(from), NodeIndex::from(to), ());
    for (from, _) in (0..).zip(&draft.facts.project.objects) {
        for to in draft.facts.graph.dependencies(from) {
            add(from, to);
        }
    }
    for (from, reads) in old {
        for to in reads {
            add(*from, *to);
        }
    }
    toposort(&edges, None).is_err()
}

/// Follows what the replacement of `target` reads; the object that reads `target` in production, if one is reached.
fn reads_itself(draft: &Draft<'_>, old: &OldReads, target: Node) -> Option<Node> {
    let mut seen = vec![false; draft.facts.project.objects.len()];
    let mut next: Vec<Node> = draft.facts.graph.dependencies(target).collect();
    while let Some(node) = next.pop() {
        let Some(seen) = seen.get_mut(node as usize) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        let in_production = old.binary_search_by(|(n, _)| n.cmp(&node)).ok().and_then(|at| old.get(at));
        let reads = match in_production {
            Some((_, reads)) => reads.clone(),
            None => draft.facts.graph.dependencies(node).collect(),
        };
        if reads.contains(&target) {
            return Some(node);
        }
        next.extend(reads);
    }
    None
}
