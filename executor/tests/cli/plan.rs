//! `mz-deploy plan`

use std::process::{Command, Stdio};

use mz_deploy_planner::input::{Config, Sources, StrategyChoice};
use mz_deploy_planner::view::TextOptions;
use mz_deploy_planner::{compile, plan, view};

use crate::project::{BROKEN, Project, SHOP, assert_snapshot};

/// A project, everything in it deployed according to `deployed.json`, and then edited.
fn edited() -> Project {
    let project = Project::new(SHOP);
    let sources: Sources = SHOP.iter().map(|(path, text)| (*path, *text)).collect();
    let deployed = plan::deployed_after(&compile(&sources, &Config::default()).project);
    project.write("deployed.json", view::to_json(&deployed));
    let path = "models/shop/core/order_totals.sql";
    project.write(path, project.read(path).replace("AS total", "AS total, count(*) AS orders"));
    project
}

#[test]
fn a_first_deployment() {
    assert_snapshot("plan_first", &Project::new(SHOP).run(&["plan", "--deploy-id", "v1"]));
}

#[test]
fn every_form_shows_the_same_plan() {
    let project = edited();
    let print = |format: &[&str]| {
        project.result(&[&["plan", "--deployed", "deployed.json", "--deploy-id", "v2"], format].concat())
    };
    let json = print(&["--format", "json"]);
    let plan = view::read_plan("plan.json", &json).expect("the program prints what it reads");
    assert_eq!(print(&["--output", "json"]), json);
    assert_eq!(print(&["--format", "text"]), view::plan_text(&plan, TextOptions::default()));
    assert_eq!(print(&["--format", "markdown"]), view::plan_markdown(&plan));
    assert_eq!(print(&["--format", "sql"]), view::plan_sql(&plan));
    let full = TextOptions { full: true, ..TextOptions::default() };
    assert_eq!(print(&["--verbose"]), view::plan_text(&plan, full));
}

#[test]
fn the_strategy_is_the_one_asked_for() {
    let project = edited();
    let strategy = |arguments: &[&str]| {
        let all = ["plan", "--deployed", "deployed.json", "--deploy-id", "v2", "--output", "json"];
        let plan = view::read_plan("plan.json", &project.result(&[&all, arguments].concat()));
        plan.expect("the program prints what it reads").strategy
    };
    assert_eq!(strategy(&[]), StrategyChoice::Swap);
    assert_eq!(strategy(&["--strategy", "swap"]), StrategyChoice::Swap);
    assert_eq!(strategy(&["--strategy", "rename"]), StrategyChoice::Rename);
    assert_eq!(strategy(&["--strategy", "auto"]), StrategyChoice::Auto);
    assert_snapshot("plan_edit", &project.run(&["plan", "--deployed", "deployed.json", "--deploy-id", "v2"]));
}

#[test]
fn nothing_to_do_is_no_failure() {
    let project = edited();
    let original = SHOP.iter().find(|(path, _)| *path == "models/shop/core/order_totals.sql");
    let (path, text) = original.expect("the file is part of the project");
    project.write(path, text);
    assert_snapshot(
        "plan_nothing",
        &project.run(&["plan", "--deployed", "deployed.json", "--deploy-id", "v2"]),
    );
}

#[test]
fn a_schema_is_deployed_again_when_asked_for() {
    let project = edited();
    let report = project.result(&[
        "plan",
        "--deployed",
        "deployed.json",
        "--deploy-id",
        "v2",
        "--redeploy-schema",
        "shop.core",
    ]);
    assert!(report.contains("--redeploy-schema shop.core"), "{report}");
    assert_snapshot("plan_unknown_schema", &project.run(&["plan", "--redeploy-schema", "shop.cor"]));
}

