//! Against a private instance, if the server programs of `PostgreSQL` are installed.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::*;

const CONTENTS: &str = "
    CREATE SCHEMA app;
    CREATE TABLE app.orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL);
    CREATE TABLE app.items (id int PRIMARY KEY, price numeric(10,2), a int, b int, UNIQUE (b, a));
    CREATE TABLE app.unpublished (id int PRIMARY KEY);
    INSERT INTO app.orders VALUES (1, 'it''s', '2024-01-01 00:00:00+00'), (2, NULL, '2024-01-02 00:00:00+00');
    CREATE PUBLICATION pub FOR TABLE app.orders, app.items";

/// An instance that goes with its value.
struct Instance {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(mut stop) = program("pg_ctl") {
            let data = self.folder.path().join("data");
            let _ = stop.args(["stop", "--silent", "--mode", "immediate", "--pgdata"]).arg(data).status();
        }
        let _ = self.server.wait();
    }
}

/// A server program, run by a user that `PostgreSQL` accepts: it refuses root.
fn program(name: &str) -> Option<Command> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let program: PathBuf =
        versions.map(|entry| entry.path().join("bin").join(name)).find(|path| path.is_file())?;
    let id = Command::new("id").arg("-u").output().ok()?;
    let mut command = if id.stdout.trim_ascii() == b"0" {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(std::env::temp_dir()).stdin(Stdio::null());
    Some(command)
}

async fn start() -> Option<Instance> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Command::new("chmod").arg("777").arg(folder.path()).status().expect("a program of every system");
    let data = folder.path().join("data");
    let log = File::create(folder.path().join("log")).expect("there is room");
    let mut initdb = program("initdb")?;
    initdb.args([
        "--username",
        "postgres",
        "--auth",
        "trust",
        "--no-sync",
        "--locale",
        "C",
        "--encoding",
        "UTF8",
    ]);
    let status = initdb.arg("--pgdata").arg(&data).stdout(log.try_clone().expect("a handle")).status();
    assert!(status.expect("it runs").success(), "initdb failed");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let mut server = program("postgres")?;
    server.arg("-D").arg(&data);
    for setting in [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "wal_level=logical".to_owned(),
        "password_encryption=scram-sha-256".to_owned(),
        "fsync=off".to_owned(),
    ] {
        server.arg("-c").arg(setting);
    }
    let server = server.stdout(log.try_clone().expect("a handle")).stderr(log).spawn().expect("it starts");
    let instance = Instance { server, folder, port };
    let begun = Instant::now();
    let client = loop {
        match connect(&options(&instance, "postgres")).await {
            Ok(client) => break client,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for sql in ["CREATE ROLE mzrepl LOGIN REPLICATION SUPERUSER PASSWORD 'secret'", "CREATE DATABASE shop"] {
        client.batch_execute(sql).await.expect("a superuser may");
    }
    let shop = connect(&options(&instance, "shop")).await.expect("it was made");
    shop.batch_execute(CONTENTS).await.expect("a superuser may");
    let access = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(data.join("pg_hba.conf"), access).expect("there is room");
    client.batch_execute("SELECT pg_reload_conf()").await.expect("a superuser may");
    Some(instance)
}

fn options(instance: &Instance, database: &str) -> PostgresOptions {
    PostgresOptions {
        host: "127.0.0.1".to_owned(),
        port: instance.port,
        user: "postgres".to_owned(),
        password: None,
        database: database.to_owned(),
        tls: TlsMode::Disable,
        authority: None,
    }
}

#[tokio::test]
async fn an_upstream_is_validated_and_read() {
    let Some(instance) = start().await else {
        eprintln!("skipped: the server programs of PostgreSQL are not installed");
        return;
    };
    let mut options = options(&instance, "shop");
    (options.user, options.password) = ("mzrepl".to_owned(), Some(b"secret".to_vec()));
    // The new access rules hold a moment after they were asked for; until then the password isn't looked at.
    tokio::time::sleep(Duration::from_millis(500)).await;
    validate(&options).await.expect("the connection is sound");

    let wrong = PostgresOptions { password: Some(b"wrong".to_vec()), ..options.clone() };
    let problem = validate(&wrong).await.expect_err("the password is wrong");
    assert_eq!(problem.message, "db error: FATAL: password authentication failed for user \"mzrepl\"");

    let wrong = PostgresOptions { database: "nosuch".to_owned(), ..options.clone() };
    let problem = validate(&wrong).await.expect_err("there is no such database");
    assert_eq!(
        (problem.code.0, problem.message.as_str()),
        ("58000", "db error: FATAL: database \"nosuch\" does not exist")
    );

    let wrong = PostgresOptions { tls: TlsMode::Require, ..options.clone() };
    let problem = validate(&wrong).await.expect_err("it has no certificate");
    assert!(problem.message.contains("server does not support TLS"), "{problem}");

    let problem = tables(&options, "nosuch").await.expect_err("there is no such publication");
    assert_eq!(problem.message, "failed to connect to PostgreSQL database");
    assert_eq!(problem.detail.as_deref(), Some("publication nosuch does not exist"));

    let found = tables(&options, "pub").await.expect("the publication");
    let [items, orders] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (items.schema.as_str(), items.name.as_str(), orders.name.as_str()),
        ("app", "items", "orders")
    );
    let columns: Vec<(&str, &str, bool)> =
        orders.columns.iter().map(|c| (c.name.as_str(), c.type_name.as_str(), c.nullable)).collect();
    assert!(orders.has_usage && orders.has_select && !orders.replica_identity_full, "{orders:?}");
    assert_eq!(columns, [("id", "int4", false), ("note", "text", true), ("at", "timestamptz", false)]);
    assert_eq!(items.columns.get(1).map(|column| column.type_mod), Some((10 << 16) + 2 + 4));
    let keys: Vec<(&str, bool, String)> =
        items.keys.iter().map(|key| (key.name.as_str(), key.primary, key.columns.join(","))).collect();
    assert_eq!(keys, [("items_b_a_key", false, "b,a".to_owned()), ("items_pkey", true, "id".to_owned())]);

    let extract = Extract {
        schema: "app".to_owned(),
        table: "orders".to_owned(),
        columns: ["at", "note"].map(str::to_owned).to_vec(),
    };
    let mut found = rows_of(&options, &[extract]).await.expect("the rows");
    let mut rows = found.pop().expect("those of one table");
    rows.sort();
    let expected = [
        vec![Some("2024-01-01 00:00:00+00".to_owned()), Some("it's".to_owned())],
        vec![Some("2024-01-02 00:00:00+00".to_owned()), None],
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn what_is_not_there_is_said_as_the_server_says_it() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let options = PostgresOptions {
        host: "127.0.0.1".to_owned(),
        port,
        user: "u".to_owned(),
        password: None,
        database: "d".to_owned(),
        tls: TlsMode::Disable,
        authority: None,
    };
    let problem = validate(&options).await.expect_err("nobody is there");
    assert!(problem.message.starts_with("error connecting to server: "), "{problem}");
}

#[test]
fn modes_are_read_in_any_case() {
    assert_eq!(TlsMode::parse("VERIFY_CA"), Ok(TlsMode::VerifyCa));
    assert_eq!(TlsMode::parse("require"), Ok(TlsMode::Require));
    assert!(TlsMode::parse("prefer").is_err());
}
