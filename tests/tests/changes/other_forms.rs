//! Snapshots whose fingerprints another version made.

use mz_deploy_planner::input::{Deployed, read_deployed};
use mz_deploy_planner::plan::deployed_after;
use mz_deploy_planner::view::to_json;

use crate::scenario::{Scenario, expect, first};

fn project() -> Scenario {
    first(&[
        ("s", "GRANT USAGE ON SCHEMA s TO r;"),
        (
            "s/a",
            "CREATE VIEW a AS SELECT 1 AS x; CREATE INDEX a_x IN CLUSTER c ON a (x); GRANT SELECT ON a TO r;",
        ),
        ("s/b", "CREATE MATERIALIZED VIEW b IN CLUSTER c AS SELECT a.x FROM a;"),
        (
            "o/k",
            "CREATE SINK k IN CLUSTER out FROM s.b INTO KAFKA CONNECTION raw.kc (TOPIC 't') FORMAT JSON ENVELOPE DEBEZIUM;",
        ),
        ("raw/kc", "CREATE CONNECTION kc TO KAFKA (BROKER 'b:9092');"),
    ])
}

/// What the project leaves behind when it is promoted, with fingerprints of another form.
fn snapshot(project: &Scenario, tag: &str) -> Deployed {
    let text = to_json(&deployed_after(&project.compile().project)).replace("\"v1:", &format!("\"{tag}"));
    read_deployed("deployed.json", &text).expect("the snapshot is one")
}

#[test]
fn another_form_of_fingerprints_is_no_change() {
    for tag in ["v0:", "sha256:", "v10:", ""] {
        let project = project();
        let snapshot = snapshot(&project, tag);
        expect(&project.after(snapshot).changes(), "");
    }
}

#[test]
fn a_text_that_differs_is_a_change_under_any_form() {
    let project = project();
    let snapshot = snapshot(&project, "v0:");
    let edit = project
        .after(snapshot)
        .rename()
        .edit(&[("s/b", "CREATE MATERIALIZED VIEW b IN CLUSTER c AS SELECT 2 AS x;")]);
    expect(
        &edit.changes(),
        "
            repoint o.k by at-promote <- reads b <- s/b.sql:1 definition changed
            update s.b by rename <- s/b.sql:1 definition changed
        ",
    );
}

#[test]
fn without_a_text_the_object_counts_as_changed_and_the_plan_says_why() {
    let project = project();
    let mut snapshot = snapshot(&project, "v0:");
    snapshot.objects.iter_mut().filter(|o| o.name.name.as_str() == "b").for_each(|o| o.sql = None);
    expect(
        &project.after(snapshot).rename().changes(),
        "
            repoint o.k by at-promote <- reads b <- s/b.sql:1 deployed by another version
            update s.b by rename <- s/b.sql:1 deployed by another version
        ",
    );
}
