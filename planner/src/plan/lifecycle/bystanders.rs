//! What would be lost with something that is dropped, and isn't this deployment's.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, format_smolstr};

use crate::diagnostic::{Code, Diagnostic};
use crate::input::{Live, LiveObject};
use crate::name::{Ident, SchemaName};
use crate::source::Location;

/// What is dropped, by the names and ids that it has in the catalog now.
#[derive(Clone, Debug, Default)]
pub(super) struct Going {
    pub(super) schemas: BTreeSet<SchemaName>,
    pub(super) clusters: BTreeSet<Ident>,
    pub(super) objects: BTreeSet<SmolStr>,
    /// Objects that read the others until then: what reads these stays.
    pub(super) moving: BTreeSet<SmolStr>,
}

/// Everything that goes with what is dropped, or keeps it from being dropped, and isn't `known`.
pub(super) fn bystanders(live: &Live, going: &Going, known: impl Fn(&LiveObject) -> bool) -> Vec<Diagnostic> {
    let mut readers: BTreeMap<&str, Vec<&LiveObject>> = BTreeMap::new();
    for object in &live.objects {
        for read in &object.depends_on {
            readers.entry(read.as_str()).or_default().push(object);
        }
    }
    let mut lost: BTreeMap<&str, (&LiveObject, SmolStr)> = BTreeMap::new();
    let mut next: Vec<&LiveObject> = Vec::new();
    for object in &live.objects {
        if let Some(why) = directly(going, object) {
            lost.insert(&object.id, (object, why));
            next.push(object);
        }
    }
    while let Some(object) = next.pop() {
        for &reader in readers.get(object.id.as_str()).into_iter().flatten() {
            if going.moving.contains(&reader.id) || lost.contains_key(reader.id.as_str()) {
                continue;
            }
            lost.insert(&reader.id, (reader, format_smolstr!("reads `{}`", object.name)));
            next.push(reader);
        }
    }
    let mut foreign: Vec<_> = lost.into_values().filter(|(object, _)| !known(object)).collect();
    foreign.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    foreign.into_iter().map(|(object, why)| problem(object, &why)).collect()
}

/// What stands in these schemas, loses its name with them, and isn't `known`.
pub(super) fn strangers(
    live: &Live,
    schemas: &BTreeSet<SchemaName>,
    known: impl Fn(&LiveObject) -> bool,
) -> Vec<Diagnostic> {
    let inside = live.objects.iter().filter(|o| schemas.contains(&o.name.schema) && !known(o));
    inside.map(|o| problem(o, &format_smolstr!("is in the schema `{}`", o.name.schema))).collect()
}

fn directly(going: &Going, object: &LiveObject) -> Option<SmolStr> {
    if going.objects.contains(&object.id) {
        return Some(SmolStr::new_static("is dropped"));
    }
    if going.schemas.contains(&object.name.schema) {
        return Some(format_smolstr!("is in the schema `{}`", object.name.schema));
    }
    let cluster = object.cluster.as_ref().filter(|cluster| going.clusters.contains(cluster))?;
    Some(format_smolstr!("runs on the cluster `{cluster}`"))
}

fn problem(object: &LiveObject, why: &SmolStr) -> Diagnostic {
    let message = format_smolstr!(
        "`{}` ({}, {}) isn't part of the deployment and {why}, which goes",
        object.name,
        object.kind,
        object.id
    );
    Diagnostic::error(Code::ForeignDependent, Location::nowhere(), message)
        .help("move it or drop it before, or add it to the project and stage again")
}
