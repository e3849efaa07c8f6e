//! What a plan needs and doesn't make.

use crate::scenario::{Scenario, expect, first};

fn needs(scenario: &Scenario) -> String {
    let line = |need: mz_deploy_planner::plan::Need| {
        format!("{} {} ({})\n", need.kind, need.name, need.path.unwrap_or_else(|| "?".into()))
    };
    scenario.plan().needs.into_iter().map(line).collect()
}

fn project() -> Scenario {
    first(&[
        ("/project.toml", "dependencies = [\"other.api.rates\"]\n"),
        ("/clusters/c.sql", "CREATE CLUSTER c (SIZE = '25cc'); GRANT USAGE ON CLUSTER c TO keeper;"),
        ("/roles/reader.sql", "CREATE ROLE reader;"),
        ("raw/orders", "CREATE TABLE orders (id int);"),
        ("raw/unread", "CREATE TABLE unread (id int);"),
        ("s", "GRANT USAGE ON SCHEMA s TO PUBLIC;"),
        (
            "s/m",
            "CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT id FROM raw.orders, other.api.rates;
             GRANT SELECT ON m TO reader;",
        ),
        ("s/v", "CREATE VIEW v AS SELECT id FROM m;"),
    ])
}

#[test]
fn a_first_plan_names_everything_that_must_be_there() {
    expect(
        &needs(&project()),
        "
            cluster c (clusters/c.sql)
            object other.api.rates (project.toml)
            role keeper (?)
            role reader (roles/reader.sql)
            table app.raw.orders (models/app/raw/orders.sql)
        ",
    );
}

/// What a deployed statement mentions was there.
#[test]
fn an_edit_names_only_what_no_deployed_statement_mentions() {
    let project = project().promoted();
    let edit = project.edit(&[
        ("raw/prices", "CREATE TABLE prices (id int);"),
        ("s/v", "CREATE VIEW v AS SELECT m.id FROM m, raw.prices; GRANT SELECT ON v TO reader, writer;"),
    ]);
    expect(
        &needs(&edit),
        "
            role keeper (?)
            role writer (?)
            table app.raw.prices (models/app/raw/prices.sql)
        ",
    );
}
