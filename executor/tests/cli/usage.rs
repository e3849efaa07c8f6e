//! Help, wrong arguments, exit codes.

use std::path::Path;

use crate::project::{BROKEN, Project, SHOP, assert_snapshot, command, report};

fn run(arguments: &[&str]) -> String {
    report(arguments, &command(Path::new(".")).args(arguments).output().expect("the program starts"))
}

/// The commands that a page of help lists, but for `help` itself.
fn listed_commands(page: &str) -> Vec<String> {
    let list = page.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = list.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
    rows.filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .map(str::to_owned)
        .collect()
}

/// The pages of a command and of all that are part of it.
fn collect_help(path: &[&str], pages: &mut Vec<String>) {
    let page = run(&[path, &["--help"]].concat());
    let parts = listed_commands(&page);
    pages.push(page);
    for part in &parts {
        collect_help(&[path, &[part]].concat(), pages);
    }
}

/// Options of every command stand on the first page; elsewhere they would drown the command's own.
fn without_global_options(page: &str) -> String {
    let own = page.split("\nGlobal options:\n").next().unwrap_or(page);
    own.to_owned()
}

#[test]
fn the_help_of_every_command() {
    let mut pages = Vec::new();
    collect_help(&[], &mut pages);
    let (first, others) = pages.split_first().expect("the program has help");
    let others = others.iter().map(|page| without_global_options(page));
    let all: Vec<String> = std::iter::once(first.clone()).chain(others).collect();
    assert_snapshot("help", &all.join("\n"));
}

#[test]
fn wrong_arguments_end_with_code_2() {
    let all: Vec<String> = [
        &[][..],
        &["deploy"],
        &["deploy", "--json"],
        &["plan", "--format", "xml"],
        &["plan", "--formt", "sql", "--json"],
        &["plan", "--redeploy-all", "--redeploy-schema", "shop.core"],
        &["compile", "--verbose", "--quiet"],
        &["compile", "models"],
        &["compile", "models", "--output", "json"],
    ]
    .map(run)
    .into_iter()
    .inspect(|report| assert!(report.contains("\nexit code 2\n"), "{report}"))
    .collect();
    assert_snapshot("wrong_arguments", &all.join("\n"));
}

#[test]
fn the_exit_code_says_what_kind_of_failure_it_was() {
    let code = |project: &Project, arguments: &[&str]| {
        project.command(arguments).output().expect("the program starts").status.code()
    };
    let (sound, broken) = (Project::new(SHOP), Project::new(BROKEN));
    assert_eq!(code(&sound, &["compile"]), Some(0));
    assert_eq!(code(&sound, &["compile", "--json"]), Some(0));
    assert_eq!(code(&broken, &["compile"]), Some(1));
    assert_eq!(code(&broken, &["compile", "--json"]), Some(1));
    assert_eq!(code(&sound, &["plan", "--deployed", "missing.json"]), Some(1));
    assert_eq!(code(&sound, &["plan", "--strategy", "none"]), Some(2));
    assert_eq!(code(&sound, &["plan", "--redeploy-schema", "shop.none"]), Some(2));
}

#[test]
fn json_can_be_asked_for_in_two_ways() {
    let project = Project::new(SHOP);
    assert_eq!(project.result(&["--json", "compile"]), project.result(&["compile", "--output", "json"]));
}

#[test]
fn the_version_is_printed() {
    let expected = format!(
        "$ mz-deploy --version\nexit code 0\n--- stdout ---\nmz-deploy {}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(run(&["--version"]), expected);
}
