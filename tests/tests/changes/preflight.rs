//! What the server would refuse of a deployment stops its plan.

use std::collections::BTreeMap;

use mz_deploy_planner::input::{Live, LiveGrant, LiveReplica, LiveRole, LiveSession};
use mz_deploy_planner::plan::{Action, Effect};

use crate::guards::catalog;
use crate::scenario::{Scenario, deployed, expect, first};

const VIEWS: [(&str, &str, Option<&str>, &[&str]); 2] =
    [("s.v", "view", None, &[]), ("s.m", "materialized-view", Some("c"), &["u1"])];

/// A view and a materialized view are deployed; the view is edited.
fn edit() -> Scenario {
    deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a FROM v;"),
    ])
    .edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;")])
}

/// The catalog as `joe` sees it, who isn't `deployer`.
fn as_joe(live: Live, privileges: &[&str]) -> Live {
    let session = LiveSession {
        role: "joe".into(),
        is_superuser: false,
        privileges: privileges.iter().map(|p| (*p).into()).collect(),
    };
    Live { session: Some(session), ..live }
}

fn member(name: &str, of: &[&str]) -> LiveRole {
    LiveRole {
        id: "u1".into(),
        name: name.into(),
        member_of: of.iter().map(|role| (*role).into()).collect(),
        parameters: BTreeMap::default(),
        comment: None,
    }
}

#[test]
fn a_swap_takes_the_owner_of_schema_and_cluster_and_the_right_to_make_copies() {
    expect(
        &edit().live(as_joe(catalog(&["c"], &VIEWS), &[])).problems(),
        "
            NotOwner: dropping `app.s.m` takes the owner of the materialized view `app.s.m`: that is `deployer`, and `joe` isn't a member of it
              help: let an administrator run `GRANT deployer TO joe`, or `ALTER MATERIALIZED VIEW app.s.m OWNER TO joe`
            MissingPrivilege: swapping the cluster `c` takes the system privilege CREATECLUSTER, which `joe` lacks
              help: let an administrator run `GRANT CREATECLUSTER ON SYSTEM TO joe`
            MissingPrivilege: swapping the schema `app.s` takes CREATE on the database `app`, which `joe` lacks
              help: let an administrator run `GRANT CREATE ON DATABASE app TO joe`
            NotOwner: dropping `app.s.v` takes the owner of the view `app.s.v`: that is `deployer`, and `joe` isn't a member of it
              help: let an administrator run `GRANT deployer TO joe`, or `ALTER VIEW app.s.v OWNER TO joe`
            NotOwner: swapping the cluster `c` takes the owner of the cluster `c`: that is `deployer`, and `joe` isn't a member of it
              help: let an administrator run `GRANT deployer TO joe`, or `ALTER CLUSTER c OWNER TO joe`
            NotOwner: swapping the schema `app.s` takes the owner of the schema `app.s`: that is `deployer`, and `joe` isn't a member of it
              help: let an administrator run `GRANT deployer TO joe`, or `ALTER SCHEMA app.s OWNER TO joe`
        ",
    );
}

#[test]
fn a_member_of_a_member_of_the_owner_may_and_so_may_a_superuser() {
    let live = as_joe(catalog(&["c"], &VIEWS), &["CREATECLUSTER"]);
    let roles = vec![member("joe", &["team"]), member("team", &["deployer"]), member("deployer", &[])];
    edit().live(Live { roles, ..live }).plan();
    let mut live = as_joe(catalog(&["c"], &VIEWS), &[]);
    live.session.iter_mut().for_each(|session| session.is_superuser = true);
    edit().live(live).plan();
    // Nobody knows who will run it.
    edit().live(catalog(&["c"], &VIEWS)).plan();
}

#[test]
fn a_rename_takes_the_owner_of_the_objects_and_create_where_they_are() {
    expect(
        &edit().rename().live(as_joe(catalog(&["c"], &VIEWS), &["CREATECLUSTER"])).problems(),
        "
            MissingPrivilege: running something on `c` takes CREATE on the cluster `c`, which `joe` lacks
              help: let an administrator run `GRANT CREATE ON CLUSTER c TO joe`
            NotOwner: renaming `app.s.m` takes the owner of the materialized view `app.s.m`: that is `deployer`, and `joe` isn't a member of it
              help: let an administrator run `GRANT deployer TO joe`, or `ALTER MATERIALIZED VIEW app.s.m OWNER TO joe`
            MissingPrivilege: creating something in `app.s` takes CREATE on the schema `app.s`, which `joe` lacks
              help: let an administrator run `GRANT CREATE ON SCHEMA app.s TO joe`
            NotOwner: renaming `app.s.v` takes the owner of the view `app.s.v`: that is `deployer`, and `joe` isn't a member of it
              help: let an administrator run `GRANT deployer TO joe`, or `ALTER VIEW app.s.v OWNER TO joe`
        ",
    );
}

