//! The catalog as it is observed.

use std::time::Duration;

use mz_deploy::db::{Connection, Kind, Scope, observe};
use mz_deploy_planner::input::{Live, LiveGrant, LiveObject};
use mz_deploy_planner::name::Ident;
use mz_deploy_sandbox::Options;
use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::server::{Server, block_on};

async fn run(connection: &Connection, statements: &[&str]) {
    for (statement, result) in statements.iter().zip(connection.pipeline(statements).await) {
        result.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

fn wanted(clusters: &[&str]) -> Scope {
    Scope { clusters: clusters.iter().map(|name| Ident::from(*name)).collect() }
}

fn object<'a>(live: &'a Live, name: &str) -> &'a LiveObject {
    let found = live.objects.iter().find(|object| object.name.name.as_str() == name);
    found.unwrap_or_else(|| panic!("{name} is there"))
}

fn grants(grants: &[LiveGrant]) -> Vec<String> {
    let role = |grant: &LiveGrant| grant.role.as_ref().map_or("PUBLIC".to_owned(), ToString::to_string);
    grants.iter().map(|grant| format!("{} {}", grant.privilege, role(grant))).collect()
}

const EVERYTHING: &[&str] = &[
    "CREATE ROLE reader",
    "CREATE ROLE team",
    "GRANT team TO reader",
    "ALTER ROLE reader SET search_path TO shop, \"Core\"",
    "GRANT team TO materialize",
    "CREATE DATABASE shop",
    "COMMENT ON DATABASE shop IS 'ours'",
    "GRANT USAGE ON DATABASE shop TO reader",
    "CREATE SCHEMA shop.\"Core\"",
    "COMMENT ON SCHEMA shop.\"Core\" IS 'the core'",
    "GRANT CREATE ON SCHEMA shop.\"Core\" TO team",
    "CREATE CLUSTER managed (SIZE '25cc', REPLICATION FACTOR 1)",
    "COMMENT ON CLUSTER managed IS 'fast'",
    "GRANT USAGE ON CLUSTER managed TO reader",
    "CREATE CLUSTER \"un managed\" REPLICAS (b (SIZE '25cc'), a (SIZE '50cc'))",
    "CREATE TABLE shop.\"Core\".t (id int NOT NULL, name text)",
    "COMMENT ON TABLE shop.\"Core\".t IS 'things'",
    "COMMENT ON COLUMN shop.\"Core\".t.name IS 'what it is called'",
    "GRANT SELECT, INSERT ON shop.\"Core\".t TO reader",
    "GRANT SELECT ON shop.\"Core\".t TO PUBLIC",
    "CREATE VIEW shop.\"Core\".v AS SELECT id FROM shop.\"Core\".t",
    "CREATE MATERIALIZED VIEW shop.\"Core\".mv IN CLUSTER managed AS SELECT id FROM shop.\"Core\".v",
    "CREATE REPLACEMENT MATERIALIZED VIEW shop.\"Core\".mv_new FOR shop.\"Core\".mv IN CLUSTER managed AS SELECT id FROM shop.\"Core\".v",
    "CREATE INDEX v_by_id IN CLUSTER managed ON shop.\"Core\".v (id)",
    "ALTER DEFAULT PRIVILEGES FOR ROLE team IN SCHEMA shop.\"Core\" GRANT SELECT, INSERT ON TABLES TO reader",
    "ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN DATABASE shop GRANT USAGE ON SCHEMAS TO PUBLIC",
];

