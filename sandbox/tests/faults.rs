//! What goes wrong on request, as clients see it.

use std::time::{Duration, Instant};

use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::{Clock, Pattern};
use mz_deploy_sandbox::{Options, Sandbox};
use tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage};

type Rows = Vec<Vec<Option<String>>>;

fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).expect("it starts")
}

async fn connect(sandbox: &Sandbox) -> Client {
    let (client, connection) = tokio_postgres::connect(&sandbox.url(), NoTls).await.expect("it lets us in");
    tokio::spawn(connection);
    client
}

async fn run(client: &Client, sql: &str) -> Result<Rows, Error> {
    let messages = client.simple_query(sql).await?;
    let row = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|n| row.get(n).map(str::to_owned)).collect()),
        _ => None,
    };
    Ok(messages.into_iter().filter_map(row).collect())
}

async fn rows(client: &Client, sql: &str) -> Rows {
    run(client, sql).await.unwrap_or_else(|error| panic!("`{sql}`: {error:?}"))
}

/// The first value.
async fn value(client: &Client, sql: &str) -> Option<String> {
    rows(client, sql).await.into_iter().next()?.into_iter().next()?
}

/// Waits until a query says what it is to say.
async fn eventually(client: &Client, sql: &str, expected: &str) {
    let start = Instant::now();
    loop {
        let found = value(client, sql).await;
        if found.as_deref() == Some(expected) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "`{sql}` says {found:?}, not `{expected}`");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn code(error: &Error) -> Option<&str> {
    Some(error.as_db_error()?.code().code())
}

#[tokio::test]
async fn the_nth_statement_fails_and_the_next_does_not() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "SELECT mz_sandbox.fail_statement('CREATE TABLE%', 2, 'XX000', 'boom')").await;
    rows(&client, "CREATE TABLE one (a int)").await;
    let error = run(&client, "CREATE TABLE two (a int)").await.expect_err("it is the second");
    assert_eq!(
        (code(&error), error.as_db_error().map(tokio_postgres::error::DbError::message)),
        (Some("XX000"), Some("boom"))
    );
    assert_eq!(rows(&client, "SELECT name FROM mz_tables WHERE id LIKE 'u%'").await.len(), 1);
    rows(&client, "CREATE TABLE two (a int)").await;
}

#[tokio::test]
async fn a_failed_commit_commits_nothing() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "CREATE TABLE t (a int)").await;
    rows(&client, "SELECT mz_sandbox.fail_statement('COMMIT', 1, '40001', 'not now')").await;
    rows(&client, "BEGIN").await;
    rows(&client, "INSERT INTO t VALUES (1)").await;
    let error = run(&client, "COMMIT").await.expect_err("it was to fail");
    assert_eq!(code(&error), Some("40001"));
    rows(&client, "ROLLBACK").await;
    assert_eq!(value(&client, "SELECT count(*) FROM t").await.as_deref(), Some("0"));
}

