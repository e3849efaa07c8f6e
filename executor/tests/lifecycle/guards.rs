//! What must never happen. Each test makes it nearly happen, and sees the guard.

use mz_deploy_sandbox::Options;

use crate::environment::{Client, Environment};
use crate::shop::{NEW, OLD, STAGE, Shop};

fn privileges(client: &Client<'_>, relation: &str, schema: &str, database: &str) -> Vec<String> {
    client.lines(
        &format!(
            "SELECT array_to_string(o.privileges::text[], ' ') AS c1 FROM mz_objects o \
             JOIN mz_schemas s ON s.id = o.schema_id JOIN mz_databases d ON d.id = s.database_id \
             WHERE d.name = '{database}' AND s.name = '{schema}' AND o.name = '{relation}'"
        ),
        1,
    )
}

#[test]
fn what_only_looks_like_ours_stays() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let (database, id) = (&shop.database, shop.own("v2"));
    let look_alikes = [
        format!("keep_{id}"),
        format!("core_{id}_"),
        format!("core__{id}"),
        format!("Core_{id}"),
        format!("core_{id}\"\"x"),
    ];
    for name in &look_alikes {
        client.run(&format!("CREATE SCHEMA {database}.\"{name}\""));
    }
    let cluster = format!("x{}_{id}", shop.cluster);
    client.run(&format!("CREATE CLUSTER {cluster} (SIZE = '25cc')"));
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
    let left = client.lines(
        &format!(
            "SELECT s.name AS c1 FROM mz_schemas s JOIN mz_databases d ON d.id = s.database_id \
             WHERE d.name = '{database}' AND s.name LIKE '%{id}%'"
        ),
        1,
    );
    assert_eq!(left.len(), look_alikes.len(), "{left:?}");
    assert_eq!(
        client.value(&format!("SELECT count(*) AS c1 FROM mz_clusters WHERE name = '{cluster}'")),
        "1"
    );
    client.run(&format!("DROP CLUSTER {cluster}"));
}

#[test]
fn what_has_a_staged_name_but_was_not_staged_is_not_dropped() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let schema = shop.name(&format!("core_{}", shop.own("v2")));
    client.run(&format!("DROP SCHEMA {schema} CASCADE"));
    client.run(&format!("CREATE SCHEMA {schema}"));
    client.run(&format!("CREATE VIEW {schema}.precious AS SELECT 1 AS a"));
    environment.run_for(&shop, &["abort", "v2"]);
    assert_eq!(client.value(&format!("SELECT a::text AS c1 FROM {schema}.precious")), "1");
    assert_eq!(environment.run_for(&shop, &["promote", "v2", "--no-ready-check", "--yes"]).code, 1);
    assert_eq!(shop.best(&client), OLD);
}

/// There is nothing in it that could be in the way: only its id tells that it is another one.
#[test]
fn what_took_a_staged_name_stays_though_it_is_empty() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let id = shop.own("v2");
    let (schema, cluster) = (format!("core_{id}"), format!("{}_{id}", shop.cluster));
    client.run(&format!("DROP SCHEMA {} CASCADE", shop.name(&schema)));
    client.run(&format!("DROP CLUSTER {cluster} CASCADE"));
    client.run(&format!("CREATE SCHEMA {}", shop.name(&schema)));
    client.run(&format!("CREATE CLUSTER {cluster} (SIZE = '25cc')"));
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
    let places = shop.places(&client);
    assert!(places.contains(&schema) && places.contains(&cluster), "{places:?}");
    client.run(&format!("DROP CLUSTER {cluster}"));
}

#[test]
fn after_the_exchange_nothing_is_aborted() {
    let environment = Environment::start();
    let Some(_) = environment.sandbox() else { return };
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    client
        .try_query("SELECT mz_sandbox.drop_connection('UPDATE%deployments%', 1, 'before')")
        .expect("a sandbox");
    environment.run_for(&shop, &["promote", "v2", "--yes"]);
    client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
    assert_eq!(shop.best(&client), NEW);
    let refused = environment.run_for(&shop, &["abort", "v2"]).ends_with(1);
    assert!(
        refused.stderr.contains("promote") && refused.stderr.contains("rollback"),
        "{}",
        refused.report()
    );
    assert_eq!(shop.best(&client), NEW);
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

#[test]
fn a_part_of_a_deployment_is_not_promoted() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let view = shop.name(&format!("core_{}.best_customers", shop.own("v2")));
    client.run(&format!("DROP VIEW {view}"));
    let refused = environment.run_for(&shop, &["promote", "v2", "--no-ready-check", "--yes"]).ends_with(1);
    assert!(refused.stderr.contains("best_customers"), "{}", refused.report());
    assert_eq!(shop.best(&client), OLD);
}

