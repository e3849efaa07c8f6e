//! Inputs on which a fuzz target once failed.

use std::path::Path;

use mz_deploy_tests::fuzz;

fn run(target: &str, function: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions").join(target);
    let inputs = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut count = 0;
    for input in inputs {
        let path = input.expect("the folder is readable").path();
        function(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn statements() {
    run("statement", fuzz::statement);
}

#[test]
fn variables() {
    run("variables", fuzz::variables);
}

#[test]
fn projects() {
    run("project", fuzz::project);
}

#[test]
fn plan_files() {
    run("plan_file", fuzz::plan_file);
}

#[test]
fn snapshot_files() {
    run("snapshot_file", fuzz::snapshot_file);
}

#[test]
fn sandbox_frames() {
    run("sandbox_frames", fuzz::sandbox_frames);
}

#[test]
fn sandbox_statements() {
    run("sandbox_statements", fuzz::sandbox_statements);
}
