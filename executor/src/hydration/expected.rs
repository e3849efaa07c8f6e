//! What a deployment made that has to hydrate.

use std::collections::{BTreeMap, BTreeSet};

use mz_deploy_planner::input::{Live, RecordedId};
use smol_str::SmolStr;

/// What a deployment waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The clusters that it made or that its objects are on, sorted by name.
    pub clusters: Vec<ExpectedCluster>,
}

/// A cluster, and what the deployment made on it. Whatever else is there doesn't matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedCluster {
    /// Its id.
    pub id: SmolStr,
    /// Its name when it was recorded.
    pub name: SmolStr,
    /// The objects, sorted by name.
    pub objects: Vec<ExpectedObject>,
}

/// An object with a dataflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedObject {
    /// Its name when it was recorded.
    pub name: SmolStr,
    /// Its id.
    pub id: SmolStr,
    /// What it is.
    pub kind: Dataflow,
}

/// The kinds of objects that hydrate before they can be used. A view has no dataflow; a source or a sink is no part of what is
/// staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dataflow {
    /// An index.
    Index,
    /// A materialized view, or one that is to replace another.
    MaterializedView,
}

impl Dataflow {
    /// The kind that `mz_objects.type` names.
    fn of_type(kind: &str) -> Option<Self> {
        match kind {
            "index" => Some(Self::Index),
            "materialized-view" => Some(Self::MaterializedView),
            _ => None,
        }
    }
}

impl Expected {
    /// What a deployment waits for, by the ids that were recorded when it was staged (`Deployment::staged`). They may be on
    /// clusters of their own or, after a rename, on those of production.
    ///
    /// Whatever of them isn't in the catalog any more is an error, whether it has a dataflow or not: without it the
    /// deployment isn't what was planned.
    pub fn of(staged: &[RecordedId], live: &Live) -> Result<Self, Vec<RecordedId>> {
        let gone = gone(staged, live);
        if !gone.is_empty() {
            return Err(gone);
        }
        let ids = |kind: &str| -> BTreeSet<&str> {
            staged
                .iter()
                .filter(|recorded| recorded.kind == kind)
                .map(|recorded| recorded.id.as_str())
                .collect()
        };
        let (clusters, objects) = (ids("cluster"), ids("object"));
        let mut on: BTreeMap<&str, Vec<ExpectedObject>> = BTreeMap::new();
        for object in live.objects.iter().filter(|object| objects.contains(object.id.as_str())) {
            if let (Some(kind), Some(cluster)) = (Dataflow::of_type(&object.kind), &object.cluster) {
                let expected =
                    ExpectedObject { name: object.name.to_string().into(), id: object.id.clone(), kind };
                on.entry(cluster.as_str()).or_default().push(expected);
            }
        }
        let mut expected: Vec<_> = live
            .clusters
            .iter()
            .filter_map(|cluster| {
                let objects = on.remove(cluster.name.as_str());
                if objects.is_none() && !clusters.contains(cluster.id.as_str()) {
                    return None;
                }
                let mut objects = objects.unwrap_or_default();
                objects.sort();
                Some(ExpectedCluster { id: cluster.id.clone(), name: cluster.name.as_str().into(), objects })
            })
            .collect();
        expected.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { clusters: expected })
    }

    /// The objects of all clusters.
    pub fn objects(&self) -> impl Iterator<Item = &ExpectedObject> {
        self.clusters.iter().flat_map(|cluster| &cluster.objects)
    }
}