#[test]
fn everything_that_a_plan_depends_on_is_observed() {
    let server = Server::sandbox(Options::default());
    let live = block_on(async {
        let connection = server.connect().await;
        run(&connection, EVERYTHING).await;
        observe(&connection, &wanted(&["managed", "un managed", "nowhere"])).await.expect("a catalog")
    });
    assert!(!live.environment.is_empty() && live.version.starts_with('v'));

    let shop = live.databases.iter().find(|d| d.name.as_str() == "shop").expect("the database");
    assert_eq!((shop.owner.as_str(), shop.comment.as_deref()), ("materialize", Some("ours")));
    assert_eq!(grants(&shop.grants), ["USAGE reader"]);
    let core = live.schemas.iter().find(|s| s.name.to_string() == "shop.\"Core\"").expect("the schema");
    assert_eq!(
        (grants(&core.grants), core.comment.as_deref()),
        (vec!["CREATE team".to_owned()], Some("the core"))
    );

    let cluster = |name: &str| live.clusters.iter().find(|c| c.name.as_str() == name).expect("the cluster");
    let managed = cluster("managed");
    assert!(managed.options.contains("SIZE = '25cc'") && managed.options.contains("REPLICATION FACTOR = 1"));
    assert_eq!((&managed.replicas, managed.comment.as_deref()), (&None, Some("fast")));
    assert_eq!(grants(&managed.grants), ["USAGE reader"]);
    let replicas = cluster("un managed").replicas.as_deref().expect("it is unmanaged");
    let replicas: Vec<_> = replicas.iter().map(|r| (r.name.as_str(), r.size.as_str())).collect();
    assert_eq!(replicas, [("a", "50cc"), ("b", "25cc")]);
    assert_eq!(cluster("quickstart").options, "", "nobody asked for them");

    let (t, v, mv) = (object(&live, "t"), object(&live, "v"), object(&live, "mv"));
    assert_eq!(grants(&t.grants), ["INSERT reader", "SELECT PUBLIC", "SELECT reader"]);
    let comments: Vec<_> =
        t.comments.iter().map(|c| (c.column.as_ref().map(Ident::as_str), c.text.as_str())).collect();
    assert_eq!(comments, [(None, "things"), (Some("name"), "what it is called")]);
    assert_eq!((v.depends_on.as_slice(), v.kind.as_str()), ([t.id.clone()].as_slice(), "view"));
    assert_eq!(mv.kind, "materialized-view");
    assert_eq!(mv.cluster.as_ref().map(Ident::as_str), Some("managed"));
    assert_eq!(object(&live, "mv_new").replaces.as_ref(), Some(&mv.id));
    let index = object(&live, "v_by_id");
    assert_eq!((index.kind.as_str(), index.depends_on.as_slice()), ("index", [v.id.clone()].as_slice()));
    assert_eq!(index.name.schema, v.name.schema);

    let reader = live.roles.iter().find(|role| role.name.as_str() == "reader").expect("the role");
    assert_eq!(reader.member_of, [Ident::from("team")]);
    let parameters: Vec<_> =
        reader.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(parameters, [("search_path", "shop, Core")]);
    let ours = live.default_privileges.iter().filter(|p| p.database.is_some() || p.schema.is_some());
    let ours: Vec<_> = ours
        .map(|p| {
            let creator = p.creator.as_ref().map_or("all".to_owned(), ToString::to_string);
            let place = p.schema.as_ref().map(ToString::to_string);
            let place = place.or_else(|| p.database.as_ref().map(ToString::to_string)).unwrap_or_default();
            format!(
                "{creator} in {place}: {} on {}",
                grants(std::slice::from_ref(&p.grant)).join(""),
                p.object_type
            )
        })
        .collect();
    assert_eq!(
        ours,
        [
            "materialize in shop: USAGE PUBLIC on schema",
            "team in shop.\"Core\": INSERT reader on table",
            "team in shop.\"Core\": SELECT reader on table",
        ]
    );
    let session = live.session.as_ref().expect("a session");
    assert_eq!(session.role.as_str(), "materialize");
    assert!(live.limits.get("max_clusters").is_some_and(|limit| *limit > 0), "{:?}", live.limits);
    assert!(live.objects.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn a_role_has_the_system_privileges_of_its_groups_and_no_others() {
    let server = Server::sandbox(Options::default());
    block_on(async {
        let connection = server.connect().await;
        run(
            &connection,
            &[
                "CREATE ROLE deployers",
                "GRANT materialize TO deployers",
                "CREATE ROLE ci",
                "CREATE ROLE nobody",
            ],
        )
        .await;
        run(&connection, &["GRANT deployers TO ci"]).await;
        let session_of = async |user: &str| {
            let mut target = server.target();
            target.user = user.to_owned();
            let connection = Connection::open(&target).await.expect("a connection");
            let live = observe(&connection, &Scope::default()).await.expect("a catalog");
            live.session.expect("a session")
        };
        let (ci, nobody) = (session_of("ci").await, session_of("nobody").await);
        assert_eq!((ci.role.as_str(), ci.is_superuser), ("ci", false));
        assert_eq!(ci.privileges, ["CREATECLUSTER", "CREATEDB", "CREATENETWORKPOLICY", "CREATEROLE"]);
        assert!(nobody.privileges.is_empty(), "{:?}", nobody.privileges);
    });
}

/// How many statements the sandbox took, each of several in one string for itself.
async fn statements_of(server: &Server, connection: &Connection) -> (usize, Live) {
    let faults = server.as_sandbox().faults();
    faults.clear();
    faults.add(Rule {
        pattern: Pattern::new("%"),
        nth: None,
        when: When::Before,
        action: Action::Delay(Duration::ZERO),
    });
    let live = observe(connection, &wanted(&["quickstart"])).await.expect("a catalog");
    let rules = faults.list().join("");
    faults.clear();
    let met = rules.split("(met ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a count");
    (met.parse().expect("a number"), live)
}

#[test]
fn a_larger_catalog_takes_no_more_statements() {
    let server = Server::sandbox(Options::default());
    block_on(async {
        let connection = server.connect().await;
        let views = |range: std::ops::Range<usize>| {
            let view = |n: usize| format!("CREATE VIEW s{}.v{n} AS SELECT {n} AS n", n % 4);
            range.map(view).collect::<Vec<_>>()
        };
        run(&connection, &["CREATE SCHEMA s0", "CREATE SCHEMA s1", "CREATE SCHEMA s2", "CREATE SCHEMA s3"])
            .await;
        for result in connection.pipeline(&views(0..10)).await {
            result.expect("a view");
        }
        let (few, small) = statements_of(&server, &connection).await;
        for result in connection.pipeline(&views(10..1000)).await {
            result.expect("a view");
        }
        let (many, large) = statements_of(&server, &connection).await;
        assert_eq!((small.objects.len(), large.objects.len()), (10, 1000));
        assert_eq!(few, many);
        // Eight strings: the settings and the options of clusters are several statements in one each.
        assert!(many <= 8 + 11, "{many}");
    });
}

#[test]
fn a_cluster_that_goes_while_it_is_looked_at_is_no_error() {
    let server = Server::sandbox(Options::default());
    block_on(async {
        let connection = server.connect().await;
        run(&connection, &["CREATE CLUSTER passing (SIZE '25cc')"]).await;
        server.as_sandbox().faults().add(Rule {
            pattern: Pattern::new("SHOW CREATE CLUSTER%"),
            nth: Some(1),
            when: When::Before,
            action: Action::Run("DROP CLUSTER passing".to_owned()),
        });
        let live = observe(&connection, &wanted(&["passing", "quickstart"])).await.expect("a catalog");
        assert!(live.clusters.iter().all(|cluster| cluster.name.as_str() != "passing"));
        let quickstart = live.clusters.iter().find(|cluster| cluster.name.as_str() == "quickstart");
        assert!(quickstart.is_some_and(|cluster| !cluster.options.is_empty()));
    });
}

#[test]
fn a_catalog_that_can_not_be_read_is_an_error_and_not_an_empty_one() {
    let server = Server::sandbox(Options::default());
    server.as_sandbox().faults().add(Rule {
        pattern: Pattern::new("SELECT c.id%"),
        nth: Some(1),
        when: When::Before,
        action: Action::Disconnect,
    });
    block_on(async {
        let connection = server.connect().await;
        let error = observe(&connection, &Scope::default()).await.expect_err("the connection is lost");
        assert_eq!(error.kind, Kind::Closed, "{error:?}");
    });
}
