//! What stops a plan before anything is made.

use mz_deploy_planner::input::{Live, LiveCluster, LiveDatabase, LiveGrant, LiveObject, LiveSchema};
use mz_deploy_planner::name::{Ident, ObjectName, SchemaName};
use mz_deploy_planner::plan::{Action, Precondition, Step};

use crate::scenario::{Scenario, deployed, expect, first};

/// A catalog with database `app` and objects `schema.name kind [on cluster] [<- ids]`; ids count from `u1`.
pub(crate) fn catalog(clusters: &[&str], objects: &[(&str, &str, Option<&str>, &[&str])]) -> Live {
    let owner = Ident::new("deployer");
    let schema =
        |name: &str| SchemaName::new("app".into(), name.split('.').next().unwrap_or_default().into());
    let mut schemas: Vec<LiveSchema> = Vec::new();
    for (name, ..) in objects {
        if !schemas.iter().any(|s| s.name == schema(name)) {
            let id = format!("u{}", 100 + schemas.len()).into();
            schemas.push(LiveSchema {
                id,
                name: schema(name),
                owner: owner.clone(),
                grants: Vec::new(),
                comment: None,
            });
        }
    }
    Live {
        format: 1,
        environment: "test".into(),
        version: "v26.23.0".into(),
        databases: vec![LiveDatabase {
            id: "u1".into(),
            name: "app".into(),
            owner: owner.clone(),
            grants: Vec::new(),
            comment: None,
        }],
        schemas,
        clusters: clusters
            .iter()
            .enumerate()
            .map(|(i, name)| LiveCluster {
                id: format!("u{}", 200 + i).into(),
                name: (*name).into(),
                owner: owner.clone(),
                options: "SIZE = '50cc'".into(),
                replicas: None,
                grants: vec![LiveGrant { privilege: "USAGE".into(), role: None }],
                comment: Some("it's".into()),
            })
            .collect(),
        objects: objects
            .iter()
            .enumerate()
            .map(|(i, (name, kind, cluster, depends_on))| LiveObject {
                id: format!("u{}", i + 1).into(),
                name: schema(name).object(name.split('.').nth(1).unwrap_or_default().into()),
                kind: (*kind).into(),
                cluster: cluster.map(Into::into),
                owner: owner.clone(),
                depends_on: depends_on.iter().map(|id| (*id).into()).collect(),
                grants: Vec::new(),
                comments: Vec::new(),
                replaces: None,
            })
            .collect(),
        ..Live::default()
    }
}

fn edit() -> Scenario {
    deployed(&[
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("s/m", "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT a FROM v;"),
    ])
    .edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;")])
}

const OURS: [(&str, &str, Option<&str>, &[&str]); 2] =
    [("s.v", "view", None, &[]), ("s.m", "materialized-view", Some("c"), &["u1"])];

#[test]
fn with_a_catalog_clusters_are_copied_with_grants_and_comment_and_ids_are_required() {
    let scenario = edit().live(catalog(&["c"], &OURS));
    expect(
        &scenario.statements(),
        "
            stage: record the deployment
              (1 rows of deployments)
              (2 rows of objects)
              (1 rows of clusters)
            stage: create schemas
              CREATE SCHEMA s_x
            stage: create clusters
              CREATE CLUSTER c_x (SIZE = '50cc')
              GRANT USAGE ON CLUSTER c_x TO PUBLIC
              COMMENT ON CLUSTER c_x IS 'it''s'
            stage: build objects
              CREATE VIEW s_x.v AS SELECT 2 AS a
              CREATE MATERIALIZED VIEW s_x.m IN CLUSTER c_x AS SELECT a FROM s_x.v
            promote: wait until ready
              (wait)
            promote: swap
              ALTER SCHEMA s SWAP WITH s_x
              ALTER CLUSTER c SWAP WITH c_x
            promote: drop the old version
              DROP MATERIALIZED VIEW s_x.m RESTRICT
              DROP VIEW s_x.v RESTRICT
              DROP SCHEMA s_x RESTRICT
              DROP CLUSTER c_x RESTRICT
        ",
    );
    let plan = scenario.plan();
    let ids: Vec<_> = plan
        .phases
        .iter()
        .filter(|phase| phase.name == "swap" || phase.name == "drop the old version")
        .flat_map(|phase| &phase.steps)
        .flat_map(|step| &step.preconditions)
        .filter_map(|p| match p {
            Precondition::Present { name, id, .. } => {
                Some(format!("{name} {}", id.as_deref().unwrap_or("?")))
            }
            Precondition::Absent { .. } => None,
        })
        .collect();
    let swapped = ["app.s u100", "app.s_x ?", "c u200", "c_x ?"];
    let dropped = ["app.s_x.m u2", "app.s_x.v u1", "app.s_x u100", "c_x u200"];
    assert_eq!(ids, [swapped, dropped].concat());
}

