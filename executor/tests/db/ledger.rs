//! The ledger, written and read back.

use std::collections::BTreeSet;

use mz_deploy::db::ledger::{self, Found, Ledger, Marking, Origin, Snapshot};
use mz_deploy::db::{Connection, Kind, Scope, observe};
use mz_deploy_planner::input::{Config, Deployment, HighestIds, Live, RecordedId, Sources, StageOptions};
use mz_deploy_planner::name::SchemaName;
use mz_deploy_planner::plan::{self, Action, Plan, SetupOptions};
use mz_deploy_planner::project::Project;
use mz_deploy_planner::{Compiled, compile};
use mz_deploy_sandbox::error::SqlError;
use mz_deploy_sandbox::time::Pattern;
use mz_deploy_sandbox::{Options, fault};

use crate::server::{Server, block_on};

/// A server with a ledger, and a session on it.
pub(crate) async fn set_up() -> (Server, Connection) {
    let server = Server::sandbox(Options::default());
    let connection = server.connect().await;
    let live = observe(&connection, &Scope::default()).await.expect("a catalog");
    let setup = plan::setup(&live, &SetupOptions::default()).expect("a plan");
    for step in setup.phases.iter().flat_map(|phase| &phase.steps) {
        let Action::Sql(sql) = &step.action else { continue };
        connection.execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    (server, connection)
}

fn project(files: &[(&str, &str)]) -> Compiled {
    let mut sources = Sources::new();
    sources.insert("project.toml", "");
    for (path, text) in files {
        sources.insert(*path, *text);
    }
    let compiled = compile(&sources, &Config::default());
    assert!(compiled.is_sound(), "{:?}", compiled.diagnostics);
    compiled
}

const ORDERS: (&str, &str) =
    ("models/app/core/orders.sql", "CREATE VIEW orders AS SELECT 1 AS id, 'it''s' AS note;");
const TOTALS: (&str, &str) =
    ("models/app/stats/totals.sql", "CREATE VIEW totals AS SELECT count(*) AS n FROM app.core.orders;");

fn schemas(project: &Project) -> BTreeSet<SchemaName> {
    project.objects.iter().map(|object| object.name.schema.clone()).collect()
}

async fn now(connection: &Connection) -> String {
    ledger::server_time(connection).await.expect("a time")
}

fn origin() -> Origin {
    Origin { role: "materialize".to_owned(), host: "a host".to_owned(), commit: Some("0123abc".to_owned()) }
}

/// Plans a deployment and writes down that it begins.
async fn begin(connection: &Connection, compiled: &Compiled, deploy_id: &str) -> Plan {
    let live = observe(connection, &Scope::default()).await.expect("a catalog");
    let ledger = ledger::read(connection).await.expect("a ledger");
    let deployed = ledger.deployed(&schemas(&compiled.project), &live);
    let options = StageOptions { deploy_id: deploy_id.into(), ..StageOptions::default() };
    let plan =
        plan::stage(&compiled.project, &compiled.graph, Some(&deployed), None, &options).expect("a plan");
    let after = plan::deployed_after_plan(&compiled.project, Some(&deployed), &plan);
    let before = HighestIds { database: 1, schema: 20, cluster: 3, object: 400 };
    let now = ledger::server_time(connection).await.expect("a time");
    let snapshot = Snapshot::new(&plan, &after);
    let rows = ledger::begun(&plan, &snapshot, &[id("schema", "app.core", "u9")], before, &origin(), &now);
    ledger::write(connection, &rows.expect("rows")).await.expect("they are written");
    plan
}

async fn happened(connection: &Connection, deploy_id: &str, event: &str) {
    let now = ledger::server_time(connection).await.expect("a time");
    let row = ledger::event(deploy_id, event, &origin(), &now, &serde_json::json!({}));
    ledger::write(connection, &[row]).await.expect("it is written");
}

fn id(kind: &str, name: &str, id: &str) -> RecordedId {
    RecordedId { kind: kind.into(), name: name.into(), id: id.into() }
}

async fn found(connection: &Connection, deploy_id: &str) -> Option<Deployment> {
    match ledger::deployment(connection, deploy_id).await.expect("an answer").found {
        Found::Deployment(deployment) => Some(*deployment),
        Found::Nothing => None,
        Found::WithoutPlan => panic!("there is a plan"),
    }
}

/// The catalog, with production schemas as a promotion leaves them.
async fn promoted(connection: &Connection) -> Live {
    for sql in [
        "CREATE DATABASE IF NOT EXISTS app",
        "CREATE SCHEMA IF NOT EXISTS app.core",
        "CREATE SCHEMA IF NOT EXISTS app.stats",
    ] {
        connection.execute(sql).await.expect("a schema");
    }
    observe(connection, &Scope::default()).await.expect("a catalog")
}

#[test]
fn a_deployment_is_read_as_it_was_written() {
    block_on(async {
        let (_server, connection) = set_up().await;
        assert_eq!(found(&connection, "first").await, None);
        let plan = begin(&connection, &project(&[ORDERS, TOTALS]), "first").await;
        let deployment = found(&connection, "first").await.expect("it was begun");
        assert_eq!(deployment.plan, plan);
        assert_eq!(deployment.production, [id("schema", "app.core", "u9")]);
        assert_eq!(deployment.before, HighestIds { database: 1, schema: 20, cluster: 3, object: 400 });
        assert!(!deployment.is_staged && !deployment.is_promoted && !deployment.is_kept);
        let objects = ledger::objects(&connection, "first").await.expect("objects");
        let names: Vec<_> = objects.keys().map(ToString::to_string).collect();
        assert_eq!(names, ["app.core.orders", "app.stats.totals"]);
        assert!(objects.values().all(|hash| hash.starts_with("v1:")), "{objects:?}");

        let staged = [id("object", "app.core_first.orders", "u401"), id("schema", "app.core_first", "u21")];
        ledger::write(&connection, &[ledger::recorded("first", "staged", &staged)]).await.expect("written");
        happened(&connection, "first", "staged").await;
        let deployment = found(&connection, "first").await.expect("it was staged");
        assert_eq!((deployment.is_staged, deployment.staged.as_slice()), (true, staged.as_slice()));

        ledger::mark(&connection, "first", Marking::Promoted).await.expect("marked");
        ledger::keep(&connection, "first", None).await.expect("kept");
        let deployment = found(&connection, "first").await.expect("it was promoted");
        assert!(deployment.is_promoted && deployment.is_kept);
        ledger::mark(&connection, "first", Marking::NotPromoted).await.expect("marked");
        ledger::unkeep(&connection, "first").await.expect("not kept");
        let deployment = found(&connection, "first").await.expect("it was rolled back");
        assert!(deployment.is_staged && !deployment.is_promoted && !deployment.is_kept);
    });
}

#[test]
fn the_next_plan_starts_from_what_was_promoted_and_from_nothing_else() {
    block_on(async {
        let (_server, connection) = set_up().await;
        let compiled = project(&[ORDERS, TOTALS]);
        let deployed = |ledger: &Ledger, live: &Live| ledger.deployed(&schemas(&compiled.project), live);
        begin(&connection, &compiled, "first").await;
        let live = promoted(&connection).await;
        let read = async || ledger::read(&connection).await.expect("a ledger");
        assert!(deployed(&read().await, &live).is_empty(), "it is staged only");

        ledger::mark(&connection, "first", Marking::Promoted).await.expect("marked");
        let mut expected = plan::deployed_after(&compiled.project);
        expected.environment = Some(live.environment.clone());
        assert_eq!(deployed(&read().await, &live), expected);

        // A change of one schema says nothing of the other one.
        let edited =
            project(&[ORDERS, (TOTALS.0, "CREATE VIEW totals AS SELECT 2 AS n FROM app.core.orders;")]);
        begin(&connection, &edited, "second").await;
        ledger::mark(&connection, "second", Marking::Promoted).await.expect("marked");
        let ledger = read().await;
        let mut expected = plan::deployed_after(&edited.project);
        expected.environment = Some(live.environment.clone());
        assert_eq!(deployed(&ledger, &live), expected);
        let claims: Vec<_> = ledger.claims().map(|c| format!("{}: {}", c.schema, c.deploy_id)).collect();
        assert_eq!(claims, ["app.core: first", "app.stats: second"]);
        assert_eq!(ledger.version, u64::from(plan::LEDGER_VERSION));

        // Rolled back, the one before it counts again.
        ledger::mark(&connection, "second", Marking::NotPromoted).await.expect("marked");
        let mut expected = plan::deployed_after(&compiled.project);
        expected.environment = Some(live.environment.clone());
        assert_eq!(deployed(&read().await, &live), expected);
    });
}

#[test]
fn a_deployment_of_nothing_but_a_database_is_known_too() {
    block_on(async {
        let (_server, connection) = set_up().await;
        begin(&connection, &project(&[ORDERS]), "first").await;
        ledger::mark(&connection, "first", Marking::Promoted).await.expect("marked");
        let live = promoted(&connection).await;
        let commented = project(&[ORDERS, ("models/app.sql", "COMMENT ON DATABASE app IS 'ours';")]);
        let plan = begin(&connection, &commented, "second").await;
        assert!(plan.changes.is_empty() && !plan.scopes.is_empty());
        let comments = async || {
            let ledger = ledger::read(&connection).await.expect("a ledger");
            let deployed = ledger.deployed(&schemas(&commented.project), &live);
            (ledger.deployments.contains_key("second"), deployed.modifiers.len())
        };
        assert_eq!(comments().await, (true, 0));
        happened(&connection, "second", "promoted").await;
        assert!(found(&connection, "second").await.expect("it is there").is_promoted);
        assert_eq!(comments().await, (true, 1));
        happened(&connection, "second", "rolled back").await;
        assert!(!found(&connection, "second").await.expect("it is there").is_promoted);
        assert_eq!(comments().await, (true, 0));
    });
}

#[test]
fn what_was_kept_until_a_time_that_is_over_is_overdue() {
    block_on(async {
        let (_server, connection) = set_up().await;
        let past = ledger::server_time(&connection).await.expect("a time");
        let future = ledger::server_time_in(&connection, 3600).await.expect("a time");
        assert!(past < future, "{past} {future}");
        ledger::keep(&connection, "over", Some(&past)).await.expect("kept");
        ledger::keep(&connection, "soon", Some(&future)).await.expect("kept");
        ledger::keep(&connection, "open", None).await.expect("kept");
        assert_eq!(ledger::overdue(&connection).await.expect("an answer"), ["over"]);
    });
}

#[test]
fn a_closed_deployment_keeps_its_plan_and_what_it_deployed() {
    block_on(async {
        let (_server, connection) = set_up().await;
        let plan = begin(&connection, &project(&[ORDERS]), "first").await;
        ledger::mark(&connection, "first", Marking::Promoted).await.expect("marked");
        let live = promoted(&connection).await;
        ledger::tidy(&connection, "first").await.expect("tidied");
        let deployment = found(&connection, "first").await.expect("it is still known");
        assert_eq!((deployment.plan, deployment.production.len(), deployment.is_promoted), (plan, 0, true));
        let compiled = project(&[ORDERS]);
        let ledger = ledger::read(&connection).await.expect("a ledger");
        assert_eq!(ledger.deployed(&schemas(&compiled.project), &live).objects.len(), 1);
    });
}

#[test]
fn an_erased_deployment_leaves_its_history() {
    block_on(async {
        let (_server, connection) = set_up().await;
        begin(&connection, &project(&[ORDERS]), "first").await;
        begin(&connection, &project(&[ORDERS, TOTALS]), "other").await;
        ledger::erase(&connection, "first", &now(&connection).await).await.expect("erased");
        happened(&connection, "first", "aborted").await;
        assert_eq!(found(&connection, "first").await, None);
        assert!(found(&connection, "other").await.is_some());
        let ledger = ledger::read(&connection).await.expect("a ledger");
        assert_eq!(ledger.deployments.keys().collect::<Vec<_>>(), ["other"]);
        let events: Vec<_> = ledger.history.iter().map(|e| format!("{} {}", e.deploy_id, e.event)).collect();
        assert_eq!(events, ["first stage", "other stage", "first aborted"]);
        let again = begin(&connection, &project(&[ORDERS]), "first").await;
        let deployment = found(&connection, "first").await.expect("begun again");
        assert_eq!((deployment.plan, deployment.is_staged), (again, false));
    });
}

/// Whoever erases a deployment may have slept since it was the one of that name.
#[test]
fn what_was_begun_since_is_not_erased() {
    block_on(async {
        let (_server, connection) = set_up().await;
        let before = now(&connection).await;
        let plan = begin(&connection, &project(&[ORDERS]), "first").await;
        ledger::erase(&connection, "first", &before).await.expect("an answer");
        assert_eq!(found(&connection, "first").await.expect("it is there").plan, plan);
        ledger::erase(&connection, "first", &now(&connection).await).await.expect("erased");
        assert_eq!(found(&connection, "first").await, None);
    });
}

#[test]
fn a_plan_longer_than_a_statement_may_be_is_read_as_it_was_written() {
    block_on(async {
        let (_server, connection) = set_up().await;
        let files: Vec<(String, String)> = (0..60)
            .map(|n| {
                let text = format!("CREATE VIEW v{n} AS SELECT '{}' AS note;", "it''s ü ".repeat(3000));
                (format!("models/app/core/v{n}.sql"), text)
            })
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let plan = begin(&connection, &project(&files), "long").await;
        assert_eq!(found(&connection, "long").await.expect("it was begun").plan, plan);
        ledger::read(&connection).await.expect("a ledger");
    });
}

#[test]
fn rows_are_written_together_or_not_at_all() {
    block_on(async {
        let (server, connection) = set_up().await;
        let mut plan = begin(&connection, &project(&[ORDERS]), "first").await;
        ledger::erase(&connection, "first", &now(&connection).await).await.expect("erased");
        server.as_sandbox().faults().add(fault::Rule {
            pattern: Pattern::new("INSERT INTO _mz_deploy.tables.highest%"),
            nth: Some(1),
            when: fault::When::Before,
            action: fault::Action::Fail(SqlError::internal("boom")),
        });
        plan.deploy_id = "first".into();
        let snapshot = Snapshot::new(&plan, &mz_deploy_planner::input::Deployed::default());
        let now = ledger::server_time(&connection).await.expect("a time");
        let rows =
            ledger::begun(&plan, &snapshot, &[], HighestIds::default(), &origin(), &now).expect("rows");
        let error = ledger::write(&connection, &rows).await.expect_err("one of them fails");
        assert_eq!(&*error.message, "boom");
        assert_eq!(found(&connection, "first").await, None);
        assert!(ledger::read(&connection).await.expect("a ledger").deployments.is_empty());
        ledger::write(&connection, &rows).await.expect("the connection is of use");
        assert!(found(&connection, "first").await.is_some());
    });
}

#[test]
fn a_plan_that_somebody_changed_in_the_ledger_is_refused() {
    block_on(async {
        let (_server, connection) = set_up().await;
        begin(&connection, &project(&[ORDERS]), "first").await;
        for change in [
            "replace(body, 'CREATE SCHEMA', 'DROP SCHEMA')",
            "replace(body, '\"deploy_id\": \"first\"', '\"deploy_id\": \"other\"')",
            "'{}'",
        ] {
            ledger::erase(&connection, "first", &now(&connection).await).await.expect("erased");
            begin(&connection, &project(&[ORDERS]), "first").await;
            let sql = format!("UPDATE _mz_deploy.tables.plans SET body = {change}");
            connection.execute(&sql).await.expect("it is changed");
            let error = ledger::deployment(&connection, "first").await.expect_err("another plan");
            assert_eq!(error.kind, Kind::UnexpectedAnswer, "{change}: {error:?}");
        }
    });
}

#[test]
fn hostile_rows_are_texts() {
    block_on(async {
        let (_server, connection) = set_up().await;
        connection.execute("CREATE TABLE canary (a int)").await.expect("a table");
        let hostile = "x'; DROP TABLE canary; --\u{1b}[2J";
        let rows = [
            format!(
                "INSERT INTO _mz_deploy.tables.deployments VALUES ({0}, now(), now(), {0}, {0}, {0}, {0}, {0}, {0})",
                mz_deploy_planner::name::Literal(hostile)
            ),
            format!(
                "INSERT INTO _mz_deploy.tables.history VALUES ({0}, {0}, now(), {0}, {0}, {0})",
                mz_deploy_planner::name::Literal(hostile)
            ),
        ];
        for row in rows {
            connection.execute(&row).await.expect("a row");
        }
        let ledger = ledger::read(&connection).await.expect("a ledger");
        let record = ledger.deployments.values().next().expect("it is listed");
        assert!(!record.deployed_by.contains('\u{1b}') && !record.deploy_id.contains('\u{1b}'));
        let record = ledger::deployment(&connection, hostile).await.expect("an answer");
        assert_eq!((record.found, record.last_event), (Found::Nothing, None));
        assert!(ledger::mark(&connection, hostile, Marking::Promoted).await.is_err());
        assert!(ledger::erase(&connection, hostile, "now").await.is_err());
        connection.query("SELECT * FROM canary").await.expect("the table is there");
    });
}

#[test]
fn a_deployment_of_the_original_tool_has_no_plan() {
    block_on(async {
        let (_server, connection) = set_up().await;
        let rows = [
            "INSERT INTO _mz_deploy.tables.deployments VALUES ('old', now(), now(), 'app', 'core', 'them', NULL, 'objects', 'stage')",
            "INSERT INTO _mz_deploy.tables.objects VALUES ('old', 'app', 'core', 'orders', 'sha256:00')",
            "CREATE DATABASE app",
            "CREATE SCHEMA app.core",
            "CREATE VIEW app.core.orders AS SELECT 1 AS id",
        ];
        for row in rows {
            connection.execute(row).await.expect("a row");
        }
        let record = ledger::deployment(&connection, "old").await.expect("an answer");
        assert_eq!(record.found, Found::WithoutPlan);
        let live = observe(&connection, &Scope::default()).await.expect("a catalog");
        let ledger = ledger::read(&connection).await.expect("a ledger");
        let deployed = ledger.deployed(&schemas(&project(&[ORDERS, TOTALS]).project), &live);
        let objects: Vec<_> =
            deployed.objects.iter().map(|o| format!("{} {}", o.name, o.fingerprint)).collect();
        assert_eq!(objects, ["app.core.orders sha256:00"]);
    });
}
