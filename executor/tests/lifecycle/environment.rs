//! A server with a ledger, and the program that deploys to it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mz_deploy::db::{Connection, Rows, Secret, Target};
use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;
use mz_deploy_sandbox::{Options, Sandbox};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::project::{Project, report};
use crate::shop::{Belongings, Shop};

/// A server. What a test makes in it has names of its own, so tests can share one.
pub(crate) struct Environment {
    sandbox: Option<Sandbox>,
    target: Target,
    profiles: TempDir,
    runtime: Runtime,
    /// What shops have in it.
    shops: Mutex<BTreeSet<Belongings>>,
}

/// What a run of the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    #[expect(dead_code, reason = "results are asked of the server")]
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    report: String,
}

impl Said {
    fn new(arguments: &[&str], output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            report: report(arguments, output),
        }
    }

    /// Insists on an exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.report);
        self
    }

    /// Everything that was said, for a snapshot.
    pub(crate) fn report(&self) -> &str {
        &self.report
    }
}

/// A sandbox goes with all that is in it; on a server that others use, nothing is left but rows of the ledger.
impl Drop for Environment {
    fn drop(&mut self) {
        if self.sandbox.is_some() || thread::panicking() {
            return;
        }
        let client = self.connect();
        for shop in self.shops.lock().expect("no panic").iter() {
            shop.remove(&client);
        }
    }
}

impl Environment {
    fn sandboxed(options: Options) -> Self {
        let sandbox = Sandbox::start(options).expect("a sandbox starts");
        let url = sandbox.url();
        Self::at(Some(sandbox), &url)
    }

    fn at(sandbox: Option<Sandbox>, url: &str) -> Self {
        let target = target(url);
        let profiles = tempfile::tempdir().expect("a temporary directory");
        write_profile(profiles.path(), &target);
        let runtime = Runtime::new().expect("a runtime");
        Self { sandbox, target, profiles, runtime, shops: Mutex::default() }
    }

    /// A server that is set up.
    pub(crate) fn start() -> Self {
        match std::env::var("MZ_TEST_URL") {
            Ok(url) => Self::at(None, &url),
            Err(_) => Self::alone(),
        }
        .set_up()
    }

    /// A sandbox on which nothing was set up, whichever server others are tested on: for what would disturb them.
    pub(crate) fn alone() -> Self {
        Self::sandboxed(Options::default())
    }

    /// A sandbox that is set up, whichever server others are tested on.
    pub(crate) fn with(options: Options) -> Self {
        Self::sandboxed(options).set_up()
    }

    fn set_up(self) -> Self {
        self.run(&Project::new(&[("project.toml", "")]), &["setup"]).ends_with(0);
        self
    }

    /// The sandbox, for tests that make it fail.
    pub(crate) fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> String {
        self.target.port.to_string()
    }

    /// The environment's id.
    pub(crate) fn id(&self) -> String {
        self.connect().value("SELECT mz_environment_id() AS c1")
    }

    /// The program in a project.
    pub(crate) fn command(&self, project: &Project, arguments: &[&str]) -> Command {
        let mut command = project.command(arguments);
        command
            .env("MZ_DEPLOY_PROFILES_DIR", self.profiles.path())
            .env("MZ_DEPLOY_PROFILE", "test")
            .env("GIT_CEILING_DIRECTORIES", "/");
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, project: &Project, arguments: &[&str]) -> Said {
        let output = self.command(project, arguments).output().expect("the program starts");
        Said::new(arguments, &output)
    }

    /// Runs the program for a shop. Deploy ids (`v1`) become those of the shop.
    pub(crate) fn run_for(&self, shop: &Shop, arguments: &[&str]) -> Said {
        self.shops.lock().expect("no panic").insert(shop.belongings());
        let own: Vec<String> = arguments.iter().map(|argument| shop.own(argument)).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        self.run(&shop.project, &own)
    }

    /// As [`Self::run_for`], as another role.
    pub(crate) fn run_as(&self, role: &str, shop: &Shop, arguments: &[&str]) -> Said {
        self.run_at(&self.target_as(role), shop, arguments)
    }

    /// As [`Self::run_for`], through another port of this machine.
    pub(crate) fn run_through(&self, port: u16, shop: &Shop, arguments: &[&str]) -> Said {
        self.run_at(&Target { port, ..self.target.clone() }, shop, arguments)
    }

    fn run_at(&self, target: &Target, shop: &Shop, arguments: &[&str]) -> Said {
        let own: Vec<String> = arguments.iter().map(|argument| shop.own(argument)).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let profiles = tempfile::tempdir().expect("a temporary directory");
        write_profile(profiles.path(), target);
        let mut command = self.command(&shop.project, &own);
        let output = command.env("MZ_DEPLOY_PROFILES_DIR", profiles.path()).output();
        Said::new(&own, &output.expect("the program starts"))
    }

    /// How many statements the sandbox gets from a run of the program that nobody disturbs.
    pub(crate) fn statements_of(&self, shop: &Shop, command: &[&str]) -> usize {
        self.statements_like(["%"], shop, command)[0]
    }