#[test]
fn objects_of_others_that_would_be_lost_are_in_the_way() {
    let [v, m] = OURS;
    let live = catalog(
        &["c"],
        &[
            v,
            m,
            ("s.adhoc", "view", None, &[]),
            ("other.reader", "view", None, &["u1"]),
            ("other.guest", "materialized-view", Some("c"), &[]),
            ("other.harmless", "view", None, &["u5"]),
        ],
    );
    expect(
        &edit().live(live).problems(),
        "
            ForeignDependent: `app.other.guest` (materialized-view) isn't part of the project and runs on the cluster `c`, which is swapped
              help: it would go with the old version: add it to the project, move it, or drop it before
              help: for readers outside the project, a stable schema keeps its materialized views in place
            ForeignDependent: `app.other.reader` (view) isn't part of the project and reads `app.s.v`, of which a new version takes the place
              help: it would go with the old version: add it to the project, move it, or drop it before
              help: for readers outside the project, a stable schema keeps its materialized views in place
            ForeignDependent: `app.s.adhoc` (view) isn't part of the project and is in the schema `app.s`, which is swapped
              help: it would go with the old version: add it to the project, move it, or drop it before
              help: for readers outside the project, a stable schema keeps its materialized views in place
        ",
    );
}

#[test]
fn what_staged_objects_need_must_be_in_the_environment() {
    let project = deployed(&[
        ("raw/t", "CREATE TABLE t (a int);"),
        ("s/v", "CREATE VIEW v AS SELECT a FROM raw.t;"),
        ("/project.toml", "dependencies = [\"ext.public.e\"]"),
        ("s/w", "CREATE MATERIALIZED VIEW w IN CLUSTER nope AS SELECT * FROM ext.public.e;"),
    ]);
    let edit = project.edit(&[("s/v", "CREATE VIEW v AS SELECT a + 1 AS a FROM raw.t;")]);
    let live = catalog(&[], &[("s.v", "view", None, &[]), ("s.w", "materialized-view", Some("nope"), &[])]);
    expect(
        &edit.live(live).problems(),
        "
            MissingInEnvironment: `app.s.v` needs `app.raw.t`, which the environment doesn't have
              help: a deployment makes no tables: create it before
            MissingInEnvironment: `app.s.w` runs on the cluster `nope`, which doesn't exist
              help: define it in `clusters/`, or create it
            MissingInEnvironment: `app.s.w` needs `ext.public.e`, which the environment doesn't have
              help: create it, or correct the name
        ",
    );
}

#[test]
fn a_deploy_id_is_a_plain_word() {
    for id in ["", "a b", "x\"y", "ü", &"x".repeat(65)] {
        let problems = edit().option(|o| o.deploy_id = id.into()).problems();
        assert!(problems.starts_with("InvalidDeployId: "), "{problems}");
    }
}

