//! What clients do over the wire, with a client that knows nothing of the sandbox.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use mz_deploy_sandbox::error::{SqlError, SqlState};
use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;
use mz_deploy_sandbox::{Options, Sandbox};
use tokio::sync::mpsc;
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, Client, NoTls, SimpleQueryMessage};

/// As long as anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

fn sandbox() -> Sandbox {
    let listen = "127.0.0.1:0".parse().expect("an address");
    Sandbox::start(Options { listen, ..Options::default() }).expect("it starts")
}

/// A client, and the notices that it is sent.
async fn connect(sandbox: &Sandbox) -> (Client, mpsc::UnboundedReceiver<String>) {
    let (client, mut connection) =
        tokio_postgres::connect(&sandbox.url(), NoTls).await.expect("it takes connections");
    let (send, notices) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut messages = std::pin::pin!(futures_util::stream::poll_fn(|cx| connection.poll_message(cx)));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notice(notice) = message {
                // A test that doesn't listen has let go of the other end.
                let _ = send.send(notice.message().to_owned());
            }
        }
    });
    (client, notices)
}

async fn client(sandbox: &Sandbox) -> Client {
    connect(sandbox).await.0
}

/// The rows of the last statement, as text.
async fn rows(client: &Client, sql: &str) -> Vec<Vec<Option<String>>> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let row = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|place| row.get(place).map(str::to_owned)).collect())
        }
        _ => None,
    };
    messages.into_iter().filter_map(row).collect()
}

