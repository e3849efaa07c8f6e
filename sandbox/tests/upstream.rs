//! Statements that ask another system, which is a port here at which nobody answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mz_deploy_sandbox::{Options, Sandbox};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_postgres::{Client, NoTls};

const SECOND: Duration = Duration::from_secs(1);

/// Takes connections and says nothing.
struct Silence {
    port: u16,
    visitors: Arc<AtomicUsize>,
    visited: Arc<Notify>,
}

impl Silence {
    async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (visitors, visited) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, bell) = (visitors.clone(), visited.clone());
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.push(stream);
                count.fetch_add(1, Ordering::SeqCst);
                bell.notify_one();
            }
        });
        Self { port, visitors, visited }
    }

    fn connection(&self) -> String {
        format!("TO POSTGRES (HOST '127.0.0.1', PORT {}, USER 'u', DATABASE 'd')", self.port)
    }
}

async fn connect(sandbox: &Sandbox, role: &str) -> Client {
    let url = sandbox.url().replacen("materialize@", &format!("{role}@"), 1);
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("it lets us in");
    tokio::spawn(connection);
    client
}

fn code(result: Result<(), tokio_postgres::Error>) -> String {
    let error = result.expect_err("it fails");
    error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned())
}

#[tokio::test]
async fn while_one_session_asks_the_others_go_on_and_it_can_be_cancelled() {
    let silence = Silence::begin().await;
    let sandbox = Sandbox::start(Options::default()).expect("it starts");
    let (asking, other) = (connect(&sandbox, "materialize").await, connect(&sandbox, "materialize").await);
    let cancel = asking.cancel_token();
    let sql = format!("CREATE CONNECTION c {}", silence.connection());
    let asked = tokio::spawn(async move { (asking.batch_execute(&sql).await, asking) });
    silence.visited.notified().await;

    other.batch_execute("CREATE TABLE t (a int)").await.expect("nobody waits for the one who asks");
    assert!(!asked.is_finished());
    let begun = Instant::now();
    cancel.cancel_query(NoTls).await.expect("the server is asked to cancel");
    let (result, asking) = asked.await.expect("it ends");
    assert_eq!(code(result), "57014");
    assert!(begun.elapsed() < SECOND * 20, "{:?}", begun.elapsed());
    // Nothing was made, and the session goes on.
    let left = "SELECT 1 / (1 - count(*)) FROM mz_connections WHERE name = 'c'";
    asking.batch_execute(left).await.expect("there is no such connection");
}

#[tokio::test]
async fn a_connection_in_a_block_is_tried_when_the_block_ends() {
    let silence = Silence::begin().await;
    let sandbox = Sandbox::start(Options::default()).expect("it starts");
    let client = connect(&sandbox, "materialize").await;
    let cancel = client.cancel_token();
    client.batch_execute("BEGIN").await.expect("a block");
    let sql = format!("CREATE CONNECTION c {}", silence.connection());
    client.batch_execute(&sql).await.expect("it is put off");
    assert_eq!(silence.visitors.load(Ordering::SeqCst), 0);
    let ended = tokio::spawn(async move { (client.batch_execute("COMMIT").await, client) });
    silence.visited.notified().await;
    cancel.cancel_query(NoTls).await.expect("the server is asked to cancel");
    let (result, client) = ended.await.expect("it ends");
    assert_eq!(code(result), "57014");
    client.batch_execute("ROLLBACK").await.expect("the block is over");
    client.batch_execute("CREATE TABLE c (a int)").await.expect("the name is free");
}

#[tokio::test]
async fn nobody_is_asked_for_a_role_that_may_not() {
    let silence = Silence::begin().await;
    let sandbox = Sandbox::start(Options::default()).expect("it starts");
    let (owner, stranger) = (connect(&sandbox, "materialize").await, connect(&sandbox, "stranger").await);
    let script = format!(
        "CREATE SCHEMA own; CREATE SCHEMA theirs; CREATE CONNECTION own.pg {} WITH (VALIDATE = false);
         CREATE CLUSTER c (SIZE '25cc'); GRANT CREATE ON CLUSTER c TO stranger; GRANT CREATE, USAGE ON SCHEMA theirs TO stranger",
        silence.connection()
    );
    for sql in script.split(';') {
        owner.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    for sql in [
        format!("CREATE CONNECTION own.other {}", silence.connection()),
        "VALIDATE CONNECTION own.pg".to_owned(),
        "ALTER CONNECTION own.pg SET (USER = 'me')".to_owned(),
        "CREATE SOURCE theirs.s IN CLUSTER c FROM POSTGRES CONNECTION own.pg (PUBLICATION 'p')".to_owned(),
    ] {
        assert_eq!(code(stranger.batch_execute(&sql).await), "42501", "{sql}");
    }
    assert_eq!(silence.visitors.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_comes_in_between_asks_as_well() {
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port")
        .local_addr()
        .expect("it is bound")
        .port();
    let sandbox = Sandbox::start(Options::default()).expect("it starts");
    let client = connect(&sandbox, "materialize").await;
    let between = format!(
        "CREATE CONNECTION c TO POSTGRES (HOST ''127.0.0.1'', PORT {port}, USER ''u'', DATABASE ''d'')"
    );
    let rule = format!("SELECT mz_sandbox.run_before('CREATE TABLE%', 1, '{between}')");
    client.batch_execute(&rule).await.expect("a rule");
    let error = client.batch_execute("CREATE TABLE t (a int)").await.expect_err("nobody listens any more");
    let message = error.as_db_error().map(|error| error.message().to_owned()).unwrap_or_default();
    assert!(
        message.contains("which was to come in between, failed: error connecting to server"),
        "{message}"
    );
}
