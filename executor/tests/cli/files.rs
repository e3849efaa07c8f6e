//! Files that can't be read, or must not be.

use std::os::unix::fs::symlink;

use crate::project::{Project, SHOP, assert_snapshot};

#[test]
fn what_can_not_be_read_is_reported_with_everything_else() {
    let project = Project::new(SHOP);
    project.write("models/shop/core/latin1.sql", b"CREATE VIEW latin1 AS\nSELECT '\xe4';\n");
    project.write("models/shop/core/huge.sql", vec![b' '; 9 << 20]);
    project.write("models/shop/core/wrong.sql", "CREATE VIEW right AS SELECT 1;");
    let reader = "CREATE VIEW reader AS SELECT * FROM huge, latin1, pipe;";
    project.write("models/shop/core/reader.sql", reader);
    let status = std::process::Command::new("mkfifo").arg(project.path("models/shop/core/pipe.sql")).status();
    assert!(status.is_ok_and(|status| status.success()));
    assert_snapshot("files_unreadable", &project.run(&["compile"]));
}

/// Linked out of the project, so that the test also works for a user who may read everything.
#[test]
fn what_may_be_in_unreadable_places_is_not_missing() {
    let project = Project::new(SHOP);
    project.write("models/shop/raw.sql", "COMMENT ON SCHEMA raw IS 'what comes in';\n");
    let mut deep = "models/shop/core".to_owned();
    deep.push_str(&"/deeper".repeat(12));
    project.write(&format!("{deep}/v.sql"), "");
    for path in ["project.toml", "clusters/compute.sql", "models/shop/raw/orders.sql"] {
        std::fs::remove_file(project.path(path)).expect("the file is there");
        symlink("/nowhere", project.path(path)).expect("links can be made");
    }
    assert_snapshot("files_unreadable_but_there", &project.run(&["compile"]));
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
