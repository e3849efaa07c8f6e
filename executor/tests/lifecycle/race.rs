//! Two at once: the second comes in at each statement of the first. One of them wins, and the other is told.
//!
//! `MZ_TEST_EVERY_STATEMENT=1` tries every statement, otherwise a few are tried.

use crate::environment::{Environment, Said};
use crate::shop::{NEW, OLD, STAGE, Shop};

/// Every n-th statement is tried, unless all are.
const STRIDE: usize = 29;

/// What comes in between.
struct Rival {
    name: &'static str,
    run: fn(&Environment, &Shop) -> Said,
    /// Whether an end is as it may be: the exit codes of both, and what readers see.
    is_sound: fn(first: i32, second: i32, best: &[String]) -> bool,
}

const V3: [&str; 2] = ["1 13000", "2 3000"];

const RIVALS: &[Rival] = &[
    Rival {
        name: "another promotion of the same views",
        run: |environment, shop| environment.run_for(shop, &["promote", "v3", "--yes"]),
        is_sound: |first, second, best| match (first, second) {
            (0, 3) => best == NEW,
            (3, 0) => best == V3,
            _ => false,
        },
    },
    Rival {
        name: "an abort of the same deployment",
        run: |environment, shop| environment.run_for(shop, &["abort", "v2"]),
        is_sound: |first, second, best| match (first, second) {
            // The one that is too late is told that somebody works on it, or what state it is in.
            (0, 1 | 3) => best == NEW,
            (1 | 3, 0) => best == OLD,
            _ => false,
        },
    },
    Rival {
        name: "a second promotion of the same deployment",
        run: |environment, shop| environment.run_for(shop, &["promote", "v2", "--yes"]),
        is_sound: |first, second, best| best == NEW && matches!((first, second), (0, 0 | 3) | (3, 0)),
    },
    Rival {
        name: "a promotion that takes over",
        run: |environment, shop| environment.run_for(shop, &["promote", "v2", "--yes", "--take-over"]),
        is_sound: |first, second, best| best == NEW && matches!((first, second), (0 | 3, 0)),
    },
    Rival {
        name: "an abort that takes over",
        run: |environment, shop| environment.run_for(shop, &["abort", "v2", "--take-over"]),
        is_sound: |first, second, best| match (first, second) {
            (0, 1 | 3) => best == NEW,
            // Whoever hasn't looked yet finds nothing.
            (1 | 3, 0) => best == OLD,
            _ => false,
        },
    },
    Rival {
        name: "DDL of somebody else",
        run: |environment, shop| {
            environment
                .connect()
                .run(&format!("CREATE VIEW {} AS SELECT 1 AS a", shop.name("public.theirs")));
            environment.run_for(shop, &["list"])
        },
        is_sound: |first, second, best| (first, second) == (0, 0) && best == NEW,
    },
    Rival {
        name: "apply",
        run: |environment, shop| {
            shop.object("raw/more", "CREATE TABLE more (a int);\n");
            environment.run_for(shop, &["apply"])
        },
        is_sound: |first, second, best| (first, second) == (0, 0) && best == NEW,
    },
];

fn prepared(environment: &Environment) -> Shop {
    let shop = Shop::new();
    shop.apply(environment);
    shop.deploy_at_once(environment, "v1");
    for (id, factor) in [("v2", 10), ("v3", 100)] {
        shop.totals(&format!("sum(amount) * {factor} AS total"));
        environment.run_for(&shop, &["stage", "--deploy-id", id, "--allow-dirty"]).ends_with(0);
        environment.run_for(&shop, &["wait", id, "--timeout", "60"]).ends_with(0);
    }
    shop
}

fn interleaved(environment: &Environment, rival: &Rival, nth: usize) {
    let shop = prepared(environment);
    let promote = ["promote", "v2", "--yes"];
    let (first, second) =
        environment.meanwhile(&shop, &promote, ("%", nth), || (rival.run)(environment, &shop));
    let client = environment.connect();
    let best = shop.best(&client);
    assert!(
        (rival.is_sound)(first.code, second.code, &best),
        "{} before statement {nth}: readers see {best:?}\n{}\n{}",
        rival.name,
        first.report(),
        second.report()
    );
    shop.remove(&client);
}