#[test]
fn a_project_with_problems_has_no_plan() {
    let project = Project::new(BROKEN);
    let report = project.run(&["plan", "--out", "plan.json"]);
    assert!(report.contains("exit code 1\n--- stderr ---\nerror["), "{report}");
    assert!(!project.path("plan.json").exists());
    let json = project.run(&["plan", "--output", "json"]);
    assert!(json.contains(r#""code":"ObjectNameMismatch""#), "{json}");
}

#[test]
fn a_snapshot_that_can_not_be_used_is_an_error_with_its_place() {
    let project = Project::new(SHOP);
    project.write("typo.json", "{\n  \"format\": 1,\n  \"objetcs\": []\n}\n");
    project.write("newer.json", "{\"format\": 99}\n");
    project.write("cut.json", "{\n");
    project.result(&["plan", "--deploy-id", "v1", "--out", "plan.json"]);
    let reports = [
        project.run(&["plan", "--deployed", "typo.json"]),
        project.run(&["plan", "--live", "newer.json"]),
        project.run(&["plan", "--deployed", "cut.json"]),
        project.run(&["plan", "--deployed", "plan.json"]),
        project.run(&["plan", "--deployed", "missing.json"]),
        project.run(&["plan", "--deployed", "models"]),
        project.run(&["plan", "--deployed", "typo.json", "--output", "json"]),
    ];
    assert_snapshot("plan_bad_snapshots", &reports.join("\n"));
}

#[test]
fn a_deploy_id_that_can_not_be_part_of_a_name_is_an_error() {
    let project = Project::new(SHOP);
    let reports = [
        project.run(&["plan", "--deploy-id", "v1; DROP"]),
        project.run(&["plan", "--deploy-id", ""]),
        project.run(&["plan", "--deploy-id", "", "--output", "json"]),
        project.run(&["plan", "--deploy-id", "", "--output", "github"]),
    ];
    assert_snapshot("plan_bad_id", &reports.join("\n"));
}

#[test]
fn a_saved_plan_is_the_printed_plan() {
    let project = Project::new(SHOP);
    let printed = project.result(&["plan", "--deploy-id", "v1", "--output", "json", "--out", "plan.json"]);
    assert_eq!(project.read("plan.json"), printed);
    assert!(view::read_plan("plan.json", &printed).is_ok());
    let report = project.run(&["plan", "--deploy-id", "v1", "--out", "."]);
    assert!(report.contains("error: can't save the plan in `.`, which is a directory\n"), "{report}");
    assert!(report.contains("help: name a file: `--out ./plan.json`\n"), "{report}");
    let report = project.run(&["plan", "--deploy-id", "v1", "--out", "missing/plan.json"]);
    assert!(report.contains("error: can't write `missing/plan.json`: no such file or directory"), "{report}");
}

/// The name of the deployment that a plan is made for without `--deploy-id`.
fn default_id(project: &Project) -> String {
    let text = project.result(&["plan"]);
    let line = text.lines().next().expect("a plan has a first line");
    line.strip_prefix("Plan to deploy ").expect("it names the deployment").to_owned()
}

#[test]
fn a_deployment_is_named_after_the_commit_or_the_contents() {
    let project = Project::new(SHOP);
    let contents = default_id(&project);
    assert_eq!(contents.len(), 7);
    assert_eq!(default_id(&Project::new(SHOP)), contents, "equal contents in another place");

    let git = |arguments: &[&str]| -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(project.path(""))
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    git(&["init", "--quiet"]);
    assert_eq!(default_id(&project), contents, "no commit yet");
    git(&["add", "project.toml", "models", "clusters"]);
    git(&["commit", "--quiet", "--message", "first"]);
    let commit = git(&["rev-parse", "HEAD"]);
    assert_eq!(default_id(&project), &commit[..7]);
    project.write("notes.txt", "not part of the project");
    assert_eq!(default_id(&project), &commit[..7]);
    project.write("models/shop/core/more.sql", "CREATE VIEW more AS SELECT 1 AS one;");
    let dirty = default_id(&project);
    assert!(dirty != commit[..7] && dirty != contents);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let project = Project::new(SHOP);
    let mut child = project
        .command(&["plan", "--deploy-id", "v1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
