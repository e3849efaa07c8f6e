//! A compiled project as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::diagnostics::{DiagnosticsView, diagnostics as diagnostics_view};
use crate::diagnostic::Diagnostic;
use crate::fingerprint::Fingerprint;
use crate::name::{Ident, ObjectName};
use crate::project::{InfrastructureKind, Object, ObjectKind, Project};
use crate::source::FilePath;

/// The version of the format of compiled projects.
pub const PROJECT_FORMAT: u32 = 1;

/// A compiled project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProjectView {
    /// Version of the format: 1.
    pub format: u32,
    /// Objects of the active profile, sorted by name.
    pub objects: Vec<ObjectView>,
    /// What the project uses and doesn't define, sorted by name. The server's own objects are left out.
    pub externals: Vec<ObjectName>,
    /// Clusters that are used or defined, sorted by name.
    pub clusters: Vec<ClusterView>,
    /// Roles and network policies, sorted by kind and name.
    pub infrastructure: Vec<InfrastructureView>,
    /// All problems.
    pub diagnostics: DiagnosticsView,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectView {
    /// Its name, profile suffix included.
    pub name: ObjectName,
    /// What it is.
    pub kind: ObjectKind,
    /// Its file.
    pub path: FilePath,
    /// Of its definition.
    pub fingerprint: Fingerprint,
    /// Where it and its indexes run, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<Ident>,
    /// What it needs, sorted by name; the server's own objects included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<ObjectName>,
    /// Its unit tests, in file order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<SmolStr>,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClusterView {
    /// Its name, profile suffix included.
    pub name: Ident,
    /// The file that defines it, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// How many objects run on it, or have an index on it.
    pub objects: usize,
}

/// A role or a network policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InfrastructureView {
    /// Which of them.
    pub kind: InfrastructureKind,
    /// Its name.
    pub name: Ident,
    /// The file that defines it.
    pub path: FilePath,
}

/// The project and its problems. `text_of` finds the text of a file as it is on disk.
pub fn project<'a>(
    project: &Project,
    diagnostics: &[Diagnostic],
    text_of: impl Fn(&str) -> Option<&'a str>,
) -> ProjectView {
    let objects: Vec<ObjectView> = project.objects.iter().map(|o| object(o)).collect();
    let externals: BTreeSet<&ObjectName> = project
        .objects
        .iter()
        .flat_map(|object| &object.dependencies)
        .map(|dependency| &dependency.name)
        .filter(|name| !name.schema.is_system() && project.position(name).is_none())
        .collect();
    let infrastructure = project
        .infrastructure
        .iter()
        .filter(|i| i.kind != InfrastructureKind::Cluster)
        .map(|i| InfrastructureView { kind: i.kind, name: i.name.clone(), path: i.path.clone() });
    ProjectView {
        format: PROJECT_FORMAT,
        clusters: clusters(project, &objects),
        externals: externals.into_iter().cloned().collect(),
        infrastructure: infrastructure.collect(),
        diagnostics: diagnostics_view(diagnostics, text_of),
        objects,
    }
}

fn object(object: &Object) -> ObjectView {
    ObjectView {
        name: object.name.clone(),
        kind: object.kind,
        path: object.path.clone(),
        fingerprint: object.statement.fingerprint.clone(),
        clusters: clusters_of(object).into_iter().cloned().collect(),
        dependencies: object.dependencies.iter().map(|dependency| dependency.name.clone()).collect(),
        tests: object.tests.clone(),
    }
}

/// Where an object and its indexes run.
pub(super) fn clusters_of(object: &Object) -> BTreeSet<&Ident> {
    object.cluster.iter().chain(object.indexes.iter().map(|index| &index.cluster)).collect()
}

fn clusters(project: &Project, objects: &[ObjectView]) -> Vec<ClusterView> {
    let mut clusters: BTreeMap<&Ident, (Option<&FilePath>, usize)> = BTreeMap::new();
    for defined in project.infrastructure.iter().filter(|i| i.kind == InfrastructureKind::Cluster) {
        clusters.entry(&defined.name).or_default().0 = Some(&defined.path);
    }
    for cluster in objects.iter().flat_map(|object| &object.clusters) {
        clusters.entry(cluster).or_default().1 += 1;
    }
    let view = |(name, (path, objects)): (&Ident, (Option<&FilePath>, usize))| ClusterView {
        name: name.clone(),
        path: path.cloned(),
        objects,
    };
    clusters.into_iter().map(view).collect()
}
