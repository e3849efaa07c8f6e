//! Killed before and after every statement, and run again: the end is that of a run that nobody disturbed.
//!
//! The sandbox ends the connection of the program before or after a statement; the program ends, as if it had been killed, and the
//! same command is run again. `MZ_TEST_EVERY_STATEMENT=1` tries it before and after each statement that changes something, and
//! before some of those that only ask: the server is the same before each of these as after the last change. Otherwise a few are tried.

use std::collections::BTreeSet;

use mz_deploy_sandbox::fault::{Action, Rule, When};
use mz_deploy_sandbox::time::Pattern;

use crate::environment::{Client, Environment, Said};
use crate::shop::{STAGE, Shop};

/// Kinds of statements, and whether they change something, or may do so. The last one is all of them.
const KINDS: [(&str, bool); 16] = [
    ("CREATE %", true),
    ("ALTER %", true),
    ("DROP %", true),
    ("COMMENT %", true),
    ("GRANT %", true),
    ("REVOKE %", true),
    ("INSERT %", true),
    ("UPDATE %", true),
    ("DELETE %", true),
    ("COMMIT", true),
    ("SET %", false),
    ("BEGIN%", false),
    ("SELECT %", false),
    ("SHOW %", false),
    ("WITH %", false),
    ("%", false),
];
/// Every n-th point is tried, unless all are.
const STRIDE: usize = 17;
/// Every n-th statement of a kind that changes nothing is a point.
const STRIDE_OF_QUESTIONS: usize = 11;

/// What is killed and run again.
struct Scenario {
    name: &'static str,
    /// Brings the shop to where the command begins.
    prepare: fn(&Environment, &Shop),
    command: &'static [&'static str],
}

fn change(shop: &Shop) {
    shop.totals("sum(amount) * 10 AS total");
}

fn staged(environment: &Environment, shop: &Shop, arguments: &[&str]) {
    change(shop);
    let all = [&STAGE, arguments].concat();
    environment.run_for(shop, &all).ends_with(0);
    environment.run_for(shop, &["wait", "v2", "--timeout", "60"]).ends_with(0);
}

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "apply", prepare: |_, shop| shop.shared(), command: &["apply"] },
    Scenario {
        name: "stage by swap",
        prepare: |environment, shop| {
            shop.begin(environment);
            change(shop);
        },
        command: &["stage", "--deploy-id", "v2", "--allow-dirty", "--no-rollback"],
    },
    Scenario {
        name: "stage by rename",
        prepare: |environment, shop| {
            shop.begin(environment);
            change(shop);
        },
        command: &["stage", "--deploy-id", "v2", "--allow-dirty", "--no-rollback", "--strategy", "rename"],
    },
    Scenario {
        name: "promote by swap",
        prepare: |environment, shop| {
            shop.begin(environment);
            staged(environment, shop, &[]);
        },
        command: &["promote", "v2", "--yes"],
    },
    Scenario {
        name: "promote by swap, and keep",
        prepare: |environment, shop| {
            shop.begin(environment);
            staged(environment, shop, &[]);
        },
        command: &["promote", "v2", "--keep", "--yes"],
    },
    Scenario {
        name: "promote by rename",
        prepare: |environment, shop| {
            shop.begin(environment);
            staged(environment, shop, &["--strategy", "rename"]);
        },
        command: &["promote", "v2", "--yes"],
    },
    Scenario {
        name: "promote with replacement and swap",
        prepare: |environment, shop| {
            shop.stable(environment);
            staged(environment, shop, &[]);
        },
        command: &["promote", "v2", "--yes"],
    },
    Scenario {
        name: "promote with a sink that follows",
        prepare: |environment, shop| {
            shop.exported("totals");
            shop.begin(environment);
            staged(environment, shop, &[]);
        },
        command: &["promote", "v2", "--yes"],
    },
    Scenario {
        name: "promote with a sink that is made anew, and keep",
        prepare: |environment, shop| {
            shop.exported("totals");
            shop.begin(environment);
            shop.exported("totals_2");
            staged(environment, shop, &[]);
        },
        command: &["promote", "v2", "--keep", "--yes"],
    },
    Scenario {
        name: "promote a replacement, a swap and a sink together",
        prepare: |environment, shop| {
            shop.exported("totals");
            shop.stable(environment);
            shop.object(
                "ops/best_customers",
                "CREATE VIEW best_customers AS\nSELECT customer_id, total FROM core.order_totals WHERE total > 50;\n",
            );
            staged(environment, shop, &[]);
        },
        command: &["promote", "v2", "--yes"],
    },
    Scenario {
        name: "abort",
        prepare: |environment, shop| {
            shop.begin(environment);
            staged(environment, shop, &[]);
        },
        command: &["abort", "v2"],
    },
    Scenario {
        name: "rollback",
        prepare: |environment, shop| {
            shop.begin(environment);
            staged(environment, shop, &[]);
            environment.run_for(shop, &["promote", "v2", "--keep", "--yes"]).ends_with(0);
        },
        command: &["rollback", "v2", "--yes"],
    },
    Scenario {
        name: "cleanup",
        prepare: |environment, shop| {
            shop.begin(environment);
            staged(environment, shop, &[]);
            environment.run_for(shop, &["promote", "v2", "--keep", "--yes"]).ends_with(0);
        },
        command: &["cleanup", "v2", "--yes"],
    },
];

