//! `mz-deploy sql`

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use crate::project::{Project, assert_snapshot, report};

const PROFILES: &str = "[staging]\nhost = 'db.example.com'\nport = 7000\nusername = 'ci'\npassword = '${SECRET}'\n\
                        sslmode = 'verify-full'\nsslrootcert = '/ca.pem'\n[staging.options]\ncluster = 'my cluster'\n";

/// A project with a profile, and a program `psql` that prints what it was told and ends with code 7.
fn project() -> Project {
    let psql =
        "#!/bin/sh\nprintf '%s\\n' \"$@\"\n/usr/bin/env | /usr/bin/grep '^PG' | /usr/bin/sort\nexit 7\n";
    let project = Project::new(&[("connections/profiles.toml", PROFILES), ("bin/psql", psql)]);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path("bin/psql"), executable).expect("it can be made executable");
    project
}

fn run(project: &Project, path: &str, arguments: &[&str]) -> Output {
    let mut command = project.command(arguments);
    command.env("PATH", project.path(path)).env("SECRET", "s3cret").env("PGHOSTADDR", "10.0.0.1");
    command.output().expect("the program starts")
}

#[test]
fn psql_gets_the_connection_of_the_profile_and_says_how_it_ends() {
    let project = project();
    let arguments =
        ["sql", "-p", "staging", "--profiles-dir", "connections", "--", "-c", "SELECT 1", "--quiet"];
    assert_snapshot("sql", &report(&arguments, &run(&project, "bin", &arguments)));
}

#[test]
fn without_psql_or_a_profile_nothing_is_started() {
    let project = project();
    let reports = [
        &["sql", "-p", "staging", "--profiles-dir", "connections"][..],
        &["sql", "-p", "stagin", "--profiles-dir", "connections"],
        &["sql", "--profiles-dir", "connections"],
        &["sql", "--profiles-dir", "connections", "--json"],
    ]
    .map(|arguments| report(arguments, &run(&project, "nowhere", arguments)));
    assert_snapshot("sql_nothing", &reports.join("\n"));
}
