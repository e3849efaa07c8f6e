//! A project that every test deploys under a database and a cluster of its own.

use crate::environment::{Client, Environment, unique};
use crate::project::Project;

/// What readers see of the first version.
pub(crate) const OLD: [&str; 1] = ["1 130"];
/// What they see of the change that [`Shop::stage_change`] stages.
pub(crate) const NEW: [&str; 2] = ["1 1300", "2 300"];

/// Stages the change.
pub(crate) const STAGE: [&str; 4] = ["stage", "--deploy-id", "v2", "--allow-dirty"];

/// Orders, their totals by customer, and who spends most.
pub(crate) struct Shop {
    pub(crate) project: Project,
    pub(crate) database: String,
    pub(crate) cluster: String,
}

/// How a shop's things in an environment are called, or begin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Belongings {
    database: String,
    cluster: String,
}

impl Belongings {
    pub(crate) fn remove(&self, client: &Client<'_>) {
        let Self { database, cluster } = self;
        client.run(&format!("DROP DATABASE IF EXISTS {database} CASCADE"));
        for (kind, catalog, stem, with) in [
            ("CLUSTER", "mz_catalog.mz_clusters", cluster, " CASCADE"),
            ("NETWORK POLICY", "mz_internal.mz_network_policies", database, ""),
            ("ROLE", "mz_catalog.mz_roles", database, ""),
        ] {
            let like = stem.replace('_', "\\_");
            let names =
                format!("SELECT name AS c1 FROM {catalog} WHERE name = '{stem}' OR name LIKE '{like}\\_%'");
            for name in client.lines(&names, 1) {
                client.run(&format!("DROP {kind} {name}{with}"));
            }
        }
        let schemas = format!(
            "SELECT s.name AS c1 FROM mz_schemas s JOIN mz_databases d ON d.id = s.database_id \
             WHERE d.name = '_mz_deploy' AND s.name LIKE '%\\_{}\\_%'",
            database.replace('_', "\\_")
        );
        for name in client.lines(&schemas, 1) {
            client.run(&format!("DROP SCHEMA _mz_deploy.{name}"));
        }
    }
}

impl Shop {
    /// The project, with nothing in the environment.
    pub(crate) fn new() -> Self {
        let database = unique("shop");
        let cluster = unique("compute");
        let project = Project::new(&[("project.toml", "")]);
        let shop = Self { project, database, cluster };
        let cluster = &shop.cluster;
        shop.project.write(
            &format!("clusters/{cluster}.sql"),
            format!("CREATE CLUSTER {cluster} (SIZE = '25cc');\n"),
        );
        shop.object("raw/orders", "CREATE TABLE orders (customer_id int, amount int);\n");
        shop.totals("sum(amount) AS total");
        shop.object(
            "core/best_customers",
            "CREATE VIEW best_customers AS\nSELECT customer_id, total FROM order_totals WHERE total > 100;\n",
        );
        shop
    }

    /// The project, its table made and filled, and everything in production.
    pub(crate) fn deployed(environment: &Environment) -> Self {
        let shop = Self::new();
        shop.apply(environment);
        shop.deploy(environment, "v1");
        shop
    }

    /// [`Self::deployed`], with a change staged as `v2`.
    pub(crate) fn staged(environment: &Environment) -> Self {
        let shop = Self::deployed(environment);
        shop.stage_change(environment);
        shop
    }

    /// Stages a change as `v2`, and waits for it.
    pub(crate) fn stage_change(&self, environment: &Environment) {
        self.totals("sum(amount) * 10 AS total");
        environment.run_for(self, &STAGE).ends_with(0);
        environment.run_for(self, &["wait", "v2", "--timeout", "60"]).ends_with(0);
    }

    /// Makes what is missing, and has two customers order something.
    pub(crate) fn apply(&self, environment: &Environment) {
        environment.run_for(self, &["apply"]).ends_with(0);
        let orders = self.name("raw.orders");
        environment.connect().run(&format!("INSERT INTO {orders} VALUES (1, 60), (1, 70), (2, 30)"));
    }

    /// Stages and promotes without waiting, where nobody reads.
    pub(crate) fn deploy_at_once(&self, environment: &Environment, id: &str) {
        environment.run_for(self, &["stage", "--deploy-id", id, "--allow-dirty"]).ends_with(0);
        environment.run_for(self, &["promote", id, "--no-ready-check", "--yes"]).ends_with(0);
    }

    /// Stages, waits and promotes.
    pub(crate) fn deploy(&self, environment: &Environment, id: &str) {
        environment.run_for(self, &["stage", "--deploy-id", id, "--allow-dirty"]).ends_with(0);
        environment.run_for(self, &["wait", id, "--timeout", "60"]).ends_with(0);
        environment.run_for(self, &["promote", id, "--yes"]).ends_with(0);
    }

