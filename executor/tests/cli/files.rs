//! Files that can't be read, or must not be.

use std::os::unix::fs::symlink;

use crate::project::{Project, SHOP, assert_snapshot};

#[test]
fn what_can_not_be_read_is_reported_with_everything_else() {
    let project = Project::new(SHOP);
    project.write("models/shop/core/latin1.sql", b"CREATE VIEW latin1 AS\nSELECT '\xe4';\n");
    project.write("models/shop/core/huge.sql", vec![b' '; 9 << 20]);
    project.write("models/shop/core/wrong.sql", "CREATE VIEW right AS SELECT 1;");
    let status = std::process::Command::new("mkfifo").arg(project.path("models/shop/core/pipe.sql")).status();
    assert!(status.is_ok_and(|status| status.success()));
    assert_snapshot("files_unreadable", &project.run(&["compile"]));
}

#[test]
fn links_are_followed_to_files_of_the_project_only() {
    let project = Project::new(SHOP);
    let elsewhere = Project::new(&[("secret.sql", "CREATE VIEW secret AS SELECT 1;")]);
    project.write("shared/linked.sql", "CREATE VIEW linked AS SELECT 1 AS one;\n");
    let link = |target: &std::path::Path, path: &str| {
        symlink(target, project.path(path)).expect("links can be made");
    };
    link(&project.path("shared/linked.sql"), "models/shop/core/linked.sql");
    assert!(project.run(&["compile"]).contains("Compiled 4 objects"));

    link(&elsewhere.path("secret.sql"), "models/shop/core/secret.sql");
    link(std::path::Path::new("nowhere.sql"), "models/shop/core/dangling.sql");
    link(&project.path("models"), "models/shop/again");
    assert_snapshot("files_links", &project.run(&["compile"]));
}

#[test]
fn what_is_no_sql_is_not_read() {
    let project = Project::new(SHOP);
    project.write("models/README.md", b"\xff\xfe");
    project.write("models/shop/core/.git/x.sql", b"\xff\xfe");
    project.write("target/old.sql", b"\xff\xfe");
    assert!(project.run(&["compile"]).contains("exit code 0"));
}