/// Where the connection ends: before or after the n-th statement of a kind.
#[derive(Clone, Copy, Debug)]
struct Point {
    kind: &'static str,
    nth: usize,
    when: When,
}

/// The points of a command that are tried, and where everything ends if nobody disturbs it.
fn undisturbed(environment: &Environment, scenario: &Scenario) -> (Vec<Point>, Vec<String>) {
    let shop = Shop::new();
    (scenario.prepare)(environment, &shop);
    let counts = environment.statements_like(KINDS.map(|(kind, _)| kind), &shop, scenario.command);
    let [of_kinds @ .., all] = counts;
    assert_eq!(of_kinds.iter().sum::<usize>(), all, "each statement is of one kind");
    let stride = if std::env::var_os("MZ_TEST_EVERY_STATEMENT").is_some() { 1 } else { STRIDE };
    let mut points = Vec::new();
    for ((kind, changes), count) in KINDS.into_iter().zip(of_kinds) {
        let point = |nth, when| Point { kind, nth, when };
        if changes && count > 0 {
            let both = |nth| [point(nth, When::Before), point(nth, When::After)];
            points.extend((1..count).flat_map(both).step_by(stride));
            // The end is where a command says in several places that it is done.
            points.extend([point(count, When::Before)].into_iter().filter(|_| stride == 1));
            points.push(point(count, When::After));
        } else {
            let asked = (1..=count).step_by(STRIDE_OF_QUESTIONS * stride);
            points.extend(asked.map(|nth| point(nth, When::Before)));
        }
    }
    (points, shop.everything(&environment.connect()))
}

/// Ends the connection of `run` at a point.
fn kill(environment: &Environment, point: Point, run: impl FnOnce()) {
    let faults = environment.sandbox().expect("a sandbox").faults();
    faults.add(Rule {
        pattern: Pattern::new(point.kind),
        nth: u64::try_from(point.nth).ok(),
        when: point.when,
        action: Action::Disconnect,
    });
    // How this ends doesn't matter: after the last statement, it may not even have noticed.
    run();
    // Of questions, there may be more or fewer.
    let changes = KINDS.iter().any(|(kind, changes)| *changes && *kind == point.kind);
    assert!(!changes || faults.list().is_empty(), "there is no {point:?}");
    faults.clear();
}

fn matrix(name: &str) {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name).expect("a scenario");
    let (points, expected) = undisturbed(&environment, scenario);
    for point in &points {
        let shop = Shop::new();
        (scenario.prepare)(&environment, &shop);
        kill(&environment, *point, || drop(environment.run_for(&shop, scenario.command)));
        environment.run_for(&shop, scenario.command).ends_with(0);
        let client = environment.connect();
        assert_eq!(shop.everything(&client), expected, "{name}: the connection ended at {point:?}");
        shop.remove(&client);
    }
    println!("{name}: {} points", points.len());
}

#[test]
fn apply() {
    matrix("apply");
}

#[test]
fn stage_by_swap() {
    matrix("stage by swap");
}

#[test]
fn stage_by_rename() {
    matrix("stage by rename");
}

#[test]
fn promote_by_swap() {
    matrix("promote by swap");
}

#[test]
fn promote_and_keep() {
    matrix("promote by swap, and keep");
}

#[test]
fn promote_by_rename() {
    matrix("promote by rename");
}

#[test]
fn promote_with_replacement() {
    matrix("promote with replacement and swap");
}

#[test]
fn promote_with_a_sink() {
    matrix("promote with a sink that follows");
}

#[test]
fn promote_with_a_new_sink() {
    matrix("promote with a sink that is made anew, and keep");
}

#[test]
fn promote_a_mixture() {
    matrix("promote a replacement, a swap and a sink together");
}

#[test]
fn abort() {
    matrix("abort");
}

#[test]
fn rollback() {
    matrix("rollback");
}

