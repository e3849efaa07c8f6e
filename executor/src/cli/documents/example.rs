//! Plans for the tests of documents.

use mz_deploy_planner::input::{Config, Sources, StageOptions};
use mz_deploy_planner::plan::{self, Plan};
use mz_deploy_planner::{Compiled, compile};

/// A view on a materialized view on a table, and a sink that reads the materialized view.
const SHOP: &[(&str, &str)] = &[
    ("project.toml", ""),
    ("clusters/compute.sql", "CREATE CLUSTER compute (SIZE = '25cc');"),
    ("clusters/sinks.sql", "CREATE CLUSTER sinks (SIZE = '25cc');"),
    ("models/shop/raw/orders.sql", "CREATE TABLE orders (customer_id int, amount numeric);"),
    ("models/shop/raw/kafka.sql", "CREATE CONNECTION kafka TO KAFKA (BROKER 'kafka:9092');"),
    (
        "models/shop/core/totals.sql",
        "CREATE MATERIALIZED VIEW totals IN CLUSTER compute AS SELECT 1 AS one FROM raw.orders;",
    ),
    ("models/shop/core/best.sql", "CREATE VIEW best AS SELECT one FROM totals;"),
    ("models/shop/out/totals_old.sql", SINK),
];

const SINK: &str = "CREATE SINK totals_old IN CLUSTER sinks FROM shop.core.totals \
    INTO KAFKA CONNECTION shop.raw.kafka (TOPIC 't') FORMAT JSON ENVELOPE DEBEZIUM;";

const API: &[(&str, &str)] = &[
    ("project.toml", ""),
    ("clusters/compute.sql", "CREATE CLUSTER compute (SIZE = '25cc');"),
    ("models/shop/raw/orders.sql", "CREATE TABLE orders (customer_id int, amount numeric);"),
    ("models/shop/api.sql", "SET api = stable;"),
    (
        "models/shop/api/totals.sql",
        "CREATE MATERIALIZED VIEW totals IN CLUSTER compute AS SELECT 1 AS one FROM raw.orders;",
    ),
];

fn compiled(files: &[(&str, String)]) -> Compiled {
    let sources: Sources = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let compiled = compile(&sources, &Config::default());
    assert!(compiled.is_sound(), "{:#?}", compiled.diagnostics);
    compiled
}

fn files(files: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect()
}

/// The plan from one state of a project to another.
fn between(before: &[(&str, String)], after: &[(&str, String)]) -> Plan {
    let deployed = plan::deployed_after(&compiled(before).project);
    let options = StageOptions { deploy_id: "v2".into(), ..StageOptions::default() };
    match compiled(after).plan_stage(Some(&deployed), None, &options) {
        Ok(plan) => plan,
        Err(problems) => unreachable!("{problems:#?}"),
    }
}

/// A view that is edited and one that reads it, in one schema; a new sink, and one that reads the view.
pub(in crate::cli) fn swap() -> Plan {
    let before = files(SHOP);
    let mut after = before.clone();
    for (path, text) in &mut after {
        if path.ends_with("totals.sql") {
            *text = text.replace("1 AS one", "2 AS one");
        }
    }
    after.push(("models/shop/out/totals_out.sql", SINK.replace("totals_old", "totals_out")));
    between(&before, &after)
}

/// An edited view of a stable schema.
pub(in crate::cli) fn replace() -> Plan {
    let before = files(API);
    let mut after = before.clone();
    for (_, text) in &mut after {
        *text = text.replace("1 AS one", "2 AS one");
    }
    between(&before, &after)
}

/// Nothing changed.
pub(in crate::cli) fn nothing() -> Plan {
    between(&files(SHOP), &files(SHOP))
}
