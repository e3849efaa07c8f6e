//! The cache makes a run faster, and changes nothing else.

use crate::project::{Project, SHOP};

const CACHE: &str = "target/mz-deploy/compiled";

fn used(project: &Project) -> String {
    let report = project.run(&["compile", "--verbose"]);
    report.lines().find(|line| line.contains("taken from the cache")).expect("the line is printed").to_owned()
}

fn project() -> Project {
    Project::new(SHOP)
}

#[test]
fn unchanged_files_are_not_compiled_again() {
    let project = project();
    assert_eq!(used(&project), "5 compiled, 0 taken from the cache");
    assert_eq!(used(&project), "0 compiled, 5 taken from the cache");
    project.write("models/shop/core/best_customers.sql", "CREATE VIEW best_customers AS SELECT 1 AS one;");
    assert_eq!(used(&project), "1 compiled, 4 taken from the cache");
    assert_eq!(used(&project), "0 compiled, 5 taken from the cache");
}

#[test]
fn a_file_under_another_name_is_another_file() {
    let project = project();
    used(&project);
    let text = project.read("models/shop/core/best_customers.sql");
    project.write("models/shop/core/copy.sql", text);
    let report = project.run(&["compile"]);
    assert!(report.contains("error[ObjectNameMismatch]"), "{report}");
}

#[test]
fn another_profile_compiles_again() {
    let project = project();
    project.write("project.toml", "[profiles.staging]\nprofile_suffix = \"_staging\"\n");
    used(&project);
    let report = project.run(&["-p", "staging", "compile", "--verbose"]);
    assert!(report.contains("5 compiled, 0 taken from the cache"), "{report}");
}

#[test]
fn problems_are_reported_from_the_cache_too() {
    let project = Project::new(crate::project::BROKEN);
    let first = project.run(&["compile"]);
    assert_eq!(project.run(&["compile"]), first);
}

#[test]
fn a_damaged_or_foreign_cache_is_written_anew() {
    let project = project();
    used(&project);
    let whole = std::fs::read(project.path(CACHE)).expect("the cache is there");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for damaged in
        [&b""[..], b"something else", &whole[..whole.len() / 3], &whole[..whole.len() - 1], &flipped]
    {
        project.write(CACHE, damaged);
        assert!(project.run(&["compile"]).contains("exit code 0"));
        assert_eq!(used(&project), "0 compiled, 5 taken from the cache", "it was written again");
    }
}

#[test]
fn a_cache_that_can_not_be_written_is_no_error() {
    let project = project();
    project.write("target", "a file where the directory would be");
    assert_eq!(used(&project), "5 compiled, 0 taken from the cache");
    assert_eq!(used(&project), "5 compiled, 0 taken from the cache");
}

#[test]
fn a_plan_is_the_same_with_and_without_the_cache() {
    let project = project();
    let plan = ["plan", "--deploy-id", "v1", "--format", "json"];
    let first = project.result(&plan);
    assert_eq!(project.result(&plan), first);
}
