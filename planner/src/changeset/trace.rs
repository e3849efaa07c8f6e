//! Why an object is built: one link for each, and the chain that the links make.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use super::comparison::Definition;
use super::facts::Facts;
use crate::graph::Node;
use crate::input::DeployedCompanion;
use crate::plan::Reason;
use crate::project::{CompanionKind, Object, StatementText};
use crate::source::Span;

/// The rule that made an object one to build, and from what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trace {
    /// Its own file: its definition is new or differs.
    Own,
    /// `--redeploy-schema` or `--redeploy-all`.
    Requested,
    /// It needs this built object.
    DependsOn(Node),
    /// Its schema is swapped because of this object.
    SharesSchema(Node),
    /// The cluster with this number is swapped because of this object.
    SharesCluster(u32, Node),
}

/// The chains of reasons of a plan. Objects that are built because of one and the same share theirs.
pub(crate) struct Chains<'f> {
    facts: &'f Facts<'f>,
    traces: &'f [Option<Trace>],
    /// The command line's word for what was asked for.
    option: &'f str,
    shared: BTreeMap<Trace, Arc<[Reason]>>,
}

impl<'f> Chains<'f> {
    pub(crate) fn new(facts: &'f Facts<'f>, traces: &'f [Option<Trace>], option: &'f str) -> Self {
        Self { facts, traces, option, shared: BTreeMap::new() }
    }

    /// The chain from `node` back to a change in a file or to a request.
    pub(crate) fn of(&mut self, node: Node) -> Arc<[Reason]> {
        let trace = self.traces.get(node as usize).copied().flatten();
        // A chain is told by its first link, unless that is about the object itself.
        let shared = trace.filter(|trace| *trace != Trace::Own || self.facts.is_first);
        if let Some(chain) = shared.and_then(|trace| self.shared.get(&trace)) {
            return Arc::clone(chain);
        }
        let links = links(self.traces, node).filter_map(|(at, trace)| self.reason(at, trace));
        let chain: Arc<[Reason]> = links.collect();
        self.shared.extend(shared.map(|trace| (trace, Arc::clone(&chain))));
        chain
    }

    fn reason(&self, at: Node, trace: Trace) -> Option<Reason> {
        let name = |node: Node| self.facts.object(node).map(|o| o.name.clone());
        Some(match trace {
            Trace::Own => own(self.facts, at)?,
            Trace::Requested => Reason::Requested { option: self.option.into() },
            Trace::DependsOn(on) => Reason::DependsOn { object: name(on)? },
            // Both are in that schema.
            Trace::SharesSchema(with) => {
                let object = name(with)?;
                Reason::SharesSchema { schema: object.schema.clone(), object }
            }
            Trace::SharesCluster(cluster, with) => {
                let cluster = *self.facts.clusters.get(cluster as usize)?;
                Reason::SharesCluster { cluster: cluster.clone(), object: name(with)? }
            }
        })
    }
}

/// Where the chain from `node` ends: an object that changed itself or was asked for.
pub(crate) fn root(traces: &[Option<Trace>], node: Node) -> Node {
    links(traces, node).last().map_or(node, |(last, _)| last)
}

/// The objects on the way from `node` to its root, each with its trace. A trace leads to an object that was reached in
/// an earlier round, so the way ends.
fn links(traces: &[Option<Trace>], node: Node) -> impl Iterator<Item = (Node, Trace)> {
    let link = |node: Node| Some((node, traces.get(node as usize).copied().flatten()?));
    std::iter::successors(link(node), move |(_, trace)| match trace {
        Trace::Own | Trace::Requested => None,
        Trace::DependsOn(next) | Trace::SharesSchema(next) | Trace::SharesCluster(_, next) => link(*next),
    })
}

/// What an object's own file says that is new.
fn own(facts: &Facts<'_>, node: Node) -> Option<Reason> {
    if facts.is_first {
        return Some(Reason::FirstDeployment);
    }
    let object = facts.object(node)?;
    let what = match facts.own(node)?.definition {
        Definition::New => "new".into(),
        Definition::OtherKind(was) => {
            format_smolstr!("is a {}, was a {}", object.kind.noun(), was.noun())
        }
        Definition::Changed
            if facts.old(node).is_some_and(|d| d.sql.is_none() && !d.fingerprint.is_of_this_form()) =>
        {
            "deployed by another version".into()
        }
        Definition::Changed | Definition::Same => "definition changed".into(),
    };
    Some(file(object, object.statement.span, what))
}

/// A place of an object's file as a reason.
pub(crate) fn file(object: &Object, span: Span, what: impl Into<SmolStr>) -> Reason {
    Reason::File { path: object.path.clone(), line: Some(object.text.line(span.start)), what: what.into() }
}

/// What differs in the companions of an object that isn't built, at the first place that says something new.
pub(crate) fn companion_reason(facts: &Facts<'_>, node: Node) -> Option<Reason> {
    let (object, old) = (facts.object(node)?, facts.old(node)?);
    let statements = || {
        let indexes = object.indexes.iter().map(|i| (CompanionKind::Index, &i.statement));
        indexes.chain(object.companions.iter().map(|c| (c.kind, &c.statement)))
    };
    let is_deployed = |s: &StatementText| old.companions.iter().any(|c| c.fingerprint == s.fingerprint);
    let is_wanted = |c: &DeployedCompanion| statements().any(|(_, s)| s.fingerprint == c.fingerprint);
    let added = || statements().filter(|(_, s)| !is_deployed(s));
    let removed = || old.companions.iter().filter(|c| !is_wanted(c));
    let nouns: Vec<&str> = [
        (CompanionKind::Index, "indexes"),
        (CompanionKind::Grant, "grants"),
        (CompanionKind::Comment, "comments"),
    ]
    .into_iter()
    .filter(|(kind, _)| added().any(|(k, _)| k == *kind) || removed().any(|c| c.kind == *kind))
    .map(|(_, noun)| noun)
    .collect();
    let line = added().map(|(_, s)| s.span.start).min().map(|start| object.text.line(start));
    let what = format_smolstr!("{} changed", nouns.join(" and "));
    Some(Reason::File { path: object.path.clone(), line, what })
}