#[test]
fn what_others_built_on_the_old_version_is_not_taken_along() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let theirs = shop.name("public.theirs");
    client.run(&format!("CREATE VIEW {theirs} AS SELECT * FROM {}", shop.name("core.order_totals")));
    let refused = environment.run_for(&shop, &["promote", "v2", "--yes"]);
    assert!(refused.code != 0 && refused.stderr.contains("theirs"), "{}", refused.report());
    assert_eq!(shop.best(&client), OLD);
    assert_eq!(client.value(&format!("SELECT count(*) AS c1 FROM {theirs}")), "2");
    client.run(&format!("DROP VIEW {theirs}"));
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

#[test]
fn grants_that_were_made_by_hand_are_there_after_the_exchange() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    let reader = crate::environment::unique("reader");
    client.run(&format!("CREATE ROLE {reader}"));
    client.run(&format!("GRANT SELECT ON {} TO {reader}", shop.name("core.order_totals")));
    client.run(&format!("GRANT USAGE ON SCHEMA {} TO PUBLIC", shop.name("core")));
    client.run(&format!("GRANT USAGE ON CLUSTER {} TO {reader}", shop.cluster));
    client.run(&format!("COMMENT ON SCHEMA {} IS 'made by hand'", shop.name("core")));
    let seen = |client: &Client<'_>| privileges(client, "order_totals", "core", &shop.database).join(" ");
    assert!(seen(&client).contains(&reader) || !seen(&client).is_empty());
    let before = seen(&client);
    shop.totals("sum(amount) * 10 AS total");
    shop.deploy(&environment, "v2");
    assert_eq!(shop.best(&client), NEW);
    assert_eq!(seen(&client), before);
    let may =
        format!("SELECT has_schema_privilege('{reader}', '{}', 'USAGE')::text AS c1", shop.name("core"));
    assert_eq!(client.value(&may), "true");
    let may = format!("SELECT has_cluster_privilege('{reader}', '{}', 'USAGE')::text AS c1", shop.cluster);
    assert_eq!(client.value(&may), "true");
    let comment = format!(
        "SELECT c.comment AS c1 FROM mz_internal.mz_comments c JOIN mz_schemas s ON s.id = c.id \
         JOIN mz_databases d ON d.id = s.database_id \
         WHERE c.object_type = 'schema' AND d.name = '{}' AND s.name = 'core'",
        shop.database
    );
    assert_eq!(client.value(&comment), "made by hand");
}

#[test]
fn what_is_not_hydrated_is_not_promoted() {
    let environment = Environment::start();
    let Some(_) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    client.try_query("SELECT mz_sandbox.set_hydration('%', '1 hour')").expect("a sandbox");
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    environment.run_for(&shop, &["wait", "v2", "--once"]).ends_with(4);
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(4);
    environment.run_for(&shop, &["wait", "v2", "--timeout", "1"]).ends_with(5);
    assert_eq!(shop.best(&client), OLD);
    environment.run_for(&shop, &["promote", "v2", "--no-ready-check", "--yes"]).ends_with(0);
}

#[test]
fn waiting_ends_when_nothing_can_come_of_it() {
    let environment = Environment::start();
    let Some(_) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    client.try_query("SELECT mz_sandbox.set_hydration('%', '1 hour')").expect("a sandbox");
    shop.totals("sum(amount) * 10 AS total");
    environment.run_for(&shop, &STAGE).ends_with(0);
    let cluster = format!("{}_{}", shop.cluster, shop.own("v2"));
    client.run(&format!("ALTER CLUSTER {cluster} SET (REPLICATION FACTOR = 0)"));
    let said = environment.run_for(&shop, &["wait", "v2", "--timeout", "60"]).ends_with(4);
    assert!(said.stderr.contains("no replica"), "{}", said.report());
}

