//! The plans of the examples, as a reviewer sees them in every format.

use std::path::Path;

use mz_deploy_planner::input::{Config, Sources, StageOptions, StrategyChoice};
use mz_deploy_planner::plan::Plan;
use mz_deploy_planner::view::{self, TextOptions};
use mz_deploy_planner::{Workspace, plan};

/// An edit of a deployed example.
struct Edit {
    path: &'static str,
    from: &'static str,
    to: &'static str,
}

/// Reads an example from disk.
fn example(name: &str) -> Sources {
    fn read(folder: &Path, prefix: &str, sources: &mut Sources) {
        for entry in std::fs::read_dir(folder).expect("the folder is readable") {
            let entry = entry.expect("the folder is readable");
            let name = entry.file_name().into_string().expect("the name is UTF-8");
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if path == "target" {
                // What the command line keeps between runs.
            } else if entry.path().is_dir() {
                read(&entry.path(), &path, sources);
            } else {
                sources.insert(path, std::fs::read_to_string(entry.path()).expect("the file is UTF-8"));
            }
        }
    }
    let mut sources = Sources::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name), "", &mut sources);
    sources
}

/// The plan of a first deployment, or of an edit after one.
fn plan_of(name: &str, profile: Option<&str>, edit: Option<&Edit>, strategy: StrategyChoice) -> Plan {
    let sources = example(name);
    let mut workspace = Workspace::new(Config { profile: profile.map(Into::into) });
    for (path, text) in sources.iter() {
        workspace.set_file(path.clone(), text.clone());
    }
    let deployed = edit.map(|_| plan::deployed_after(&workspace.check().project));
    if let Some(edit) = edit {
        let text = sources.get(edit.path).expect("the file exists");
        assert!(text.contains(edit.from), "{} doesn't say {}", edit.path, edit.from);
        workspace.set_file(edit.path, text.replace(edit.from, edit.to));
    }
    let compiled = workspace.check();
    assert_eq!(compiled.diagnostics, [], "{name} has no problems");
    let options =
        StageOptions { deploy_id: "a1b2c3d".into(), strategy: Some(strategy), ..StageOptions::default() };
    compiled.plan_stage(deployed.as_ref(), None, &options).expect("the example is sound")
}

fn snapshot(name: &str, purpose: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/examples"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(purpose);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A plan in every format.
fn snapshots(name: &str, purpose: &str, plan: &Plan) {
    snapshot(&format!("{name}.text"), purpose, &view::plan_text(plan, TextOptions::default()));
    snapshot(&format!("{name}.markdown"), purpose, &view::plan_markdown(plan));
    snapshot(&format!("{name}.sql"), purpose, &view::plan_sql(plan));
    snapshot(&format!("{name}.json"), purpose, &view::plan_json(plan));
}

const STALLED_LATER: Edit = Edit {
    path: "models/shop/monitoring/stalled_orders.sql",
    from: "ordered_on + INTERVAL '30 days'",
    to: "ordered_on + INTERVAL '45 days'",
};

const NET_REVENUE: Edit = Edit {
    path: "models/shop/api/daily_revenue.sql",
    from: "sum(amount) AS revenue",
    to: "sum(amount)::numeric AS revenue",
};

#[test]
fn order_monitoring_is_deployed_for_the_first_time() {
    let plan = plan_of("order-monitoring", None, None, StrategyChoice::Swap);
    snapshots("order_monitoring_first", "order-monitoring, nothing deployed before", &plan);
}

#[test]
fn order_monitoring_calls_an_order_stalled_later() {
    for (strategy, name) in [
        (StrategyChoice::Swap, "order_monitoring_edit_swap"),
        (StrategyChoice::Rename, "order_monitoring_edit_rename"),
    ] {
        let plan = plan_of("order-monitoring", None, Some(&STALLED_LATER), strategy);
        snapshots(name, "order-monitoring, stalled_orders edited: 45 instead of 30 days", &plan);
    }
}

#[test]
fn the_owner_of_the_mesh_deploys_for_the_first_time() {
    let plan = plan_of("data-mesh/orders", Some("production"), None, StrategyChoice::Swap);
    snapshots("data_mesh_orders_first", "data-mesh/orders, nothing deployed before", &plan);
}

#[test]
fn the_owner_of_the_mesh_changes_its_stable_api() {
    let plan = plan_of("data-mesh/orders", Some("production"), Some(&NET_REVENUE), StrategyChoice::Swap);
    snapshots("data_mesh_orders_edit", "data-mesh/orders, a view of the stable schema edited", &plan);
}

#[test]
fn the_reader_of_the_mesh_deploys_for_the_first_time() {
    let plan = plan_of("data-mesh/growth", None, None, StrategyChoice::Swap);
    snapshots("data_mesh_growth_first", "data-mesh/growth, nothing deployed before", &plan);
}
