//! Commands that are taken over while they run, and what others do between a look and a lease. Whatever was under way: nothing that
//! nobody knows of is left, and nothing of another is taken along.

use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::environment::{Client, Environment, Said};
use crate::shop::{NEW, OLD, STAGE, Shop};

/// The first statement of taking a lease.
const LEASE: &str = "CREATE SCHEMA%claim%lease%";
/// Every n-th statement is tried, unless all are.
const STRIDE: usize = 29;

fn rule(environment: &Environment, pattern: &str, nth: usize, when: When, action: Action) {
    let nth = u64::try_from(nth).ok();
    let rule = Rule { pattern: Pattern::new(pattern), nth, when, action };
    environment.sandbox().expect("a sandbox").faults().add(rule);
}

/// A shop in production with a change that isn't staged; nothing without a sandbox.
fn changed(environment: &Environment) -> Option<Shop> {
    environment.sandbox()?;
    let shop = Shop::new();
    shop.apply(environment);
    shop.deploy_at_once(environment, "v1");
    shop.totals("sum(amount) * 10 AS total");
    Some(shop)
}

/// What of a deployment is in the ledger's database: its marker, and what is left of its leases.
fn markers(client: &Client<'_>, shop: &Shop) -> Vec<String> {
    let id = shop.own("v2");
    client.lines(
        &format!(
            "SELECT s.name AS c1 FROM mz_schemas s JOIN mz_databases d ON d.id = s.database_id \
             WHERE d.name = '_mz_deploy' AND s.name LIKE '%{id}%'"
        ),
        1,
    )
}

/// Tries statements of a `stage`: `rival` comes in while each of them is held.
fn each_statement_of_stage(rival: &[&str], is_sound: impl Fn(&Environment, &Shop, &Said, &Said) -> bool) {
    let environment = Environment::start();
    let Some(shop) = changed(&environment) else { return };
    let all = environment.statements_of(&shop, &STAGE);
    let client = environment.connect();
    shop.remove(&client);
    let stride = if std::env::var_os("MZ_TEST_EVERY_STATEMENT").is_some() { 1 } else { STRIDE };
    for nth in (1..=all).rev().step_by(stride) {
        let Some(shop) = changed(&environment) else { return };
        let others = || environment.run_for(&shop, rival);
        let (first, second) = environment.meanwhile(&shop, &STAGE, ("%", nth), others);
        let (places, markers) = (shop.places(&client), markers(&client, &shop));
        assert!(
            is_sound(&environment, &shop, &first, &second),
            "before statement {nth} of {all}: {places:?} {markers:?}\n{}\n{}",
            first.report(),
            second.report()
        );
        shop.remove(&client);
    }
}

#[test]
fn stage_against_an_abort_that_takes_over() {
    each_statement_of_stage(&["abort", "v2", "--take-over"], |environment, shop, first, second| {
        let client = environment.connect();
        let is_gone = || shop.places(&client) == shop.only_production() && markers(&client, shop).is_empty();
        match (first.code, second.code) {
            // It came before anything was begun.
            (0, 1) => {
                environment.run_for(shop, &["promote", "v2", "--no-ready-check", "--yes"]).code == 0
                    && shop.best(&client) == NEW
            }
            // The first may have been taken over before anything was written down.
            (0 | 3, 0) | (3, 1) => is_gone(),
            _ => false,
        }
    });
}

#[test]
fn stage_against_a_stage_that_takes_over() {
    each_statement_of_stage(&[&STAGE[..], &["--take-over"]].concat(), |environment, shop, first, second| {
        let client = environment.connect();
        let promote = ["promote", "v2", "--no-ready-check", "--yes"];
        // Whoever hasn't looked yet finds that it is staged.
        matches!((first.code, second.code), (0 | 1 | 3, 0))
            && environment.run_for(shop, &promote).code == 0
            && shop.best(&client) == NEW
            && shop.places(&client) == shop.only_production()
            && markers(&client, shop).is_empty()
    });
}

/// The statement that is under way when the deployment is taken over is done after everything was taken away.
#[test]
fn what_was_under_way_when_a_stage_was_taken_over_is_taken_away_by_it() {
    let environment = Environment::start();
    let Some(shop) = changed(&environment) else { return };
    let client = environment.connect();
    let others = || environment.run_for(&shop, &["abort", "v2", "--take-over"]).ends_with(0);
    let (first, _) = environment.meanwhile(&shop, &STAGE, ("CREATE CLUSTER%", 1), others);
    let first = first.ends_with(3);
    assert!(first.stderr.contains("was taken over"), "{}", first.report());
    assert_eq!(shop.places(&client), shop.only_production());
    assert!(markers(&client, &shop).is_empty());
    environment.run_for(&shop, &STAGE).ends_with(0);
}

