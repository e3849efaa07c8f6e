//! Staging: what it refuses, and what it leaves behind.

use crate::environment::Environment;
use crate::shop::{STAGE, Shop};

#[test]
fn what_is_in_the_way_is_found_before_anything_is_made() {
    let environment = Environment::start();
    let shop = Shop::new();
    let client = environment.connect();
    // Neither table nor cluster: nobody applied.
    let said = environment.run_for(&shop, &["stage", "--deploy-id", "v1", "--allow-dirty"]).ends_with(1);
    assert!(said.stderr.contains("raw.orders") && said.stderr.contains(&shop.cluster), "{}", said.report());
    assert!(shop.places(&client).is_empty());
}

#[test]
fn a_name_that_was_given_to_a_deployment_is_taken() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    shop.totals("sum(amount) * 10 AS total");
    let said = environment.run_for(&shop, &["stage", "--deploy-id", "v1", "--allow-dirty"]).ends_with(1);
    assert!(said.stderr.contains(&shop.own("v1")), "{}", said.report());
}

#[test]
fn a_statement_that_fails_leaves_nothing_behind() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    // The server finds out that there is no such column; nobody else knows the table's columns.
    shop.totals("sum(amount) * no_such_column AS total");
    environment.run_for(&shop, &STAGE).ends_with(1);
    assert_eq!(shop.places(&client), shop.only_production());
    shop.totals("sum(amount) * 10 AS total");
    shop.deploy(&environment, "v2");
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
}

#[test]
fn without_rollback_a_staging_that_failed_is_gone_on_with() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    let Some(sandbox) = environment.sandbox() else { return };
    shop.totals("sum(amount) * 10 AS total");
    let fail = "SELECT mz_sandbox.fail_statement('CREATE VIEW%best_customers%', 1, 'XX000', 'boom')";
    client.try_query(fail).expect("the sandbox can be made to fail");
    let stage = ["stage", "--deploy-id", "v2", "--allow-dirty", "--no-rollback"];
    environment.run_for(&shop, &stage).ends_with(1);
    sandbox.faults().clear();
    assert!(shop.places(&client).contains(&format!("core_{}", shop.own("v2"))));
    environment.run_for(&shop, &stage).ends_with(0);
    environment.run_for(&shop, &["promote", "v2", "--wait", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
}