#[test]
fn staged_names_must_be_free_and_short_enough() {
    let long = "v".repeat(253);
    let path = format!("s/{long}");
    let project = deployed(&[
        (&path, &format!("CREATE VIEW {long} AS SELECT 1 AS a;")),
        ("s/w", "CREATE VIEW w AS SELECT 1 AS a;"),
        ("s/w__x", "CREATE VIEW w__x AS SELECT 1 AS a;"),
        ("t_x/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("t/v", "CREATE VIEW v AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[
        (&path, &format!("CREATE VIEW {long} AS SELECT 2 AS a;")),
        ("s/w", "CREATE VIEW w AS SELECT 2 AS a;"),
        ("t/v", "CREATE VIEW v AS SELECT 2 AS a;"),
    ]);
    let problems = edit.problems();
    expect(
        &problems,
        "
            NameCollision: the schema `t_x` would be staged, but something has that name
              help: choose another deploy id
        ",
    );
    let problems = edit.rename().problems().replace(&long, "vvv");
    expect(
        &problems,
        "
            NameTooLong: the object `vvv__x_old` is longer than the 255 bytes that the server allows
              help: choose a shorter deploy id, or a shorter name
            NameTooLong: the object `vvv__x` is longer than the 255 bytes that the server allows
              help: choose a shorter deploy id, or a shorter name
            NameCollision: the object `w__x` would be staged, but something has that name
              help: choose another deploy id
        ",
    );
}

/// A name that only looks like one of a deployment is nobody's.
#[test]
fn look_alikes_of_staged_names_are_left_alone() {
    let project = deployed(&[
        ("keep_x/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("foo_x_x/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
    ]);
    let edit = project.edit(&[("s/v", "CREATE VIEW v AS SELECT 2 AS a;")]);
    let statements = edit.statements();
    assert!(!statements.contains("keep_x") && !statements.contains("foo_x"), "{statements}");
}

#[test]
fn names_that_need_quotes_are_quoted_everywhere() {
    let name = ObjectName::new("app", "s", "select");
    let project = deployed(&[("s/select", "CREATE VIEW \"select\" AS SELECT 1 AS a;")]);
    let edit = project.edit(&[("s/select", "CREATE VIEW \"select\" AS SELECT 2 AS a;")]).rename();
    assert_eq!(edit.plan().changes.first().map(|c| &c.name), Some(&name));
    expect(
        &edit.statements(),
        r#"
            stage: record the deployment
              (1 rows of deployments)
              (1 rows of objects)
            stage: build objects
              CREATE VIEW s.select__x AS SELECT 2 AS a
            promote: wait until ready
              (wait)
            promote: swap
              ALTER VIEW s."select" RENAME TO select__x_old
              ALTER VIEW s.select__x RENAME TO "select"
            promote: drop the old version
              DROP VIEW s.select__x_old RESTRICT
        "#,
    );
}

const M1: &str = "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 1 AS a;";
const M2: &str = "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT 2 AS a;";

#[test]
fn a_table_of_others_isnt_ours_because_a_new_file_has_its_name() {
    let edit = deployed(&[("s/m", M1)]).edit(&[("s/n", "CREATE VIEW n AS SELECT a FROM m;")]);
    let live = catalog(&["c"], &[("s.m", "materialized-view", Some("c"), &[]), ("s.n", "table", None, &[])]);
    let problems = edit.live(live).problems();
    let message = "ForeignDependent: `app.s.n` (table) wasn't deployed by this project and is in the schema `app.s`, which \
                   is swapped\n";
    assert!(problems.starts_with(message), "{problems}");
}

#[test]
fn what_was_deployed_as_something_else_isnt_ours() {
    let edit = deployed(&[("s/m", M1)]).edit(&[("s/m", M2)]);
    let live = || catalog(&["c"], &[("s.m", "table", None, &[])]);
    assert!(edit.live(live()).problems().starts_with("ForeignDependent: `app.s.m` (table)"));
    let edit = deployed(&[("s/m", M1)]).edit(&[("s/m", M2)]).rename();
    let problems = edit.live(live()).problems();
    assert!(
        problems
            .contains("NameCollision: `app.s.m` takes the name `app.s.m`, but the environment has a table")
    );
}

#[test]
fn a_first_deployment_takes_nothing_that_is_there_for_its_own() {
    let live = || catalog(&["c"], &[("s.m", "materialized-view", Some("c"), &[])]);
    let problems = first(&[("s/m", M1)]).live(live()).problems();
    assert!(
        problems.starts_with("ForeignDependent: `app.s.m` (materialized-view) wasn't deployed"),
        "{problems}"
    );
    // What `apply` made is the project's.
    let project =
        first(&[("raw/t", "CREATE TABLE t (a int);"), ("s/v", "CREATE VIEW v AS SELECT a FROM raw.t;")]);
    project.live(catalog(&[], &[("raw.t", "table", None, &[])])).plan();
}

#[test]
fn a_schema_that_the_environment_shows_empty_is_all_that_is_dropped_of_it() {
    let mut live = catalog(&["c"], &[("s.gone", "view", None, &[])]);
    live.objects.clear();
    let statements = first(&[("s/m", M1)]).live(live).statements();
    assert!(statements.contains("DROP SCHEMA s_x RESTRICT"), "{statements}");
}

#[test]
fn names_that_are_taken_by_a_rename_must_be_free_in_the_environment() {
    let edit = deployed(&[("s/m", M1)])
        .edit(&[("s/n", "CREATE VIEW n AS SELECT a FROM m; CREATE INDEX ni IN CLUSTER c ON n (a);")])
        .rename();
    let m = ("s.m", "materialized-view", Some("c"), &[] as &[&str]);
    let live = catalog(&["c"], &[m, ("s.n", "table", None, &[]), ("s.ni", "view", None, &[])]);
    expect(
        &edit.live(live).problems(),
        "
            NameCollision: `app.s.n` takes the name `app.s.n`, but the environment has a table of that name that this project didn't deploy
              help: choose another name, or rename or drop what has it
            NameCollision: `app.s.n` takes the name `app.s.ni`, but the environment has a view of that name that this project didn't deploy
              help: choose another name, or rename or drop what has it
        ",
    );
}

#[test]
fn a_sink_cant_read_a_view_of_the_environment() {
    let project = first(&[
        ("/project.toml", "dependencies = [\"ext.public.v\"]"),
        ("k/broker", "CREATE CONNECTION broker TO KAFKA (BROKER 'b:9092');"),
        (
            "k/k",
            "CREATE SINK k IN CLUSTER c FROM ext.public.v INTO KAFKA CONNECTION broker (TOPIC 't') FORMAT JSON \
             ENVELOPE DEBEZIUM;",
        ),
    ]);
    let mut live = catalog(&["c"], &[("k.broker", "connection", None, &[]), ("public.v", "view", None, &[])]);
    for object in live.objects.iter_mut().filter(|o| o.kind == "view") {
        object.name = ObjectName::new("ext", "public", "v");
    }
    expect(
        &project.live(live).problems(),
        "
            SinkFromView: the sink `app.k.k` reads `ext.public.v`, which is a view
              help: a sink reads a table, a source or a materialized view
        ",
    );
}

/// `CREATE DATABASE` makes it.
#[test]
fn the_schema_public_of_a_new_database_may_be_there_already() {
    let mut live = catalog(&[], &[]);
    live.databases.clear();
    let project =
        first(&[("public/v", "CREATE VIEW v AS SELECT 1 AS a;"), ("s/v", "CREATE VIEW v AS SELECT 1 AS a;")]);
    let statements = project.live(live).statements();
    for line in ["CREATE DATABASE app", "CREATE SCHEMA IF NOT EXISTS public", "CREATE SCHEMA s"] {
        assert!(statements.contains(&format!("  {line}\n")), "{line}: {statements}");
    }
}

#[test]
fn what_is_dropped_must_be_what_was_observed() {
    let edit = || {
        deployed(&[
            ("o/r", "CREATE VIEW r AS SELECT a FROM s.v;"),
            ("o/q", "CREATE VIEW q AS SELECT 1 AS a;"),
            ("o/stays", "CREATE VIEW stays AS SELECT 1 AS a;"),
            ("s/v", "CREATE VIEW v AS SELECT 1 AS a;"),
        ])
        .edit(&[("o/r", ""), ("o/q", ""), ("s/v", "CREATE VIEW v AS SELECT 2 AS a;")])
        .option(|o| o.drop_removed = true)
        .live(catalog(
            &[],
            &[
                ("s.v", "view", None, &[]),
                ("o.r", "view", None, &["u1"]),
                ("o.q", "view", None, &[]),
                ("o.stays", "view", None, &[]),
            ],
        ))
    };
    let required = |scenario: Scenario| {
        let plan = scenario.plan();
        let steps = plan.phases.iter().flat_map(|p| &p.steps);
        let is_drop = |s: &&Step| matches!(&s.action, Action::Sql(sql) if sql.starts_with("DROP VIEW"));
        let ids = steps.filter(is_drop).flat_map(|s| &s.preconditions).filter_map(|p| match p {
            Precondition::Present { name, id, .. } => {
                Some(format!("{name} {}", id.as_deref().unwrap_or("?")))
            }
            Precondition::Absent { .. } => None,
        });
        ids.collect::<Vec<_>>()
    };
    // `r` reads the old side of `s`, and goes before it.
    assert_eq!(required(edit()), ["app.o.r u2", "app.o.q u3", "app.s_x.v u1"]);
    assert_eq!(required(edit().rename()), ["app.o.r u2", "app.o.q u3", "app.s.v__x_old u1"]);
}

/// Views of three schemas that read each other to and fro, one of them removed: no schema could go as a whole.
#[test]
fn the_old_version_goes_object_by_object_through_all_schemas() {
    let edit = || {
        deployed(&[
            ("s/a", "CREATE VIEW a AS SELECT 1 AS a;"),
            ("t/b", "CREATE VIEW b AS SELECT a FROM s.a;"),
            ("s/c", "CREATE VIEW c AS SELECT a FROM t.b;"),
            ("t/d", "CREATE VIEW d AS SELECT a FROM s.c;"),
        ])
        .edit(&[("s/a", "CREATE VIEW a AS SELECT 2 AS a;"), ("t/d", "")])
    };
    let dropped = |scenario: Scenario| {
        let plan = scenario.plan();
        let old = plan.phases.iter().filter(|phase| phase.name == "drop the old version");
        let statements = old.flat_map(|phase| &phase.steps).filter_map(|step| match &step.action {
            Action::Sql(sql) => Some(sql.to_string()),
            Action::Effect(_) => None,
        });
        statements.collect::<Vec<_>>()
    };
    let live = catalog(
        &[],
        &[
            ("s.a", "view", None, &[]),
            ("t.b", "view", None, &["u1"]),
            ("s.c", "view", None, &["u2"]),
            ("t.d", "view", None, &["u3"]),
        ],
    );
    let rest = [
        "DROP VIEW app.s_x.c RESTRICT",
        "DROP VIEW app.t_x.b RESTRICT",
        "DROP VIEW app.s_x.a RESTRICT",
        "DROP SCHEMA app.s_x RESTRICT",
        "DROP SCHEMA app.t_x RESTRICT",
    ];
    assert_eq!(dropped(edit().live(live)), [&["DROP VIEW app.t_x.d RESTRICT"], rest.as_slice()].concat());
    // Without a catalog, nobody knows whether what was removed is there.
    assert_eq!(dropped(edit()), [&["DROP VIEW IF EXISTS app.t_x.d RESTRICT"], rest.as_slice()].concat());
}

#[test]
fn an_index_of_others_on_a_swapped_cluster_isnt_ours_because_ours_has_no_name() {
    let edit = deployed(&[
        ("s/m", M1),
        ("t/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE DEFAULT INDEX IN CLUSTER c ON v;"),
    ])
    .edit(&[("s/m", M2)]);
    let live = |index| {
        let m = ("s.m", "materialized-view", Some("c"), &[] as &[&str]);
        catalog(&["c"], &[m, ("t.v", "view", None, &[]), (index, "index", Some("c"), &["u2"])])
    };
    edit.live(live("t.v_primary_idx1")).plan();
    let edit = deployed(&[
        ("s/m", M1),
        ("t/v", "CREATE VIEW v AS SELECT 1 AS a; CREATE DEFAULT INDEX IN CLUSTER c ON v;"),
    ])
    .edit(&[("s/m", M2)]);
    let problems = edit.live(live("t.by_hand")).problems();
    assert!(problems.starts_with("ForeignDependent: `app.t.by_hand` (index)"), "{problems}");
}
