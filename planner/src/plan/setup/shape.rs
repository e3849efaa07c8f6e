//! What the ledger consists of, and since which of its versions.
//!
//! Version 1 is the ledger of the original tool, name for name and column for column, so that both can read it. Later
//! versions add to it: a table of an earlier version never changes. A new version is a new number, and things that are
//! made `since` it; nothing here is ever taken away.

use crate::ddl::definition::{self, Column};
use crate::name::{Ident, ObjectName, SchemaName};

/// The version of the ledger that this planner makes and knows.
pub const LEDGER_VERSION: u32 = 2;

/// The database.
pub const DATABASE: &str = "_mz_deploy";

/// The cluster that is made for the indexes.
pub const SERVER_CLUSTER: &str = "_mz_deploy_server";

/// Whose members deploy. What a deployment needs of the ledger belongs to it, so that any of them can go on with what another
/// began.
pub const DEPLOYER: &str = "materialize_deployer";

/// Whose members develop.
pub(super) const DEVELOPER: &str = "materialize_developer";

/// The roles: who deploys, who develops, who looks on.
pub(super) const ROLES: [&str; 3] = [DEPLOYER, DEVELOPER, "materialize_monitor"];

/// The schema of the tables, which deployers write.
pub(super) fn tables_schema() -> SchemaName {
    SchemaName::new(DATABASE.into(), "tables".into())
}

/// The schema of the views, which all roles read.
pub(super) fn views_schema() -> SchemaName {
    SchemaName::new(DATABASE.into(), "public".into())
}

/// A table of the ledger.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
    /// The columns of its index, if it has one.
    pub(super) index: &'static [&'static str],
    pub(super) since: u32,
}

impl Table {
    pub(super) fn name(&self) -> ObjectName {
        tables_schema().object(self.name.into())
    }
}

const fn column(name: &'static str, data_type: &'static str) -> Column {
    Column { name, data_type, is_nullable: false }
}

const fn text(name: &'static str) -> Column {
    column(name, "text")
}

const fn nullable(name: &'static str, data_type: &'static str) -> Column {
    Column { name, data_type, is_nullable: true }
}

const DEPLOY_ID: Column = text("deploy_id");

/// The tables, in the order in which they are made.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "deployments",
        columns: &[
            DEPLOY_ID,
            column("deployed_at", "timestamptz"),
            nullable("promoted_at", "timestamptz"),
            text("database"),
            text("schema"),
            text("deployed_by"),
            nullable("commit", "text"),
            text("kind"),
            text("mode"),
        ],
        index: &["deploy_id"],
        since: 1,
    },
    Table {
        name: "objects",
        columns: &[DEPLOY_ID, text("database"), text("schema"), text("object"), text("hash")],
        index: &["deploy_id"],
        since: 1,
    },
    Table { name: "clusters", columns: &[DEPLOY_ID, text("cluster_id")], index: &[], since: 1 },
    Table {
        name: "pending_statements",
        columns: &[
            DEPLOY_ID,
            column("sequence_num", "int"),
            text("database"),
            text("schema"),
            text("object"),
            text("object_hash"),
            text("statement_sql"),
            text("statement_kind"),
            nullable("executed_at", "timestamptz"),
        ],
        index: &["deploy_id"],
        since: 1,
    },
    Table {
        name: "replacement_mvs",
        columns: &[
            DEPLOY_ID,
            text("target_database"),
            text("target_schema"),
            text("target_name"),
            text("replacement_schema"),
        ],
        index: &[],
        since: 1,
    },
    Table { name: VERSION, columns: &[column("version", "bigint")], index: &["version"], since: 1 },
    Table {
        name: DEV_OVERLAYS,
        columns: &[text("profile"), text("project"), text("overlay_db"), column("created_at", "timestamptz")],
        index: &["profile", "project"],
        since: 1,
    },
    Table {
        name: MIGRATIONS,
        columns: &[column("version", "bigint"), column("applied_at", "timestamptz")],
        index: &[],
        since: 2,
    },
    Table {
        name: "plans",
        columns: &[DEPLOY_ID, column("part", "int"), text("body")],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "ids",
        columns: &[DEPLOY_ID, text("side"), text("kind"), text("name"), text("id")],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "highest",
        columns: &[DEPLOY_ID, text("family"), column("number", "bigint")],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "history",
        columns: &[
            DEPLOY_ID,
            text("event"),
            column("at", "timestamptz"),
            text("role"),
            text("host"),
            text("details"),
        ],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "kept",
        columns: &[DEPLOY_ID, nullable("until", "timestamptz")],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "steps",
        columns: &[
            DEPLOY_ID,
            text("command"),
            column("number", "int"),
            text("statement"),
            text("outcome"),
            column("at", "timestamptz"),
        ],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "snapshots",
        columns: &[DEPLOY_ID, column("part", "int"), text("body")],
        index: &["deploy_id"],
        since: 2,
    },
    Table {
        name: "replacements",
        columns: &[
            DEPLOY_ID,
            text("target_database"),
            text("target_schema"),
            text("target_name"),
            text("replacement_name"),
        ],
        index: &["deploy_id"],
        since: 2,
    },
];

