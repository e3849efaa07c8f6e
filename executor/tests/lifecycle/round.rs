//! From nothing to production, to the next version, and back.

use crate::environment::Environment;
use crate::shop::{STAGE, Shop};

#[test]
fn a_first_deployment_is_readable_under_its_production_names() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    assert_eq!(shop.best(&client), ["1 130"]);
    assert_eq!(shop.places(&client), shop.only_production());
}

#[test]
fn a_change_reaches_readers_at_promotion_and_not_before() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    assert_eq!(shop.best(&client), ["1 130"]);
    environment.run_for(&shop, &["wait", "v2", "--timeout", "60"]).ends_with(0);
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
    assert_eq!(shop.places(&client), shop.only_production());
    let again = environment.run_for(&shop, &["stage", "--deploy-id", "v3", "--allow-dirty"]).ends_with(0);
    assert!(again.stderr.contains("No changes detected"), "{}", again.report());
}

#[test]
fn a_version_that_was_kept_comes_back_in_one_exchange() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    environment.run_for(&shop, &["promote", "v2", "--wait", "--keep", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
    environment.run_for(&shop, &["rollback", "v2", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 130"]);
    // What was rolled back is staged again.
    environment.run_for(&shop, &["promote", "v2", "--wait", "--keep", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
    environment.run_for(&shop, &["cleanup", "v2", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
    assert_eq!(shop.places(&client), shop.only_production());
    environment.run_for(&shop, &["rollback", "v2", "--yes"]).ends_with(1);
}

#[test]
fn what_was_staged_can_be_taken_away_again() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
    assert_eq!(shop.best(&client), ["1 130"]);
    assert_eq!(shop.places(&client), shop.only_production());
    shop.deploy(&environment, "v2");
    assert_eq!(shop.best(&client), ["1 1300", "2 300"]);
}