#[tokio::test]
async fn a_delay_holds_up_one_session_only() {
    let sandbox = sandbox();
    let (slow, quick) = (connect(&sandbox).await, connect(&sandbox).await);
    rows(&quick, "SELECT mz_sandbox.delay('SELECT 1', 1, INTERVAL '600 ms')").await;
    let start = Instant::now();
    let waiting = tokio::spawn(async move { rows(&slow, "SELECT 1").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    rows(&quick, "CREATE TABLE meanwhile (a int)").await;
    assert!(!waiting.is_finished());
    waiting.await.expect("it ends");
    assert!(start.elapsed() >= Duration::from_millis(600));
}

#[tokio::test]
async fn a_delay_ends_with_the_rules() {
    let sandbox = sandbox();
    let (slow, quick) = (connect(&sandbox).await, connect(&sandbox).await);
    for time in ["1 hour", "2 hours"] {
        rows(&quick, &format!("SELECT mz_sandbox.delay('SELECT 1', 1, '{time}')")).await;
    }
    let waiting = tokio::spawn(async move { rows(&slow, "SELECT 1").await });
    while !sandbox.faults().list().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!waiting.is_finished());
    rows(&quick, "SELECT mz_sandbox.clear()").await;
    let ended = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    assert_eq!(ended.expect("it isn't delayed any more").expect("it ends").len(), 1);
}

#[tokio::test]
async fn a_delayed_statement_can_be_cancelled() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "SELECT mz_sandbox.delay('CREATE TABLE%', NULL, '1 hour')").await;
    let cancel = client.cancel_token();
    let waiting = tokio::spawn(async move { run(&client, "CREATE TABLE t (a int)").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    cancel.cancel_query(NoTls).await.expect("it is told");
    let error = waiting.await.expect("it ends").expect_err("it was cancelled");
    assert_eq!(code(&error), Some("57014"));
}

#[tokio::test]
async fn a_connection_is_dropped_before_or_after_the_statement_is_done() {
    let sandbox = sandbox();
    let observer = connect(&sandbox).await;
    rows(&observer, "CREATE TABLE t (a int)").await;
    for (moment, expected) in [("before", "0"), ("after", "1")] {
        rows(&observer, &format!("SELECT mz_sandbox.drop_connection('INSERT%', 1, '{moment}')")).await;
        let client = connect(&sandbox).await;
        let error = run(&client, "INSERT INTO t VALUES (1)").await.expect_err("the connection is gone");
        assert_eq!(code(&error), None, "{error:?}");
        rows(&observer, "SELECT mz_sandbox.clear()").await;
        assert_eq!(value(&observer, "SELECT count(*) FROM t").await.as_deref(), Some(expected), "{moment}");
    }
}

#[tokio::test]
async fn a_connection_is_dropped_after_its_rows_are_copied() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "CREATE TABLE t (a int)").await;
    rows(&client, "SELECT mz_sandbox.drop_connection('COPY%', 1, 'after')").await;
    let copy = client.copy_in::<_, bytes::Bytes>("COPY t FROM STDIN").await.expect("it begins");
    let done = std::pin::pin!(copy).finish().await;
    assert_eq!(code(&done.expect_err("the connection is gone")), None);
    assert!(sandbox.faults().list().is_empty());
}

#[tokio::test]
async fn another_sessions_change_comes_in_between() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "CREATE SCHEMA one").await;
    rows(&client, "CREATE SCHEMA two").await;
    rows(&client, "SELECT mz_sandbox.run_before('COMMIT', 1, 'CREATE SCHEMA three')").await;
    rows(&client, "BEGIN").await;
    rows(&client, "ALTER SCHEMA one SWAP WITH two").await;
    let error = run(&client, "COMMIT").await.expect_err("the catalog is another one");
    assert_eq!(code(&error), Some("40001"));
    rows(&client, "ROLLBACK").await;
    let three = "SELECT count(*) FROM mz_schemas WHERE name = 'three'";
    assert_eq!(value(&client, three).await.as_deref(), Some("1"));

    rows(&client, "SELECT mz_sandbox.run_after('CREATE TABLE%', 1, 'DROP SCHEMA three')").await;
    rows(&client, "CREATE TABLE t (a int)").await;
    assert_eq!(value(&client, three).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn a_program_adds_rules_too() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    let (nth, when, action) = (Some(1), When::Before, Action::Disconnect);
    sandbox.faults().add(Rule { pattern: Pattern::new("CREATE%"), nth, when, action });
    assert_eq!(
        value(&client, "SELECT mz_sandbox.list()").await.as_deref(),
        Some("1: before statement 1 like `CREATE%`: drop the connection (met 0 times)")
    );
    run(&client, "CREATE TABLE t (a int)").await.expect_err("the connection is gone");
    assert!(sandbox.faults().list().is_empty());
}

const REPLICA: &str = "SELECT status || coalesce(' ' || reason, '') FROM mz_internal.mz_cluster_replica_statuses s
    JOIN mz_cluster_replicas r ON r.id = s.replica_id JOIN mz_clusters c ON c.id = r.cluster_id WHERE c.name = 'c'";

#[tokio::test]
async fn replicas_run_out_of_memory_and_recover() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "CREATE CLUSTER c (SIZE = '25cc')").await;
    eventually(&client, REPLICA, "online").await;
    rows(&client, "SELECT mz_sandbox.oom('c')").await;
    eventually(&client, REPLICA, "offline oom-killed").await;
    rows(&client, "SELECT mz_sandbox.clear()").await;
    eventually(&client, REPLICA, "online").await;
    let history = "SELECT count(*) > 2 FROM mz_internal.mz_cluster_replica_status_history";
    assert_eq!(value(&client, history).await.as_deref(), Some("t"));
}

