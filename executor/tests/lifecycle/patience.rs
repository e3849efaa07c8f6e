//! Statements that don't end, connections that do, and what is said meanwhile.

use std::time::Duration;

use mz_deploy_sandbox::Options;

use crate::environment::{Client, Environment, unique, until};
use crate::shop::{STAGE, Shop};

/// Has the next statement like this wait, as good as for ever.
fn delay(client: &Client<'_>, pattern: &str) {
    let sql = format!("SELECT mz_sandbox.delay('{pattern}', 1, '1 hour')");
    client.try_query(&sql).expect("a sandbox");
}

fn clear(client: &Client<'_>) {
    client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
}

/// A command that runs, to be interrupted.
#[cfg(unix)]
struct Running {
    child: std::process::Child,
    log: tempfile::NamedTempFile,
}

#[cfg(unix)]
impl Running {
    fn start(environment: &Environment, shop: &Shop, arguments: &[&str]) -> Self {
        let own: Vec<String> = arguments.iter().map(|argument| shop.own(argument)).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let log = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut command = environment.command(&shop.project, &own);
        command.stderr(log.reopen().expect("it opens")).stdout(std::process::Stdio::null());
        Self { child: command.spawn().expect("the program starts"), log }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("it is there")
    }

    fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("`kill` is there").success());
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_some()
    }

    /// The exit code and what was said.
    fn end(mut self) -> (Option<i32>, String) {
        until("it ends", || self.has_ended());
        (self.child.wait().expect("it ended").code(), self.said())
    }
}

/// The first Ctrl-C lets the statement that runs end; the second has the server cancel it, and what was made is taken away.
#[cfg(unix)]
#[test]
fn a_second_interrupt_cancels_the_statement_that_runs() {
    let environment = Environment::start();
    let Some(sandbox) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    delay(&client, "CREATE MATERIALIZED VIEW%");
    let mut running = Running::start(&environment, &shop, &STAGE);
    until("the statement runs", || sandbox.faults().list().is_empty());
    running.interrupt();
    until("it says that it will stop", || running.said().contains("press Ctrl-C again"));
    std::thread::sleep(Duration::from_millis(500));
    assert!(!running.has_ended(), "the statement may still end: {}", running.said());
    running.interrupt();
    let (code, said) = running.end();
    clear(&client);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("stopped as you asked"), "{said}");
    assert_eq!(shop.places(&client), shop.only_production());
}

/// What was made is taken away after the first Ctrl-C; the second is for that.
#[cfg(unix)]
#[test]
fn a_second_interrupt_cancels_what_is_done_because_of_the_first() {
    let environment = Environment::start();
    let Some(sandbox) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    client.try_query("SELECT mz_sandbox.delay('CREATE CLUSTER%', 1, '3 seconds')").expect("a sandbox");
    delay(&client, "DROP CLUSTER%");
    let running = Running::start(&environment, &shop, &STAGE);
    until("the statement runs", || sandbox.faults().list().len() == 1);
    running.interrupt();
    until("it takes away what was made", || sandbox.faults().list().is_empty());
    running.interrupt();
    let (code, said) = running.end();
    clear(&client);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("couldn't be taken away"), "{said}");
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
    assert_eq!(shop.places(&client), shop.only_production());
}

/// Statements that were done before the one that is cancelled are on record.
#[cfg(unix)]
#[test]
fn what_was_done_before_the_statement_that_is_cancelled_is_written_down() {
    let environment = Environment::start();
    let Some(sandbox) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    delay(&client, "CREATE VIEW%best_customers%");
    let running = Running::start(&environment, &shop, &[&STAGE[..], &["--no-rollback"]].concat());
    until("the statement runs", || sandbox.faults().list().is_empty());
    running.interrupt();
    until("it says that it will stop", || running.said().contains("press Ctrl-C again"));
    running.interrupt();
    let (code, said) = running.end();
    clear(&client);
    assert_eq!(code, Some(1), "{said}");
    let id = shop.own("v2");
    let steps = client
        .lines(&format!("SELECT statement AS c1 FROM _mz_deploy.tables.steps WHERE deploy_id = '{id}'"), 1);
    let has = |statement: &str| steps.iter().any(|step| step.starts_with(statement));
    assert!(has("CREATE MATERIALIZED VIEW") && !has("CREATE VIEW"), "{steps:?}");
}

