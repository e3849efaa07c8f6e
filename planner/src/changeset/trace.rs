//! Why an object is built: one link for each, and the chain that the links make.

use smol_str::{SmolStr, format_smolstr};

use super::facts::{Definition, Facts};
use crate::graph::Node;
use crate::input::DeployedCompanion;
use crate::plan::Reason;
use crate::project::{CompanionKind, Object, StatementText};
use crate::source::Span;

/// The rule that made an object one to build, and from what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The chain from `node` back to a change in a file or to a request.
pub(crate) fn reasons(facts: &Facts<'_>, traces: &[Option<Trace>], option: &str, node: Node) -> Vec<Reason> {
    let mut chain = Vec::new();
    let mut at = node;
    // A trace leads to an object that was reached in an earlier round, so the chain ends.
    while let Some(trace) = traces.get(at as usize).copied().flatten() {
        let name = |node: Node| facts.object(node).map(|o| o.name.clone());
        let (reason, next) = match trace {
            Trace::Own => (own(facts, at), None),
            Trace::Requested => (Some(Reason::Requested { option: option.into() }), None),
            Trace::DependsOn(on) => (name(on).map(|object| Reason::DependsOn { object }), Some(on)),
            Trace::SharesSchema(with) => {
                let schema = facts.schema(at).map(|s| s.name.clone());
                let reason = schema.zip(name(with));
                (reason.map(|(schema, object)| Reason::SharesSchema { schema, object }), Some(with))
            }
            Trace::SharesCluster(cluster, with) => {
                let cluster = facts.clusters.get(cluster as usize).copied().cloned();
                let reason = cluster.zip(name(with));
                (reason.map(|(cluster, object)| Reason::SharesCluster { cluster, object }), Some(with))
            }
        };
        chain.extend(reason);
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    chain
}

/// Where the chain from `node` ends: an object that changed itself or was asked for.
pub(crate) fn root(traces: &[Option<Trace>], node: Node) -> Node {
    let mut at = node;
    while let Some(Trace::DependsOn(next) | Trace::SharesSchema(next) | Trace::SharesCluster(_, next)) =
        traces.get(at as usize).copied().flatten()
    {
        at = next;
    }
    at
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
