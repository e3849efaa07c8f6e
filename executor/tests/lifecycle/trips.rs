//! How often the program asks the server, whatever the size of the project.

use std::time::Duration;

use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::environment::Environment;
use crate::shop::Shop;

/// The statements that the program sends for a command.
fn sent(environment: &Environment, shop: &Shop, command: &[&str]) -> usize {
    let faults = environment.sandbox().expect("a sandbox").faults();
    let action = Action::Delay(Duration::ZERO);
    faults.add(Rule { pattern: Pattern::new("%"), nth: Some(u64::MAX), when: When::Before, action });
    environment.run_for(shop, command).ends_with(0);
    let line = faults.list().pop().expect("the rule is there");
    faults.clear();
    let met = line.rsplit_once("(met ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    met.expect("a number of statements")
}

/// A shop with so many more views.
fn with_views(environment: &Environment, count: usize) -> Shop {
    let shop = Shop::new();
    for n in 0..count {
        let sql =
            format!("CREATE VIEW v{n} AS SELECT customer_id, total + {n} AS total FROM order_totals;\n");
        shop.object(&format!("core/v{n}"), &sql);
    }
    shop.apply(environment);
    shop
}

#[test]
fn a_larger_project_takes_no_more_questions_than_it_has_statements() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let measure = |views: usize| {
        let shop = with_views(&environment, views);
        let stage = sent(&environment, &shop, &["stage", "--deploy-id", "v1", "--allow-dirty"]);
        environment.run_for(&shop, &["wait", "v1", "--timeout", "60"]).ends_with(0);
        let promote = sent(&environment, &shop, &["promote", "v1", "--yes"]);
        (stage, promote)
    };
    let (small, large) = (measure(5), measure(45));
    assert_eq!(large.0 - small.0, 40, "one statement for each view that is staged: {small:?} {large:?}");
    assert_eq!(
        large.1, small.1,
        "a promotion exchanges schemas, however much is in them: {small:?} {large:?}"
    );
}
