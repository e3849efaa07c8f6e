//! The rules for clusters: each one that is used is known, and none runs both computation and storage.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use super::compile::CompiledFile;
use super::compile::Contents;
use super::model::{InfrastructureKind, Project};
use super::object::{Object, ObjectKind, StatementText};
use super::schema_rules::location;
use crate::diagnostic::{Code, Diagnostic, closest, did_you_mean};
use crate::name::Ident;
use crate::resolve::Target;
use crate::source::Location;

/// How many names a message lists.
const LISTED: usize = 3;

/// The cluster that every environment has from the start.
const DEFAULT_CLUSTER: &str = "quickstart";

/// The statements on a cluster.
#[derive(Default)]
struct Use<'a> {
    computation: Group<'a>,
    storage: Group<'a>,
}

/// Statements of one kind: how many, and the first ones.
#[derive(Default)]
struct Group<'a> {
    count: usize,
    first: Vec<Running<'a>>,
}

impl<'a> Group<'a> {
    fn add(&mut self, running: Running<'a>) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(running);
        }
    }

    /// ``the view `a`, an index on `b` and 3 more``
    fn list(&self) -> SmolStr {
        let names: Vec<SmolStr> = self.first.iter().map(Running::describe).collect();
        match self.count - self.first.len() {
            0 => names.join(", ").into(),
            more => format_smolstr!("{} and {more} more", names.join(", ")),
        }
    }
}

/// A statement that runs on a cluster.
#[derive(Clone, Copy)]
struct Running<'a> {
    object: &'a Object,
    index: Option<usize>,
}

impl<'a> Running<'a> {
    fn statement(&self) -> &'a StatementText {
        self.index.and_then(|i| self.object.indexes.get(i)).map_or(&self.object.statement, |i| &i.statement)
    }

    /// Where the statement names its cluster.
    fn place(&self) -> Location {
        let mut occurrences = self.statement().occurrences.iter();
        let cluster = occurrences.find(|occurrence| matches!(occurrence.target, Target::Cluster(_)));
        location(self.object, cluster.map_or(self.object.name_span, |occurrence| occurrence.span))
    }

    fn noun(&self) -> &'static str {
        if self.index.is_some() { "index" } else { self.object.kind.noun() }
    }

    fn describe(&self) -> SmolStr {
        let name = &self.object.name.name;
        if self.index.is_some() {
            format_smolstr!("an index on `{name}`")
        } else {
            format_smolstr!("the {} `{name}`", self.object.kind.noun())
        }
    }
}

pub(super) fn check(project: &Project, defined: &BTreeSet<Ident>, diagnostics: &mut Vec<Diagnostic>) {
    for (cluster, used) in uses(project) {
        let is_known = defined.contains(cluster)
            || project.settings.shared_clusters.contains_key(cluster)
            || cluster.as_str() == DEFAULT_CLUSTER
            || project.unknown.may_hold_clusters();
        if !is_known {
            diagnostics.extend(unknown(cluster, &used, project, defined));
        }
        if let (Some(computation), Some(storage)) =
            (used.computation.first.first(), used.storage.first.first())
        {
            diagnostics.push(not_isolated(cluster, &used, computation, storage));
        }
    }
}

/// The clusters and what runs on them, sorted by name.
fn uses(project: &Project) -> Vec<(&Ident, Use<'_>)> {
    let mut uses = Uses::default();
    for object in &project.objects {
        if let Some(cluster) = &object.cluster {
            let is_storage = matches!(object.kind, ObjectKind::Source | ObjectKind::Sink);
            uses.add(cluster, is_storage, Running { object, index: None });
        }
        for (index, definition) in object.indexes.iter().enumerate() {
            uses.add(&definition.cluster, false, Running { object, index: Some(index) });
        }
    }
    uses.clusters.sort_by_key(|(cluster, _)| *cluster);
    uses.clusters
}

#[derive(Default)]
struct Uses<'a> {
    clusters: Vec<(&'a Ident, Use<'a>)>,
    positions: BTreeMap<&'a Ident, usize>,
    /// Objects of one schema mostly share a cluster.
    last: usize,
}

impl<'a> Uses<'a> {
    fn add(&mut self, cluster: &'a Ident, is_storage: bool, running: Running<'a>) {
        if self.clusters.get(self.last).is_none_or(|(last, _)| *last != cluster) {
            self.last = *self.positions.entry(cluster).or_insert(self.clusters.len());
            if self.last == self.clusters.len() {
                self.clusters.push((cluster, Use::default()));
            }
        }
        if let Some((_, on_cluster)) = self.clusters.get_mut(self.last) {
            let group = if is_storage { &mut on_cluster.storage } else { &mut on_cluster.computation };
            group.add(running);
        }
    }
}

/// One warning for all statements on a cluster that nothing defines.
fn unknown(
    cluster: &Ident,
    used: &Use<'_>,
    project: &Project,
    defined: &BTreeSet<Ident>,
) -> Option<Diagnostic> {
    let mut running = used.computation.first.iter().chain(&used.storage.first);
    let first = running.next()?;
    let message = match used.computation.count + used.storage.count {
        1 => format_smolstr!("the project has no cluster `{cluster}`"),
        count => format_smolstr!("the project has no cluster `{cluster}`, which {count} statements use"),
    };
    let shared = project.settings.shared_clusters.keys();
    let known = defined.iter().chain(shared).map(Ident::as_str).chain([DEFAULT_CLUSTER]);
    let mut problem = Diagnostic::warning(Code::UnknownCluster, first.place(), message);
    for another in running {
        problem = problem.and(another.place(), "");
    }
    if let Some(similar) = closest(cluster.as_str(), known) {
        problem = problem.help(did_you_mean(Ident::new(similar)));
    }
    Some(problem.help(format_smolstr!(
        "define it in `clusters/{}.sql`, or name it in `shared_clusters` of `project.toml` if others do",
        cluster.as_str()
    )))
}

fn not_isolated(
    cluster: &Ident,
    used: &Use<'_>,
    computation: &Running<'_>,
    storage: &Running<'_>,
) -> Diagnostic {
    let message = format_smolstr!(
        "the cluster `{cluster}` runs both {} and {}",
        used.computation.list(),
        used.storage.list()
    );
    Diagnostic::error(Code::ClusterIsolation, storage.place(), message)
        .label(storage.noun())
        .and(computation.place(), computation.noun())
        .help("give sources and sinks a cluster of their own: the cluster of views and indexes is swapped at a deployment")
}

/// The clusters that the active files define, also where a definition has errors.
pub(super) fn defined<'a>(active: impl Iterator<Item = &'a CompiledFile>, suffix: &str) -> BTreeSet<Ident> {
    active
        .filter_map(|file| match &file.contents {
            Contents::Infrastructure(contents) if contents.kind == InfrastructureKind::Cluster => {
                Some(match &contents.definition {
                    Some(definition) => definition.name.clone(),
                    None => Ident::new(format_smolstr!("{}{suffix}", contents.name)),
                })
            }
            _ => None,
        })
        .collect()
}
