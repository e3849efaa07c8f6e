//! What a connection promises.

use std::time::Duration;

use mz_deploy::db::{Connection, Kind, Secret, Target};
use mz_deploy_sandbox::Options;
use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::server::{Server, block_on};

#[test]
fn answers_are_texts_by_column() {
    let server = Server::start();
    block_on(async {
        let connection = server.connect().await;
        let rows =
            connection.query("SELECT 1 AS one, NULL AS nothing, true AS yes").await.expect("an answer");
        let row = rows.first().expect("a row");
        assert_eq!(row.parse::<u64>("one"), Ok(1));
        assert_eq!((row.get("nothing"), row.is_true("yes")), (None, Ok(true)));
        assert_eq!(row.text("nowhere").expect_err("no such column").kind, Kind::UnexpectedAnswer);
        assert!(connection.server_version().starts_with('v'), "{}", connection.server_version());
    });
}

#[test]
fn the_results_of_a_pipeline_are_in_its_order_and_a_failure_is_one_of_them() {
    let server = Server::start();
    block_on(async {
        let connection = server.connect().await;
        let statements = ["SELECT 1", "SELECT * FROM nowhere", "SELECT 3"];
        let results = connection.pipeline(&statements).await;
        let kinds: Vec<_> =
            results.iter().map(|result| result.as_ref().err().map(|error| error.kind)).collect();
        assert_eq!(kinds, [None, Some(Kind::Missing), None]);
        let queries: Vec<String> = (0..200).map(|n| format!("SELECT {n} AS n")).collect();
        let answers = connection.query_all(&queries).await;
        for (n, rows) in answers.iter().enumerate() {
            let rows = rows.as_ref().expect("an answer");
            assert_eq!(rows.first().map(|row| row.parse("n")), Some(Ok(n)));
        }
    });
}

#[test]
fn after_a_pipeline_that_nobody_waits_for_the_connection_is_as_before() {
    let server = Server::start();
    block_on(async {
        let connection = server.connect().await;
        let queries: Vec<String> = (0..50).map(|n| format!("SELECT {n} AS n")).collect();
        let dropped = tokio::time::timeout(Duration::from_nanos(1), connection.query_all(&queries)).await;
        assert!(dropped.is_err() || dropped.is_ok_and(|answers| answers.len() == 50));
        let rows = connection.query("SELECT 'next' AS n").await.expect("an answer");
        assert_eq!(rows.first().and_then(|row| row.get("n")), Some("next"));
    });
}

#[test]
fn the_cluster_of_a_session_can_be_pinned_against_the_profile() {
    let server = Server::start();
    block_on(async {
        let mut target = server.target();
        target.options.insert("cluster".into(), "quickstart".into());
        let connection =
            Connection::open(&target.on_cluster("mz_catalog_server")).await.expect("a connection");
        let rows = connection.query("SHOW cluster").await.expect("an answer");
        assert_eq!(rows.first().and_then(|row| row.get("cluster")), Some("mz_catalog_server"));
        let rows = connection.query("SHOW application_name").await.expect("an answer");
        assert_eq!(rows.first().and_then(|row| row.get("application_name")), Some("mz-deploy"));
    });
}

#[test]
fn remarks_of_the_server_are_collected_but_not_its_welcome() {
    let server = Server::start();
    block_on(async {
        let connection = server.connect().await;
        assert_eq!(connection.notices(), []);
        connection.execute("CREATE SCHEMA IF NOT EXISTS public").await.expect("skipped");
        let notices = connection.notices();
        let messages: Vec<_> = notices.iter().map(|notice| notice.message.as_str()).collect();
        assert_eq!(messages, ["schema \"public\" already exists, skipping"]);
        assert_eq!(connection.notices(), []);
    });
}

#[test]
fn a_hidden_value_is_in_no_error_and_no_remark() {
    let server = Server::start();
    block_on(async {
        let connection = server.connect().await;
        connection.hide(&Secret::new("it's a canary"));
        for sql in [
            "CREATE SECRET nowhere.s AS 'it''s a canary'",
            "SELECT * FROM \"it's a canary\"",
            "SELECT 'it''s a canary'::int",
            "SELEC 'it''s a canary'",
        ] {
            let error = connection.execute(sql).await.expect_err("none of them works");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        let _ = connection.execute("DROP SCHEMA IF EXISTS \"it's a canary\"").await;
        let notices = connection.notices();
        assert_eq!(notices.len(), 1);
        assert!(!format!("{notices:?}").contains("canary"), "{notices:?}");
    });
}

#[test]
fn the_password_of_a_session_is_in_nothing_that_the_server_says() {
    let options = Options { password: Some("canary".to_owned()), ..Options::default() };
    let server = Server::sandbox(options);
    block_on(async {
        let mut target = server.target();
        target.password = Some(Secret::new("canary"));
        let connection = Connection::open(&target).await.expect("let in");
        let error = connection.execute("SELECT 'canary'::int").await.expect_err("that is no number");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    });
}

#[test]
fn a_statement_that_takes_long_can_be_cancelled() {
    let server = Server::sandbox(Options::default());
    server.as_sandbox().faults().add(Rule {
        pattern: Pattern::new("SELECT 'slow'%"),
        nth: None,
        when: When::Before,
        action: Action::Delay(Duration::from_mins(1)),
    });
    block_on(async {
        let connection = server.connect().await;
        let token = connection.cancel_token();
        let cancelled = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                token.cancel().await.expect("the server is asked");
            }
        });
        let error = connection.query("SELECT 'slow'").await.expect_err("it was cancelled");
        cancelled.abort();
        assert_eq!(error.kind, Kind::Cancelled, "{error:?}");
    });
}

#[test]
fn a_lost_connection_is_said_to_be_one() {
    let server = Server::sandbox(Options::default());
    server.as_sandbox().faults().add(Rule {
        pattern: Pattern::new("SELECT 'last'%"),
        nth: None,
        when: When::After,
        action: Action::Disconnect,
    });
    block_on(async {
        let connection = server.connect().await;
        let error = connection.query("SELECT 'last'").await.expect_err("no answer");
        assert_eq!(error.kind, Kind::Closed, "{error:?}");
        assert_eq!(connection.query("SELECT 1").await.expect_err("closed").kind, Kind::Closed);
        assert!(connection.is_closed());
    });
}

#[test]
fn a_wrong_password_and_a_missing_server_are_told_apart() {
    let options = Options { password: Some("right".to_owned()), ..Options::default() };
    let server = Server::sandbox(options);
    block_on(async {
        let mut target = server.target();
        target.password = Some(Secret::new("canary"));
        let error = Connection::open(&target).await.expect_err("refused");
        assert_eq!(error.kind, Kind::Authentication, "{error:?}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        target.password = None;
        assert_eq!(Connection::open(&target).await.expect_err("refused").kind, Kind::Authentication);
        target.password = Some(Secret::new("right"));
        Connection::open(&target).await.expect("let in");
        // Nothing listens on a port that was just given back.
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let nobody = Target::new("127.0.0.1", free.expect("a free port").port(), "materialize");
        let error = Connection::open(&nobody).await.expect_err("nobody");
        assert_eq!(error.kind, Kind::Unreachable, "{error:?}");
        assert!(error.message.ends_with("connection refused"), "{error:?}");
    });
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut target =
        Target::new("127.0.0.1", listener.local_addr().expect("its address").port(), "materialize");
    target.connect_timeout = Duration::from_millis(200);
    let error = block_on(Connection::open(&target)).expect_err("silence");
    assert_eq!(error.kind, Kind::Unreachable, "{error:?}");
}