/// What isn't in the catalog any more.
fn gone(recorded: &[RecordedId], live: &Live) -> Vec<RecordedId> {
    let ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::from([
        ("database", live.databases.iter().map(|database| database.id.as_str()).collect()),
        ("schema", live.schemas.iter().map(|schema| schema.id.as_str()).collect()),
        ("cluster", live.clusters.iter().map(|cluster| cluster.id.as_str()).collect()),
        ("object", live.objects.iter().map(|object| object.id.as_str()).collect()),
    ]);
    let is_there = |recorded: &RecordedId| {
        ids.get(recorded.kind.as_str()).is_some_and(|ids| ids.contains(recorded.id.as_str()))
    };
    recorded.iter().filter(|recorded| !is_there(recorded)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mz_deploy_planner::input::{LiveCluster, LiveObject, LiveSchema};
    use mz_deploy_planner::name::{Ident, ObjectName, SchemaName};

    /// `app.core`, staged as `app.core_v2` with a materialized view and its index on `compute_v2`, and a view on it;
    /// production has an older version, and somebody has made an index by hand.
    fn live() -> Live {
        let schema = |id: &str, name: &str| LiveSchema {
            id: id.into(),
            name: SchemaName::new("app".into(), name.into()),
            owner: "o".into(),
            grants: Vec::new(),
            comment: None,
        };
        let object = |id: &str, schema: &str, name: &str, kind: &str, cluster: Option<&str>| LiveObject {
            id: id.into(),
            name: ObjectName::new("app", schema, name),
            kind: kind.into(),
            cluster: cluster.map(Ident::from),
            owner: "o".into(),
            depends_on: Vec::new(),
            grants: Vec::new(),
            comments: Vec::new(),
            replaces: None,
        };
        Live {
            schemas: vec![schema("u3", "core"), schema("u4", "core_v2")],
            clusters: vec![cluster("u7", "compute"), cluster("u8", "compute_v2"), cluster("u9", "empty_v2")],
            objects: vec![
                object("u20", "core", "totals", "materialized-view", Some("compute")),
                object("u31", "core_v2", "totals", "materialized-view", Some("compute_v2")),
                object("u32", "core_v2", "best", "view", None),
                object("u33", "core_v2", "by_customer", "index", Some("compute_v2")),
                object("u40", "core_v2", "by_hand", "index", Some("compute_v2")),
                object("u50", "core_v2", "renamed", "materialized-view", Some("compute")),
            ],
            ..Live::default()
        }
    }

    fn cluster(id: &str, name: &str) -> LiveCluster {
        LiveCluster {
            id: id.into(),
            name: name.into(),
            owner: "o".into(),
            options: "SIZE = '25cc'".into(),
            replicas: None,
            grants: Vec::new(),
            comment: None,
        }
    }

    fn recorded(ids: &[(&str, &str)]) -> Vec<RecordedId> {
        let recorded = |(kind, id): &(&str, &str)| RecordedId {
            kind: (*kind).into(),
            name: format!("name of {id}").into(),
            id: (*id).into(),
        };
        ids.iter().map(recorded).collect()
    }

    /// Names of clusters, and the ids of what is expected on them.
    fn expected(staged: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let expected = Expected::of(&recorded(staged), &live()).expect("everything is there");
        let ids =
            |cluster: &ExpectedCluster| cluster.objects.iter().map(|object| object.id.to_string()).collect();
        expected.clusters.iter().map(|cluster| (cluster.name.to_string(), ids(cluster))).collect()
    }

    fn on(cluster: &str, objects: &[&str]) -> (String, Vec<String>) {
        (cluster.to_owned(), objects.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn what_was_recorded_and_has_a_dataflow_is_expected() {
        let staged =
            [("schema", "u4"), ("cluster", "u8"), ("object", "u31"), ("object", "u32"), ("object", "u33")];
        assert_eq!(expected(&staged), [on("compute_v2", &["u33", "u31"])]);
    }

    #[test]
    fn a_staged_cluster_is_expected_though_nothing_is_on_it() {
        assert_eq!(expected(&[("cluster", "u9")]), [on("empty_v2", &[])]);
    }

    #[test]
    fn objects_on_clusters_of_production_are_expected_there() {
        assert_eq!(expected(&[("schema", "u4"), ("object", "u50")]), [on("compute", &["u50"])]);
    }

    #[test]
    fn a_deployment_of_views_alone_waits_for_nothing() {
        assert_eq!(expected(&[("object", "u32"), ("schema", "u4")]), []);
    }

    #[test]
    fn whatever_is_gone_is_an_error_that_names_it() {
        let staged =
            [("cluster", "u8"), ("cluster", "u31"), ("object", "u31"), ("object", "u99"), ("schema", "u5")];
        let gone = Expected::of(&recorded(&staged), &live()).expect_err("three are gone");
        assert_eq!(gone, recorded(&[("cluster", "u31"), ("object", "u99"), ("schema", "u5")]));
    }
}
