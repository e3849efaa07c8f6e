//! Statements that don't end, connections that do, and what is said meanwhile.

use std::time::Duration;

use crate::environment::{Client, Environment, unique, until};
use crate::shop::Shop;

/// Has the next statement like this wait, as good as for ever.
fn delay(client: &Client<'_>, pattern: &str) {
    let sql = format!("SELECT mz_sandbox.delay('{pattern}', 1, '1 hour')");
    client.try_query(&sql).expect("a sandbox");
}

fn clear(client: &Client<'_>) {
    client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
}

/// The first Ctrl-C lets the statement that runs end; the second has the server cancel it, and what was made is taken away.
#[cfg(unix)]
#[test]
fn a_second_interrupt_cancels_the_statement_that_runs() {
    use std::process::{Child, Command, Stdio};

    let interrupt = |child: &Child| {
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("`kill` is there").success());
    };
    let environment = Environment::start();
    let Some(sandbox) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    delay(&client, "CREATE MATERIALIZED VIEW%");
    let stage = ["stage", "--deploy-id", &shop.own("v2"), "--allow-dirty"];
    let log = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut command = environment.command(&shop.project, &stage);
    command.stderr(log.reopen().expect("it opens")).stdout(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let said = || std::fs::read_to_string(log.path()).expect("it is there");
    until("the statement runs", || sandbox.faults().list().is_empty());
    interrupt(&child);
    until("it says that it will stop", || said().contains("press Ctrl-C again"));
    std::thread::sleep(Duration::from_millis(500));
    assert!(child.try_wait().expect("it can be asked").is_none(), "the statement may still end: {}", said());
    interrupt(&child);
    let mut status = None;
    until("it ends", || {
        status = child.try_wait().expect("it can be asked");
        status.is_some()
    });
    clear(&client);
    assert_eq!(status.and_then(|status| status.code()), Some(1), "{}", said());
    assert!(said().contains("stopped as you asked"), "{}", said());
    assert_eq!(shop.places(&client), shop.only_production());
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
    environment.run_for(&shop, &["stage", "--deploy-id", "v2", "--allow-dirty"]).ends_with(0);
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
    environment.run_for(&shop, &["stage", "--deploy-id", "v2", "--allow-dirty"]).ends_with(0);
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

/// Two deployments whose old versions were kept long enough.
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
    let environment = Environment::start();
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
    let environment = Environment::start();
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