#[test]
fn a_plan_that_was_reviewed_is_run_as_it_was_or_not_at_all() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    let stage = STAGE;
    let with = |more: &[&'static str]| [stage.as_slice(), more].concat();
    environment.run_for(&shop, &with(&["--dry-run", "--out", "plan.json"])).ends_with(0);
    let run = with(&["--plan", "plan.json"]);
    // A file that changed.
    shop.totals("sum(amount) * 20 AS total");
    environment.run_for(&shop, &run).ends_with(3);
    shop.totals("sum(amount) * 10 AS total");
    // A cluster that changed.
    client.run(&format!("ALTER CLUSTER {} SET (SIZE = '50cc')", shop.cluster));
    environment.run_for(&shop, &run).ends_with(3);
    client.run(&format!("ALTER CLUSTER {} SET (SIZE = '25cc')", shop.cluster));
    // A grant that changed, which no step is about.
    let orders = shop.name("raw.orders");
    client.run(&format!("GRANT SELECT ON {orders} TO PUBLIC"));
    let refused = environment.run_for(&shop, &run).ends_with(3);
    assert!(refused.stderr.contains("the environment has changed since"), "{}", refused.report());
    client.run(&format!("REVOKE SELECT ON {orders} FROM PUBLIC"));
    // A grant that changed.
    client.run(&format!("GRANT USAGE ON CLUSTER {} TO PUBLIC", shop.cluster));
    environment.run_for(&shop, &run).ends_with(3);
    client.run(&format!("REVOKE USAGE ON CLUSTER {} FROM PUBLIC", shop.cluster));
    // A reader of what changes.
    let theirs = shop.name("public.theirs");
    client.run(&format!("CREATE VIEW {theirs} AS SELECT * FROM {}", shop.name("raw.orders")));
    environment.run_for(&shop, &run).ends_with(3);
    client.run(&format!("DROP VIEW {theirs}"));
    environment.run_for(&shop, &run).ends_with(0);
}

#[test]
fn a_promotion_that_was_reviewed_is_run_as_it_was_or_not_at_all() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    environment.run_for(&shop, &["promote", "v2", "--dry-run", "--out", "plan.json"]).ends_with(0);
    let run = ["promote", "v2", "--plan", "plan.json", "--yes"];
    let orders = shop.name("raw.orders");
    client.run(&format!("GRANT SELECT ON {orders} TO PUBLIC"));
    let refused = environment.run_for(&shop, &run).ends_with(3);
    assert!(refused.stderr.contains("the environment has changed since"), "{}", refused.report());
    assert_eq!(shop.best(&client), OLD);
    client.run(&format!("REVOKE SELECT ON {orders} FROM PUBLIC"));
    environment.run_for(&shop, &run).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

#[test]
fn what_others_do_elsewhere_is_no_reason_to_refuse_a_plan() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 10 AS total");
    let stage = STAGE;
    let promote = ["promote", "v2", "--no-ready-check", "--yes"];
    let others = |at: &str| {
        let name = crate::environment::unique(&format!("elsewhere_{at}"));
        client.run(&format!("CREATE DATABASE {name}"));
        client.run(&format!("CREATE CLUSTER {name} (SIZE = '25cc')"));
        client.run(&format!("CREATE ROLE {name}"));
        client.run(&format!("CREATE TABLE {name}.public.t (a int)"));
        client.run(&format!("GRANT USAGE ON CLUSTER {name} TO {name}"));
        client.run(&format!("CREATE SCHEMA {}.{name}", shop.database));
    };
    let with = |command: &[&'static str], more: &[&'static str]| [command, more].concat();
    environment.run_for(&shop, &with(&stage, &["--dry-run", "--out", "plan.json"])).ends_with(0);
    others("stage");
    environment.run_for(&shop, &with(&stage, &["--plan", "plan.json"])).ends_with(0);
    environment.run_for(&shop, &with(&promote, &["--dry-run", "--out", "plan.json"])).ends_with(0);
    others("promote");
    environment.run_for(&shop, &with(&promote, &["--plan", "plan.json"])).ends_with(0);
}

#[test]
fn a_plan_for_one_environment_is_not_run_in_another() {
    let (one, other) = (Environment::start(), Environment::start());
    if one.sandbox().is_none() {
        return;
    }
    let shop = Shop::new();
    shop.apply(&one);
    shop.apply(&other);
    let stage = ["stage", "--deploy-id", "v1", "--allow-dirty"];
    one.run_for(&shop, &[stage.as_slice(), &["--dry-run", "--out", "plan.json"]].concat()).ends_with(0);
    let refused = other.run_for(&shop, &[stage.as_slice(), &["--plan", "plan.json"]].concat()).ends_with(3);
    assert!(refused.stderr.contains("it is for another environment"), "{}", refused.report());
    one.run_for(&shop, &[stage.as_slice(), &["--plan", "plan.json"]].concat()).ends_with(0);
}

