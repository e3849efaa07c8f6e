//! The ledger: made once, completed, and left alone by a tool that is older than it.

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{Live, LiveComment, LiveObject, LiveSession};
use mz_deploy_planner::name::{Ident, ObjectName};
use mz_deploy_planner::plan::{
    Action, Plan, SetupOptions, ledger_gaps, ledger_version, require_ledger, server_cluster, setup,
};
use mz_deploy_sandbox::{Options, Sandbox};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::world::{execute, fresh, run};

fn plan(live: &Live) -> Plan {
    setup(live, &SetupOptions::default()).unwrap_or_else(|problems| panic!("there is a plan: {problems:#?}"))
}

fn statements(plan: &Plan) -> Vec<&str> {
    let steps = plan.phases.iter().flat_map(|phase| &phase.steps);
    steps
        .map(|step| match &step.action {
            Action::Sql(sql) => sql.as_str(),
            Action::Effect(effect) => panic!("a statement: {effect:?}"),
        })
        .collect()
}

fn complete() -> Live {
    let mut live = fresh();
    run(&mut live, &plan(&fresh()));
    live
}

fn messages(problems: &[Diagnostic]) -> Vec<String> {
    problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
}

fn problems(live: &Live, options: &SetupOptions) -> Vec<String> {
    messages(&setup(live, options).expect_err("there are problems"))
}

fn session(is_superuser: bool) -> LiveSession {
    LiveSession { role: "joe".into(), is_superuser, privileges: Vec::new() }
}

fn object<'a>(live: &'a mut Live, schema: &str, name: &str) -> &'a mut LiveObject {
    let name = ObjectName::new("_mz_deploy", schema, name);
    live.objects.iter_mut().find(|o| o.name == name).expect("it was made")
}

#[test]
fn after_a_setup_nothing_is_missing_and_nothing_is_planned() {
    let live = complete();
    assert_eq!(ledger_gaps(&live), []);
    assert_eq!(require_ledger(&live), Ok(()));
    assert_eq!(ledger_version(&live), Some(2));
    assert_eq!(server_cluster(&live), Some(&Ident::new("_mz_deploy_server")));
    assert_eq!(statements(&plan(&live)), [""; 0]);
    assert_eq!(live.objects.len(), 50, "16 tables, 17 views and their indexes");
}

/// A run that ends anywhere is finished by the next one.
#[test]
fn a_setup_that_was_killed_after_any_statement_is_completed() {
    let whole = plan(&fresh());
    let all = statements(&whole);
    for done in 0..all.len() {
        let mut live = fresh();
        for sql in all.iter().take(done) {
            execute(&mut live, sql);
        }
        assert!(require_ledger(&live).is_err(), "not complete after {done} statements");
        let rest = plan(&live);
        run(&mut live, &rest);
        assert_eq!(ledger_gaps(&live), [], "after {done} statements");
        assert_eq!(statements(&plan(&live)), [""; 0], "after {done} statements");
    }
}

#[test]
fn what_was_taken_away_is_made_again() {
    let mut live = complete();
    live.objects.retain(|o| o.name.name.as_str() != "history_deploy_id_idx");
    let schema = live.schemas.iter_mut().find(|s| s.name.schema.as_str() == "tables").expect("it was made");
    schema.grants.retain(|grant| grant.role != Some(Ident::new("materialize_monitor")));
    object(&mut live, "public", "kept").grants.clear();
    assert_eq!(
        ledger_gaps(&live).iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["index `_mz_deploy.tables.history_deploy_id_idx`"]
    );
    assert_eq!(
        statements(&plan(&live)),
        [
            "CREATE INDEX IF NOT EXISTS history_deploy_id_idx IN CLUSTER _mz_deploy_server ON \
         _mz_deploy.tables.history (deploy_id)",
            "GRANT USAGE ON SCHEMA _mz_deploy.tables TO materialize_monitor",
            "GRANT SELECT ON ALL TABLES IN SCHEMA _mz_deploy.public TO materialize_deployer, \
         materialize_developer, materialize_monitor",
        ]
    );
}

