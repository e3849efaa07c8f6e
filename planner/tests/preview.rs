//! What a page works with: a project that is edited, and its plan in parts.

use std::collections::BTreeMap;

use mz_deploy_planner::input::StageOptions;
use mz_deploy_planner::plan::Plan;
use mz_deploy_planner::view::{ChangeView, PreviewView, read_plan};
use mz_deploy_planner::{Preview, Rendering};

const ORDERS: &str = "CREATE VIEW orders AS SELECT 1 AS id;";
const TOTALS: &str =
    "CREATE MATERIALIZED VIEW totals IN CLUSTER :cluster AS SELECT count(*) AS n FROM orders;";

/// A view, what reads it, and a profile that says where.
fn project() -> Preview {
    let mut preview = Preview::new();
    preview.set_file("project.toml", "[staging.variables]\ncluster = \"small\"\n");
    preview.set_file("models/app/core/orders.sql", ORDERS);
    preview.set_file("models/app/core/totals.sql", TOTALS);
    preview.set_file("clusters/small.sql", "CREATE CLUSTER small (SIZE = '25cc');");
    preview.set_file("clusters/large.sql", "CREATE CLUSTER large (SIZE = '100cc');");
    preview.set_profile(Some("staging"));
    preview
}

fn planned(preview: &mut Preview) -> PreviewView {
    preview.plan(&StageOptions { deploy_id: "x".into(), ..StageOptions::default() })
}

/// The last plan as a file, read back.
fn plan(preview: &Preview) -> Plan {
    let text = preview.render(Rendering::Json).expect("there is a plan");
    read_plan("plan.json", &text).expect("it is one")
}

/// A project whose own state is what is deployed, after an edit.
fn edited() -> Preview {
    let mut preview = project();
    let deployed = preview.deployed_after();
    preview.set_deployed(deployed.as_deref());
    preview.set_file("models/app/core/orders.sql", "CREATE VIEW orders AS SELECT 2 AS id;");
    preview
}

#[test]
fn the_parts_of_a_plan_are_the_plan() {
    let mut preview = edited();
    let outline = planned(&mut preview).outline.expect("a plan");
    let plan = plan(&preview);
    assert_eq!(outline.id, plan.id);
    let files: Vec<_> = outline.changes.iter().map(|row| row.file.as_deref()).collect();
    assert_eq!(files, [Some("models/app/core/orders.sql"), Some("models/app/core/totals.sql")]);
    let names: Vec<String> = plan.changes.iter().map(|change| change.name.to_string()).collect();
    assert_eq!(outline.changes.iter().map(|row| row.name.clone()).collect::<Vec<_>>(), names);
    let changes: Vec<ChangeView> = (0..names.len()).filter_map(|at| preview.change(at)).collect();
    assert_eq!(
        changes.iter().map(|c| &c.row).collect::<Vec<_>>(),
        outline.changes.iter().collect::<Vec<_>>()
    );
    assert!(preview.change(names.len()).is_none());

    let shown: Vec<_> = plan.phases.iter().filter(|phase| !phase.steps.is_empty()).collect();
    assert_eq!(outline.phases.len(), shown.len());
    for (at, phase) in shown.iter().enumerate() {
        assert_eq!(preview.steps(at, 0, usize::MAX).len(), phase.steps.len());
        assert_eq!(preview.steps(at, 1, 2).len(), phase.steps.len().saturating_sub(1).min(1));
    }
    for change in &changes {
        for place in &change.steps {
            let step = preview.steps(place.phase, place.step, place.step + 1).remove(0);
            assert_eq!(step.object.as_ref(), Some(&change.row.object));
        }
    }
}

#[test]
fn a_rebuild_has_a_chain_that_ends_at_the_edited_line() {
    let mut preview = edited();
    let outline = planned(&mut preview).outline.expect("a plan");
    let rebuilt =
        outline.changes.iter().position(|row| row.name == "app.core.totals").expect("it is rebuilt");
    let change = preview.change(rebuilt).expect("it is there");
    let words: Vec<&str> = change.reasons.iter().map(|reason| reason.words.as_str()).collect();
    assert_eq!(words, ["reads app.core.orders", "models/app/core/orders.sql:1: definition changed"]);
    assert_eq!((change.row.path.as_deref(), change.row.line), (Some("models/app/core/orders.sql"), Some(1)));
}

#[test]
fn a_change_is_of_the_project_that_was_planned_whatever_was_edited_since() {
    let mut preview = edited();
    let outline = planned(&mut preview).outline.expect("a plan");
    preview.remove_file("models/app/core/orders.sql");
    preview.set_file("models/app/core/totals.sql", "CREATE VIEW totals AS SELEC;");
    let rows: Vec<_> =
        (0..outline.changes.len()).filter_map(|at| preview.change(at)).map(|c| c.row).collect();
    assert_eq!(rows, outline.changes);
    assert_eq!(rows[0].file.as_deref(), Some("models/app/core/orders.sql"));
}

#[test]
fn an_edit_back_leaves_nothing_to_do() {
    let mut preview = edited();
    assert_eq!(planned(&mut preview).outline.expect("a plan").changes.len(), 2);
    preview.set_file("models/app/core/orders.sql", ORDERS);
    let outline = planned(&mut preview).outline.expect("a plan");
    assert_eq!((outline.changes.len(), outline.phases.len(), outline.unchanged), (0, 0, 2));
}

#[test]
fn a_variable_has_the_value_that_it_is_given() {
    let mut preview = project();
    let profiles = preview.profiles();
    assert_eq!(profiles.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>(), ["staging"]);
    assert_eq!(profiles[0].variables, BTreeMap::from([("cluster".into(), "small".into())]));
    let totals_on = |preview: &mut Preview| preview.check().objects[1].clusters[0].as_str().to_owned();
    assert_eq!(totals_on(&mut preview), "small");
    preview.set_variables(BTreeMap::from([("cluster".into(), "large".into())]));
    assert_eq!(totals_on(&mut preview), "large");
    preview.set_variables(BTreeMap::new());
    assert_eq!(totals_on(&mut preview), "small");
}

#[test]
fn a_snapshot_that_is_none_is_a_problem_with_a_place_and_no_plan_is_left() {
    let mut preview = project();
    assert!(planned(&mut preview).outline.is_some());
    preview.set_deployed(Some("{\n  \"format\": 1,\n  \"objects\": 7\n}"));
    let PreviewView { outline, diagnostics } = planned(&mut preview);
    assert_eq!(outline, None);
    assert_eq!(preview.render(Rendering::Sql), None);
    let place = &diagnostics.diagnostics[0].primary;
    assert_eq!((place.path.as_str(), place.start.map(|point| point.line)), ("deployed.json", Some(3)));
    preview.set_deployed(None);
    assert!(planned(&mut preview).outline.is_some());
}

#[test]
fn a_project_with_errors_leaves_no_snapshot() {
    let mut preview = project();
    preview.set_file("models/app/core/orders.sql", "CREATE VIEW orders AS SELEC;");
    assert_eq!(preview.deployed_after(), None);
    assert_eq!(planned(&mut preview).outline, None);
    assert!(preview.check().diagnostics.errors > 0);
}