#[test]
fn a_secret_is_seen_nowhere() {
    const CANARY: &str = "canary-7c1e9d";
    const WRITTEN: &str = "sparrow-41b7a2";
    let environment = Environment::start();
    let shop = Shop::new();
    let secret = "CREATE SECRET token AS env_var('SHOP_TOKEN');\n";
    shop.object("raw/token", secret);
    let run = |arguments: &[&str], token: Option<&str>| {
        let mut command = environment.command(&shop.project, arguments);
        if let Some(token) = token {
            command.env("SHOP_TOKEN", token);
        }
        let output = command.output().expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains(CANARY) && !said.contains(WRITTEN), "{said}");
        output.status.code()
    };
    let verbose = |arguments: &[&'static str]| [arguments, &["--verbose"]].concat();
    assert_eq!(run(&verbose(&["apply", "--dry-run"]), Some(CANARY)), Some(0));
    assert_eq!(run(&verbose(&["apply", "--dry-run", "--output", "json"]), Some(CANARY)), Some(0));
    assert_eq!(run(&verbose(&["apply"]), None), Some(1));
    if environment.sandbox().is_some() {
        let client = environment.connect();
        // A server that repeats what it was sent.
        let fail = format!("SELECT mz_sandbox.fail_statement('CREATE SECRET%', 1, 'XX000', 'no: {CANARY}')");
        client.try_query(&fail).expect("a sandbox");
        assert_eq!(run(&verbose(&["apply"]), Some(CANARY)), Some(1));
        client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
    }
    assert_eq!(run(&verbose(&["apply"]), Some(CANARY)), Some(0));
    assert_eq!(run(&verbose(&["apply"]), Some(CANARY)), Some(0));
    // A value that is in the file, and a server that repeats it.
    shop.object("raw/written", &format!("CREATE SECRET written AS '{WRITTEN}';\n"));
    if environment.sandbox().is_some() {
        let client = environment.connect();
        let fail = format!("SELECT mz_sandbox.fail_statement('CREATE SECRET%', 1, 'XX000', 'no: {WRITTEN}')");
        client.try_query(&fail).expect("a sandbox");
        assert_eq!(run(&verbose(&["apply"]), Some(CANARY)), Some(1));
        client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
    }
    assert_eq!(run(&verbose(&["apply"]), Some(CANARY)), Some(0));
    assert_eq!(run(&verbose(&["stage", "--deploy-id", "v1", "--allow-dirty"]), Some(CANARY)), Some(0));
    let client = environment.connect();
    for table in ["plans", "snapshots", "history", "steps"] {
        for value in [CANARY, WRITTEN] {
            let rows = client.value(&format!(
                "SELECT count(*) AS c1 FROM _mz_deploy.tables.{table} t WHERE t::text LIKE '%{value}%'"
            ));
            assert_eq!(rows, "0", "{table}");
        }
    }
}

#[test]
fn a_name_of_a_deployment_is_a_plain_word() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    for id in ["x'; DROP DATABASE materialize; --", "a b", "ä", "", &"x".repeat(65)] {
        for command in
            [&["stage", "--allow-dirty", "--deploy-id"][..], &["promote"], &["abort"], &["describe"]]
        {
            let said = environment.run_for(&shop, &[command, &[id]].concat());
            assert_eq!(said.code, 2, "{}", said.report());
        }
    }
}

#[test]
fn a_ledger_that_was_tampered_with_runs_nothing() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let id = shop.own("v2");
    let victim = crate::environment::unique("victim");
    client.run(&format!("CREATE DATABASE {victim}"));
    client.run(&format!(
        "UPDATE _mz_deploy.tables.plans SET body = replace(body, 'ALTER SCHEMA', 'DROP DATABASE {victim}; ALTER SCHEMA') \
         WHERE deploy_id = '{id}'"
    ));
    let said = environment.run_for(&shop, &["promote", "v2", "--yes"]);
    assert_ne!(said.code, 0, "{}", said.report());
    assert_eq!(
        client.value(&format!("SELECT count(*) AS c1 FROM mz_databases WHERE name = '{victim}'")),
        "1"
    );
    assert_eq!(shop.best(&client), OLD);
}

