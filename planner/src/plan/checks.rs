//! Checks against the live catalog, before anything is made.

use std::collections::BTreeSet;

use smol_str::{SmolStr, format_smolstr};

use super::draft::Draft;
use super::observed::{Observed, catalog_type};
use crate::changeset::SinkChange;
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::input::LiveObject;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{CompanionKind, Object, ObjectKind, StatementText};
use crate::resolve::Target;
use crate::source::{Location, Span};

/// Everything that is in the way of a deployment.
pub(super) fn check(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let Some(live) = draft.live else { return Vec::new() };
    let mut problems = missing(draft, live);
    problems.extend(foreign(draft, live));
    problems
}

fn location(object: &Object, span: Span) -> Location {
    Location::new(object.path.clone(), object.text.to_original(span))
}

/// What staged objects need and the environment doesn't have.
fn missing(draft: &Draft<'_>, live: &Observed<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut reported: BTreeSet<&ObjectName> = BTreeSet::new();
    let mut clusters: BTreeSet<&Ident> = BTreeSet::new();
    let sinks = draft.sinks().filter(|(node, _)| {
        let change = draft.closure.sink_change(draft.facts, *node);
        matches!(change, Some(SinkChange::Create | SinkChange::Recreate))
    });
    for (node, object) in draft.built().map(|(node, object, _)| (node, object)).chain(sinks) {
        for (position, dependency) in object.dependencies.iter().enumerate() {
            let needed = draft.facts.graph.dependency(node, position);
            let is_made = needed.is_some_and(|n| draft.closure.is_built(n));
            let name = &dependency.name;
            if is_made || name.schema.is_system() || live.object(name).is_some() || !reported.insert(name) {
                continue;
            }
            problems.push(missing_object(draft, object, dependency.span, name, needed));
        }
        if let Some(view) =
            object.sink_from.as_ref().and_then(|from| live.object_of_kind(from, ObjectKind::View))
            && draft.facts.project.position(&view.name).is_none()
        {
            let span =
                object.dependencies.iter().find(|d| d.name == view.name).map_or(object.name_span, |d| d.span);
            let message =
                format_smolstr!("the sink `{}` reads `{}`, which is a view", object.name, view.name);
            problems.push(
                Diagnostic::error(Code::SinkFromView, location(object, span), message)
                    .help("a sink reads a table, a source or a materialized view"),
            );
        }
        let own = object.cluster.iter().map(|cluster| (cluster, &object.statement));
        let used = own.chain(object.indexes.iter().map(|index| (&index.cluster, &index.statement)));
        for (cluster, statement) in used.filter(|(cluster, _)| live.cluster(cluster).is_none()) {
            if clusters.insert(cluster) {
                problems.push(missing_cluster(draft, object, statement, cluster));
            }
        }
        if let Some(old) = draft.facts.old(node)
            && live.object_of_kind(&old.name, old.kind).is_none()
            && draft.strategy(node) != Some(super::Strategy::Swap)
        {
            let message = format_smolstr!("`{}` was deployed, but the environment doesn't have it", old.name);
            problems.push(
                Diagnostic::error(Code::MissingInEnvironment, location(object, object.name_span), message)
                    .help("deploy the whole schema again: `--strategy swap --redeploy-schema`"),
            );
        }
    }
    problems
}

fn missing_object(
    draft: &Draft<'_>,
    object: &Object,
    span: Span,
    name: &ObjectName,
    needed: Option<Node>,
) -> Diagnostic {
    let message = format_smolstr!("`{}` needs `{name}`, which the environment doesn't have", object.name);
    let problem = Diagnostic::error(Code::MissingInEnvironment, location(object, span), message);
    match needed.and_then(|n| draft.facts.object(n)) {
        Some(needed) if needed.kind.is_computation() => {
            problem.help(format_smolstr!("deploy `{name}` again: `--redeploy-schema {}`", name.schema))
        }
        Some(needed) => problem
            .and(location(needed, needed.name_span), "defined here")
            .help(format_smolstr!("a deployment makes no {}: create it before", needed.kind.plural())),
        None => problem.help("create it, or correct the name"),
    }
}

fn missing_cluster(
    draft: &Draft<'_>,
    object: &Object,
    statement: &StatementText,
    cluster: &Ident,
) -> Diagnostic {
    let what = if *statement == object.statement { "" } else { "an index on " };
    let message =
        format_smolstr!("{what}`{}` runs on the cluster `{cluster}`, which doesn't exist", object.name);
    let mut mentions = statement.occurrences.iter();
    let mention = mentions.find(|o| matches!(&o.target, Target::Cluster(name) if name == cluster));
    let span = mention.map_or(object.name_span, |occurrence| occurrence.span);
    let problem = Diagnostic::error(Code::MissingInEnvironment, location(object, span), message);
    match draft.facts.project.cluster(cluster) {
        Some(definition) => problem
            .and(
                Location::new(definition.path.clone(), definition.text.to_original(definition.create.span)),
                "defined here",
            )
            .help("a deployment makes no clusters of production: create it before"),
        None => problem.help("define it in `clusters/`, or create it"),
    }
}

