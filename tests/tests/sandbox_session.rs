//! A session as a newcomer has one: from a cluster to a subscription.

use std::fmt::Write as _;
use std::path::Path;

use mz_deploy_sandbox::{Options, Sandbox};
use tokio_postgres::{Client, NoTls, SimpleColumn, SimpleQueryMessage};

const STATEMENTS: [&str; 27] = [
    "CREATE CLUSTER tour (SIZE '25cc')",
    "SET cluster = tour",
    "CREATE SOURCE auction_house FROM LOAD GENERATOR AUCTION (TICK INTERVAL '1s', AS OF 100000) FOR ALL TABLES",
    "SHOW SOURCES",
    "SHOW COLUMNS FROM bids",
    "CREATE TABLE orders (id int NOT NULL, item text NOT NULL, amount numeric(10, 2))",
    "INSERT INTO orders VALUES (1, 'lamp', 20), (2, 'chair', 45.50), (3, 'lamp', 22.25)",
    "CREATE VIEW by_item AS SELECT item, count(*) AS orders, sum(amount) AS total FROM orders GROUP BY item",
    "CREATE MATERIALIZED VIEW best AS SELECT item, total FROM by_item WHERE total > 43",
    "CREATE INDEX best_by_item ON best (item)",
    "SELECT * FROM best ORDER BY item",
    "SHOW INDEXES ON best",
    "SHOW MATERIALIZED VIEWS",
    "SELECT o.name, o.type FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id WHERE s.name = 'public' ORDER BY 1",
    "BEGIN",
    "DECLARE changes CURSOR FOR SUBSCRIBE best WITH (PROGRESS = false)",
    "FETCH 1 changes WITH (timeout = '5s')",
    "COMMIT",
    "INSERT INTO orders VALUES (4, 'lamp', 4.50)",
    "SELECT * FROM best ORDER BY item",
    "SELECT * FROM nowhere",
    "DROP TABLE orders",
    "DROP TABLE orders CASCADE",
    "SHOW VIEWS",
    "DROP CLUSTER tour",
    "RESET cluster",
    "DROP CLUSTER tour CASCADE",
];

#[test]
fn a_newcomer_gets_answers() {
    let sandbox = Sandbox::start(Options::default()).expect("a sandbox");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let transcript = runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&sandbox.url(), NoTls).await.expect("a connection");
        tokio::spawn(connection);
        let mut transcript = String::new();
        for statement in STATEMENTS {
            let _ = writeln!(transcript, "> {statement}");
            answer(&client, statement, &mut transcript).await;
        }
        transcript
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sandbox"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("newcomer", transcript));
}

/// Writes what a statement answers: rows, a tag, or an error.
async fn answer(client: &Client, statement: &str, out: &mut String) {
    let messages = match client.simple_query(statement).await {
        Ok(messages) => messages,
        Err(error) => {
            let error = error.as_db_error().expect("the connection holds");
            let _ = writeln!(out, "{}: {} ({})", error.severity(), error.message(), error.code().code());
            for (what, text) in [("detail", error.detail()), ("hint", error.hint())] {
                let _ = text.map(|text| writeln!(out, "  {what}: {text}"));
            }
            return;
        }
    };
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                let names: Vec<&str> = columns.iter().map(SimpleColumn::name).collect();
                let _ = writeln!(out, "{}", names.join(" | "));
            }
            SimpleQueryMessage::Row(row) => {
                let values: Vec<&str> = (0..row.len())
                    .map(|n| match row.columns().get(n).map(SimpleColumn::name) {
                        // When it was.
                        Some("mz_timestamp") => "…",
                        _ => row.get(n).unwrap_or("NULL"),
                    })
                    .collect();
                let _ = writeln!(out, "{}", values.join(" | "));
            }
            SimpleQueryMessage::CommandComplete(count) => {
                let _ = writeln!(out, "({count})");
            }
            _ => {}
        }
    }
}