/// The original tool's table of its version: one row, which nobody reads.
pub(super) const VERSION: &str = "version";

/// Which versions were reached, and when.
pub(super) const MIGRATIONS: &str = "migrations";

/// What `dev` makes.
pub(super) const DEV_OVERLAYS: &str = "dev_overlays";

/// A view of the ledger.
pub(super) struct View {
    pub(super) name: &'static str,
    /// A query; absent if the view is the table of its name.
    query: Option<&'static str>,
    /// The columns of its index, if it has one.
    pub(super) index: &'static [&'static str],
    pub(super) since: u32,
    /// Version 1 has another view of this name, which this one takes the place of.
    pub(super) replaces_another: bool,
}

impl View {
    pub(super) fn name(&self) -> ObjectName {
        views_schema().object(self.name.into())
    }

    pub(super) fn query(&self) -> String {
        match (self.query, TABLES.iter().find(|table| table.name == self.name)) {
            (Some(query), _) => query.to_owned(),
            (None, table) => {
                let table = table.expect("a view without a query has the name of a table");
                definition::select(table.columns, &table.name())
            }
        }
    }
}

const fn pass_through(name: &'static str, since: u32) -> View {
    View { name, query: None, index: &[], since, replaces_another: false }
}

/// The views, in the order in which they are made.
pub(super) const VIEWS: &[View] = &[
    View {
        name: "production",
        query: Some(PRODUCTION),
        index: &["database", "schema"],
        since: 2,
        replaces_another: true,
    },
    View {
        name: "staging_deployments",
        query: Some(STAGING_DEPLOYMENTS),
        index: &["deploy_id"],
        since: 1,
        replaces_another: false,
    },
    View {
        name: "deployment_clusters",
        query: Some(DEPLOYMENT_CLUSTERS),
        index: &["deploy_id"],
        since: 1,
        replaces_another: false,
    },
    View {
        name: "missing_clusters",
        query: Some(MISSING_CLUSTERS),
        index: &["deploy_id"],
        since: 1,
        replaces_another: false,
    },
    pass_through("deployments", 1),
    pass_through("objects", 1),
    pass_through("pending_statements", 1),
    pass_through("replacement_mvs", 1),
    pass_through("version", 1),
    pass_through("plans", 2),
    pass_through("ids", 2),
    pass_through("highest", 2),
    pass_through("history", 2),
    pass_through("kept", 2),
    pass_through("steps", 2),
    pass_through("snapshots", 2),
    pass_through("replacements", 2),
];

/// The last promoted deployment of each schema that exists. The original's view looks for the schema's name in any
/// database, and so finds schemas that are gone and finds others more than once.
const PRODUCTION: &str = "SELECT DISTINCT ON (d.database, d.schema)
    d.database, d.schema, d.deploy_id, d.promoted_at, d.commit, d.kind
FROM _mz_deploy.tables.deployments AS d
JOIN mz_catalog.mz_databases AS present_database ON present_database.name = d.database
JOIN mz_catalog.mz_schemas AS present_schema
    ON present_schema.name = d.schema AND present_schema.database_id = present_database.id
WHERE d.promoted_at IS NOT NULL
ORDER BY d.database, d.schema, d.promoted_at DESC, d.deploy_id";

/// Deployments that weren't promoted.
const STAGING_DEPLOYMENTS: &str =
    "SELECT deploy_id, deployed_at, database, schema, deployed_by, commit, kind, mode
FROM _mz_deploy.tables.deployments
WHERE promoted_at IS NULL";

/// What the clusters of each deployment are called now.
const DEPLOYMENT_CLUSTERS: &str = "SELECT recorded.deploy_id, present.name
FROM _mz_deploy.tables.clusters AS recorded
JOIN mz_catalog.mz_clusters AS present ON present.id = recorded.cluster_id";

/// Clusters of deployments that weren't promoted, and that are gone.
const MISSING_CLUSTERS: &str = "SELECT DISTINCT recorded.deploy_id, recorded.cluster_id
FROM _mz_deploy.tables.deployments AS d
JOIN _mz_deploy.tables.clusters AS recorded ON recorded.deploy_id = d.deploy_id
LEFT JOIN mz_catalog.mz_clusters AS present ON present.id = recorded.cluster_id
WHERE d.promoted_at IS NULL AND present.id IS NULL";

/// The name of the index of a relation: `deployments_deploy_id_idx`, and `version_idx` on a column of the same name.
pub(super) fn index_name(relation: &str, keys: &[&str]) -> Ident {
    if keys == [relation] {
        return Ident::new(format!("{relation}_idx"));
    }
    Ident::new(format!("{relation}_{}_idx", keys.join("_")))
}
