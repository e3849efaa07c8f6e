//! What every command says: as text and as JSON, when it does what it was asked to do and when it can't.

use crate::environment::Environment;
use crate::project::Project;
use crate::shop::Shop;

/// A report without what differs from run to run.
fn stable(shop: &Shop, environment: &Environment, text: &str) -> String {
    let text = text.replace(&shop.database, "shop").replace(&shop.cluster, "compute");
    let text = text.replace(&environment.port(), "PORT").replace(&environment.id(), "ENVIRONMENT");
    let text = masked(&text, "20", |c| c.is_ascii_digit() || "-:. T+Z".contains(c), 15, "TIME");
    let text = masked(&text, "\"took_ms\":", |c| c.is_ascii_digit(), 1, "\"took_ms\":N");
    let text = masked(&text, "\"u", |c| c.is_ascii_digit(), 1, "\"ID");
    let text = masked(&text, "(u", |c| c.is_ascii_digit(), 1, "(ID");
    let text = masked(&text, "v1:", |c| c.is_ascii_hexdigit(), 9, "HASH");
    let text = masked(&text, "sha256:", |c| c.is_ascii_hexdigit(), 12, "DIGEST");
    without_times(&text)
}

/// The text without how long something took, and when it was.
fn without_times(text: &str) -> String {
    let line = |line: &str| {
        let field =
            ["Date:", "Deployed at:", "Promoted at:"].into_iter().find(|field| line.starts_with(field));
        match (field, line.rsplit_once(" in ")) {
            (Some(field), _) => format!("{field} TIME"),
            _ if line.starts_with("Steps of ") => {
                format!("{} since TIME:", line.split(", since").next().unwrap_or_default())
            }
            _ if line.starts_with("    ") && line.ends_with(" ms") => {
                format!("{}  N ms", line.rsplit_once("  ").map_or(line, |(step, _)| step))
            }
            (None, Some((before, took))) if took.ends_with(" s") => format!("{before} in N s"),
            _ => line.to_owned(),
        }
    };
    // How often a watch sees something that isn't ready yet is a matter of luck.
    let is_on_the_way = |line: &&str| {
        ["  hydrating  ", "  lagging  ", "\"all_ready\":false"].iter().any(|words| line.contains(words))
    };
    text.lines().filter(|line| !is_on_the_way(line)).map(line).collect::<Vec<_>>().join("\n") + "\n"
}

/// Replaces what begins with a word and goes on with at least so many of some characters.
fn masked(text: &str, begins: &str, goes_on: fn(char) -> bool, least: usize, mask: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(begins) {
        let after = &rest[at + begins.len()..];
        let end = after.find(|c| !goes_on(c)).unwrap_or(after.len());
        let length = after[..end].trim_end().len();
        masked.push_str(&rest[..at]);
        masked.push_str(if length >= least { mask } else { &rest[at..at + begins.len() + length] });
        rest = &after[length..];
    }
    masked.push_str(rest);
    masked
}

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/commands");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The life of a deployment, each command in turn.
const LIFE: &[(&str, &[&str])] = &[
    ("debug", &["debug"]),
    ("setup_again", &["setup"]),
    ("apply_dry_run", &["apply", "--dry-run"]),
    ("apply", &["apply"]),
    ("apply_again", &["apply"]),
    ("stage_dry_run", &["stage", "--deploy-id", "v1", "--allow-dirty", "--dry-run"]),
    ("stage", &["stage", "--deploy-id", "v1", "--allow-dirty"]),
    ("wait", &["wait", "v1", "--timeout", "60"]),
    ("wait_once", &["wait", "v1", "--once"]),
    ("list", &["list"]),
    ("promote_dry_run", &["promote", "v1", "--dry-run"]),
    ("promote_keep", &["promote", "v1", "--keep", "--yes"]),
    ("log", &["log"]),
    ("describe", &["describe", "v1"]),
    ("rollback_dry_run", &["rollback", "v1", "--dry-run"]),
    ("rollback", &["rollback", "v1", "--yes"]),
    ("promote", &["promote", "v1", "--yes"]),
    ("stage_nothing", &["stage", "--deploy-id", "v2", "--allow-dirty"]),
    ("cleanup_nothing", &["cleanup", "--yes"]),
    ("abort_promoted", &["abort", "v1"]),
    ("rollback_not_kept", &["rollback", "v1", "--yes"]),
    ("wait_unknown", &["wait", "v9"]),
    ("promote_unknown", &["promote", "v9", "--yes"]),
    ("abort_unknown", &["abort", "v9"]),
    ("describe_unknown", &["describe", "v9"]),
    ("stage_dirty", &["stage", "--deploy-id", "v3"]),
    ("snapshot", &["snapshot", "--out", "."]),
];

fn every_command(form: &str, more: &[&str]) {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::new();
    for (name, command) in LIFE {
        let said = environment.run_for(&shop, &[command, more].concat());
        let report = stable(&shop, &environment, said.report());
        assert_snapshot(&format!("{name}.{form}"), &report);
    }
}

#[test]
fn every_command_as_text() {
    every_command("text", &[]);
}

#[test]
fn every_command_as_json() {
    every_command("json", &["--json"]);
}

#[test]
fn a_server_that_is_not_there() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let project = Project::new(&[("project.toml", "")]);
    let profiles = "[test]\nhost = \"127.0.0.1\"\nport = 1\nusername = \"nobody\"\nsslmode = \"disable\"\n";
    project.write("profiles.toml", profiles);
    for (name, more) in [("unreachable.text", &[][..]), ("unreachable.json", &["--json"])] {
        let arguments = [&["debug", "--profiles-dir", "."], more].concat();
        let output = environment.command(&project, &arguments).output().expect("the program starts");
        assert_snapshot(name, &crate::project::report(&arguments, &output));
    }
}

#[test]
fn an_environment_that_is_not_set_up() {
    let environment = Environment::alone();
    let shop = Shop::new();
    for (name, more) in [("not_set_up.text", &[][..]), ("not_set_up.json", &["--json"])] {
        let said = environment.run_for(&shop, &[&["list"], more].concat());
        assert_snapshot(name, &stable(&shop, &environment, said.report()));
    }
    let setup = environment.run_for(&shop, &["setup"]);
    assert_snapshot("setup.text", &stable(&shop, &environment, setup.report()));
}

/// The README's first command: a newcomer's first impression.
#[test]
fn the_demo_tells_a_story() {
    let project = Project::new(&[]);
    let arguments = ["demo"];
    let output = project.command(&arguments).output().expect("the program starts");
    let text = crate::project::report(&arguments, &output);
    let text = masked(&text, "127.0.0.1:", |c| c.is_ascii_digit(), 1, "127.0.0.1:PORT");
    let text = masked(&text, "20", |c| c.is_ascii_digit() || "-:. T+Z".contains(c), 15, "TIME");
    let text = masked(&text, "sha256:", |c| c.is_ascii_hexdigit(), 12, "DIGEST");
    let text = masked(&text, "local-az1-", |c| c.is_ascii_hexdigit() || c == '-', 12, "ENVIRONMENT");
    // Orders go on arriving while it runs.
    let orders = |line: &str| {
        if line.contains(" stalled orders, worth ") { "  N stalled orders, worth N" } else { line }.to_owned()
    };
    let text = text.lines().map(orders).collect::<Vec<_>>().join("\n");
    assert_snapshot("demo", &without_times(&text));
}
