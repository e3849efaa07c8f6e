//! Many clients at once: none hangs, nothing panics, and what the catalog says is what the engine has.
//!
//! `MZ_TEST_STRESS_SECONDS` says for how long. If that is two minutes or more, memory must not grow any more once it is
//! warm.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mz_deploy_sandbox::{Options, Sandbox};
use tokio::time::timeout;
use tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage};

const SECONDS: &str = "MZ_TEST_STRESS_SECONDS";
const DEFAULT_SECONDS: u64 = 4;
const CLIENTS: u64 = 8;
/// As long as it takes until threads, allocator and caches have what they need, several times.
const LONG: usize = 120;
/// What threads come and go with.
const LEEWAY_KB: u64 = 4 << 10;
/// A statement that takes longer waits for something that never comes.
const PATIENCE: Duration = Duration::from_mins(1);

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn clients_share_a_sandbox() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        hook(panic);
    }));
    let seconds = std::env::var(SECONDS).ok().map(|seconds| seconds.parse().expect("a number of seconds"));
    let sandbox = Sandbox::start(Options::default()).expect("a sandbox");
    let url = sandbox.url();
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(DEFAULT_SECONDS));
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let clients: Vec<_> = (0..CLIENTS).map(|seed| runtime.spawn(work(url.clone(), seed, end))).collect();
    let memory = runtime.spawn(memory(end));
    let mut done = BTreeMap::new();
    for client in clients {
        for (outcome, count) in runtime.block_on(client).expect("a client fails by what it says") {
            *done.entry(outcome).or_insert(0) += count;
        }
    }
    println!("statements by outcome: {done:?}");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "the sandbox panicked");
    // Clients that only meet errors try nothing.
    assert!(done.get("ok").is_some_and(|ok| *ok > 100), "{done:?}");
    let memory = runtime.block_on(memory).expect("it only looks");
    println!("resident memory in KB, every second: {memory:?}");
    if memory.len() >= LONG {
        let quarter = memory.len() / 4;
        let (warm, last) = (median(&memory[quarter..2 * quarter]), median(&memory[3 * quarter..]));
        assert!(last <= warm + LEEWAY_KB, "memory grew from {warm} KB to {last} KB");
    }
    runtime.block_on(check(&url));
}

