//! Sources of a real `PostgreSQL`: what its tables become in the sandbox.

use std::path::Path;

use mz_deploy_sandbox::{Options, Sandbox};
use mz_deploy_tests::upstream::{Installation, Upstream};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// A value of every type that can be read as it is, and of some that can't.
const KINDS: &str = r#"
CREATE SCHEMA more;
CREATE TYPE more.mood AS ENUM ('glad', 'sad');
CREATE TABLE more.kinds (
    id int PRIMARY KEY, a bool, b bytea, c "char", d date, f4 float4, f8 float8, i2 int2, i8 int8, i interval, j json,
    jb jsonb, n numeric, n2 numeric(10, 2), t text, ti time, ts timestamp, tz timestamptz(3), u uuid, v varchar(5),
    bp char(4), r int4range, ia int[], ta text[], mood more.mood, cost money
);
ALTER TABLE more.kinds REPLICA IDENTITY FULL;
INSERT INTO more.kinds VALUES (
    1, true, '\x00ff', 'x', '2024-02-29', 1.5, 'NaN', -1, 9007199254740993, '1 day 02:03:04', '{"b": 1,  "a": [null]}',
    '{"b": 1, "a": [null]}', 123456789012345678901234567890.5, 1.10, E'it''s \\ two\nlines', '01:02:03.456789',
    '2024-01-01 00:00:00.123456', '2024-01-01 00:00:00.123+02', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'vwxyz', 'bp',
    '[1,3)', '{1,NULL,3}', '{"a b",NULL,"c\"d"}', 'sad', 12.5
);
INSERT INTO more.kinds (id) VALUES (2);
CREATE TABLE more.orders (id int, "The Note" text);
ALTER TABLE more.orders REPLICA IDENTITY FULL;
INSERT INTO more.orders VALUES (7, ''), (7, ''), (NULL, NULL);
CREATE PUBLICATION more FOR TABLE more.kinds, more.orders
"#;

/// An instance, or `None` where there is none to be had.
async fn upstream() -> Option<Upstream> {
    let Some(installation) = Installation::find() else {
        eprintln!("skipped: the server programs of PostgreSQL are not installed");
        return None;
    };
    let upstream = installation.start().await.expect("an instance");
    upstream.run(KINDS).await.expect("a superuser may");
    Some(upstream)
}

fn start(data: Option<&Path>) -> Sandbox {
    Sandbox::start(Options { data: data.map(Path::to_owned), ..Options::default() }).expect("it starts")
}

async fn connect(sandbox: &Sandbox) -> Client {
    let (client, connection) = tokio_postgres::connect(&sandbox.url(), NoTls).await.expect("it lets us in");
    tokio::spawn(connection);
    client
}

/// Runs a script, a statement at a time.
async fn script(client: &Client, sql: &str) {
    for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
        client.batch_execute(statement).await.unwrap_or_else(|error| panic!("`{statement}`: {error:?}"));
    }
}

/// The rows of a query: values with bars between them.
async fn rows(client: &Client, sql: &str) -> Vec<String> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("`{sql}`: {error:?}"));
    let row = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|n| row.get(n).unwrap_or("-").to_owned()).collect::<Vec<_>>().join("|"))
        }
        _ => None,
    };
    messages.into_iter().filter_map(row).collect()
}

/// A secret, and a connection with it.
async fn prepare(client: &Client, upstream: &Upstream) {
    let [(_, host), (_, port)] = upstream.variables();
    let sql = format!(
        "CREATE SECRET pw AS 'secret';
         CREATE CONNECTION pg TO POSTGRES (HOST '{host}', PORT {port}, USER 'mzrepl', PASSWORD SECRET pw, DATABASE 'shop')"
    );
    script(client, &sql).await;
}

#[tokio::test]
async fn values_are_those_of_the_upstream() {
    let Some(upstream) = upstream().await else { return };
    let sandbox = start(None);
    let client = connect(&sandbox).await;
    prepare(&client, &upstream).await;
    script(
        &client,
        "CREATE SOURCE src FROM POSTGRES CONNECTION pg (PUBLICATION 'more');
         CREATE TABLE kinds FROM SOURCE src (REFERENCE kinds) WITH (TEXT COLUMNS (mood, cost))",
    )
    .await;
    let expected = [
        "1",
        "t",
        "\\x00ff",
        "x",
        "2024-02-29",
        "1.5",
        "NaN",
        "-1",
        "9007199254740993",
        "1 day 02:03:04",
        r#"{"a":[null],"b":1}"#,
        r#"{"a":[null],"b":1}"#,
        "123456789012345678901234567890.5",
        "1.1",
        "it's \\ two\nlines",
        "01:02:03.456789",
        "2024-01-01 00:00:00.123456",
        "2023-12-31 22:00:00.123+00",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "vwxyz",
        "bp  ",
        "[1,3)",
        "{1,NULL,3}",
        r#"{"a b",NULL,"c\"d"}"#,
        "sad",
        "$12.50",
    ];
    let found = rows(&client, "SELECT * FROM kinds WHERE id = 1").await;
    assert_eq!(found.first().map(|row| row.split('|').collect::<Vec<_>>()), Some(expected.to_vec()));
    let types = rows(&client, "SELECT string_agg(type, ' ' ORDER BY position) FROM mz_columns c JOIN mz_tables t USING (id) WHERE t.name = 'kinds'").await;
    let expected = "integer boolean bytea \"char\" date real double precision smallint bigint interval jsonb jsonb numeric \
                    numeric text time timestamp without time zone timestamp with time zone uuid character varying \
                    character int4range integer[] text[] text text";
    assert_eq!(types, [expected]);
}