/// A ledger that is slow isn't a step that is.
#[test]
fn what_is_written_down_takes_nothing_of_the_time_that_a_step_has() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::new();
    shop.exported("totals");
    shop.apply(&environment);
    shop.deploy_at_once(&environment, "v1");
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    client
        .try_query("SELECT mz_sandbox.delay('INSERT INTO _mz_deploy.tables.steps%', 1, '4 seconds')")
        .expect("a sandbox");
    let promote = ["promote", "v2", "--no-ready-check", "--yes", "--step-timeout", "2"];
    environment.run_for(&shop, &promote).ends_with(0);
    clear(&client);
    let (reads, totals) = shop.sink_and_totals(&client);
    assert_eq!(reads, totals);
}

/// The server doesn't limit DDL, so a sink whose new input never catches up would be waited for without end.
#[test]
fn a_step_that_waits_for_data_says_so_and_is_stopped_when_its_time_is_over() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::new();
    shop.exported("totals");
    shop.apply(&environment);
    shop.deploy_at_once(&environment, "v1");
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    delay(&client, "ALTER SINK%SET FROM%");
    let promote = ["promote", "v2", "--no-ready-check", "--yes", "--step-timeout", "3"];
    let said = environment.run_for(&shop, &promote).ends_with(6);
    clear(&client);
    assert!(said.stderr.contains("waiting since 2 s: ALTER SINK"), "{}", said.report());
    assert!(said.stderr.contains("not done within 3."), "{}", said.report());
    let described = environment.run_for(&shop, &["describe", "v2"]).ends_with(0);
    assert!(described.report().contains("✗ not done within 3."), "{}", described.report());
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(0);
    let described = environment.run_for(&shop, &["describe", "v2"]).ends_with(0);
    let runs = described.report().matches("Steps of promote, since").count();
    assert_eq!(runs, 2, "each run has a time of its own: {}", described.report());
    let (reads, totals) = shop.sink_and_totals(&client);
    assert_eq!(reads, totals);
}

#[test]
fn a_query_that_takes_too_long_ends_with_code_5() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    delay(&client, "SELECT deploy_id, event%");
    let said = environment.run_for(&shop, &["log", "--statement-timeout", "1"]).ends_with(5);
    clear(&client);
    assert!(said.stderr.contains("statement timeout"), "{}", said.report());
    assert!(said.stderr.contains("--statement-timeout"), "{}", said.report());
}

/// Hydration takes hours, and connections don't always live as long.
#[test]
fn waiting_goes_on_with_another_connection() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    client.try_query("SELECT mz_sandbox.set_hydration('%', '5 seconds')").expect("a sandbox");
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    // The first is lost before anything was heard.
    for nth in [1, 3] {
        let lose = format!("SELECT mz_sandbox.drop_connection('FETCH%', {nth}, 'before')");
        client.try_query(&lose).expect("a sandbox");
    }
    let said = environment.run_for(&shop, &["wait", "v2", "--timeout", "60"]).ends_with(0);
    clear(&client);
    assert_eq!(said.stderr.matches("connecting again").count(), 2, "{}", said.report());
}

