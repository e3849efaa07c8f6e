//! The figures that the sandbox has to keep: how long it takes to start, what a statement takes, how much memory it
//! has. Prints each with its bound: `cargo bench -p mz-deploy-sandbox`. On a busy machine they say little.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use mz_deploy_sandbox::engine::{Engine, EngineError, SessionSettings};
use mz_deploy_sandbox::result::Format;
use tokio_postgres::{Client, NoTls};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The argument with which this program measures the engine alone, as a process of its own.
const ENGINE: &str = "engine-alone";
/// How many objects there are in the end.
const OBJECTS: usize = 10_000;
/// Four joins, and one row for each object.
const FOUR_JOINS: &str = "SELECT d.name, s.name, o.name, o.type, r.name, c.name
    FROM mz_objects o
    JOIN mz_schemas s ON s.id = o.schema_id
    JOIN mz_databases d ON d.id = s.database_id
    JOIN mz_roles r ON r.id = o.owner_id
    LEFT JOIN mz_clusters c ON c.id = o.cluster_id
    ORDER BY 1, 2, 3";

fn main() -> ExitCode {
    let outcome = if std::env::args().any(|argument| argument == ENGINE) { engine() } else { sandbox() };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn sandbox() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cache = tempfile::tempdir()?;
    let first = runtime.block_on(first_answer(Some(cache.path())))?;
    report("first answer, first start ever", first, Some(1_500));
    // What the user's own cache lacks is made before anything is measured.
    runtime.block_on(first_answer(None))?;
    let later = (0..10).map(|_| runtime.block_on(first_answer(None))).collect::<Result<Vec<_>>>()?;
    report("first answer", median(later), Some(1_500));

    let engine_alone = engine_alone()?;
    runtime.block_on(statements(engine_alone))
}

/// A sandbox in a process of its own.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program, with a cache of its own if one is given, and connects.
async fn start(cache: Option<&Path>) -> Result<(Process, Client)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mz-deploy-sandbox"));
    command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
    if let Some(cache) = cache {
        command.env("HOME", cache).env("XDG_CACHE_HOME", cache).env("LOCALAPPDATA", cache);
    }
    let mut process = Process(command.spawn()?);
    let output = process.0.stdout.take().ok_or("its output is piped")?;
    let mut url = String::new();
    BufReader::new(output).read_line(&mut url)?;
    let (client, connection) = tokio_postgres::connect(url.trim(), NoTls).await?;
    tokio::spawn(connection);
    Ok((process, client))
}

/// How long a new process takes until it has answered a query.
async fn first_answer(cache: Option<&Path>) -> Result<Duration> {
    let begin = Instant::now();
    let (process, client) = start(cache).await?;
    client.simple_query("SELECT 1").await?;
    let taken = begin.elapsed();
    drop(process);
    Ok(taken)
}

/// What statements take on one sandbox that fills up, and the memory that it has by then.
async fn statements(engine_alone: Option<u64>) -> Result<()> {
    let (process, client) = start(None).await?;
    client.simple_query("SELECT 1").await?;
    memory("memory above the engine's, at the start", &process, engine_alone);

    client.batch_execute("CREATE TABLE t (id int NOT NULL, name text, amount numeric)").await?;
    let begin = Instant::now();
    let views = create_views(&client, 0..1_000).await?;
    report("1,000 views", begin.elapsed(), Some(8_000));
    report("CREATE VIEW", median(views), Some(5));
    report(
        "CREATE TABLE",
        ddl(&client, |n| format!("CREATE TABLE t{n} (id int, name text)")).await?,
        Some(5),
    );
    let comment = |n| format!("COMMENT ON COLUMN v{n}.name IS 'what it is called'");
    report("COMMENT", ddl(&client, comment).await?, Some(5));
    report("GRANT", ddl(&client, |n| format!("GRANT SELECT ON v{n} TO PUBLIC")).await?, Some(5));
    report("ALTER … RENAME", ddl(&client, |n| format!("ALTER VIEW v{n} RENAME TO w{n}")).await?, Some(5));
    report("DROP TABLE", ddl(&client, |n| format!("DROP TABLE t{n}")).await?, Some(5));
    memory("memory above the engine's, 1,000 views", &process, engine_alone);

    let last = create_views(&client, 1_000..OBJECTS).await?;
    report("CREATE VIEW, the last of 10,000", median(last.into_iter().rev().take(100)), Some(5));
    client.simple_query(FOUR_JOINS).await?;
    let mut joins = Vec::new();
    for _ in 0..10 {
        let begin = Instant::now();
        client.simple_query(FOUR_JOINS).await?;
        joins.push(begin.elapsed());
    }
    report("four joins over 10,000 objects", median(joins), Some(200));
    memory("memory above the engine's, 10,000 views", &process, engine_alone);
    Ok(())
}

