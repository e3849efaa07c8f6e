//! `mz-deploy compile`

use crate::project::{BROKEN, Project, SHOP, assert_snapshot};

#[test]
fn a_sound_project() {
    let project = Project::new(SHOP);
    assert_snapshot("compile", &project.run(&["compile"]));
    assert_snapshot("compile_verbose", &project.run(&["compile", "--verbose"]));
    assert_snapshot("compile_json", &project.run(&["compile", "--output", "json"]));
    assert_snapshot("compile_quiet", &project.run(&["compile", "--quiet"]));
}

#[test]
fn a_project_with_problems() {
    let project = Project::new(BROKEN);
    assert_snapshot("compile_broken", &project.run(&["compile"]));
    assert_snapshot("compile_broken_json", &project.run(&["compile", "--output", "json"]));
    assert_snapshot("compile_broken_github", &project.run(&["compile", "--output", "github"]));
}

#[test]
fn annotations_name_files_from_the_root_of_the_repository() {
    let repository = Project::new(&[("projects/shop/project.toml", "x = 1\n")]);
    let report = repository.run(&["-d", "./projects/shop", "compile", "--output", "github"]);
    assert!(report.contains("::error file=projects/shop/project.toml,line=1,"), "{report}");
}

#[test]
fn a_directory_that_is_no_project() {
    let project = Project::new(&[("README.md", "")]);
    assert_snapshot("compile_no_project", &project.run(&["compile"]));
    assert_snapshot("compile_no_directory", &project.run(&["-d", "elsewhere", "compile"]));
    assert_snapshot(
        "compile_no_directory_json",
        &project.run(&["-d", "elsewhere", "compile", "--output", "json"]),
    );
    assert_snapshot("compile_a_file", &project.run(&["-d", "README.md", "compile"]));
}

#[test]
fn the_profile_is_the_one_asked_for_or_the_one_in_mzprofile() {
    let project = Project::new(SHOP);
    project.write("project.toml", "[profiles.staging]\nprofile_suffix = \"_staging\"\n");
    let database = |arguments: &[&str]| -> String {
        let output = project.result(arguments);
        let document: serde_json::Value = serde_json::from_str(&output).expect("JSON");
        document["objects"][0]["name"]["database"].as_str().expect("a database").to_owned()
    };
    assert_eq!(database(&["compile", "--output", "json"]), "shop");
    assert_eq!(database(&["-p", "staging", "compile", "--output", "json"]), "shop_staging");
    project.write(".mzprofile", "# the default\nstaging\n");
    assert_eq!(database(&["compile", "--output", "json"]), "shop_staging");
    assert_eq!(database(&["compile", "--profile", "production", "--output", "json"]), "shop");
    let output =
        project.command(&["compile", "--output", "json"]).env("MZ_DEPLOY_PROFILE", "production").output();
    let output = output.expect("the program starts").stdout;
    assert!(!String::from_utf8_lossy(&output).contains("shop_staging"));
}

#[test]
fn colours_are_printed_only_where_they_are_wanted() {
    let project = Project::new(BROKEN);
    let has_colours = |variables: &[(&str, &str)]| {
        let output = project.command(&["compile"]).envs(variables.iter().copied()).output();
        output.expect("the program starts").stderr.contains(&0x1b)
    };
    assert!(!has_colours(&[]), "not to a pipe");
    assert!(has_colours(&[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colours(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

/// As a pull request is planned against the main branch, without a connection.
#[test]
fn a_snapshot_of_one_state_is_the_basis_of_a_plan_for_another() {
    let project = Project::new(SHOP);
    assert_snapshot("compile_snapshot", &project.run(&["compile", "--snapshot", "main.json"]));
    assert_snapshot("compile_snapshot_file", &project.read("main.json"));
    let plan = ["plan", "--deployed", "main.json", "--deploy-id", "v2"];
    assert!(project.result(&plan).contains("No changes: the project is what was deployed last."));
    let path = "models/shop/core/best_customers.sql";
    project.write(path, project.read(path).replace("1000", "2000"));
    assert!(project.result(&plan).contains("models/shop/core/best_customers.sql:1: definition changed"));
    let quiet = project.run(&["compile", "--output", "json", "--snapshot", "branch.json"]);
    assert!(quiet.contains("exit code 0") && project.read("branch.json").contains("2000"), "{quiet}");
}

#[test]
fn a_project_with_problems_leaves_an_old_snapshot_as_it_is() {
    let project = Project::new(BROKEN);
    project.write("main.json", "old");
    for output in ["text", "json"] {
        let report = project.run(&["compile", "--output", output, "--snapshot", "main.json"]);
        assert!(report.contains("exit code 1"), "{report}");
        assert_eq!(project.read("main.json"), "old");
    }
}

/// The value of a secret, as a word that nothing else could bring into an output.
const CANARY: &str = "hunter2canary";

#[test]
fn no_output_holds_the_value_of_a_secret_or_depends_on_it() {
    let outputs = |value: &str| -> Vec<String> {
        let project = Project::new(SHOP);
        project.write("clusters/ship.sql", "CREATE CLUSTER ship (SIZE = '25cc');");
        project.write("models/shop/raw/password.sql", format!("CREATE SECRET password AS '{value}';"));
        project.write(
            "models/shop/raw/kafka.sql",
            "CREATE CONNECTION kafka TO KAFKA (BROKER 'b:9092', SASL MECHANISMS = 'PLAIN', SASL USERNAME = 'u', \
             SASL PASSWORD = SECRET password);",
        );
        project.write(
            "models/shop/out/totals.sql",
            "CREATE SINK totals IN CLUSTER ship FROM core.order_totals INTO KAFKA CONNECTION raw.kafka (TOPIC 't') \
             FORMAT JSON ENVELOPE DEBEZIUM;",
        );
        let plan = |format| project.run(&["plan", "--verbose", "--format", format]);
        let mut outputs = vec![
            project.run(&["compile", "--verbose"]),
            project.run(&["compile", "--output", "json", "--snapshot", "main.json"]),
            project.read("main.json"),
            project.run(&["graph"]),
            project.run(&["graph", "--output", "json"]),
            project.run(&["graph", "--format", "mermaid"]),
        ];
        outputs.extend(["text", "json", "markdown", "sql"].map(plan));
        let cache = std::fs::read(project.path("target/mz-deploy/compiled")).expect("the cache is there");
        assert!(!cache.windows(value.len()).any(|bytes| bytes == value.as_bytes()), "nor does the cache");
        outputs
    };
    let found = outputs(CANARY);
    assert!(
        found.iter().all(|output| output.contains("exit code 0") || output.starts_with('{')),
        "{found:?}"
    );
    assert!(found.iter().all(|output| !output.contains(CANARY)));
    assert_eq!(found, outputs("another"), "not even a digest of it");
}