/// The original tool's ledger has no comments, and its view of what is in production joins too much.
#[test]
fn a_ledger_of_the_original_tool_is_completed_and_its_production_view_replaced() {
    let mut live = complete();
    let later =
        ["migrations", "plans", "snapshots", "ids", "highest", "history", "kept", "steps", "replacements"];
    let is_later = |o: &LiveObject| {
        let name = o.name.name.as_str();
        later.iter().any(|later| name == *later || name == format!("{later}_deploy_id_idx"))
    };
    live.objects.retain(|o| !is_later(o));
    assert_eq!(live.objects.len(), 25);
    assert!(live.objects.iter().any(|o| o.name.name.as_str() == "version_idx"));
    live.schemas.iter_mut().for_each(|s| s.comment = None);
    live.schemas.retain(|s| s.name.schema.as_str() != "generation_0");
    object(&mut live, "public", "production").comments.clear();
    assert_eq!(ledger_version(&live), Some(1));
    let plan = plan(&live);
    let statements = statements(&plan);
    let about_production: Vec<&str> = statements
        .iter()
        .filter(|s| s.contains("production"))
        .map(|s| s.split(" AS ").next().unwrap_or(s))
        .collect();
    assert_eq!(
        about_production,
        [
            "DROP INDEX _mz_deploy.public.production_database_schema_idx RESTRICT",
            "DROP VIEW _mz_deploy.public.production RESTRICT",
            "CREATE VIEW IF NOT EXISTS _mz_deploy.public.production",
            "COMMENT ON VIEW _mz_deploy.public.production IS 'mz-deploy ledger 2'",
            "CREATE INDEX IF NOT EXISTS production_database_schema_idx IN CLUSTER _mz_deploy_server ON \
         _mz_deploy.public.production (database, schema)",
        ]
    );
    assert!(!statements.iter().any(|s| s.contains("tables.deployments (")), "version 1 stays as it is");
    run(&mut live, &plan);
    assert_eq!(require_ledger(&live), Ok(()));
}

#[test]
fn a_view_that_reads_the_view_that_is_replaced_is_in_the_way() {
    let mut live = complete();
    let production = object(&mut live, "public", "production");
    production.comments = vec![LiveComment { column: None, text: "what is live".into() }];
    let id = production.id.clone();
    let mut reader = production.clone();
    reader.name = ObjectName::new("app", "s", "report");
    (reader.id, reader.depends_on) = ("u9999".into(), vec![id]);
    live.objects.push(reader);
    assert_eq!(
        problems(&live, &SetupOptions::default()),
        [
            "ForeignDependent: `app.s.report` (view) reads `_mz_deploy.public.production`, which gets another definition"
        ]
    );
}

#[test]
fn a_later_ledger_is_left_alone() {
    let mut live = complete();
    let schema = live.schemas.iter_mut().find(|s| s.name.schema.as_str() == "tables").expect("it was made");
    schema.comment = Some("mz-deploy ledger 3".into());
    let message =
        "NewerLedger: the ledger of this environment has version 3, and this mz-deploy knows version 2";
    assert_eq!(problems(&live, &SetupOptions::default()), [message]);
    assert_eq!(messages(&[*require_ledger(&live).expect_err("it is newer")]), [message]);
}

#[test]
fn setup_takes_a_superuser_unless_nothing_is_left_to_do() {
    let limited = Live { session: Some(session(false)), ..fresh() };
    assert_eq!(
        problems(&limited, &SetupOptions::default()),
        [
            "MissingPrivilege: setup takes a superuser: `joe` isn't one, and lacks CREATEROLE, CREATEDB, CREATECLUSTER"
        ]
    );
    assert!(setup(&Live { session: Some(session(true)), ..fresh() }, &SetupOptions::default()).is_ok());
    assert!(setup(&Live { session: Some(session(false)), ..complete() }, &SetupOptions::default()).is_ok());
}

/// An emulator's own role is no superuser, but may make roles, databases and clusters.
#[test]
fn a_role_that_may_make_roles_sets_up_what_it_owns_without_granting_system_privileges() {
    let powers = ["CREATECLUSTER", "CREATEDB", "CREATEROLE"].map(Into::into).to_vec();
    let session = Some(LiveSession { role: "joe".into(), is_superuser: false, privileges: powers });
    let mut live = Live { session: session.clone(), ..fresh() };
    let first = plan(&live);
    let all = statements(&first);
    assert!(!all.iter().any(|s| s.contains("ON SYSTEM")));
    assert!(
        all.contains(&"GRANT materialize_deployer TO joe"),
        "who gives a schema to a role is a member of it"
    );
    execute(&mut live, "CREATE ROLE joe");
    run(&mut live, &first);
    assert_eq!(require_ledger(&live), Ok(()));
    let mut of_another = Live { session, ..complete() };
    of_another.objects.retain(|o| o.name.name.as_str() != "kept");
    assert_eq!(
        problems(&of_another, &SetupOptions::default()),
        ["NotOwner: the database `_mz_deploy` belongs to `admin`, not to `joe`"]
    );
}