/// A grant to everybody is one to `joe`, and names that need quotes have them in what would help.
#[test]
fn what_is_granted_to_everybody_is_granted_and_names_are_quoted() {
    let scenario = || first(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]).rename();
    let mut live = as_joe(catalog(&[], &[("s.other", "table", None, &[])]), &[]);
    live.session.iter_mut().for_each(|session| session.role = "Joe D".into());
    let problems = scenario().live(live.clone()).problems();
    assert!(problems.contains("`GRANT CREATE ON SCHEMA app.s TO \"Joe D\"`"), "{problems}");
    for schema in &mut live.schemas {
        schema.grants.push(LiveGrant { privilege: "CREATE".into(), role: None });
    }
    scenario().live(live).plan();
}

#[test]
fn a_new_schema_takes_create_on_its_database_and_a_new_database_createdb() {
    let scenario = || first(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let problems = scenario().live(as_joe(catalog(&[], &[]), &[])).problems();
    assert!(problems.contains("takes CREATE on the database `app`, which `joe` lacks"), "{problems}");
    let live = Live { databases: Vec::new(), ..catalog(&[], &[]) };
    let problems = scenario().live(as_joe(live, &[])).problems();
    assert!(problems.contains("takes the system privilege CREATEDB, which `joe` lacks"), "{problems}");
}

#[test]
fn grants_and_drops_take_the_owner_too() {
    let scenario = deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("t/w", "CREATE VIEW w AS SELECT 1 AS a;"),
        ("t/x", "CREATE VIEW x AS SELECT 1 AS a;"),
    ])
    .edit(&[("s/v", "CREATE VIEW v AS SELECT 1 AS a;\nGRANT SELECT ON v TO analyst;"), ("t/w", "")])
    .option(|options| options.drop_removed = true);
    let objects =
        [("s.v", "view", None, [].as_slice()), ("t.w", "view", None, &[]), ("t.x", "view", None, &[])];
    let mut live = as_joe(catalog(&[], &objects), &[]);
    for schema in &mut live.schemas {
        schema.owner = "joe".into();
    }
    let problems = scenario.live(live).problems();
    assert!(problems.contains("NotOwner: altering `app.s.v` takes the owner of the view"), "{problems}");
    assert!(problems.contains("NotOwner: dropping `app.t.w` takes the owner of the view"), "{problems}");
}

const SINK: &str = "CREATE SINK k IN CLUSTER io FROM s.m INTO KAFKA CONNECTION ext.public.kafka (TOPIC 't') \
                    FORMAT JSON ENVELOPE DEBEZIUM;";