/// A stage that failed, and of which the schema wasn't made.
fn unfinished(environment: &Environment) -> Option<(Shop, String)> {
    let shop = changed(environment)?;
    let schema = format!("core_{}", shop.own("v2"));
    let fail = format!("SELECT mz_sandbox.fail_statement('CREATE SCHEMA%{schema}%', 1, 'XX000', 'boom')");
    environment.connect().try_query(&fail).expect("a sandbox");
    environment.run_for(&shop, &[&STAGE[..], &["--no-rollback"]].concat()).ends_with(1);
    environment.sandbox()?.faults().clear();
    let create = format!("CREATE SCHEMA {}", shop.name(&schema));
    Some((shop, create))
}

/// Whoever was taken over makes something in the last moment: when nothing else is left of the deployment.
#[test]
fn a_deployment_is_not_forgotten_while_something_of_it_is_made() {
    let environment = Environment::start();
    let Some((shop, create)) = unfinished(&environment) else { return };
    let client = environment.connect();
    rule(&environment, "DROP CLUSTER%", 1, When::After, Action::Run(create));
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
    assert_eq!(shop.places(&client), shop.only_production());
    assert!(markers(&client, &shop).is_empty());
}

#[test]
fn what_is_made_before_the_lease_is_had_is_not_made_again() {
    let environment = Environment::start();
    for pattern in [LEASE, "CREATE SCHEMA%core_%"] {
        // Between the look and the lease, and between the look and the statement.
        let Some((shop, create)) = unfinished(&environment) else { return };
        let client = environment.connect();
        rule(&environment, pattern, 1, When::Before, Action::Run(create));
        environment.run_for(&shop, &STAGE).ends_with(0);
        environment.run_for(&shop, &["promote", "v2", "--no-ready-check", "--yes"]).ends_with(0);
        assert_eq!(shop.best(&client), NEW);
        assert_eq!(shop.places(&client), shop.only_production());
    }
}

#[test]
fn a_plan_that_was_approved_is_compared_again_within_the_lease() {
    let environment = Environment::start();
    let Some(shop) = changed(&environment) else { return };
    let client = environment.connect();
    environment.run_for(&shop, &STAGE).ends_with(0);
    let file = shop.project.path("plan.json");
    let file = file.to_str().expect("a name");
    environment.run_for(&shop, &["promote", "v2", "--dry-run", "--out", file]).ends_with(0);
    let grant = format!("GRANT SELECT ON {} TO materialize_deployer", shop.name("core.order_totals"));
    rule(&environment, LEASE, 1, When::Before, Action::Run(grant));
    let promote = ["promote", "v2", "--no-ready-check", "--yes"];
    let refused = environment.run_for(&shop, &[&promote[..], &["--plan", file]].concat()).ends_with(3);
    assert!(refused.stderr.contains("isn't what would be done now"), "{}", refused.report());
    assert_eq!(shop.best(&client), OLD);
    environment.run_for(&shop, &promote).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

/// Whoever forgets a deployment is held in the middle, as a laptop that sleeps; somebody else finishes that, and stages anew.
#[test]
fn whoever_wakes_up_while_it_forgets_a_deployment_leaves_the_next_one_of_that_name_alone() {
    let environment = Environment::start();
    let Some(shop) = changed(&environment) else { return };
    let client = environment.connect();
    environment.run_for(&shop, &STAGE).ends_with(0);
    let others = || {
        environment.run_for(&shop, &["abort", "v2", "--take-over"]).ends_with(0);
        environment.run_for(&shop, &STAGE).ends_with(0)
    };
    let deletion = "DELETE FROM _mz_deploy.tables.ids %";
    let (first, _) = environment.meanwhile(&shop, &["abort", "v2"], (deletion, 1), others);
    let first = first.ends_with(3);
    assert!(first.stderr.contains("was taken over"), "{}", first.report());
    environment.run_for(&shop, &["promote", "v2", "--no-ready-check", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
    assert_eq!(shop.places(&client), shop.only_production());
}

/// What it did isn't of the deployment that has its name now.
#[test]
fn whoever_was_taken_over_writes_down_no_more_steps() {
    let environment = Environment::start();
    let Some(shop) = changed(&environment) else { return };
    let client = environment.connect();
    environment.run_for(&shop, &STAGE).ends_with(0);
    let promote = ["promote", "v2", "--no-ready-check", "--yes"];
    let others = || environment.run_for(&shop, &["abort", "v2", "--take-over"]).ends_with(0);
    let exchange = ("ALTER SCHEMA%generation%", 1);
    let (first, _) = environment.meanwhile(&shop, &promote, exchange, others);
    first.ends_with(3);
    let id = shop.own("v2");
    let steps = format!("SELECT count(*) AS c1 FROM _mz_deploy.tables.steps WHERE deploy_id = '{id}'");
    assert_eq!(client.value(&steps), "0");
}