#[tokio::test]
async fn a_replica_is_lost_and_another_is_restarted() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "CREATE CLUSTER c (SIZE = '25cc')").await;
    eventually(&client, REPLICA, "online").await;
    rows(&client, "SELECT mz_sandbox.restart_replica('c.r1')").await;
    eventually(&client, REPLICA, "offline oom-killed").await;
    eventually(&client, REPLICA, "online").await;
    rows(&client, "SELECT mz_sandbox.lose_replica('c.r1')").await;
    eventually(&client, REPLICA, "offline").await;
    let error = run(&client, "SELECT mz_sandbox.lose_replica('c.r2')").await.expect_err("there is none");
    assert_eq!(
        error.as_db_error().map(tokio_postgres::error::DbError::message),
        Some("unknown cluster replica 'c.r2'")
    );
}

const HYDRATED: &str =
    "SELECT h.hydrated FROM mz_internal.mz_hydration_statuses h JOIN mz_objects o ON o.id = h.object_id
    WHERE o.name = 'm'";

#[tokio::test]
async fn hydration_is_stuck_until_it_is_not() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "SELECT mz_sandbox.set_hydration('m', NULL)").await;
    rows(&client, "CREATE TABLE t (a int)").await;
    rows(&client, "CREATE MATERIALIZED VIEW m AS SELECT * FROM t").await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(value(&client, HYDRATED).await.as_deref(), Some("f"));
    rows(&client, "SELECT mz_sandbox.set_hydration('m', '0 s')").await;
    eventually(&client, HYDRATED, "t").await;
}

#[tokio::test]
async fn what_lags_is_behind() {
    let sandbox = sandbox();
    let client = connect(&sandbox).await;
    rows(&client, "CREATE TABLE t (a int)").await;
    rows(&client, "CREATE MATERIALIZED VIEW m AS SELECT * FROM t").await;
    eventually(&client, HYDRATED, "t").await;
    rows(&client, "SELECT mz_sandbox.lag('m', '1 hour')").await;
    let lag = "SELECT l.local_lag > INTERVAL '50 minutes' FROM mz_internal.mz_materialization_lag l
        JOIN mz_objects o ON o.id = l.object_id WHERE o.name = 'm'";
    eventually(&client, lag, "t").await;
}

#[tokio::test]
async fn a_held_clock_moves_everything_along() {
    let clock = Clock::held(1_700_000_000_000);
    let options = Options { clock, ..Options::default() };
    let sandbox = Sandbox::start(options).expect("it starts");
    let client = connect(&sandbox).await;
    assert_eq!(value(&client, "SELECT mz_now()").await.as_deref(), Some("1700000000000"));
    rows(&client, "CREATE SOURCE counter FROM LOAD GENERATOR COUNTER (TICK INTERVAL '1s')").await;
    rows(&client, "CREATE TABLE numbers FROM SOURCE counter (REFERENCE counter)").await;
    rows(&client, "SELECT mz_sandbox.advance('1 hour')").await;
    assert_eq!(value(&client, "SELECT mz_now()").await.as_deref(), Some("1700003600000"));
    assert_eq!(value(&client, "SELECT max(counter) FROM numbers").await.as_deref(), Some("3601"));
    rows(&client, "SELECT mz_sandbox.release_clock()").await;
    assert!(!sandbox.clock().is_held());
    let error = run(&client, "SELECT mz_sandbox.advance('1 hour')").await.expect_err("it runs");
    assert_eq!(code(&error), Some("22023"));
    rows(&client, "SELECT mz_sandbox.hold_clock()").await;
    assert!(sandbox.clock().is_held());
}

#[tokio::test]
async fn a_full_disk_refuses_what_it_cannot_keep() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { data: Some(folder.path().to_owned()), ..Options::default() };
    let sandbox = Sandbox::start(options).expect("it starts");
    let client = connect(&sandbox).await;
    rows(&client, "CREATE TABLE t (a int)").await;
    rows(&client, "SELECT mz_sandbox.disk_full(true)").await;
    for statement in ["CREATE TABLE u (a int)", "INSERT INTO t VALUES (1)"] {
        let error = run(&client, statement).await.expect_err("there is no room");
        assert_eq!(code(&error), Some("53100"), "{statement}");
    }
    rows(&client, "SELECT mz_sandbox.disk_full(false)").await;
    assert_eq!(value(&client, "SELECT count(*) FROM t").await.as_deref(), Some("0"));
    rows(&client, "CREATE TABLE u (a int)").await;
    rows(&client, "INSERT INTO t VALUES (1)").await;
    assert_eq!(value(&client, "SELECT count(*) FROM t").await.as_deref(), Some("1"));
}
