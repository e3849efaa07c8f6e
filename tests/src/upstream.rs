//! A private PostgreSQL with logical replication: what a `PostgreSQL` source reads from.
//!
//! It needs the server programs of PostgreSQL, as the Debian package `postgresql` has them. The instance lives in a
//! temporary folder, listens on a free port of 127.0.0.1, and goes with its value. PostgreSQL refuses to run as root, so
//! root runs it as the user `postgres`.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::conformance::answer::{Answer, query};
use crate::conformance::scenario::Startup;
use crate::conformance::server::Server;
use crate::conformance::wire::Connection;

/// Where Debian has a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";
const USER: &str = "postgres";
const DATABASE: &str = "shop";
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// The superuser needs no password; whoever replicates does.
const ACCESS: &str = "\
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
";

/// What the first step of the scenario `sources_postgres` asks for: by database.
const CONTENTS: [(&str, &str); 4] = [
    (USER, "CREATE ROLE mzrepl LOGIN REPLICATION SUPERUSER PASSWORD 'secret'"),
    (USER, "CREATE DATABASE shop"),
    (
        DATABASE,
        "CREATE SCHEMA app;
         CREATE TABLE app.orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL);
         CREATE TABLE app.items (id int PRIMARY KEY, price numeric(10,2));
         CREATE TABLE app.unpublished (id int PRIMARY KEY);
         ALTER TABLE app.orders REPLICA IDENTITY FULL;
         ALTER TABLE app.items REPLICA IDENTITY FULL;
         INSERT INTO app.orders VALUES
             (1, 'one', '2024-01-01 00:00:00+00'), (2, NULL, '2024-01-02 00:00:00+00');
         INSERT INTO app.items VALUES (1, 9.99)",
    ),
    (DATABASE, "CREATE PUBLICATION pub FOR TABLE app.orders, app.items"),
];

/// The server programs of PostgreSQL.
#[derive(Clone, Debug)]
pub struct Installation {
    programs: PathBuf,
}

/// A running instance with its contents.
#[derive(Debug)]
pub struct Upstream {
    installation: Installation,
    folder: TempDir,
    server: Child,
    port: u16,
}

impl Installation {
    /// The newest version in Debian's place, or else what the search path has.
    pub fn find() -> Option<Self> {
        let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
        let mut versions: Vec<(u32, PathBuf)> = versions
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        versions.sort();
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        let places = versions.into_iter().rev().map(|(_, programs)| programs);
        let programs = places.chain(std::env::split_paths(&on_path)).find(|programs| {
            ["initdb", "postgres", "pg_ctl"].iter().all(|program| programs.join(program).is_file())
        });
        programs.map(|programs| Self { programs })
    }

    /// Starts an instance and fills it.
    pub async fn start(&self) -> io::Result<Upstream> {
        let folder = tempfile::tempdir()?;
        if is_root()? {
            succeed(Command::new("chown").arg(USER).arg(folder.path()))?;
        }
        let data = data(folder.path());
        let options =
            ["--username", USER, "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"];
        succeed(self.program("initdb")?.args(options).arg("--pgdata").arg(&data))?;
        fs::write(data.join("pg_hba.conf"), ACCESS)?;
        let port = free_port()?;
        let log = File::create(folder.path().join("log"))?;
        let mut command = self.program("postgres")?;
        command.arg("-D").arg(&data);
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "wal_level=logical".to_owned(),
            "fsync=off".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        let server = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut upstream = Upstream { installation: self.clone(), folder, server, port };
        upstream.fill().await?;
        Ok(upstream)
    }

    /// One of the programs, run by a user that PostgreSQL accepts.
    fn program(&self, name: &str) -> io::Result<Command> {
        let program = self.programs.join(name);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder of the caller may be closed to that user.
        command.current_dir(std::env::temp_dir());
        Ok(command)
    }
}

impl Upstream {
    /// The values of `${pg_host}` and `${pg_port}`.
    pub fn variables(&self) -> [(String, String); 2] {
        [("pg_host".to_owned(), "127.0.0.1".to_owned()), ("pg_port".to_owned(), self.port.to_string())]
    }

    /// Runs statements in the database that sources read, as a superuser.
    pub async fn run(&self, sql: &str) -> io::Result<()> {
        self.query(DATABASE, sql).await.map(drop)
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.wait().await?;
        for (database, sql) in CONTENTS {
            self.query(database, sql).await?;
        }
        Ok(())
    }

    /// Waits until it takes connections.
    async fn wait(&mut self) -> io::Result<()> {
        let begun = Instant::now();
        loop {
            let Err(error) = self.connect(USER, USER).await else { return Ok(()) };
            if self.server.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("PostgreSQL does not start: {error}\n{log}")));
            }
            sleep(PAUSE).await;
        }
    }

    async fn connect(&self, user: &str, database: &str) -> io::Result<Connection> {
        let server = Server {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: user.to_owned(),
            password: None,
            database: database.to_owned(),
        };
        let (connection, greeting) = Connection::open(&server, &Startup::new()).await?;
        greeting.accepted()?;
        Ok(connection)
    }

    async fn query(&self, database: &str, sql: &str) -> io::Result<Answer> {
        let mut connection = self.connect(USER, database).await?;
        let answer = query(&mut connection, sql).await?;
        connection.close().await;
        match &answer.error {
            Some(error) => Err(io::Error::other(format!("{error:?}"))),
            None => Ok(answer),
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        let data = data(self.folder.path());
        let stop = self.installation.program("pg_ctl").and_then(|mut command| {
            succeed(command.args(["stop", "--silent", "--mode", "immediate", "--pgdata"]).arg(data))
        });
        if stop.is_err() {
            // It may have ended by itself.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn is_root() -> io::Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// Another process may take the port before the instance does; the instance says so then and doesn't start.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Runs a command to its end. What it printed is in the error.
fn succeed(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?} failed: {printed}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(answer: &Answer) -> Vec<String> {
        let rows = answer.results.iter().filter_map(|result| result.rows.as_ref()).flatten();
        rows.flatten().flatten().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    #[tokio::test]
    async fn an_instance_has_what_is_replicated_and_goes_with_its_value() {
        let Some(installation) = Installation::find() else {
            eprintln!("skipped: the server programs of PostgreSQL are not installed");
            return;
        };
        let upstream = installation.start().await.expect("an instance");
        let level = upstream.query(DATABASE, "SHOW wal_level").await.expect("an answer");
        assert_eq!(values(&level), ["logical"]);
        let published = "SELECT tablename FROM pg_publication_tables WHERE pubname = 'pub' ORDER BY 1";
        let published = upstream.query(DATABASE, published).await.expect("an answer");
        assert_eq!(values(&published), ["items", "orders"]);
        let problem = upstream.connect("mzrepl", DATABASE).await.expect_err("it has a password");
        assert!(problem.to_string().contains("password"), "{problem}");

        let port = upstream.port;
        drop(upstream);
        TcpListener::bind(("127.0.0.1", port)).expect("the port is free again");
    }
}
