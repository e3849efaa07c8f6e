//! What the server would refuse of a deployment, found before anything is made: for lack of a privilege, because of a limit,
//! because of a replacement that is open, or because of what runs on a cluster that is swapped.

mod privileges;

use smol_str::format_smolstr;

use super::draft::Draft;
use super::ledger::created_sinks;
use super::limits::{Additions, Limit};
use super::operation::Outline;
use super::removed::{self, Fate};
use super::setup::server_cluster;
use super::stage_phases::{cause_of_cluster, new_schemas};
use crate::changeset::SinkChange;
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::Node;
use crate::input::{Live, LiveObject};
use crate::name::Ident;
use crate::project::{Object, ObjectKind};
use crate::source::Location;

/// Everything that is in the way.
pub(super) fn check(draft: &Draft<'_>, outlines: &[Outline<'_>], live: &Live) -> Vec<Diagnostic> {
    let mut problems = privileges::check(draft, outlines, live);
    problems.extend(open_replacements(draft, live));
    problems.extend(clusters_that_stay(draft, live));
    problems.extend(storage(draft, live));
    problems.extend(additions(draft).check(live));
    problems
}

fn own(object: &Object) -> Location {
    Location::new(object.path.clone(), object.text.to_original(object.name_span))
}

/// The place of whatever makes it necessary to swap a cluster.
fn cause(draft: &Draft<'_>, cluster: &Ident) -> Location {
    cause_of_cluster(draft, cluster).map_or_else(Location::nowhere, own)
}

/// A materialized view has one replacement at a time.
fn open_replacements(draft: &Draft<'_>, live: &Live) -> Vec<Diagnostic> {
    let found = draft.replaced().filter_map(|(_, object)| {
        let target = &draft.live?.object(&object.name)?.id;
        let open = live.objects.iter().find(|o| o.replaces.as_ref() == Some(target))?;
        let message = format_smolstr!(
            "`{}` already has a replacement, which wasn't applied: `{}`",
            object.name,
            open.name
        );
        let problem = Diagnostic::error(Code::OpenReplacement, own(object), message);
        Some(
            problem
                .help("promote or abort the deployment that made it; one that nobody wants can be dropped"),
        )
    });
    found.collect()
}

/// Clusters that nobody may swap: the server's own, and that of the ledger.
fn clusters_that_stay(draft: &Draft<'_>, live: &Live) -> Vec<Diagnostic> {
    let of_ledger = server_cluster(live);
    let found =
        draft.swapped_clusters().filter_map(|cluster| {
            let what = if Some(cluster) == of_ledger {
                "runs the indexes of the ledger"
            } else if cluster.as_str().starts_with("mz_") {
                "belongs to the server"
            } else {
                return None;
            };
            let message = format_smolstr!("the cluster `{cluster}` would be swapped, but {what}");
            let problem = Diagnostic::error(Code::ServerCluster, cause(draft, cluster), message);
            Some(problem.help(
                "give the project's objects a cluster of their own, or deploy them by `--strategy rename`",
            ))
        });
    found.collect()
}

/// The project's sources and sinks that the environment has on a cluster that is swapped, wherever their files put them:
/// they would stay on the old one and be lost with it. Those of others are looked for with everything of others.
fn storage(draft: &Draft<'_>, live: &Live) -> Vec<Diagnostic> {
    let found = live.objects.iter().filter_map(|object| {
        let cluster = object.cluster.as_ref().filter(|cluster| draft.is_swapped_cluster(cluster))?;
        let file = left_behind(draft, object)?;
        let message = format_smolstr!(
            "`{}` ({}) runs on the cluster `{cluster}`, which is swapped, and would be lost with the old one",
            object.name,
            object.kind
        );
        let problem = Diagnostic::error(Code::ClusterIsolation, file, message);
        Some(problem.help("give sources and sinks a cluster of their own, and make this one again there"))
    });
    found.collect()
}

/// The place of one of the project's sources or sinks that promotion leaves where it is.
fn left_behind(draft: &Draft<'_>, object: &LiveObject) -> Option<Location> {
    let node = draft.facts.project.position(&object.name).and_then(|at| Node::try_from(at).ok());
    let declared = node.and_then(|node| Some((node, draft.facts.object(node)?)));
    match (object.kind.as_str(), declared) {
        ("source", Some((_, file))) => (file.kind == ObjectKind::Source).then(|| own(file)),
        ("sink", Some((node, file))) if file.kind == ObjectKind::Sink && draft.facts.old(node).is_some() => {
            // A sink that changed is dropped before the cluster is.
            let is_recreated = draft.closure.sink_change(draft.facts, node) == Some(SinkChange::Recreate);
            (!is_recreated).then(|| own(file))
        }
        ("sink", None) => {
            let mut kept = removed::present(draft).filter(|d| removed::fate(draft, d) == Fate::Kept);
            kept.any(|d| d.name == object.name && d.kind == ObjectKind::Sink).then(Location::nowhere)
        }
        _ => None,
    }
}

/// What there will be more of, while both versions are there.
fn additions(draft: &Draft<'_>) -> Additions {
    let mut additions = Additions::default();
    for _ in draft.swapped_clusters() {
        additions.add(Limit::Clusters);
    }
    let staged = draft.swapped_schemas().map(|schema| schema.name);
    for schema in staged.chain(new_schemas(draft)) {
        additions.add_schema(schema);
    }
    for (node, object, _) in draft.built() {
        let schema = draft.staged_name(node, object).schema;
        additions.add_object(&schema, object.kind);
        for _ in &object.indexes {
            additions.add(Limit::ObjectsOf(schema.clone()));
        }
    }
    for index in draft.staged_indexes() {
        additions.add(Limit::ObjectsOf(index.object.name.schema.clone()));
    }
    for (_, sink) in created_sinks(draft).filter(|(node, _)| draft.facts.old(*node).is_none()) {
        additions.add_object(&sink.name.schema, sink.kind);
    }
    additions
}