/// Runs statements one by one.
async fn run(client: &Client, statements: &[&str]) {
    for sql in statements {
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
}

/// The error of a statement: its code and its message.
async fn error(client: &Client, sql: &str) -> (String, String) {
    match client.simple_query(sql).await {
        Ok(done) => panic!("{sql} went well: {done:?}"),
        Err(error) => {
            let error = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error:?}"));
            (error.code().code().to_owned(), error.message().to_owned())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn simple_queries_answer_in_text() {
    let sandbox = sandbox();
    let client = client(&sandbox).await;
    let answer = rows(&client, "SELECT 1, 'a', NULL, true").await;
    assert_eq!(answer, [[Some("1".to_owned()), Some("a".to_owned()), None, Some("t".to_owned())]]);
    run(&client, &["CREATE TABLE t (a int, b text)", "INSERT INTO t VALUES (1, 'x'), (2, NULL)"]).await;
    let answer = rows(&client, "SELECT a, b FROM t ORDER BY a").await;
    assert_eq!(answer, [vec![Some("1".to_owned()), Some("x".to_owned())], vec![Some("2".to_owned()), None]]);
    let (code, message) = error(&client, "SELECT * FROM nowhere").await;
    assert_eq!((code.as_str(), message.as_str()), ("XX000", "unknown catalog item 'nowhere'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn extended_queries_take_and_give_binary_values() {
    let sandbox = sandbox();
    let client = client(&sandbox).await;
    client.batch_execute("CREATE TABLE t (a int, b text, c bool, d float8, e bigint)").await.expect("made");
    let insert = client.prepare("INSERT INTO t VALUES ($1, $2, $3, $4, $5)").await.expect("prepared");
    assert_eq!(insert.params(), [Type::INT4, Type::TEXT, Type::BOOL, Type::FLOAT8, Type::INT8]);
    for n in 0..3_i32 {
        let text = (n != 1).then(|| format!("row {n}"));
        let done = client.execute(&insert, &[&n, &text, &(n > 0), &(f64::from(n) / 4.0), &i64::MAX]).await;
        assert_eq!(done.expect("inserted"), 1);
    }
    let select = "SELECT a, b, c, d, e FROM t WHERE a >= $1 ORDER BY a";
    let rows = client.query(select, &[&1_i32]).await.expect("read");
    let read: Vec<(i32, Option<String>, bool, f64, i64)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4))).collect();
    assert_eq!(read, [(1, None, true, 0.25, i64::MAX), (2, Some("row 2".to_owned()), true, 0.5, i64::MAX)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_can_be_canceled() {
    let sandbox = sandbox();
    let (waiting, other) = (client(&sandbox).await, client(&sandbox).await);
    waiting.batch_execute("CREATE TABLE t (a int)").await.expect("made");
    let token = waiting.cancel_token();
    let number = rows(&waiting, "SELECT pg_backend_pid()").await;
    let number = number.into_iter().flatten().flatten().next().expect("a number");
    let read = tokio::spawn(async move {
        for _ in 0..2 {
            let (code, message) = error(&waiting, "SELECT * FROM t AS OF 99999999999999").await;
            assert_eq!(code, "57014");
            assert_eq!(message, "canceling statement due to user request");
        }
        assert_eq!(rows(&waiting, "SELECT 1").await.len(), 1, "the connection goes on");
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    token.cancel_query(NoTls).await.expect("sent");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let done = rows(&other, &format!("SELECT pg_cancel_backend({number})")).await;
    assert_eq!(done, [[Some("t".to_owned())]]);
    tokio::time::timeout(PATIENCE, read).await.expect("canceled").expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_copied_in_and_out() {
    let sandbox = sandbox();
    let client = client(&sandbox).await;
    client.batch_execute("CREATE TABLE t (a int, b text)").await.expect("made");
    let sink = client.copy_in("COPY t FROM STDIN").await.expect("it takes rows");
    let mut sink = std::pin::pin!(sink);
    for chunk in ["1\tone\n2\t", "\\N\n3\tt\\thr\\nee\n"] {
        sink.send(bytes::Bytes::from(chunk)).await.expect("sent");
    }
    assert_eq!(sink.finish().await.expect("copied"), 3);
    let out = client.copy_out("COPY (SELECT * FROM t ORDER BY a) TO STDOUT").await.expect("it gives rows");
    let mut out = std::pin::pin!(out);
    let mut text = Vec::new();
    while let Some(chunk) = out.next().await {
        text.extend_from_slice(&chunk.expect("a chunk"));
    }
    assert_eq!(String::from_utf8(text).as_deref(), Ok("1\tone\n2\t\\N\n3\tt\\thr\\nee\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_come_before_the_answer() {
    let sandbox = sandbox();
    let (client, mut notices) = connect(&sandbox).await;
    client.batch_execute("DROP VIEW IF EXISTS nowhere").await.expect("done");
    let mut heard = Vec::new();
    while let Ok(notice) = notices.try_recv() {
        heard.push(notice);
    }
    assert_eq!(heard.last().map(String::as_str), Some("VIEW \"nowhere\" does not exist, skipping"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_work_at_once() {
    let sandbox = Arc::new(sandbox());
    client(&sandbox).await.batch_execute("CREATE TABLE t (a int)").await.expect("made");
    let clients = (0..24).map(|n| {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            let client = client(&sandbox).await;
            for round in 0..5 {
                let own = n * 5 + round;
                client.execute("INSERT INTO t VALUES ($1)", &[&own]).await.expect("inserted");
                let seen = client.query_one("SELECT a FROM t WHERE a = $1", &[&own]).await.expect("read");
                assert_eq!(seen.get::<_, i32>(0), own);
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("no panic");
    }
    let count = client(&sandbox).await.query_one("SELECT count(*), sum(a) FROM t", &[]).await.expect("read");
    assert_eq!((count.get::<_, i64>(0), count.get::<_, i64>(1)), (120, 119 * 120 / 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_refused_once_it_is_gone() {
    let sandbox = sandbox();
    let client = client(&sandbox).await;
    run(&client, &["CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)"]).await;
    let (code, message) = error(&client, "SELECT * FROM t AS OF 1000").await;
    assert_eq!(code, "22000");
    assert_eq!(message, "could not find a valid timestamp for the query");
    assert_eq!(rows(&client, "SELECT * FROM t AS OF AT LEAST 1000").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_go_on_with_a_replacement() {
    let sandbox = sandbox();
    let (reader, writer) = (client(&sandbox).await, client(&sandbox).await);
    let made = [
        "CREATE TABLE t (a int)",
        "INSERT INTO t VALUES (1)",
        "CREATE MATERIALIZED VIEW m AS SELECT a FROM t",
        "CREATE REPLACEMENT MATERIALIZED VIEW r FOR m AS SELECT a + 10 AS a FROM t",
    ];
    run(&writer, &made).await;
    reader.batch_execute("BEGIN; DECLARE c CURSOR FOR SUBSCRIBE m").await.expect("declared");
    let fetched = |rows: Vec<Vec<Option<String>>>| -> Vec<(String, String)> {
        let value =
            |row: &[Option<String>], place: usize| row.get(place).cloned().flatten().unwrap_or_default();
        let mut changes: Vec<_> = rows.iter().map(|row| (value(row, 1), value(row, 2))).collect();
        changes.sort();
        changes
    };
    let pair = |diff: &str, value: &str| (diff.to_owned(), value.to_owned());
    let first = rows(&reader, "FETCH ALL c WITH (TIMEOUT = '10s')");
    assert_eq!(fetched(first.await), [pair("1", "1")]);
    writer.batch_execute("ALTER MATERIALIZED VIEW m APPLY REPLACEMENT r").await.expect("applied");
    let second = rows(&reader, "FETCH 2 c WITH (TIMEOUT = '10s')").await;
    assert_eq!(fetched(second), [pair("-1", "1"), pair("1", "11")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fatal_error_ends_its_connection_alone() {
    let sandbox = sandbox();
    let (client, other) = (client(&sandbox).await, client(&sandbox).await);
    let mut down = SqlError::new(SqlState("57P01"), "terminating connection");
    down.fatal = true;
    let (pattern, action) = (Pattern::new("SELECT 'down'"), Action::Fail(down));
    sandbox.faults().add(Rule { pattern, nth: Some(1), when: When::Before, action });
    assert_eq!(rows(&client, "SELECT 'up'").await.len(), 1);
    let failed = client.simple_query("SELECT 'down'").await.expect_err("it is asked to fail");
    let failed = failed.as_db_error().expect("the server says why");
    assert_eq!((failed.severity(), failed.code().code()), ("FATAL", "57P01"));
    let gone = tokio::time::timeout(PATIENCE, client.simple_query("SELECT 'up'")).await.expect("an answer");
    assert!(gone.expect_err("the connection is over").is_closed());
    assert_eq!(rows(&other, "SELECT 'down'").await.len(), 1);
}

/// Statements of several clients at once, each again and again. Returns what each was told.
async fn again_and_again(clients: Vec<Client>, statement: fn(usize) -> &'static str) -> Vec<Vec<String>> {
    let work = |(number, client): (usize, Client)| {
        tokio::spawn(async move {
            let mut told = Vec::new();
            for _ in 0..300 {
                let answer = client.simple_query(statement(number)).await;
                told.push(match answer.map_err(|error| error.as_db_error().map(ToString::to_string)) {
                    Ok(messages) => first_value(messages),
                    Err(error) => error.expect("an answer"),
                });
            }
            told.sort();
            told.dedup();
            told
        })
    };
    let mut told = Vec::new();
    for task in clients.into_iter().enumerate().map(work).collect::<Vec<_>>() {
        told.push(task.await.expect("it ends"));
    }
    told
}

fn first_value(messages: Vec<SimpleQueryMessage>) -> String {
    let value = messages.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    value.unwrap_or_default()
}

/// There is one engine, which is told for whom the next statement is.
#[tokio::test(flavor = "multi_thread")]
async fn statements_at_once_see_the_settings_of_their_own_sessions() {
    let sandbox = sandbox();
    let mut clients = Vec::new();
    for number in 0..3 {
        let client = client(&sandbox).await;
        run(&client, &[format!("SET application_name = 'a{number}'").as_str()]).await;
        clients.push(client);
    }
    let told = again_and_again(clients, |_| "SELECT current_setting('application_name')").await;
    assert_eq!(told, [["a0"], ["a1"], ["a2"]]);
}

/// Writes in a block are tried and taken back, in the one engine.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_fails_does_not_fail_the_writes_of_others() {
    let sandbox = sandbox();
    let (writes, fails) = (client(&sandbox).await, client(&sandbox).await);
    run(&writes, &["CREATE TABLE t (a int)"]).await;
    let statement = |number| match number {
        0 => "BEGIN; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); COMMIT",
        _ => "SELECT 1 / sum(a - a) FROM (VALUES (1)) AS v (a)",
    };
    let told = again_and_again(vec![writes, fails], statement).await;
    assert_eq!(told[0], [""]);
    assert_eq!(told[1].len(), 1);
    assert!(told[1][0].contains("division by zero"), "{told:?}");
    assert_eq!(rows(&client(&sandbox).await, "SELECT count(*) FROM t").await, [[Some("600".to_owned())]]);
}