#[test]
fn cleanup() {
    matrix("cleanup");
}

/// What a deployer needs to go on belongs to all of them: here a colleague is killed, who owns whatever the test's role owns, and
/// not the other way round.
#[test]
fn promote_where_another_deployer_was_killed() {
    let environment = Environment::start();
    if environment.sandbox().is_none() {
        return;
    }
    let client = environment.connect();
    client.run("CREATE ROLE colleague");
    client.run("GRANT materialize TO colleague");
    let scenario = SCENARIOS.iter().find(|s| s.name == "promote by swap").expect("a scenario");
    let (points, expected) = undisturbed(&environment, scenario);
    // Only these two statements leave something that is the colleague's.
    let kinds = ["CREATE SCHEMA%apply%pre%", "CREATE SCHEMA%apply%post%"];
    let own = kinds.map(|kind| Point { kind, nth: 1, when: When::After });
    let mut by_hand = BTreeSet::new();
    for point in points.into_iter().chain(own) {
        let shop = Shop::new();
        (scenario.prepare)(&environment, &shop);
        kill(&environment, point, || drop(environment.run_as("colleague", &shop, scenario.command)));
        let mut again = environment.run_for(&shop, scenario.command);
        if again.code == 1 {
            by_hand.insert(given_away(&environment, &again));
            again = environment.run_for(&shop, scenario.command);
        }
        again.ends_with(0);
        let mut end = shop.everything(&client);
        // What wasn't a lease yet and not given away is in nobody's way: it goes when the colleague takes the next one.
        end.retain(|line| !line.starts_with("ledger: claim_lease_"));
        // Whoever did the last of it is named.
        let end: Vec<String> = end.into_iter().map(|line| line.replace("colleague", "materialize")).collect();
        assert_eq!(end, expected, "the colleague's connection ended at {point:?}");
        shop.remove(&environment.connect_as("colleague"));
    }
    assert_eq!(by_hand.len(), 2, "{by_hand:?}");
}

/// A schema of a marker that was made and not given away: it was said whose it is, and what helps. Does that.
fn given_away(environment: &Environment, said: &Said) -> String {
    let report = said.report();
    assert!(report.contains("that is `colleague`, and `materialize` isn't a member of it"), "{report}");
    let made = "SELECT s.name AS c1 FROM mz_schemas s JOIN mz_roles r ON r.id = s.owner_id WHERE r.name = 'colleague'";
    let client = environment.connect_as("colleague");
    let name = client.value(made);
    assert!(report.contains(&format!("`ALTER SCHEMA _mz_deploy.{name} OWNER TO materialize`")), "{report}");
    client.run(&format!("ALTER SCHEMA _mz_deploy.{name} OWNER TO materialize"));
    name.rsplit_once('_').map(|(_, end)| end.to_owned()).unwrap_or_default()
}

impl Shop {
    /// Everything that `apply` makes, with grants and comments.
    fn shared(&self) {
        let (database, cluster) = (&self.database, &self.cluster);
        let role = |name: &str, text: &str| {
            let text = format!("CREATE ROLE {database}_{name};\n{text}\n");
            self.project.write(&format!("roles/{database}_{name}.sql"), text);
        };
        role("member", "");
        role(
            "reader",
            &format!(
                "ALTER ROLE {database}_reader SET cluster TO {cluster};\nGRANT {database}_reader TO {database}_member;\n\
                 COMMENT ON ROLE {database}_reader IS 'may look';"
            ),
        );
        self.project.write(
            &format!("network-policies/{database}_office.sql"),
            format!(
                "CREATE NETWORK POLICY {database}_office \
                 (RULES (r (action = 'allow', direction = 'ingress', address = '10.0.0.0/8')));\n\
                 COMMENT ON NETWORK POLICY {database}_office IS 'at work';\n"
            ),
        );
        self.object(
            "raw/token",
            "CREATE SECRET token AS 'unseen';\nGRANT USAGE ON SECRET token TO PUBLIC;\nCOMMENT ON SECRET token IS 'a key';\n",
        );
        self.object(
            "raw/broker",
            "CREATE CONNECTION broker TO KAFKA (BROKER 'kafka.sandbox.invalid:9092', SECURITY PROTOCOL PLAINTEXT) \
             WITH (VALIDATE = false);\nGRANT USAGE ON CONNECTION broker TO PUBLIC;\nCOMMENT ON CONNECTION broker IS 'events';\n",
        );
        self.project.write(
            &format!("clusters/{cluster}_feed.sql"),
            format!("CREATE CLUSTER {cluster}_feed (SIZE = '25cc');\n"),
        );
        self.object(
            "raw/ticks",
            &format!(
                "CREATE SOURCE ticks IN CLUSTER {cluster}_feed FROM LOAD GENERATOR COUNTER;\n\
                 GRANT SELECT ON ticks TO PUBLIC;\nCOMMENT ON SOURCE ticks IS 'one a second';\n"
            ),
        );
        self.project.write(
            &format!("clusters/{cluster}.sql"),
            format!(
                "CREATE CLUSTER {cluster} (SIZE = '25cc');\nGRANT USAGE ON CLUSTER {cluster} TO PUBLIC;\n\
                 COMMENT ON CLUSTER {cluster} IS 'for totals';\n"
            ),
        );
        self.project.write(
            &format!("models/{database}.sql"),
            format!(
                "GRANT USAGE ON DATABASE {database} TO PUBLIC;\nCOMMENT ON DATABASE {database} IS 'orders';\n"
            ),
        );
        self.project.write(
            &format!("models/{database}/raw.sql"),
            format!(
                "GRANT USAGE ON SCHEMA raw TO PUBLIC;\nCOMMENT ON SCHEMA raw IS 'as it comes';\n\
                 ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN SCHEMA raw GRANT SELECT ON TABLES TO {database}_member;\n"
            ),
        );
        self.object(
            "raw/orders",
            "CREATE TABLE orders (customer_id int, amount int);\nGRANT SELECT, INSERT ON TABLE orders TO PUBLIC;\n\
             COMMENT ON TABLE orders IS 'by customers';\nCOMMENT ON COLUMN orders.amount IS 'in cents';\n",
        );
    }

