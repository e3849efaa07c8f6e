//! A server that starts again on its data directory.

use std::path::Path;

use mz_deploy_sandbox::{Options, Sandbox};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

fn start(folder: &Path) -> Sandbox {
    let options = Options { data: Some(folder.to_owned()), ..Options::default() };
    Sandbox::start(options).expect("it starts")
}

async fn connect(sandbox: &Sandbox) -> Client {
    let (client, connection) = tokio_postgres::connect(&sandbox.url(), NoTls).await.expect("it lets us in");
    tokio::spawn(connection);
    client
}

/// All values of all rows, one space between them.
async fn values(client: &Client, sql: &str) -> String {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("`{sql}`: {error:?}"));
    let row = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|n| row.get(n).unwrap_or("-").to_owned()).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    };
    messages.into_iter().filter_map(row).collect::<Vec<_>>().join("; ")
}

const MADE: &[&str] = &[
    "SELECT mz_sandbox.hold_clock()",
    "CREATE TABLE kinds (n numeric(10, 2), t timestamptz, l int list, b bytea, note text DEFAULT 'it''s')",
    "INSERT INTO kinds (n, t, l, b) VALUES (1.5, '2024-01-01 00:00:00+00', LIST[1, 2], 'x'), (2, NULL, NULL, NULL)",
    "INSERT INTO kinds VALUES (3, NULL, NULL, NULL, NULL), (3, NULL, NULL, NULL, NULL)",
    "UPDATE kinds SET note = 'changed' WHERE n = 2",
    "DELETE FROM kinds WHERE n = 1.5 AND note = 'no such'",
    "CREATE VIEW lists AS SELECT list_agg(n) AS ns, map_agg(note, n) AS by_note FROM kinds WHERE note IS NOT NULL",
    "CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM kinds",
    "CREATE DEFAULT INDEX ON m",
    "CREATE SECRET s AS 'secret'",
    "COMMENT ON TABLE kinds IS 'of all kinds'",
    "CREATE SOURCE counter FROM LOAD GENERATOR COUNTER (TICK INTERVAL '1s')",
    "CREATE TABLE numbers FROM SOURCE counter (REFERENCE counter)",
    "SELECT mz_sandbox.advance('10 seconds')",
    "SELECT count(*) FROM numbers",
    "CREATE TABLE gone (a int)",
    "INSERT INTO gone VALUES (1)",
    "DROP TABLE gone",
    "CREATE TEMPORARY TABLE passing (a int)",
];

const ASKED: &[&str] = &[
    "SELECT * FROM kinds ORDER BY n, note",
    "SELECT ns, by_note FROM lists",
    "SELECT n FROM m",
    "SELECT min(counter), max(counter) FROM numbers",
    "SELECT id, name, create_sql FROM mz_objects LEFT JOIN mz_tables USING (id, name) WHERE id LIKE 'u%' AND name <> 'passing' ORDER BY id",
    "SELECT count(*) FROM mz_audit_events WHERE object_type = 'source'",
    "SELECT mz_environment_id(), mz_now()",
    "SELECT comment FROM mz_internal.mz_comments",
];

#[tokio::test]
async fn a_server_that_starts_again_is_as_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sandbox = start(folder.path());
    let client = connect(&sandbox).await;
    for sql in MADE {
        values(&client, sql).await;
    }
    let mut before = Vec::new();
    for sql in ASKED {
        before.push(values(&client, sql).await);
    }
    assert!(before.iter().all(|answer| !answer.is_empty()), "{before:?}");
    tokio::task::spawn_blocking(move || sandbox.stop()).await.expect("it stops");

    // Once from the log, once from the snapshot that is made of it.
    for time in ["log", "snapshot"] {
        let sandbox = start(folder.path());
        let client = connect(&sandbox).await;
        for (sql, before) in ASKED.iter().zip(&before) {
            assert_eq!(&values(&client, sql).await, before, "`{sql}` from the {time}");
        }
        assert_eq!(values(&client, "SELECT id FROM mz_tables WHERE name = 'passing'").await, "");
        tokio::task::spawn_blocking(move || sandbox.stop()).await.expect("it stops");
    }

    let sandbox = start(folder.path());
    let client = connect(&sandbox).await;
    let last = "SELECT max(substr(id, 2)::int) FROM mz_objects WHERE id LIKE 'u%'";
    let before: u64 = values(&client, last).await.parse().expect("a number");
    values(&client, "CREATE TABLE next (a int)").await;
    let after: u64 = values(&client, last).await.parse().expect("a number");
    assert!(after > before + 1, "ids of what is gone do not come back: {before}, {after}");
}
