//! `mz-deploy profile`

use crate::project::{Project, assert_snapshot, report};

#[test]
fn the_active_profile_and_what_selected_it() {
    let project = Project::new(&[(".mzprofile", "# mine\nstaging\n")]);
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