    /// The first version in production.
    pub(crate) fn begin(&self, environment: &Environment) {
        self.apply(environment);
        self.deploy_at_once(environment, "v1");
    }

    /// The first version in production, with the totals in a stable schema, so that a change replaces them in place.
    pub(crate) fn stable(&self, environment: &Environment) {
        self.project.write(&format!("models/{}/core.sql", self.database), "SET api = stable;\n");
        std::fs::remove_file(self.project.path(&format!("models/{}/core/best_customers.sql", self.database)))
            .expect("the view is there");
        self.object(
            "ops/best_customers",
            "CREATE VIEW best_customers AS\nSELECT customer_id, total FROM core.order_totals WHERE total > 100;\n",
        );
        self.begin(environment);
    }

    /// What there is of this shop: places, objects with their clusters and definitions, comments, grants, and rows of the
    /// ledger. Names that differ from shop to shop are made alike.
    fn everything(&self, client: &Client<'_>) -> Vec<String> {
        let (database, cluster) = (&self.database, &self.cluster);
        let mut lines = self.places(client);
        lines.extend(client.lines(
            &format!(
                "SELECT o.type AS c1, s.name || '.' || o.name AS c2, coalesce(c.name, '-') AS c3, \
                   coalesce(m.comment, '-') AS c4 \
                 FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id \
                 JOIN mz_databases d ON d.id = s.database_id \
                 LEFT JOIN mz_clusters c ON c.id = o.cluster_id \
                 LEFT JOIN mz_internal.mz_comments m ON m.id = o.id AND m.object_type = o.type AND m.object_sub_id IS NULL \
                 WHERE d.name = '{database}' ORDER BY 2, 1"
            ),
            4,
        ));
        lines.extend(self.shares(client));
        let ours = format!("{database}\\_%");
        let history = format!(
            "SELECT deploy_id AS c1, event AS c2, role AS c3 FROM _mz_deploy.tables.history WHERE deploy_id LIKE '{ours}' \
             ORDER BY deploy_id, at, event"
        );
        lines.extend(client.lines(&history, 3).into_iter().map(|line| format!("history: {line}")));
        for (table, columns) in [
            ("deployments", "schema AS c1, kind AS c2, (promoted_at IS NULL)::text AS c3"),
            ("objects", "schema AS c1, object AS c2, '' AS c3"),
            ("pending_statements", "object AS c1, statement_kind AS c2, (executed_at IS NULL)::text AS c3"),
            ("replacement_mvs", "target_schema AS c1, target_name AS c2, replacement_schema AS c3"),
            ("kept", "(until IS NULL)::text AS c1, '' AS c2, '' AS c3"),
            ("ids", "side AS c1, kind AS c2, name AS c3"),
            ("highest", "family AS c1, '' AS c2, '' AS c3"),
            ("plans", "part::text AS c1, '' AS c2, '' AS c3"),
            ("snapshots", "part::text AS c1, '' AS c2, '' AS c3"),
            ("clusters", "'' AS c1, '' AS c2, '' AS c3"),
        ] {
            let id = format!("deploy_id LIKE '{ours}'");
            let sql = format!(
                "SELECT deploy_id || ' ' || c1 AS c1, c2, c3 FROM (SELECT deploy_id, {columns} FROM _mz_deploy.tables.{table} \
                 WHERE {id}) t ORDER BY 1, 2, 3"
            );
            lines.extend(client.lines(&sql, 3).into_iter().map(|line| format!("{table}: {line}")));
        }
        let sql = format!(
            "SELECT s.name AS c1, coalesce(m.comment, '-') AS c2 FROM mz_schemas s \
             JOIN mz_databases d ON d.id = s.database_id \
             LEFT JOIN mz_internal.mz_comments m ON m.id = s.id AND m.object_type = 'schema' \
             WHERE d.name = '_mz_deploy' AND s.name LIKE '%{ours}%' ORDER BY 1"
        );
        lines.extend(client.lines(&sql, 2).into_iter().map(|line| format!("ledger: {line}")));
        lines.into_iter().map(|line| line.replace(database, "shop").replace(cluster, "compute")).collect()
    }

