//! What others do, and what the server refuses, in the worst moment of a promotion. The sandbox brings it in at that very
//! statement, so none of this is a matter of luck.

use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::environment::Environment;
use crate::shop::{NEW, OLD, Shop};

const PROMOTE: [&str; 3] = ["promote", "v2", "--yes"];

/// The first statement of the exchange.
const EXCHANGE: &str = "ALTER SCHEMA%generation%";
/// The first of what is written when the exchange is done and was verified.
const RECORD: &str = "UPDATE%deployments%";

/// A shop with a change of it staged; nothing without a sandbox.
fn staged(environment: &Environment) -> Option<Shop> {
    environment.sandbox()?;
    Some(Shop::staged(environment))
}

/// The same with a sink that follows the totals.
fn staged_with_sink(environment: &Environment) -> Option<Shop> {
    environment.sandbox()?;
    let shop = Shop::new();
    shop.exported("totals");
    shop.apply(environment);
    shop.deploy(environment, "v1");
    shop.stage_change(environment);
    Some(shop)
}

/// Somebody does something around the next statement like this.
fn around(environment: &Environment, pattern: &str, when: When, sql: String) {
    let rule = Rule { pattern: Pattern::new(pattern), nth: Some(1), when, action: Action::Run(sql) };
    environment.sandbox().expect("a sandbox").faults().add(rule);
}

/// What happens to the COMMIT of the exchange. The one before it is of whoever looks once more.
fn at_the_commit(environment: &Environment, call: &str) {
    around(environment, EXCHANGE, When::After, format!("SELECT mz_sandbox.{call}"));
}

/// The staged name of the schema, which is that of the old version after the exchange.
fn beside(shop: &Shop) -> String {
    shop.name(&format!("core_{}", shop.own("v2")))
}

