//! What `setup` and `apply` do in an environment where nothing was made, as a reviewer sees it in every format.

use std::path::Path;

use mz_deploy_planner::input::{Config, Sources};
use mz_deploy_planner::plan::{ApplyOptions, Plan, SetupOptions, setup};
use mz_deploy_planner::view::{self, TextOptions};
use mz_deploy_planner::{Compiled, compile};

use crate::world::{execute, fresh, run};

fn order_monitoring() -> Compiled {
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/order-monitoring");
    read(&folder, "", &mut sources);
    compile(&sources, &Config::default())
}

/// A plan in every format.
fn snapshots(name: &str, purpose: &str, plan: &Plan) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/examples"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(purpose);
    settings.bind(|| {
        insta::assert_snapshot!(format!("{name}.text"), view::plan_text(plan, TextOptions::default()));
        insta::assert_snapshot!(format!("{name}.markdown"), view::plan_markdown(plan));
        insta::assert_snapshot!(format!("{name}.sql"), view::plan_sql(plan));
        insta::assert_snapshot!(format!("{name}.json"), view::plan_json(plan));
    });
}

#[test]
fn an_environment_is_set_up() {
    let plan = setup(&fresh(), &SetupOptions::default()).expect("there is a plan");
    snapshots("setup", "setup of an environment in which nothing was made", &plan);
}

#[test]
fn the_infrastructure_of_order_monitoring_is_applied() {
    let compiled = order_monitoring();
    let mut live = fresh();
    execute(&mut live, "CREATE DATABASE materialize");
    let plan = compiled.plan_apply(&live, &ApplyOptions::default()).expect("there is a plan");
    snapshots(
        "order_monitoring_apply",
        "order-monitoring, its infrastructure applied for the first time",
        &plan,
    );
    run(&mut live, &plan);
    for cluster in live.clusters.iter_mut().filter(|c| c.name.as_str() == "ingest") {
        cluster.options = "SIZE = '50cc', REPLICATION FACTOR = 1".into();
    }
    live.objects.retain(|o| o.name.name.as_str() != "customer");
    let plan = compiled.plan_apply(&live, &ApplyOptions::default()).expect("there is a plan");
    let purpose = "order-monitoring, applied again after a table was dropped and a cluster resized";
    snapshots("order_monitoring_apply_again", purpose, &plan);
}