#[test]
fn another_session_on_the_same_deployment_is_not_disturbed() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    let lease = format!("_mz_deploy.\"lease_{}\"", shop.own("v2"));
    client.run(&format!("CREATE SCHEMA {lease}"));
    client.run(&format!(
        "COMMENT ON SCHEMA {lease} IS '{{\"role\":\"somebody\",\"host\":\"elsewhere\",\"pid\":1,\"command\":\"promote\",\"since\":\"2020-01-01\"}}'"
    ));
    let said = environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(3);
    assert!(said.stderr.contains("somebody") && said.stderr.contains("--take-over"), "{}", said.report());
    assert_eq!(shop.best(&client), OLD);
    environment.run_for(&shop, &["promote", "v2", "--yes", "--take-over"]).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
}

/// A stage that was killed is gone on with by another deployer, who is killed as well: what both of them made goes.
#[test]
fn what_another_deployer_went_on_with_is_taken_away_as_well() {
    let environment = Environment::start();
    let Some(_) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    for (role, group) in [("colleague", "materialize"), ("lead", "colleague")] {
        client.run(&format!("CREATE ROLE {role}"));
        client.run(&format!("GRANT {group} TO {role}"));
    }
    shop.totals("sum(amount) * 10 AS total");
    let stage = ["stage", "--deploy-id", "v2", "--allow-dirty", "--no-rollback"];
    for (role, last) in [("materialize", "CREATE CLUSTER"), ("colleague", "CREATE MATERIALIZED VIEW")] {
        let kill = format!("SELECT mz_sandbox.drop_connection('{last}%', 1, 'after')");
        client.try_query(&kill).expect("a sandbox");
        environment.run_as(role, &shop, &stage).ends_with(1);
        client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
    }
    assert_ne!(shop.places(&client), shop.only_production());
    environment.run_as("lead", &shop, &["abort", "v2"]).ends_with(0);
    assert_eq!(shop.places(&client), shop.only_production());
}

/// A deployer who can't drop what a failed stage made is told so, and the record of it stays.
#[test]
fn whoever_can_not_take_away_everything_takes_away_nothing() {
    let environment = Environment::start();
    let Some(_) = environment.sandbox() else { return };
    let shop = Shop::deployed(&environment);
    let client = environment.connect();
    client.run("CREATE ROLE colleague");
    client.run("GRANT materialize_deployer TO colleague");
    client.run("CREATE ROLE stranger");
    for role in ["colleague", "stranger"] {
        client.run(&format!("GRANT USAGE ON CLUSTER {} TO {role}", shop.cluster));
    }
    shop.totals("sum(amount) * 10 AS total");
    client
        .try_query("SELECT mz_sandbox.drop_connection('CREATE VIEW%best_customers%', 1, 'after')")
        .expect("a sandbox");
    environment.run_for(&shop, &["stage", "--deploy-id", "v2", "--allow-dirty", "--no-rollback"]);
    client.try_query("SELECT mz_sandbox.clear()").expect("a sandbox");
    let (database, id) = (&shop.database, shop.own("v2"));
    let staged = || {
        client.lines(
            &format!(
                "SELECT o.name AS c1 FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id \
                 JOIN mz_databases d ON d.id = s.database_id \
                 WHERE d.name = '{database}' AND s.name = 'core_{id}' ORDER BY 1"
            ),
            1,
        )
    };
    let made = staged();
    assert!(!made.is_empty());
    let refused = environment.run_as("colleague", &shop, &["abort", "v2"]).ends_with(1);
    for words in [
        "that is `materialize`, and `colleague` isn't a member of it",
        "`GRANT materialize TO colleague`",
        &format!("`{database}.core_{id}`"),
    ] {
        assert!(refused.stderr.contains(words), "{words}: {}", refused.report());
    }
    let refused = environment.run_as("stranger", &shop, &["abort", "v2"]).ends_with(1);
    assert!(refused.stderr.contains("permission denied") || refused.stderr.contains("materialize_deployer"));
    assert_eq!(staged(), made);
    let rows = format!("SELECT count(*) AS c1 FROM _mz_deploy.tables.plans WHERE deploy_id = '{id}'");
    assert_ne!(client.value(&rows), "0");
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
    assert!(staged().is_empty());
    assert_eq!(client.value(&rows), "0");
}

#[test]
fn a_ledger_of_a_newer_version_is_left_alone() {
    let environment = Environment::with(Options::default());
    let shop = Shop::deployed(&environment);
    environment.connect().run("COMMENT ON SCHEMA _mz_deploy.tables IS 'mz-deploy ledger 99'");
    shop.totals("sum(amount) * 10 AS total");
    let said = environment.run_for(&shop, &STAGE).ends_with(1);
    assert!(said.stderr.contains("version 99"), "{}", said.report());
    let said = environment.run_for(&shop, &["setup"]).ends_with(1);
    assert!(said.stderr.contains("version 99"), "{}", said.report());
}

