//! The server's clock counts, whatever time it is here.

use std::time::Duration;

use mz_deploy_sandbox::Options;
use mz_deploy_sandbox::time::Clock;

use crate::environment::Environment;
use crate::shop::{STAGE, Shop};

/// A day, and four o'clock on it in milliseconds since 1970: one is long over, the other far away.
const DAYS: [(&str, u64); 2] = [("2001-02-03", 981_173_106_000), ("2041-02-03", 2_243_477_106_000)];

#[test]
fn every_time_in_the_ledger_is_the_servers() {
    for (day, now) in DAYS {
        let clock = Clock::held(now);
        let environment = Environment::with(Options { clock: clock.clone(), ..Options::default() });
        let shop = Shop::new();
        shop.apply(&environment);
        shop.deploy_at_once(&environment, "v1");
        shop.totals("sum(amount) * 10 AS total");
        environment.run_for(&shop, &STAGE).ends_with(0);
        let keep = ["promote", "v2", "--no-ready-check", "--keep", "1h", "--yes"];
        environment.run_for(&shop, &keep).ends_with(0);
        let client = environment.connect();
        let times = client.lines(
            "SELECT deployed_at::text AS c1 FROM _mz_deploy.tables.deployments \
             UNION ALL SELECT promoted_at::text FROM _mz_deploy.tables.deployments \
             UNION ALL SELECT at::text FROM _mz_deploy.tables.history \
             UNION ALL SELECT at::text FROM _mz_deploy.tables.steps \
             UNION ALL SELECT until::text FROM _mz_deploy.tables.kept",
            1,
        );
        assert!(times.len() > 8, "{times:?}");
        assert!(times.iter().all(|time| time.starts_with(day)), "{times:?}");
        // What was to be kept for an hour is overdue when the server says so.
        let cleanup = ["cleanup", "--yes"];
        environment.run_for(&shop, &cleanup).ends_with(0);
        assert_ne!(shop.places(&client), shop.only_production());
        assert!(clock.advance(Duration::from_hours(2)));
        environment.run_for(&shop, &cleanup).ends_with(0);
        assert_eq!(shop.places(&client), shop.only_production());
    }
}
