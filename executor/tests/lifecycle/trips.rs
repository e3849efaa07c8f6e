//! How often the program asks the server, whatever the size of the project.

use crate::environment::Environment;
use crate::shop::Shop;

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
        let stage = environment.statements_of(&shop, &["stage", "--deploy-id", "v1", "--allow-dirty"]);
        environment.run_for(&shop, &["wait", "v1", "--timeout", "60"]).ends_with(0);
        let promote = environment.statements_of(&shop, &["promote", "v1", "--yes"]);
        (stage, promote)
    };
    let (small, large) = (measure(5), measure(45));
    assert_eq!(large.0 - small.0, 40, "one statement for each view that is staged: {small:?} {large:?}");
    assert_eq!(
        large.1, small.1,
        "a promotion exchanges schemas, however much is in them: {small:?} {large:?}"
    );
}
