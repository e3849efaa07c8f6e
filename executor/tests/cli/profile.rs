//! `mz-deploy profile`

use crate::project::{Project, assert_snapshot, report};

const PROFILES: &str = "[staging]\nhost = 'staging.example.com'\nusername = 'ci'\n\
                        [production]\nhost = 'production.example.com'\nusername = 'ci'\npassword = '${NOT_SET}'\n";

fn project() -> Project {
    Project::new(&[(".mzprofile", "# mine\nstaging\n"), ("connections/profiles.toml", PROFILES)])
}

#[test]
fn the_active_profile_and_what_selected_it() {
    let project = project();
    let from_environment = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env("MZ_DEPLOY_PROFILE", "production");
        report(arguments, &command.output().expect("the program starts"))
    };
    let reports = [
        project.run(&["profile", "current"]),
        project.run(&["profile", "current", "--json"]),
        project.run(&["--profile", "production", "profile", "current"]),
        from_environment(&["profile", "current"]),
        from_environment(&["profile", "current", "--profile", "production"]),
        from_environment(&["profile", "current", "--json"]),
        Project::new(&[]).run(&["profile", "current"]),
        Project::new(&[]).run(&["profile", "current", "--json"]),
    ];
    assert_snapshot("profile_current", &reports.join("\n"));
}

#[test]
fn profiles_are_those_of_the_file_and_the_one_that_needs_none() {
    let project = project();
    let reports = [
        project.run(&["profile", "list", "--profiles-dir", "connections"]),
        project.run(&["profile", "list", "--profiles-dir", "connections", "--json"]),
        project.run(&["profile", "list", "--profiles-dir", "nowhere", "--profile", "emulator"]),
    ];
    assert_snapshot("profile_list", &reports.join("\n"));
}

#[test]
fn a_profile_becomes_the_default_if_there_is_such_a_profile() {
    let project = project();
    let set = |name: &str| project.run(&["profile", "set", name, "--profiles-dir", "connections"]);
    let wrong = set("producton");
    assert_eq!(project.read(".mzprofile"), "# mine\nstaging\n");
    // Its password needn't be there.
    let right = set("production");
    assert_eq!(project.read(".mzprofile"), "production\n");
    let json = project.run(&["profile", "set", "emulator", "--json", "--profiles-dir", "nowhere"]);
    assert_eq!(project.read(".mzprofile"), "emulator\n");
    assert_snapshot("profile_set", &[wrong, right, json].join("\n"));
}