/// Objects of others that would be lost: in a swapped schema, on a swapped cluster, or reading what is replaced.
fn foreign(draft: &Draft<'_>, live: &Observed<'_>) -> Vec<Diagnostic> {
    let swapped_schemas: BTreeSet<&SchemaName> = draft.swapped_schemas().map(|s| s.name).collect();
    let swapped_clusters: BTreeSet<&Ident> = draft.swapped_clusters().collect();
    let by_id = live.by_id();
    let mut problems = Vec::new();
    for object in live.objects().filter(|o| !is_ours(draft, &by_id, o)) {
        let loss = if swapped_schemas.contains(&object.name.schema) {
            Some(format_smolstr!("is in the schema `{}`, which is swapped", object.name.schema))
        } else if let Some(cluster) = object.cluster.as_ref().filter(|c| swapped_clusters.contains(c)) {
            Some(format_smolstr!("runs on the cluster `{cluster}`, which is swapped"))
        } else {
            let read = object.depends_on.iter().filter_map(|id| by_id.get(id.as_str()));
            let lost = read.map(|o| &o.name).find(|name| is_replaced(draft, name));
            lost.map(|name| format_smolstr!("reads `{name}`, of which a new version takes the place"))
        };
        problems.extend(loss.map(|loss| foreign_dependent(draft, object, &loss)));
    }
    problems
}

fn foreign_dependent(draft: &Draft<'_>, object: &LiveObject, loss: &SmolStr) -> Diagnostic {
    let stranger = match draft.facts.project.position(&object.name) {
        Some(_) => "wasn't deployed by this project",
        None => "isn't part of the project",
    };
    let message = format_smolstr!("`{}` ({}) {stranger} and {loss}", object.name, object.kind);
    let cause = draft.built().next().map(|(_, built, _)| location(built, built.name_span));
    Diagnostic::error(Code::ForeignDependent, cause.unwrap_or_else(Location::nowhere), message)
        .help("it would go with the old version: add it to the project, move it, or drop it before")
        .help("for readers outside the project, a stable schema keeps its materialized views in place")
}

/// True if an object is the project's, or was at its last deployment.
fn is_ours(
    draft: &Draft<'_>,
    by_id: &std::collections::BTreeMap<&str, &LiveObject>,
    object: &LiveObject,
) -> bool {
    if object.kind != "index" {
        return is_known(draft, object);
    }
    // An index belongs to its relation. On a relation that stays, one that nobody knows is a guest on its cluster.
    let relation = object.depends_on.iter().find_map(|id| by_id.get(id.as_str()));
    let Some(relation) = relation.filter(|relation| is_known(draft, relation)) else { return false };
    let Some(at) = draft.facts.project.position(&relation.name) else { return true };
    let Ok(node) = Node::try_from(at) else { return true };
    if draft.closure.moves(draft.facts, node) {
        return true;
    }
    let declared = draft.facts.object(node).into_iter().flat_map(|o| &o.indexes);
    let mut on_cluster = declared.filter(|i| Some(&i.cluster) == object.cluster.as_ref());
    let mut deployed = draft.facts.old(node).into_iter().flat_map(|d| &d.companions);
    let is_it = |name: Option<&Ident>, cluster: Option<&Ident>| match name {
        Some(name) => name == &object.name.name,
        None => cluster == object.cluster.as_ref() && is_given_name(&relation.name.name, &object.name.name),
    };
    on_cluster.any(|i| is_it(i.name.as_ref(), Some(&i.cluster)))
        || deployed.any(|c| c.kind == CompanionKind::Index && is_it(c.index.as_ref(), c.cluster.as_ref()))
}

/// True if the server could have given this name to an index without one: `<relation>_…_idx`, with a number if that was
/// taken.
pub(super) fn is_given_name(relation: &Ident, index: &Ident) -> bool {
    let rest = index.as_str().strip_prefix(relation.as_str());
    let rest = rest.map(|rest| rest.trim_end_matches(|c: char| c.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with('_') && rest.ends_with("_idx"))
}

/// True if the environment's object is what was deployed under its name, or what `apply` makes: a name alone is no
/// proof, somebody may have had the same idea.
fn is_known(draft: &Draft<'_>, object: &LiveObject) -> bool {
    let was_deployed = |d: &crate::input::DeployedObject| catalog_type(d.kind) == object.kind;
    let removed = draft.facts.removed.binary_search_by(|d| d.name.cmp(&object.name)).ok();
    if removed.and_then(|at| draft.facts.removed.get(at)).is_some_and(|d| was_deployed(d)) {
        return true;
    }
    let node = draft.facts.project.position(&object.name).and_then(|at| Node::try_from(at).ok());
    let Some((node, declared)) = node.and_then(|n| Some((n, draft.facts.object(n)?))) else { return false };
    if declared.kind.is_computation() || declared.kind == ObjectKind::Sink {
        draft.facts.old(node).is_some_and(was_deployed)
    } else {
        catalog_type(declared.kind) == object.kind
    }
}

/// True if `name` means another object after promotion.
fn is_replaced(draft: &Draft<'_>, name: &ObjectName) -> bool {
    let node = draft.facts.project.position(name).and_then(|at| Node::try_from(at).ok());
    node.is_some_and(|node| draft.closure.moves(draft.facts, node))
        || draft.facts.removed.binary_search_by(|d| d.name.cmp(name)).is_ok_and(|at| {
            let deployed = draft.facts.removed.get(at);
            deployed.is_some_and(|d| super::removed::fate(draft, d) != super::removed::Fate::Kept)
        })
}