    /// Who may do what with everything of this shop, and what is said about it.
    fn shares(&self, client: &Client<'_>) -> Vec<String> {
        let (database, cluster) = (&self.database, &self.cluster);
        let comments = |kind: &str, id: &str| {
            format!(
                "(SELECT string_agg(coalesce(m.object_sub_id::text, '') || m.comment, '; ') FROM mz_internal.mz_comments m \
                 WHERE m.id = {id} AND m.object_type = {kind})"
            )
        };
        let sql = format!(
            "SELECT 'shares: cluster ' || c.name AS c1, array_to_string(c.privileges::text[], ' ') AS c2, {} AS c3 \
             FROM mz_clusters c WHERE c.name LIKE '{cluster}%' \
             UNION ALL SELECT 'shares: database', array_to_string(d.privileges::text[], ' '), {} \
             FROM mz_databases d WHERE d.name = '{database}' \
             UNION ALL SELECT 'shares: schema ' || s.name, array_to_string(s.privileges::text[], ' '), {} \
             FROM mz_schemas s JOIN mz_databases d ON d.id = s.database_id WHERE d.name = '{database}' \
             UNION ALL SELECT 'shares: ' || s.name || '.' || o.name, array_to_string(o.privileges::text[], ' '), {} \
             FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id JOIN mz_databases d ON d.id = s.database_id \
             WHERE d.name = '{database}' \
             UNION ALL SELECT 'shares: network policy ' || p.name, array_to_string(p.privileges::text[], ' '), {} \
             FROM mz_internal.mz_network_policies p WHERE p.name LIKE '{database}\\_%' \
             UNION ALL SELECT 'shares: role ' || r.name, \
             (SELECT string_agg(q.parameter_name || '=' || q.parameter_value, ' ') FROM mz_role_parameters q WHERE q.role_id = r.id), {} \
             FROM mz_roles r WHERE r.name LIKE '{database}\\_%' \
             UNION ALL SELECT 'shares: member ' || m.name || ' of ' || g.name, '', '' \
             FROM mz_role_members a JOIN mz_roles m ON m.id = a.member JOIN mz_roles g ON g.id = a.role_id \
             WHERE g.name LIKE '{database}\\_%' \
             UNION ALL SELECT 'shares: default of ' || c.name || ' to ' || g.name, p.object_type, p.privileges \
             FROM mz_default_privileges p JOIN mz_roles c ON c.id = p.role_id JOIN mz_roles g ON g.id = p.grantee \
             WHERE g.name LIKE '{database}\\_%' ORDER BY 1",
            comments("'cluster'", "c.id"),
            comments("'database'", "d.id"),
            comments("'schema'", "s.id"),
            comments("o.type", "o.id"),
            comments("'network-policy'", "p.id"),
            comments("'role'", "r.id"),
        );
        // What was granted to a role names it by an id that is another in each run.
        let roles: Vec<(String, String)> = client
            .lines(&format!("SELECT name AS c1, id AS c2 FROM mz_roles WHERE name LIKE '{database}\\_%'"), 2)
            .iter()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, id)| (format!("{id}="), format!("{name}=")))
            .collect();
        let by_name =
            |line: String| roles.iter().fold(line, |line, (id, name)| line.replace(id.as_str(), name));
        // Who promoted and when stands in comments.
        let without_time = |line: String| match line.split_once(" at 20") {
            Some((before, _)) => before.to_owned(),
            None => line,
        };
        client.lines(&sql, 3).into_iter().map(without_time).map(by_name).collect()
    }
}