#[test]
fn what_others_build_just_before_the_exchange_is_seen() {
    let environment = Environment::start();
    let Some(shop) = staged(&environment) else { return };
    let client = environment.connect();
    let theirs = shop.name("public.theirs");
    let create = format!("CREATE VIEW {theirs} AS SELECT * FROM {}", shop.name("core.order_totals"));
    around(&environment, EXCHANGE, When::Before, create);
    let refused = environment.run_for(&shop, &PROMOTE).ends_with(1);
    assert!(refused.stderr.contains("theirs"), "{}", refused.report());
    assert_eq!(shop.best(&client), OLD);
    assert_eq!(client.value(&format!("SELECT count(*) AS c1 FROM {theirs}")), "2");
    client.run(&format!("DROP VIEW {theirs}"));
    environment.run_for(&shop, &PROMOTE).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

#[test]
fn what_others_build_just_after_the_exchange_is_not_dropped() {
    let environment = Environment::start();
    let Some(shop) = staged(&environment) else { return };
    let client = environment.connect();
    let theirs = shop.name("public.theirs");
    let old = beside(&shop);
    around(
        &environment,
        RECORD,
        When::Before,
        format!("CREATE VIEW {theirs} AS SELECT * FROM {old}.order_totals"),
    );
    let partial = environment.run_for(&shop, &PROMOTE).ends_with(6);
    assert!(partial.stderr.contains("theirs"), "{}", partial.report());
    assert_eq!(shop.best(&client), NEW);
    assert_eq!(client.value(&format!("SELECT count(*) AS c1 FROM {theirs}")), "2");
    client.run(&format!("DROP VIEW {theirs}"));
    environment.run_for(&shop, &PROMOTE).ends_with(0);
    assert_eq!(shop.places(&client), shop.only_production());
}

/// A promotion that was killed right after the exchange is finished and recorded, whatever is in the way of the drops by then.
#[test]
fn what_is_in_the_way_of_the_drops_keeps_nothing_else_from_being_finished() {
    let environment = Environment::start();
    let Some(shop) = staged_with_sink(&environment) else { return };
    let client = environment.connect();
    at_the_commit(&environment, "drop_connection('COMMIT', 2, 'after')");
    environment.run_for(&shop, &PROMOTE);
    environment.sandbox().expect("a sandbox").faults().clear();
    assert_eq!(shop.best(&client), NEW);
    let theirs = shop.name("public.theirs");
    client.run(&format!("CREATE VIEW {theirs} AS SELECT * FROM {}.order_totals", beside(&shop)));
    let partial = environment.run_for(&shop, &PROMOTE).ends_with(6);
    assert!(partial.stderr.contains("theirs` (view"), "{}", partial.report());
    let recorded = format!(
        "SELECT count(promoted_at) AS c1 FROM _mz_deploy.tables.deployments WHERE deploy_id = '{}'",
        shop.own("v2")
    );
    assert_eq!(client.value(&recorded), "2");
    assert_eq!(client.value(&format!("SELECT count(*) AS c1 FROM {theirs}")), "2");
    client.run(&format!("DROP VIEW {theirs}"));
    environment.run_for(&shop, &PROMOTE).ends_with(0);
    assert!(shop.places(&client).iter().all(|place| !place.contains(&shop.own("v2"))));
}

/// Between the last look and the drops: what others make in the old schema, or of what was in it, makes the server refuse,
/// because nothing is dropped with CASCADE.
#[test]
fn what_others_build_just_before_the_drops_outlives_them() {
    for name in ["public.theirs", "old.theirs"] {
        let environment = Environment::start();
        let Some(shop) = staged(&environment) else { return };
        let client = environment.connect();
        let old = beside(&shop);
        let theirs = match name.strip_prefix("old.") {
            Some(name) => format!("{old}.{name}"),
            None => shop.name(name),
        };
        // One reads an old object from elsewhere, the other stands in the old schema and reads nothing of it.
        let source =
            if name.starts_with("old.") { "(VALUES (1), (2))".into() } else { format!("{old}.order_totals") };
        let create = format!("CREATE VIEW {theirs} AS SELECT * FROM {source} AS t");
        around(&environment, "DROP VIEW%best_customers%", When::Before, create);
        let partial = environment.run_for(&shop, &PROMOTE).ends_with(6);
        assert!(partial.stderr.contains("theirs` (view"), "{}", partial.report());
        assert_eq!(shop.best(&client), NEW);
        assert_eq!(client.value(&format!("SELECT count(*) AS c1 FROM {theirs}")), "2");
        // It is told again, and stays, as long as it is there.
        let refused = environment.run_for(&shop, &PROMOTE).ends_with(1);
        assert!(refused.stderr.contains("theirs` (view"), "{}", refused.report());
        assert_eq!(client.value(&format!("SELECT count(*) AS c1 FROM {theirs}")), "2");
        client.run(&format!("DROP VIEW {theirs}"));
        environment.run_for(&shop, &PROMOTE).ends_with(0);
        assert_eq!(shop.places(&client), shop.only_production());
    }
}

/// Another session's change makes the server refuse the COMMIT.
#[test]
fn an_exchange_that_the_server_refuses_at_its_end_is_tried_again() {
    let environment = Environment::start();
    let Some(shop) = staged(&environment) else { return };
    let client = environment.connect();
    at_the_commit(&environment, "fail_statement('COMMIT', 2, '40001', 'the catalog has changed')");
    environment.run_for(&shop, &PROMOTE).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
    assert_eq!(shop.places(&client), shop.only_production());
}

#[test]
fn nobody_claims_to_know_what_became_of_an_exchange_whose_end_was_not_heard() {
    for (when, seen) in [("before", OLD.as_slice()), ("after", &NEW)] {
        let environment = Environment::start();
        let Some(shop) = staged(&environment) else { return };
        let client = environment.connect();
        at_the_commit(&environment, &format!("drop_connection('COMMIT', 2, '{when}')"));
        let lost = environment.run_for(&shop, &PROMOTE).ends_with(1);
        assert!(lost.stderr.contains("what the last statement did isn't known"), "{}", lost.report());
        assert_eq!(shop.best(&client), seen);
        environment.run_for(&shop, &PROMOTE).ends_with(0);
        assert_eq!(shop.best(&client), NEW);
        assert_eq!(shop.places(&client), shop.only_production());
    }
}

/// The sink is turned back to the old version as soon as it was moved.
#[test]
fn nothing_is_recorded_or_dropped_while_a_sink_reads_the_old_version() {
    let environment = Environment::start();
    let Some(shop) = staged_with_sink(&environment) else { return };
    let client = environment.connect();
    let back =
        format!("ALTER SINK {} SET FROM {}.order_totals", shop.name("egress.totals_out"), beside(&shop));
    around(&environment, "ALTER SINK%", When::After, back);
    let partial = environment.run_for(&shop, &PROMOTE).ends_with(6);
    assert!(partial.stderr.contains("doesn't read"), "{}", partial.report());
    assert_ne!(shop.sink_and_totals(&client).0, "", "the old version is there, and so is the sink");
    environment.run_for(&shop, &PROMOTE).ends_with(0);
    let (reads, totals) = shop.sink_and_totals(&client);
    assert_eq!(reads, totals);
    assert_eq!(
        shop.places(&client).len(),
        shop.only_production().len() + 2,
        "a schema and a cluster for the sink"
    );
}

/// A production name means something else as soon as it was exchanged.
#[test]
fn nothing_is_recorded_or_dropped_while_a_name_does_not_mean_what_was_staged() {
    let environment = Environment::start();
    let Some(shop) = staged_with_sink(&environment) else { return };
    let client = environment.connect();
    let (cluster, away) = (&shop.cluster, format!("{}_away", shop.cluster));
    around(&environment, "ALTER SINK%", When::After, format!("ALTER CLUSTER {cluster} RENAME TO {away}"));
    let partial = environment.run_for(&shop, &PROMOTE).ends_with(6);
    assert!(partial.stderr.contains(&format!("the cluster `{cluster}` is nothing")), "{}", partial.report());
    let old = format!("SELECT count(*) AS c1 FROM {}.order_totals", beside(&shop));
    assert_eq!(client.value(&old), "2", "the old version is there");
    client.run(&format!("ALTER CLUSTER {away} RENAME TO {cluster}"));
    environment.run_for(&shop, &PROMOTE).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

#[test]
fn what_became_of_a_deployment_before_its_lease_was_taken_is_a_conflict() {
    let environment = Environment::start();
    let Some(shop) = staged(&environment) else { return };
    let client = environment.connect();
    let id = shop.own("v2");
    let record = format!("DELETE FROM _mz_deploy.tables.ids WHERE deploy_id = '{id}' AND side = 'staged'");
    around(&environment, "CREATE SCHEMA%lease%", When::Before, record);
    let refused = environment.run_for(&shop, &PROMOTE).ends_with(3);
    assert!(refused.stderr.contains("was changed by others"), "{}", refused.report());
    assert_eq!(shop.best(&client), OLD);
    // The same for a name that somebody else takes.
    shop.totals("sum(amount) * 100 AS total");
    let id = shop.own("v3");
    let record = format!(
        "INSERT INTO _mz_deploy.tables.deployments (deploy_id, deployed_at, database, schema, deployed_by, commit, kind, mode) \
         VALUES ('{id}', now(), 'a', 'b', 'c', 'd', 'objects', 'stage')"
    );
    around(&environment, "CREATE SCHEMA%lease%", When::Before, record);
    let stage = ["stage", "--deploy-id", "v3", "--allow-dirty"];
    let refused = environment.run_for(&shop, &stage).ends_with(3);
    assert!(refused.stderr.contains("was changed by others"), "{}", refused.report());
    assert!(!shop.places(&client).iter().any(|place| place.contains(&id)));
}