#[test]
fn the_later_of_two_deployments_of_one_thing_is_a_conflict() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 1000 AS total");
    environment.run_for(&shop, &["stage", "--deploy-id", "v3", "--allow-dirty"]).ends_with(0);
    environment.run_for(&shop, &["wait", "v3", "--timeout", "60"]).ends_with(0);
    environment.run_for(&shop, &["promote", "v3", "--yes"]).ends_with(0);
    let best = shop.best(&client);
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(3);
    assert_eq!(shop.best(&client), best);
    environment.run_for(&shop, &["abort", "v2"]).ends_with(0);
}

#[test]
fn a_sink_never_stays_on_the_old_version() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::new();
    shop.exported("totals");
    shop.apply(&environment);
    shop.deploy(&environment, "v1");
    let client = environment.connect();
    let before = shop.sink_and_totals(&client);
    assert_eq!(before.0, before.1);
    shop.stage_change(&environment);
    // The server refuses to repoint it: nothing is dropped, and the command says what is left.
    client
        .try_query("SELECT mz_sandbox.fail_statement('ALTER SINK%', 1, 'XX000', 'not now')")
        .expect("a sandbox");
    let partial = environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(6);
    assert!(partial.stderr.contains("not now"), "{}", partial.report());
    assert_eq!(shop.best(&client), NEW);
    let during = shop.sink_and_totals(&client);
    assert_eq!(during.0, before.0, "the old version is there for as long as the sink reads it");
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(0);
    let after = shop.sink_and_totals(&client);
    assert_eq!(after.0, after.1);
    assert_ne!(after.0, before.0);
}

#[test]
fn what_was_changed_or_removed_is_not_forgotten() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let shop = Shop::new();
    shop.exported("totals");
    shop.apply(&environment);
    shop.deploy(&environment, "v1");
    let client = environment.connect();
    shop.exported("totals_2");
    shop.deploy(&environment, "v2");
    let topic = "SELECT count(*) AS c1 FROM mz_sinks s WHERE s.name = 'totals_out' AND s.create_sql LIKE '%totals_2%'";
    assert_eq!(client.value(topic), "1");
    let nothing = ["stage", "--deploy-id", "v3", "--allow-dirty"];
    assert!(environment.run_for(&shop, &nothing).ends_with(0).stderr.contains("No changes detected"));
    std::fs::remove_file(shop.project.path(&format!("models/{}/core/best_customers.sql", shop.database)))
        .expect("the view is there");
    let remove = ["stage", "--deploy-id", "v3", "--allow-dirty", "--drop-removed"];
    environment.run_for(&shop, &remove).ends_with(0);
    environment.run_for(&shop, &["promote", "v3", "--wait", "--yes"]).ends_with(0);
    let view = format!("SELECT count(*) AS c1 FROM {}", shop.name("core.best_customers"));
    assert!(client.try_query(&view).is_err());
    let again = ["stage", "--deploy-id", "v4", "--allow-dirty"];
    let again = environment.run_for(&shop, &again).ends_with(0);
    assert!(again.stderr.contains("No changes detected"), "{}", again.report());
}

#[test]
fn a_forced_promotion_leaves_nothing_of_what_it_was_put_over() {
    let environment = Environment::start();
    let shop = Shop::staged(&environment);
    let client = environment.connect();
    shop.totals("sum(amount) * 1000 AS total");
    environment.run_for(&shop, &["stage", "--deploy-id", "v3", "--allow-dirty"]).ends_with(0);
    environment.run_for(&shop, &["promote", "v3", "--wait", "--yes"]).ends_with(0);
    environment.run_for(&shop, &["promote", "v2", "--yes"]).ends_with(3);
    environment.run_for(&shop, &["promote", "v2", "--force", "--yes"]).ends_with(0);
    assert_eq!(shop.best(&client), NEW);
    assert_eq!(shop.places(&client), shop.only_production());
}

#[test]
fn a_ledger_on_another_cluster_serves_every_command() {
    let environment = Environment::alone();
    let client = environment.connect();
    let cluster = crate::environment::unique("ledger");
    client.run(&format!("CREATE CLUSTER {cluster} (SIZE = '25cc')"));
    let shop = Shop::new();
    environment.run_for(&shop, &["setup", "--server-cluster", &cluster]).ends_with(0);
    shop.apply(&environment);
    shop.deploy(&environment, "v1");
    assert_eq!(shop.best(&client), OLD);
}