fn with_sink(edited: &str) -> Scenario {
    let files: &[(&str, &str)] = &[
        ("/project.toml", "dependencies = [\"ext.public.kafka\"]"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
        ("out/k", SINK),
    ];
    deployed(files)
        .edit(&[("out/k", edited), ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 2 AS a;")])
}

fn sink_catalog(cluster: &'static str) -> Live {
    let objects: [(&str, &str, Option<&str>, &[&str]); 2] =
        [("s.m", "materialized-view", Some("c"), &[]), ("out.k", "sink", Some(cluster), &["u1"])];
    let mut live = catalog(&["c", "io"], &objects);
    let mut kafka = live.objects.first().expect("an object").clone();
    kafka.id = "u50".into();
    kafka.name = mz_deploy_planner::name::ObjectName::new("ext", "public", "kafka");
    (kafka.kind, kafka.cluster) = ("connection".into(), None);
    live.objects.push(kafka);
    live
}

#[test]
fn a_sink_takes_its_owner_to_be_repointed() {
    let live = sink_catalog("io");
    with_sink(SINK).live(live.clone()).plan();
    let problems = with_sink(SINK).live(as_joe(live, &["CREATECLUSTER"])).problems();
    assert!(problems.contains("NotOwner: altering `app.out.k` takes the owner of the sink"), "{problems}");
    assert!(problems.contains("`GRANT CREATE ON CLUSTER io TO joe`"), "{problems}");
}

/// The file says another cluster than the environment.
#[test]
fn a_sink_that_runs_on_a_swapped_cluster_is_in_the_way() {
    expect(
        &with_sink(SINK).live(sink_catalog("c")).problems(),
        "
            ClusterIsolation: `app.out.k` (sink) runs on the cluster `c`, which is swapped, and would be lost with the old one
              help: give sources and sinks a cluster of their own, and make this one again there
        ",
    );
    // One that is dropped and made again leaves the cluster before it goes.
    with_sink(&SINK.replace("'t'", "'u'")).live(sink_catalog("c")).plan();
}

#[test]
fn the_clusters_of_the_ledger_and_of_the_server_are_never_swapped() {
    let scenario = |cluster: &str| {
        let text = |n: u32| format!("CREATE MATERIALIZED VIEW m IN CLUSTER {cluster} AS SELECT {n} AS a;");
        deployed(&[("s/m", &text(1))]).edit(&[("s/m", &text(2))])
    };
    for (cluster, why) in [
        ("_mz_deploy_server", "runs the indexes of the ledger"),
        ("mz_catalog_server", "belongs to the server"),
    ] {
        let live = catalog(&[cluster], &[("s.m", "materialized-view", Some(cluster), &[])]);
        let problems = scenario(cluster).live(live).problems();
        let message = format!("ServerCluster: the cluster `{cluster}` would be swapped, but {why}\n");
        assert!(problems.starts_with(&message), "{problems}");
    }
    // The ledger's indexes were put on a cluster of the project.
    let objects: [(&str, &str, Option<&str>, &[&str]); 2] = [
        ("s.m", "materialized-view", Some("c"), &[]),
        ("s.deployments_deploy_id_idx", "index", Some("c"), &["u1"]),
    ];
    let mut live = catalog(&["c"], &objects);
    let index = live.objects.last_mut().expect("an index");
    index.name =
        mz_deploy_planner::name::ObjectName::new("_mz_deploy", "tables", "deployments_deploy_id_idx");
    let problems = scenario("c").live(live).problems();
    assert!(problems.contains("ServerCluster: the cluster `c` would be swapped"), "{problems}");
}

#[test]
fn a_materialized_view_has_one_replacement_at_a_time() {
    let scenario = || {
        deployed(&[
            ("s", "SET api = stable;"),
            ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;"),
        ])
        .edit(&[("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 2 AS a;")])
    };
    let mut live = catalog(
        &["c"],
        &[("s.m", "materialized-view", Some("c"), &[]), ("w.m_old", "materialized-view", None, &[])],
    );
    scenario().live(live.clone()).plan();
    live.objects.last_mut().expect("an object").replaces = Some("u1".into());
    expect(
        &scenario().live(live).problems(),
        "
            OpenReplacement: `app.s.m` already has a replacement, which wasn't applied: `app.w.m_old`
              help: promote or abort the deployment that made it; one that nobody wants can be dropped
        ",
    );
}

#[test]
fn limits_are_counted_with_both_versions() {
    let mut live = catalog(&["c"], &VIEWS);
    live.limits = [("max_clusters", 1), ("max_schemas_per_database", 1), ("max_materialized_views", 1)]
        .into_iter()
        .chain([("max_objects_per_schema", 2)])
        .map(|(name, limit)| (name.into(), limit))
        .collect();
    expect(
        &edit().live(live.clone()).problems(),
        "
            LimitExceeded: the plan makes 1 more of kind cluster, but the environment has 1 and may have 1 (`max_clusters`)
              help: drop what isn't needed, or have the limit raised to 2
            LimitExceeded: the plan makes 1 more of kind materialized view, but the environment has 1 and may have 1 (`max_materialized_views`)
              help: drop what isn't needed, or have the limit raised to 2
            LimitExceeded: the plan makes 1 more of kind schema, but the database `app` has 1 and may have 1 (`max_schemas_per_database`)
              help: drop what isn't needed, or have the limit raised to 2
        ",
    );
    let problems = edit().rename().live(live).problems();
    assert!(problems.contains("kind object, but the schema `app.s` has 2 and may have 2"), "{problems}");
}

#[test]
fn an_unmanaged_cluster_is_copied_with_its_replicas() {
    let mut live = catalog(&["c"], &VIEWS);
    for cluster in &mut live.clusters {
        let replica = |name: &str, zone: Option<&str>| LiveReplica {
            name: name.into(),
            size: "25cc".into(),
            availability_zone: zone.map(Into::into),
        };
        (cluster.options, cluster.replicas) =
            ("".into(), Some(vec![replica("r1", None), replica("Big One", Some("use1-az1"))]));
    }
    let text = edit().live(live).statements();
    let create = "CREATE CLUSTER c_x (REPLICAS (r1 (SIZE = '25cc'), \"Big One\" (SIZE = '25cc', AVAILABILITY ZONE = \
                  'use1-az1')))";
    assert!(text.contains(create), "{text}");
    assert!(text.contains("GRANT USAGE ON CLUSTER c_x TO PUBLIC"), "{text}");
}

/// The plan can't say what a copy will be, so the copy is made of what is there then.
#[test]
fn a_cluster_whose_options_were_not_looked_up_is_copied_when_the_step_runs() {
    let mut live = catalog(&["c"], &VIEWS);
    live.clusters.iter_mut().for_each(|cluster| cluster.options = "".into());
    let plan = edit().live(live).plan();
    let steps = plan.phases.iter().flat_map(|phase| &phase.steps);
    let copies: Vec<_> = steps
        .filter_map(|step| match &step.action {
            Action::Effect(effect) => match effect.as_ref() {
                Effect::CloneCluster { from, to } => Some((from.to_string(), to.to_string())),
                _ => None,
            },
            Action::Sql(_) => None,
        })
        .collect();
    assert_eq!(copies, [("c".to_owned(), "c_x".to_owned())]);
}