    /// Makes room for the next shop: an environment has a limited number of clusters.
    pub(crate) fn remove(&self, client: &Client<'_>) {
        self.belongings().remove(client);
    }

    /// What it has in an environment.
    pub(crate) fn belongings(&self) -> Belongings {
        Belongings { database: self.database.clone(), cluster: self.cluster.clone() }
    }

    /// Writes the file of an object: `schema/name`.
    pub(crate) fn object(&self, path: &str, sql: &str) {
        self.project.write(&format!("models/{}/{path}.sql", self.database), sql);
    }

    /// Defines the totals by what they add up.
    pub(crate) fn totals(&self, total: &str) {
        let cluster = &self.cluster;
        self.object(
            "core/order_totals",
            &format!(
                "CREATE MATERIALIZED VIEW order_totals IN CLUSTER {cluster} AS\n\
                 SELECT customer_id, {total}\nFROM raw.orders\nGROUP BY customer_id;\n\
                 CREATE INDEX order_totals_idx IN CLUSTER {cluster} ON order_totals (customer_id);\n\
                 COMMENT ON MATERIALIZED VIEW order_totals IS 'what each customer spent';\n"
            ),
        );
    }

    /// Has the totals exported by a sink on a cluster of its own, to a broker that nobody asks.
    pub(crate) fn exported(&self, topic: &str) {
        let export = self.export_cluster();
        self.project
            .write(&format!("clusters/{export}.sql"), format!("CREATE CLUSTER {export} (SIZE = '25cc');\n"));
        self.object(
            "egress/broker",
            "CREATE CONNECTION broker TO KAFKA (BROKER 'kafka.sandbox.invalid:9092', SECURITY PROTOCOL PLAINTEXT) \
             WITH (VALIDATE = false);\n",
        );
        self.object(
            "egress/totals_out",
            &format!(
                "CREATE SINK totals_out IN CLUSTER {export} FROM core.order_totals\n\
                 INTO KAFKA CONNECTION broker (TOPIC '{topic}')\nKEY (customer_id) NOT ENFORCED\n\
                 FORMAT JSON ENVELOPE UPSERT;\n"
            ),
        );
    }

    fn export_cluster(&self) -> String {
        format!("{}_egress", self.cluster)
    }

    /// The ids of what the sink reads and of the totals in production.
    pub(crate) fn sink_and_totals(&self, client: &Client<'_>) -> (String, String) {
        let database = &self.database;
        let object = |schema: &str, name: &str| {
            format!(
                "SELECT o.id FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id \
                 JOIN mz_databases d ON d.id = s.database_id \
                 WHERE d.name = '{database}' AND s.name = '{schema}' AND o.name = '{name}'"
            )
        };
        let (sink, totals) = (object("egress", "totals_out"), object("core", "order_totals"));
        let reads = format!(
            "SELECT d.referenced_object_id AS c1 FROM mz_internal.mz_object_dependencies d \
             JOIN mz_objects r ON r.id = d.referenced_object_id \
             WHERE d.object_id = ({sink}) AND r.type = 'materialized-view'"
        );
        (client.value(&reads), client.value(&format!("SELECT id AS c1 FROM ({totals}) t")))
    }

    /// A full name.
    pub(crate) fn name(&self, path: &str) -> String {
        format!("{}.{path}", self.database)
    }

    /// An argument of the program for this shop: `v2` is a deploy id, of which no two shops have the same.
    pub(crate) fn own(&self, argument: &str) -> String {
        let number = argument.strip_prefix('v').unwrap_or_default();
        let is_id = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if is_id { format!("{}_{argument}", self.database) } else { argument.to_owned() }
    }

    /// What readers see.
    pub(crate) fn best(&self, client: &Client<'_>) -> Vec<String> {
        let view = self.name("core.best_customers");
        client.lines(&format!("SELECT customer_id::text AS c1, total::text AS c2 FROM {view} ORDER BY 1"), 2)
    }

    /// The places of a shop of which nothing is staged or kept.
    pub(crate) fn only_production(&self) -> Vec<String> {
        [&self.cluster, "core", "public", "raw"].map(str::to_owned).to_vec()
    }

    /// Schemas of the database and clusters that look like this shop's.
    pub(crate) fn places(&self, client: &Client<'_>) -> Vec<String> {
        let (database, cluster) = (&self.database, &self.cluster);
        client.lines(
            &format!(
                "SELECT s.name AS c1 FROM mz_schemas s JOIN mz_databases d ON d.id = s.database_id \
                 WHERE d.name = '{database}' \
                 UNION ALL SELECT name FROM mz_clusters WHERE name LIKE '{cluster}%' ORDER BY 1"
            ),
            1,
        )
    }
}
