//! The sandbox answers as a real Materialize did. `tests/conformance/README.md` says what is replayed.
//!
//! With `MZ_TEST_URL` the scenarios run against that server. A server with another set-up than the recorded one
//! differs in some steps, and what is known of the sandbox is not asked of it.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use mz_deploy_sandbox::{Options, Sandbox};
use mz_deploy_tests::conformance::known::Known;
use mz_deploy_tests::conformance::replay::{Settings, replay};
use mz_deploy_tests::conformance::{report, scenario};
use mz_deploy_tests::upstream::{Installation, Upstream};

const URL: &str = "MZ_TEST_URL";
const PATIENCE: Duration = Duration::from_secs(30);

/// One test for each scenario, and one that no scenario is left out.
macro_rules! scenarios {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                answers_as_recorded(stringify!($name));
            }
        )*

        #[test]
        fn every_scenario_has_a_test() {
            assert_eq!(scenario::names().expect("scenarios"), [$(stringify!($name)),*]);
        }
    };
}

scenarios! {
    cancel
    clusters_managed
    column_types
    comments
    copy
    databases_schemas
    ddl_transactions
    dependencies
    extended_protocol
    grants_roles
    hydration
    lifecycle
    materialized_views
    multi_statement
    network_policies
    privilege_functions
    quoting_names
    rbac_failures
    replacement_mv
    secrets_connections
    session_vars
    sinks
    sources_loadgen
    sources_postgres
    startup
    subscribe
    swap_conflicts
    swap_rename
    tables_dml
    views
}

fn answers_as_recorded(name: &str) {
    let scenario = scenario::read(name).expect("a scenario");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let upstream = match (scenario.needs_vars.is_empty(), Installation::find()) {
        (true, _) => None,
        (false, Some(installation)) => Some(runtime.block_on(installation.start()).expect("a PostgreSQL")),
        (false, None) => {
            // Output of tests is what a reader of a failure sees; this is for who wonders why none failed.
            let _ = writeln!(io::stderr(), "skipped: the server programs of PostgreSQL are not installed");
            return;
        }
    };
    let variables = upstream.iter().flat_map(Upstream::variables).collect();

    let named = std::env::var(URL).ok();
    // Scenarios would disturb each other on a server that they share.
    let _alone = named.as_ref().map(|_| lock());
    let sandbox = match named {
        None => Some(Sandbox::start(Options::default()).expect("a sandbox")),
        Some(_) => None,
    };
    if let Some(sandbox) = &sandbox {
        runtime.block_on(use_up_ids(sandbox));
    }
    let url = sandbox.as_ref().map(Sandbox::url).or(named).expect("one of them");
    let settings = Settings { server: url.parse().expect("a URL"), variables, patience: PATIENCE };
    let known = match sandbox {
        Some(_) => Known::read(&scenario::all().expect("scenarios")).expect("known differences"),
        None => Known::default(),
    };
    let replay = runtime.block_on(replay(&scenario, &settings)).expect("a server");
    let verdict = known.judge(&replay);
    assert!(verdict.is_accepted(), "{}", report::details(&replay, &verdict));
}

/// Makes the sandbox one that has been used: the recorded server was, and some of the recorded queries look for comments
/// by an id alone, whatever it is the id of.
async fn use_up_ids(sandbox: &Sandbox) {
    let (client, connection) =
        tokio_postgres::connect(&sandbox.url(), tokio_postgres::NoTls).await.expect("a connection");
    let connection = tokio::spawn(connection);
    for _ in 0..40 {
        client.batch_execute("CREATE VIEW used AS SELECT 1").await.expect("a view");
        client.batch_execute("DROP VIEW used").await.expect("no view");
    }
    drop(client);
    // However the connection ends, it has served its purpose.
    let _ = connection.await;
}

fn lock() -> File {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance.lock");
    let file = File::create(path).expect("a lock file");
    file.lock().expect("the lock");
    file
}