/// How much memory this process has, second by second; nothing where the system doesn't tell.
async fn memory(end: Instant) -> Vec<u64> {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let mut samples = Vec::new();
    while Instant::now() < end {
        samples.extend(resident());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    samples
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// Outcomes of statements and how often there were.
type Outcomes = BTreeMap<String, usize>;

async fn work(url: String, seed: u64, end: Instant) -> Outcomes {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut outcomes = Outcomes::new();
    while Instant::now() < end {
        let client = connect(&url).await;
        for _ in 0..random.u32(1..60) {
            if Instant::now() >= end {
                break;
            }
            if random.u8(..) < 8 {
                *outcomes.entry(canceled(&client).await).or_default() += 1;
            }
            let statement = statement(&mut random);
            *outcomes.entry(run(&client, &statement).await).or_default() += 1;
        }
        if random.bool() {
            // Gone in the middle of a block, or of a statement.
            let _ = timeout(Duration::from_millis(random.u64(..5)), async {
                run(&client, "BEGIN").await;
                run(&client, &insert(&mut random)).await;
                run(&client, "SELECT count(*) FROM mz_objects, mz_columns").await
            })
            .await;
        }
    }
    outcomes
}

async fn connect(url: &str) -> Client {
    let (client, connection) = timeout(PATIENCE, tokio_postgres::connect(url, NoTls))
        .await
        .expect("a connection in time")
        .expect("a connection");
    tokio::spawn(connection);
    client
}

/// Runs a statement. Its outcome is `ok` or the code of its error.
async fn run(client: &Client, statement: &str) -> String {
    let answer = timeout(PATIENCE, client.simple_query(statement)).await;
    outcome(answer.unwrap_or_else(|_| panic!("no answer to `{statement}`")), statement)
}

fn outcome(answer: Result<Vec<SimpleQueryMessage>, Error>, statement: &str) -> String {
    let Err(error) = answer else { return "ok".to_owned() };
    let error = error.as_db_error().unwrap_or_else(|| panic!("`{statement}` lost its connection: {error}"));
    error.code().code().to_owned()
}

/// A statement that waits is canceled. In a block that it may not be part of, it fails at once.
async fn canceled(client: &Client) -> String {
    const WAITS: &str = "SUBSCRIBE mz_tables";
    let token = client.cancel_token();
    let answer = timeout(PATIENCE, client.simple_query(WAITS));
    tokio::pin!(answer);
    // A request that comes before the statement has begun is lost.
    loop {
        tokio::select! {
            answer = &mut answer => {
                let code = outcome(answer.expect("a canceled statement ends"), WAITS);
                assert_ne!(code, "ok");
                return code;
            }
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                token.cancel_query(NoTls).await.expect("a cancel request is taken");
            }
        }
    }
}

fn statement(random: &mut fastrand::Rng) -> String {
    // Few names, so that clients get in each other's way.
    let schema = |random: &mut fastrand::Rng| format!("s{}", random.u8(..4));
    let a = schema(random);
    let (table, view) = (random.u8(..4), random.u8(..6));
    match random.u8(..32) {
        0 | 1 => format!("CREATE SCHEMA {a}"),
        2 => format!("DROP SCHEMA {a} CASCADE"),
        3 => format!("DROP SCHEMA {a}"),
        4..=7 => format!("CREATE TABLE {a}.t{table} (a int, b text)"),
        8 => format!("DROP TABLE {a}.t{table}"),
        9..=13 => insert(random),
        14 => format!("DELETE FROM {a}.t{table} WHERE a % 3 = 0"),
        15 => format!("UPDATE {a}.t{table} SET b = 'new' WHERE a % 5 = 0"),
        16 | 17 => {
            format!(
                "CREATE VIEW {a}.v{view} AS SELECT b, count(*) AS n FROM {}.t{table} GROUP BY b",
                schema(random)
            )
        }
        18 => format!(
            "CREATE MATERIALIZED VIEW {a}.m{view} IN CLUSTER quickstart AS SELECT * FROM {}.v{}",
            schema(random),
            random.u8(..6)
        ),
        19 => format!("CREATE INDEX i{view} IN CLUSTER quickstart ON {a}.v{view} (n)"),
        20 => format!("DROP VIEW {a}.v{view} CASCADE"),
        21 => format!("ALTER SCHEMA {a} SWAP WITH {}", schema(random)),
        22 => format!("ALTER VIEW {a}.v{view} RENAME TO v{}", random.u8(..6)),
        23 => format!("COMMENT ON TABLE {a}.t{table} IS 'comment {}'", random.u16(..)),
        24..=26 => format!("SELECT * FROM {a}.v{view}"),
        27 => format!("SELECT * FROM {a}.m{view}"),
        28 => "SELECT o.name FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id WHERE o.id LIKE 'u%'"
            .to_owned(),
        29 => "BEGIN".to_owned(),
        30 => "ROLLBACK".to_owned(),
        _ => "COMMIT".to_owned(),
    }
}

fn insert(random: &mut fastrand::Rng) -> String {
    format!(
        "INSERT INTO s{}.t{} SELECT n, 'b' || n % 7 FROM generate_series(1, {}) AS n",
        random.u8(..4),
        random.u8(..4),
        random.u8(1..50)
    )
}

/// Queries that have no rows as long as the catalog is whole.
const NEVER: [&str; 8] = [
    "SELECT id, schema_id FROM mz_objects WHERE schema_id NOT IN (SELECT id FROM mz_schemas)",
    "SELECT id, database_id FROM mz_schemas WHERE database_id NOT IN (SELECT id FROM mz_databases)",
    "SELECT id, name FROM mz_columns WHERE id NOT IN (SELECT id FROM mz_objects)",
    "SELECT id, on_id FROM mz_indexes WHERE on_id NOT IN (SELECT id FROM mz_relations)",
    "SELECT object_id, referenced_object_id FROM mz_internal.mz_object_dependencies
     WHERE object_id NOT IN (SELECT id FROM mz_objects) OR referenced_object_id NOT IN (SELECT id FROM mz_objects)",
    "SELECT schema_id, name FROM mz_relations GROUP BY schema_id, name HAVING count(*) > 1",
    "SELECT database_id, name FROM mz_schemas GROUP BY database_id, name HAVING count(*) > 1",
    "SELECT id FROM mz_objects WHERE id LIKE 'u%' GROUP BY id HAVING count(*) > 1",
];

async fn check(url: &str) {
    let client = connect(url).await;
    for query in NEVER {
        assert_eq!(rows(&client, query).await, Vec::<Vec<String>>::new(), "{query}");
    }
    // The engine has each relation, with the columns that the catalog says.
    let relations = "SELECT s.name, r.name, r.id FROM mz_relations r JOIN mz_schemas s ON s.id = r.schema_id \
                     WHERE r.id LIKE 'u%' ORDER BY 1, 2";
    for relation in rows(&client, relations).await {
        let [schema, name, id] = relation.as_slice() else { panic!("three columns: {relation:?}") };
        let columns = format!("SELECT name FROM mz_columns WHERE id = '{id}' ORDER BY position");
        let columns: Vec<String> = rows(&client, &columns).await.into_iter().flatten().collect();
        rows(&client, &format!("SELECT {} FROM {schema}.{name}", columns.join(", "))).await;
    }
}

async fn rows(client: &Client, query: &str) -> Vec<Vec<String>> {
    let answer = timeout(PATIENCE, client.simple_query(query)).await.expect("an answer in time");
    let messages = answer.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    messages
        .into_iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|n| row.get(n).unwrap_or("NULL").to_owned()).collect())
            }
            _ => None,
        })
        .collect()
}
