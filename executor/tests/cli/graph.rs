//! `mz-deploy graph`

use crate::project::{BROKEN, Project, SHOP, assert_snapshot};

#[test]
fn a_graph_in_every_language() {
    let project = Project::new(SHOP);
    for format in ["dot", "json", "mermaid"] {
        assert_snapshot(&format!("graph_{format}"), &project.run(&["graph", "--format", format]));
    }
    assert_eq!(project.result(&["graph"]), project.result(&["graph", "--format", "dot"]));
    assert_eq!(
        project.result(&["graph", "--output", "json"]),
        project.result(&["graph", "--format", "json"])
    );
}

#[test]
fn a_project_with_problems_has_no_graph() {
    let report = Project::new(BROKEN).run(&["graph"]);
    assert!(report.contains("exit code 1\n--- stderr ---\nerror["), "{report}");
}