fn matrix(name: &str) {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let rival = RIVALS.iter().find(|rival| rival.name == name).expect("a rival");
    let stride = if std::env::var_os("MZ_TEST_EVERY_STATEMENT").is_some() { 1 } else { STRIDE };
    let all = environment.statements_of(&prepared(&environment), &["promote", "v2", "--yes"]);
    let points: Vec<usize> = (1..=all).rev().step_by(stride).collect();
    for nth in &points {
        interleaved(&environment, rival, *nth);
    }
    println!("{name}: {} interleavings, {all} statements", points.len());
}

#[test]
fn promote_against_another_promotion() {
    matrix("another promotion of the same views");
}

#[test]
fn promote_against_abort() {
    matrix("an abort of the same deployment");
}

#[test]
fn promote_against_itself() {
    matrix("a second promotion of the same deployment");
}

#[test]
fn promote_against_a_promotion_that_takes_over() {
    matrix("a promotion that takes over");
}

#[test]
fn promote_against_an_abort_that_takes_over() {
    matrix("an abort that takes over");
}

/// Somebody takes over while a statement of a command is under way: that was its last one, and it says who has it now.
fn taken_over(shop: &Shop, environment: &Environment, command: &[&str], during: &str, by: &[&str]) -> Said {
    let others = || environment.run_for(shop, &[by, &["--take-over"]].concat()).ends_with(0);
    let (said, _) = environment.meanwhile(shop, command, (during, 1), others);
    let said = said.ends_with(3);
    let name = command.first().copied().unwrap_or_default();
    let words = [format!("`{name}` has stopped"), "was taken over".to_owned()];
    assert!(words.iter().all(|words| said.stderr.contains(words)), "{}", said.report());
    said
}

#[test]
fn whoever_was_taken_over_does_nothing_more() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let client = environment.connect();
    let staged_schemas = |shop: &Shop| {
        let (database, id) = (&shop.database, shop.own("v2"));
        client.lines(
            &format!(
                "SELECT s.name AS c1 FROM mz_schemas s JOIN mz_databases d ON d.id = s.database_id \
                 WHERE d.name IN ('{database}', '_mz_deploy') AND s.name LIKE '%{id}%'"
            ),
            1,
        )
    };
    let promote = ["promote", "v2", "--yes"];

    // Before the exchange, in its transaction: it isn't done.
    let shop = prepared(&environment);
    let said = taken_over(&shop, &environment, &promote, "ALTER SCHEMA%SWAP WITH%", &["abort", "v2"]);
    assert!(said.stderr.contains(", it was aborted by `materialize` on `"), "{}", said.report());
    assert_eq!((shop.best(&client), staged_schemas(&shop)), (OLD.map(String::from).into(), Vec::new()));
    shop.remove(&client);

    // After it: what is left to do is done by the other.
    let shop = prepared(&environment);
    let said = taken_over(&shop, &environment, &promote, "UPDATE%deployments%", &promote);
    assert!(said.stderr.contains("after the versions were exchanged"), "{}", said.report());
    assert!(!said.stderr.contains("it was promoted by"), "that was itself: {}", said.report());
    assert_eq!((shop.best(&client), staged_schemas(&shop)), (NEW.map(String::from).into(), Vec::new()));
    shop.remove(&client);

    // While things are made: whatever was made goes with those that aren't made any more.
    let shop = Shop::new();
    shop.apply(&environment);
    shop.deploy_at_once(&environment, "v1");
    shop.totals("sum(amount) * 10 AS total");
    let stage = STAGE;
    taken_over(&shop, &environment, &stage, "CREATE MATERIALIZED VIEW%", &["abort", "v2"]);
    assert_eq!((shop.best(&client), staged_schemas(&shop)), (OLD.map(String::from).into(), Vec::new()));
    shop.remove(&client);
}

#[test]
fn promote_against_foreign_ddl() {
    matrix("DDL of somebody else");
}

#[test]
fn promote_against_apply() {
    matrix("apply");
}
