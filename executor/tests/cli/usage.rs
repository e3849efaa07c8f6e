//! Help, and wrong arguments.

use std::path::Path;

use crate::project::{assert_snapshot, command, report};

fn run(arguments: &[&str]) -> String {
    report(arguments, &command(Path::new(".")).args(arguments).output().expect("the program starts"))
}

#[test]
fn the_help_of_every_command() {
    let all: Vec<String> =
        [&["--help"][..], &["compile", "--help"], &["plan", "--help"], &["graph", "--help"]]
            .map(run)
            .into_iter()
            .collect();
    assert_snapshot("help", &all.join("\n"));
}

#[test]
fn wrong_arguments_end_with_code_2() {
    let all: Vec<String> = [
        &[][..],
        &["deploy"],
        &["plan", "--format", "xml"],
        &["plan", "--redeploy-all", "--redeploy-schema", "shop.core"],
        &["compile", "--verbose", "--quiet"],
        &["compile", "models"],
    ]
    .map(run)
    .into_iter()
    .inspect(|report| assert!(report.contains("\nexit code 2\n"), "{report}"))
    .collect();
    assert_snapshot("wrong_arguments", &all.join("\n"));
}

#[test]
fn the_version_is_printed() {
    let expected = format!(
        "$ mz-deploy --version\nexit code 0\n--- stdout ---\nmz-deploy {}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(run(&["--version"]), expected);
}
