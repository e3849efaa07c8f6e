//! Readers that never stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::environment::Environment;
use crate::shop::Shop;

/// How often production is exchanged while somebody reads; `MZ_TEST_PROMOTIONS` asks for more.
fn promotions() -> usize {
    std::env::var("MZ_TEST_PROMOTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

#[test]
fn readers_see_one_version_or_the_other_and_no_error() {
    let environment = Environment::start();
    let shop = Shop::deployed(&environment);
    // Two views of one version: what the totals are multiplied by must be the same in both.
    let factor = |n: usize| {
        shop.totals(&format!("sum(amount) * {n} AS total"));
        shop.object("ops/factor", &format!("CREATE VIEW factor AS SELECT {n} AS factor;\n"));
    };
    factor(1);
    shop.deploy(&environment, "v0");
    if let Some(sandbox) = environment.sandbox() {
        // Between one name and the next there is time enough to be seen.
        let action = Action::Delay(Duration::from_millis(200));
        let pattern = Pattern::new("ALTER%SWAP WITH%");
        sandbox.faults().add(Rule { pattern, nth: None, when: When::Before, action });
    }
    let is_over = AtomicBool::new(false);
    let (totals, factors) = (shop.name("core.order_totals"), shop.name("ops.factor"));
    let read = || {
        let client = environment.connect();
        let sql = format!(
            "SELECT (t.total / 130)::text AS c1, f.factor::text AS c2 FROM {totals} t, {factors} f WHERE t.customer_id = 1"
        );
        let mut reads = 0;
        while !is_over.load(Ordering::Relaxed) {
            let seen = client.lines(&sql, 2);
            let [pair] = seen.as_slice() else { panic!("{seen:?}") };
            let (left, right) = pair.split_once(' ').expect("two values");
            assert_eq!(left, right, "a mixture of two versions");
            reads += 1;
        }
        reads
    };
    let reads: usize = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(read)).collect();
        for n in 2..promotions() + 2 {
            factor(n);
            let deploy = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                shop.deploy(&environment, &format!("v{n}"));
            }));
            if let Err(panic) = deploy {
                is_over.store(true, Ordering::Relaxed);
                std::panic::resume_unwind(panic);
            }
        }
        is_over.store(true, Ordering::Relaxed);
        readers.into_iter().map(|reader| reader.join().expect("readers see no mixture")).sum()
    });
    assert!(reads > promotions(), "only {reads} reads");
}