#[test]
fn an_existing_cluster_can_hold_the_indexes() {
    let shared = SetupOptions { server_cluster: Some("shared".into()), ..SetupOptions::default() };
    assert_eq!(
        problems(&fresh(), &shared),
        ["ServerCluster: the cluster `shared` (`--server-cluster`) doesn't exist"]
    );
    let mut live = fresh();
    execute(&mut live, "CREATE CLUSTER shared (SIZE = '25cc')");
    execute(&mut live, "CREATE CLUSTER other (SIZE = '25cc')");
    let plan = setup(&live, &shared).expect("there is a plan");
    assert!(!statements(&plan).iter().any(|s| s.contains("_mz_deploy_server")));
    run(&mut live, &plan);
    // From now on it is the one, asked for or not.
    assert_eq!(server_cluster(&live), Some(&Ident::new("shared")));
    assert_eq!(statements(&setup(&live, &SetupOptions::default()).expect("there is a plan")), [""; 0]);
    let other = SetupOptions { server_cluster: Some("other".into()), ..SetupOptions::default() };
    assert_eq!(
        problems(&live, &other),
        ["ServerCluster: the ledger's indexes run on the cluster `shared`, not on `other`"]
    );
}

#[test]
fn the_size_of_the_cluster_is_a_literal() {
    let options = SetupOptions { cluster_size: "2'; DROP".into(), ..SetupOptions::default() };
    let plan = setup(&fresh(), &options).expect("there is a plan");
    assert_eq!(statements(&plan).first(), Some(&"CREATE CLUSTER _mz_deploy_server (SIZE = '2''; DROP')"));
}

#[test]
fn other_commands_say_what_is_missing() {
    assert_eq!(
        messages(&[*require_ledger(&fresh()).expect_err("it isn't there")]),
        ["SetupRequired: this environment isn't set up for deployments"]
    );
    let mut live = complete();
    live.objects.retain(|o| o.name.name.as_str() != "plans_deploy_id_idx");
    live.roles.retain(|role| role.name.as_str() != "materialize_deployer");
    assert_eq!(
        messages(&[*require_ledger(&live).expect_err("it is incomplete")]),
        ["SetupRequired: the ledger of this environment is incomplete: it lacks index \
         `_mz_deploy.tables.plans_deploy_id_idx`, role `materialize_deployer`"]
    );
}

/// A server takes every statement, a second time too, and finds what is in production.
#[test]
fn a_server_takes_the_setup() {
    let sandbox = Sandbox::start(Options::default()).expect("a sandbox");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let rows = runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&sandbox.url(), NoTls).await.expect("a connection");
        tokio::spawn(connection);
        // The role that an emulator begins with.
        let powers = ["CREATECLUSTER", "CREATEDB", "CREATEROLE"].map(Into::into).to_vec();
        let role = LiveSession { role: "materialize".into(), is_superuser: false, privileges: powers };
        let plan = plan(&Live { session: Some(role), ..fresh() });
        for sql in statements(&plan) {
            client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
        for sql in statements(&plan)
            .iter()
            .filter(|s| !["CREATE CLUSTER", "CREATE ROLE"].iter().any(|p| s.starts_with(p)))
        {
            client.simple_query(sql).await.unwrap_or_else(|error| panic!("again, {sql}: {error:?}"));
        }
        for sql in [
            "SET cluster = _mz_deploy_server",
            "CREATE DATABASE other",
            "CREATE SCHEMA other.core",
            "INSERT INTO _mz_deploy.tables.deployments VALUES
                ('a', '2026-01-01', '2026-01-02', 'materialize', 'public', 'joe', NULL, 'objects', 'stage'),
                ('b', '2026-01-03', '2026-01-04', 'materialize', 'public', 'joe', NULL, 'objects', 'stage'),
                ('b', '2026-01-03', '2026-01-04', 'materialize', 'core', 'joe', NULL, 'objects', 'stage'),
                ('c', '2026-01-05', NULL, 'materialize', 'public', 'joe', NULL, 'objects', 'stage')",
        ] {
            client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
        let rows =
            client.simple_query("SELECT database, schema, deploy_id FROM _mz_deploy.public.production").await;
        rows.expect("the view answers")
    });
    let rows: Vec<Vec<Option<&str>>> = rows
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|n| row.get(n)).collect()),
            _ => None,
        })
        .collect();
    assert_eq!(rows, [[Some("materialize"), Some("public"), Some("b")]]);
}
