//! A server that is killed at any moment: what it acknowledged is there when it starts again, and nothing is there by
//! half.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// How often it is killed: `MZ_TEST_KILLS`.
fn kills() -> u64 {
    std::env::var("MZ_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(5)
}

/// The server as a process, killed at the end.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// What the engine has on the disk goes with the folder: a killed process doesn't clean up.
    fn start(folder: &Path) -> Self {
        let temporary = folder.join("temporary");
        std::fs::create_dir_all(&temporary).expect("a folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_mz-deploy-sandbox"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join("data"))
            .env("TMPDIR", temporary)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut url = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut url).expect("it says where it listens");
        assert!(url.starts_with("postgresql://"), "it starts: `{url}`");
        Self { process, url: url.trim().to_owned() }
    }

    async fn connect(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.expect("it lets us in");
        tokio::spawn(connection);
        client
    }

    /// `kill -9`
    fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What was tried, and what of it was acknowledged.
#[derive(Clone, Debug, Default)]
struct Log {
    tried: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
}

/// Writes until the connection ends. Each transaction is of two rows with the same word, or of two tables or schemas.
async fn write(client: Client, worker: u64, round: u64, log: Arc<Mutex<Log>>) {
    for n in 0.. {
        let word = format!("w{worker}_{round}_{n}");
        log.lock().expect("nobody panicked").tried.insert(word.clone());
        let sql = match n % 4 {
            0 => format!("INSERT INTO words VALUES ('{word}', 1), ('{word}', 2)"),
            1 => format!(
                "BEGIN; INSERT INTO words VALUES ('{word}', 1); INSERT INTO words VALUES ('{word}', 2); COMMIT"
            ),
            2 => format!("UPDATE marks SET word = '{word}' WHERE worker = {worker}"),
            _ => format!("BEGIN; CREATE SCHEMA {word}_a; CREATE SCHEMA {word}_b; COMMIT"),
        };
        if client.batch_execute(&sql).await.is_err() {
            return;
        }
        log.lock().expect("nobody panicked").acknowledged.insert(word);
    }
}

async fn column(client: &Client, sql: &str) -> Vec<String> {
    let messages = client.simple_query(sql).await.expect("it answers");
    let value = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    };
    messages.into_iter().filter_map(value).collect()
}

/// What a word says about itself: `w<worker>_<round>_<n>`
fn number(word: &str) -> u64 {
    word.rsplit('_').next().and_then(|n| n.parse().ok()).expect("words end with a number")
}

async fn check(client: &Client, log: &Log, workers: u64) {
    let found = column(client, "SELECT word FROM words").await;
    let distinct: BTreeSet<String> = found.iter().cloned().collect();
    for word in &distinct {
        assert!(log.tried.contains(word), "`{word}` was never written");
        assert_eq!(found.iter().filter(|other| *other == word).count(), 2, "`{word}` is there by half");
    }
    let schemas =
        column(client, "SELECT name FROM mz_schemas WHERE name LIKE 'w%_a' OR name LIKE 'w%_b'").await;
    let schemas: BTreeSet<String> = schemas.into_iter().collect();
    for schema in &schemas {
        let word = schema.get(..schema.len() - 2).expect("it ends with a letter");
        for half in ["a", "b"] {
            assert!(schemas.contains(&format!("{word}_{half}")), "`{word}` is there by half");
        }
    }
    let marks: Vec<u64> = column(client, "SELECT word FROM marks WHERE word <> '' ORDER BY worker")
        .await
        .iter()
        .map(|word| number(word))
        .collect();
    assert!(marks.len() <= usize::try_from(workers).expect("a few"));
    for word in &log.acknowledged {
        match number(word) % 4 {
            0 | 1 => assert!(distinct.contains(word), "`{word}` was acknowledged and is gone"),
            3 => assert!(schemas.contains(&format!("{word}_a")), "`{word}` was acknowledged and is gone"),
            _ => {}
        }
    }
}

/// The last mark of each worker that was acknowledged is there, or one that was tried after it.
async fn check_marks(client: &Client, log: &Log, round: u64, workers: u64) {
    for worker in 0..workers {
        let prefix = format!("w{worker}_{round}_");
        let last = |words: &BTreeSet<String>| {
            let of_worker = words.iter().filter(|word| word.starts_with(&prefix));
            of_worker.map(|word| number(word)).filter(|n| n % 4 == 2).max()
        };
        let Some(acknowledged) = last(&log.acknowledged) else { continue };
        let found = column(client, &format!("SELECT word FROM marks WHERE worker = {worker}")).await;
        let [mark] = found.as_slice() else { panic!("a worker has one mark: {found:?}") };
        assert!(mark.starts_with(&prefix), "`{mark}` is of another round than `{prefix}`");
        assert!(number(mark) >= acknowledged, "`{mark}` is older than what was acknowledged");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    const WORKERS: u64 = 2;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut server = Server::start(folder.path());
    let client = server.connect().await;
    client.batch_execute("CREATE TABLE words (word text, n int)").await.expect("it is made");
    client.batch_execute("CREATE TABLE marks (worker int, word text)").await.expect("it is made");
    client
        .batch_execute("CREATE VIEW lists AS SELECT list_agg(word) AS words FROM words")
        .await
        .expect("it is made");
    for worker in 0..WORKERS {
        let insert = format!("INSERT INTO marks VALUES ({worker}, '')");
        client.batch_execute(&insert).await.expect("it is written");
    }
    let log = Arc::new(Mutex::new(Log::default()));
    let mut acknowledged = 0;
    for round in 0..kills() {
        let mut workers = Vec::new();
        for worker in 0..WORKERS {
            workers.push(tokio::spawn(write(server.connect().await, worker, round, log.clone())));
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(20..400))).await;
        server.kill();
        for worker in workers {
            worker.await.expect("it ends when its connection does");
        }
        server = Server::start(folder.path());
        let client = server.connect().await;
        let seen = log.lock().expect("nobody panicked").clone();
        check(&client, &seen, WORKERS).await;
        check_marks(&client, &seen, round, WORKERS).await;
        // What was written stays small, so that each round is as quick as the first.
        client.batch_execute("DELETE FROM words").await.expect("it is written");
        let schemas =
            column(&client, "SELECT name FROM mz_schemas WHERE name LIKE 'w%_a' OR name LIKE 'w%_b'").await;
        for schema in schemas {
            client.batch_execute(&format!("DROP SCHEMA {schema}")).await.expect("it goes");
        }
        acknowledged += seen.acknowledged.len();
        *log.lock().expect("nobody panicked") = Log::default();
    }
    assert!(acknowledged > 0, "the server did something between the kills");
}
