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