/// Creates views one by one. Says how long each took.
async fn create_views(client: &Client, numbers: std::ops::Range<usize>) -> Result<Vec<Duration>> {
    let mut taken = Vec::new();
    for n in numbers {
        let sql =
            format!("CREATE VIEW v{n} AS SELECT id, name, sum(amount) AS total FROM t GROUP BY id, name");
        let begin = Instant::now();
        client.batch_execute(&sql).await?;
        taken.push(begin.elapsed());
    }
    Ok(taken)
}

/// The median of a hundred statements.
async fn ddl(client: &Client, statement: impl Fn(usize) -> String) -> Result<Duration> {
    let mut taken = Vec::new();
    for n in 0..100 {
        let begin = Instant::now();
        client.batch_execute(&statement(n)).await?;
        taken.push(begin.elapsed());
    }
    Ok(median(taken))
}

/// Runs this program once more to see how much memory the engine has when nothing is around it.
fn engine_alone() -> Result<Option<u64>> {
    let output = Command::new(std::env::current_exe()?).arg(ENGINE).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let (figures, memory) = text.trim_end().rsplit_once('\n').unwrap_or(("", &text));
    println!("{figures}");
    Ok(memory.trim().parse().ok())
}

/// What calls of the engine take. The last line is its memory.
fn engine() -> Result<()> {
    let begin = Instant::now();
    let engine = Engine::open("")?;
    report("engine: open", begin.elapsed(), None);
    let memory = resident(std::process::id());
    time("query", || engine.query("SELECT 1", &[], &[]))?;
    time("query in binary", || engine.query("SELECT 1.5", &[], &[Format::Binary]))?;
    time("query of a list", || engine.query("SELECT list(list(1), list(2))", &[], &[]))?;
    time("describe", || engine.describe("SELECT $1::int4", &[]))?;
    let now = std::cell::Cell::new(0);
    time("settings", || {
        now.set(now.get() + 1);
        engine.for_session(SessionSettings { now: now.get(), ..SessionSettings::default() }).map(drop)
    })?;
    engine.batch("CREATE TABLE data.many (a int4, b text)")?;
    let row = |n: usize| vec![Some(n.to_string().into_bytes()), Some(b"text".to_vec())];
    let rows: Vec<_> = (0..OBJECTS).map(row).collect();
    let begin = Instant::now();
    engine.copy_in("data.many", &["a".to_owned(), "b".to_owned()], &rows)?;
    report("engine: 10,000 rows in", begin.elapsed(), None);
    let begin = Instant::now();
    engine.query("SELECT * FROM data.many", &[], &[])?;
    report("engine: 10,000 rows out", begin.elapsed(), None);
    println!("{}", memory.map_or_else(String::new, |memory| memory.to_string()));
    Ok(())
}

/// Times a call of the engine.
fn time<T>(name: &str, run: impl Fn() -> std::result::Result<T, EngineError>) -> Result<()> {
    let mut taken = Vec::new();
    for _ in 0..500 {
        let begin = Instant::now();
        run()?;
        taken.push(begin.elapsed());
    }
    report(&format!("engine: {name}"), median(taken), None);
    Ok(())
}

fn memory(what: &str, process: &Process, engine_alone: Option<u64>) {
    match resident(process.0.id()).zip(engine_alone) {
        Some((all, engine)) => {
            let above = all.saturating_sub(engine) / 1024;
            line(what, &format!("{above} MB"), "100 MB", above > 100);
        }
        None => line(what, "not known here", "100 MB", false),
    }
}

/// The memory of a process that is in use, in KB; `None` where the system doesn't say it like this.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Prints what was measured, and its bound in milliseconds.
fn report(what: &str, taken: Duration, bound: Option<u64>) {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = write!(text, "{:.2} ms", taken.as_secs_f64() * 1_000.0);
    let bound_text = bound.map_or_else(String::new, |bound| format!("{bound} ms"));
    line(what, &text, &bound_text, bound.is_some_and(|bound| taken > Duration::from_millis(bound)));
}

fn line(what: &str, found: &str, bound: &str, is_missed: bool) {
    println!("{what:<42}{found:>14}{bound:>10}{}", if is_missed { "  missed" } else { "" });
}

fn median(taken: impl IntoIterator<Item = Duration>) -> Duration {
    let mut taken: Vec<Duration> = taken.into_iter().collect();
    taken.sort();
    taken.get(taken.len() / 2).copied().unwrap_or_default()
}