    /// How many there are of each of these kinds.
    pub(crate) fn statements_like<const N: usize>(
        &self,
        patterns: [&str; N],
        shop: &Shop,
        command: &[&str],
    ) -> [usize; N] {
        let faults = self.sandbox().expect("a sandbox").faults();
        for pattern in patterns {
            // A rule that is never met counts what it looks at.
            let (nth, action) = (Some(u64::MAX), Action::Delay(Duration::ZERO));
            faults.add(Rule { pattern: Pattern::new(pattern), nth, when: When::Before, action });
        }
        self.run_for(shop, command).ends_with(0);
        let lines = faults.list();
        faults.clear();
        let met = |line: &String| line.rsplit_once("(met ")?.1.split(' ').next()?.parse().ok();
        let met: Vec<usize> = lines.iter().map(|line| met(line).expect("a number of statements")).collect();
        met.try_into().expect("a number for each pattern")
    }

    /// Runs the program for a shop; its n-th statement like `pattern` is held back while others do something. Fails if there is no
    /// such statement.
    pub(crate) fn meanwhile<T>(
        &self,
        shop: &Shop,
        command: &[&str],
        (name, nth): (&str, usize),
        others: impl FnOnce() -> T,
    ) -> (Said, T) {
        let faults = self.sandbox().expect("a sandbox").faults();
        let (pattern, nth) = (Pattern::new(name), u64::try_from(nth).ok());
        // It is let go below; others that wait for the program itself aren't waited for.
        let action = Action::Delay(Duration::from_secs(30));
        faults.add(Rule { pattern, nth, when: When::Before, action });
        thread::scope(|scope| {
            let first = scope.spawn(|| self.run_for(shop, command));
            let began = Instant::now();
            while !faults.list().is_empty() && began.elapsed() < Duration::from_secs(20) {
                thread::sleep(Duration::from_millis(2));
            }
            assert!(faults.list().is_empty(), "no statement {nth:?} like `{name}`");
            let second = others();
            faults.clear();
            (first.join().expect("the program ends"), second)
        })
    }

    /// A connection of the test's own.
    pub(crate) fn connect(&self) -> Client<'_> {
        self.connect_to(&self.target)
    }

    /// One of another role.
    pub(crate) fn connect_as(&self, role: &str) -> Client<'_> {
        self.connect_to(&self.target_as(role))
    }

    fn connect_to(&self, target: &Target) -> Client<'_> {
        let connection = self.runtime.block_on(Connection::open(target)).expect("the server is there");
        Client { environment: self, connection }
    }

    fn target_as(&self, role: &str) -> Target {
        Target { user: role.to_owned(), ..self.target.clone() }
    }
}

/// A connection of a test.
pub(crate) struct Client<'e> {
    environment: &'e Environment,
    connection: Connection,
}

impl Client<'_> {
    /// Runs a statement.
    #[track_caller]
    pub(crate) fn run(&self, sql: &str) {
        let result = self.environment.runtime.block_on(self.connection.execute(sql));
        result.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Runs a query.
    pub(crate) fn try_query(&self, sql: &str) -> Result<Rows, mz_deploy::db::DbError> {
        self.environment.runtime.block_on(self.connection.query(sql))
    }

    /// The rows of a query, each a line, its values separated by blanks. They must be called `c1`, `c2`, ….
    #[track_caller]
    pub(crate) fn lines(&self, sql: &str, columns: usize) -> Vec<String> {
        let rows = self.try_query(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let line = |row: &mz_deploy::db::Row| {
            let values = (1..=columns).map(|n| row.get(&format!("c{n}")).unwrap_or("-").to_owned());
            values.collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(line).collect()
    }

    /// The one value of a query, called `c1`.
    #[track_caller]
    pub(crate) fn value(&self, sql: &str) -> String {
        self.lines(sql, 1).into_iter().next().unwrap_or_default()
    }
}

/// A name that no other test of this process has, nor of any other.
pub(crate) fn unique(stem: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let process = std::process::id();
    format!("{stem}_{process}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a URL says. Only as much of a URL as tests are given.
fn target(url: &str) -> Target {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, address) = rest.rsplit_once('@').unwrap_or(("materialize", rest));
    let (user, password) =
        user.split_once(':').map_or((user, None), |(user, password)| (user, Some(password)));
    let address = address.split('/').next().unwrap_or_default();
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "6875"));
    let mut target = Target::new(host, port.parse().expect("a port is a number"), user);
    target.password = password.map(Secret::new);
    if let Some(mode) = query.split('&').find_map(|part| part.strip_prefix("sslmode=")) {
        target.tls = mz_deploy::db::TlsMode::named(mode).expect("a mode of TLS");
    }
    target
}

fn write_profile(directory: &Path, target: &Target) {
    let mut text = String::from("[test]\n");
    let _ = writeln!(text, "host = {:?}\nport = {}\nusername = {:?}", target.host, target.port, target.user);
    if let Some(password) = &target.password {
        let _ = writeln!(text, "password = {:?}", password.expose());
    }
    let _ = writeln!(text, "sslmode = {:?}", target.tls.name());
    std::fs::write(directory.join("profiles.toml"), text).expect("a file can be written");
}