#[test]
fn another_version_of_the_server_than_the_projects_is_told_once() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::deployed(&environment);
    let warnings = |version: &str| {
        shop.project.write("project.toml", format!("mz_version = \"{version}\"\n"));
        let said = environment.run(&shop.project, &["apply"]).ends_with(0);
        let lines = said.stderr.lines().filter(|line| line.contains("the server has version"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        warnings("v26.20.1"),
        [
            "warning: the server has version `v26.23.0-dev.0`, which is newer than the project's `mz_version`, `v26.20.1`"
        ]
    );
    assert_eq!(
        warnings("v27.0.0"),
        [
            "warning: the server has version `v26.23.0-dev.0`, which is older than the project's `mz_version`, `v27.0.0`"
        ]
    );
    assert_eq!(warnings("v26.23.9"), [""; 0]);
    assert_eq!(warnings("cloud"), [""; 0]);
}

#[test]
fn what_the_server_remarks_on_is_shown() {
    let environment = Environment::start();
    let (role, member) = (unique("reader"), unique("member"));
    let shop = Shop::new();
    shop.project.write(&format!("roles/{member}.sql"), format!("CREATE ROLE {member};\n"));
    shop.project.write(
        &format!("roles/{role}.sql"),
        format!("CREATE ROLE {role};\nGRANT {role} TO {member};\nGRANT {role} TO {member};\n"),
    );
    let said = environment.run(&shop.project, &["apply"]).ends_with(0);
    assert!(said.stderr.contains("notice: role"), "{}", said.report());
}

/// Two deployments whose old versions were kept long enough. Any `cleanup` without an id drops them.
pub(crate) fn kept_twice(environment: &Environment) -> Shop {
    let shop = Shop::deployed(environment);
    for (id, factor) in [("v2", 10), ("v3", 100)] {
        shop.totals(&format!("sum(amount) * {factor} AS total"));
        environment.run_for(&shop, &["stage", "--deploy-id", id, "--allow-dirty"]).ends_with(0);
        environment.run_for(&shop, &["promote", id, "--wait", "--keep", "1s", "--yes"]).ends_with(0);
    }
    std::thread::sleep(Duration::from_secs(2));
    shop
}

#[test]
fn a_cleanup_goes_on_with_the_others_and_names_what_is_left() {
    let environment = Environment::with(Options::default());
    let shop = kept_twice(&environment);
    let client = environment.connect();
    let (first, second) = (shop.own("v2"), shop.own("v3"));
    let theirs = shop.name("public.theirs");
    let old = shop.name(&format!("core_{first}.order_totals"));
    client.run(&format!("CREATE VIEW {theirs} AS SELECT * FROM {old}"));
    let said = environment.run(&shop.project, &["cleanup", "--yes"]).ends_with(6);
    assert!(said.stderr.contains(&format!("✓ what {second} replaced was dropped")), "{}", said.report());
    let error = said.stderr.split("error: ").nth(1).unwrap_or_default();
    assert!(error.contains(&first) && !error.contains(&second), "{}", said.report());
    client.run(&format!("DROP VIEW {theirs}"));
    environment.run(&shop.project, &["cleanup", "--yes"]).ends_with(0);
    assert_eq!(shop.places(&client), shop.only_production());
}

/// What keeps it from all of them is one failure and not one of each.
#[test]
fn a_cleanup_ends_with_its_connection() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = kept_twice(&environment);
    let client = environment.connect();
    client.try_query("SELECT mz_sandbox.drop_connection('DROP %', 1, 'before')").expect("a sandbox");
    let said = environment.run(&shop.project, &["cleanup", "--yes"]).ends_with(1);
    clear(&client);
    assert!(said.stderr.contains("connection"), "{}", said.report());
    assert!(!said.stderr.contains("✗ v"), "{}", said.report());
    environment.run(&shop.project, &["cleanup", "--yes"]).ends_with(0);
}

/// 6 means that some of it was done.
#[test]
fn a_cleanup_of_which_nothing_was_done_is_not_partial() {
    let environment = Environment::with(Options::default());
    let shop = kept_twice(&environment);
    let client = environment.connect();
    for id in ["v2", "v3"] {
        let theirs = shop.name(&format!("public.of_{id}"));
        let old = shop.name(&format!("core_{}.order_totals", shop.own(id)));
        client.run(&format!("CREATE VIEW {theirs} AS SELECT * FROM {old}"));
    }
    let said = environment.run(&shop.project, &["cleanup", "--yes"]).ends_with(1);
    for id in ["v2", "v3"] {
        assert!(said.stderr.contains(&format!("\n  {}: ", shop.own(id))), "{}", said.report());
    }
}