#[tokio::test]
async fn subsources_and_tables_come_from_one_publication() {
    let Some(upstream) = upstream().await else { return };
    let sandbox = start(None);
    let client = connect(&sandbox).await;
    prepare(&client, &upstream).await;
    script(
        &client,
        "CREATE SCHEMA own;
         CREATE SOURCE own.src FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR ALL TABLES;
         CREATE SOURCE one FROM POSTGRES CONNECTION pg (PUBLICATION 'more', EXCLUDE COLUMNS (more.orders.id))
             FOR TABLES (more.orders AS notes);
         CREATE SOURCE bare FROM POSTGRES CONNECTION pg (PUBLICATION 'more')",
    )
    .await;
    assert_eq!(rows(&client, "SELECT * FROM own.items").await, ["1|9.99"]);
    assert_eq!(
        rows(&client, r#"SELECT "The Note", count(*) FROM notes GROUP BY 1 ORDER BY 1"#).await,
        ["|2", "-|1"]
    );

    // Tables of one source may be made together, with it or without it.
    script(
        &client,
        "BEGIN;
         CREATE SOURCE late FROM POSTGRES CONNECTION pg (PUBLICATION 'pub');
         CREATE TABLE a FROM SOURCE late (REFERENCE app.items);
         CREATE TABLE b FROM SOURCE bare (REFERENCE more.orders);
         COMMIT",
    )
    .await;
    assert_eq!(rows(&client, "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)").await, ["1|3"]);
    let tables =
        "SELECT o.name, t.schema_name, t.table_name, o.type FROM mz_internal.mz_postgres_source_tables t
                  JOIN mz_objects o USING (id) ORDER BY 1";
    assert_eq!(
        rows(&client, tables).await,
        [
            "a|app|items|table",
            "b|more|orders|table",
            "items|app|items|source",
            "notes|more|orders|source",
            "orders|app|orders|source"
        ]
    );
    let references = "SELECT s.name, r.namespace, r.name FROM mz_internal.mz_source_references r
                      JOIN mz_sources s ON s.id = r.source_id WHERE s.name IN ('one', 'src') ORDER BY 1, 2, 3";
    assert_eq!(
        rows(&client, references).await,
        ["one|more|kinds", "one|more|orders", "src|app|items", "src|app|orders"]
    );

    // What comes later is found when it is asked for, and listed when that is asked for.
    upstream
        .run(
            "CREATE TABLE more.late (a int); ALTER TABLE more.late REPLICA IDENTITY FULL; INSERT INTO more.late VALUES (1);
             ALTER PUBLICATION more ADD TABLE more.late",
        )
        .await
        .expect("a superuser may");
    let late = "SELECT columns FROM mz_internal.mz_source_references WHERE name = 'late'";
    assert_eq!(rows(&client, late).await, [""; 0]);
    script(
        &client,
        "CREATE TABLE after FROM SOURCE bare (REFERENCE late); ALTER SOURCE bare REFRESH REFERENCES",
    )
    .await;
    assert_eq!(rows(&client, late).await, ["{a}"]);
    assert_eq!(rows(&client, "SELECT a FROM after").await, ["1"]);
    assert_eq!(rows(&client, "SELECT count(*) FROM b").await, ["3"]);
}

#[tokio::test]
async fn rows_outlive_the_server_and_the_upstream() {
    const MADE: &str =
        "CREATE SOURCE src FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR TABLES (app.items);
         CREATE TABLE orders FROM SOURCE src (REFERENCE app.orders);
         CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM orders";
    const ASKED: [&str; 5] = [
        "SELECT * FROM orders ORDER BY id",
        "SELECT * FROM items",
        "SELECT n FROM m",
        "SELECT namespace, name, columns, updated_at FROM mz_internal.mz_source_references ORDER BY 1, 2",
        "SELECT name, create_sql FROM mz_tables WHERE name = 'orders'",
    ];
    let Some(upstream) = upstream().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sandbox = start(Some(folder.path()));
    let client = connect(&sandbox).await;
    prepare(&client, &upstream).await;
    script(&client, MADE).await;
    let mut before = Vec::new();
    for sql in ASKED {
        before.push(rows(&client, sql).await);
    }
    assert!(before.iter().all(|rows| !rows.is_empty()), "{before:?}");
    tokio::task::spawn_blocking(move || sandbox.stop()).await.expect("it stops");
    tokio::task::spawn_blocking(move || drop(upstream)).await.expect("it goes");

    // Once from the log, once from the snapshot that is made of it.
    for time in ["log", "snapshot"] {
        let sandbox = start(Some(folder.path()));
        let client = connect(&sandbox).await;
        for (sql, before) in ASKED.iter().zip(&before) {
            assert_eq!(&rows(&client, sql).await, before, "{time}: {sql}");
        }
        let error = client.batch_execute("VALIDATE CONNECTION pg").await.expect_err("nobody is there");
        assert_eq!(error.code().map(tokio_postgres::error::SqlState::code), Some("58000"), "{error}");
        tokio::task::spawn_blocking(move || sandbox.stop()).await.expect("it stops");
    }
}
