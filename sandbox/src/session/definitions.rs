//! The variables that a session knows: names, defaults, what a value may be.

use super::value::{Kind, NON_NEGATIVE};

/// A variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The name as reports and errors write it. `SET` and `SHOW` don't mind the case.
    pub(crate) name: &'static str,
    /// Its value if nobody says otherwise.
    pub(crate) default: &'static str,
    pub(crate) kind: Kind,
    /// Changes go to the client as `ParameterStatus`.
    pub(crate) reported: bool,
    pub(crate) description: &'static str,
}

const fn variable(
    name: &'static str,
    default: &'static str,
    kind: Kind,
    description: &'static str,
) -> Definition {
    Definition { name, default, kind, reported: false, description }
}

const fn reported(
    name: &'static str,
    default: &'static str,
    kind: Kind,
    description: &'static str,
) -> Definition {
    Definition { name, default, kind, reported: true, description }
}

/// The version that the server says it is.
pub(crate) const SERVER_VERSION: &str = "v26.23.0-dev.0";

/// Isolation levels that `SET` accepts, as its hint lists them.
pub(crate) const ISOLATION_LEVELS: &[&str] =
    &["read uncommitted", "read committed", "repeatable read", "serializable", "strict serializable"];

/// Variables of a session, sorted by their names without regard to case.
pub(crate) const SESSION: &[Definition] = &[
    reported(
        "application_name",
        "",
        Kind::Text,
        "Sets the application name to be reported in statistics and logs (PostgreSQL).",
    ),
    variable(
        "auto_route_catalog_queries",
        "on",
        Kind::Bool,
        "Whether to force queries that depend only on system tables, to run on the mz_catalog_server cluster (Materialize).",
    ),
    reported(
        "client_encoding",
        "UTF8",
        Kind::Enumeration(&["UTF8"]),
        "Sets the client's character set encoding (PostgreSQL).",
    ),
    variable(
        "client_min_messages",
        "notice",
        Kind::Enumeration(&[
            "debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error",
        ]),
        "Sets the message levels that are sent to the client (PostgreSQL).",
    ),
    reported("cluster", "quickstart", Kind::Text, "Sets the current cluster (Materialize)."),
    reported(
        "cluster_replica",
        "",
        Kind::Text,
        "Sets a target cluster replica for SELECT queries (Materialize).",
    ),
    variable(
        "current_object_missing_warnings",
        "on",
        Kind::Bool,
        "Whether to emit warnings when the current database, schema, or cluster is missing (Materialize).",
    ),
    reported("database", "materialize", Kind::Text, "Sets the current database (CockroachDB)."),
    reported(
        "DateStyle",
        "ISO, MDY",
        Kind::Fixed,
        "Sets the display format for date and time values (PostgreSQL).",
    ),
    reported(
        "default_cluster_replication_factor",
        "1",
        Kind::ReadOnly,
        "Default cluster replication factor (Materialize).",
    ),
    variable(
        "emit_introspection_query_notice",
        "on",
        Kind::Bool,
        "Whether to print a notice when querying per-replica introspection sources.",
    ),
    variable(
        "emit_plan_insights_notice",
        "off",
        Kind::Bool,
        "Boolean flag indicating whether to send a NOTICE with JSON-formatted plan insights before executing a SELECT statement (Materialize).",
    ),
    variable(
        "emit_timestamp_notice",
        "off",
        Kind::Bool,
        "Boolean flag indicating whether to send a NOTICE with timestamp explanations of queries (Materialize).",
    ),
    variable(
        "emit_trace_id_notice",
        "off",
        Kind::Bool,
        "Boolean flag indicating whether to send a NOTICE specifying the trace id when available (Materialize).",
    ),
    variable(
        "enable_session_rbac_checks",
        "off",
        Kind::ReadOnly,
        "User facing session boolean flag indicating whether to apply RBAC checks before executing statements (Materialize).",
    ),
    variable(
        "extra_float_digits",
        "3",
        Kind::Integer,
        "Adjusts the number of digits displayed for floating-point values (PostgreSQL).",
    ),
    variable("failpoints", "<omitted>", Kind::ReadOnly, "Allows failpoints to be dynamically activated."),
    variable(
        "idle_in_transaction_session_timeout",
        "2 min",
        Kind::Duration,
        "Sets the maximum allowed duration that a session can sit idle in a transaction before being terminated. If this value is specified without units, it is taken as milliseconds. A value of zero disables the timeout (PostgreSQL).",
    ),
    reported(
        "integer_datetimes",
        "on",
        Kind::Fixed,
        "Reports whether the server uses 64-bit-integer dates and times (PostgreSQL).",
    ),
    reported(
        "IntervalStyle",
        "postgres",
        Kind::Fixed,
        "Sets the display format for interval values (PostgreSQL).",
    ),
    variable(
        "is_superuser",
        "off",
        Kind::ReadOnly,
        "Reports whether the current session is a superuser (PostgreSQL).",
    ),
    variable(
        "max_identifier_length",
        "255",
        Kind::ReadOnly,
        "The maximum length of object identifiers in bytes (PostgreSQL).",
    ),
    variable(
        "max_query_result_size",
        "1GB",
        Kind::ByteSize,
        "The maximum size in bytes for a single query's result (Materialize).",
    ),
    reported(
        "mz_version",
        SERVER_VERSION,
        Kind::ReadOnly,
        "Shows the Materialize server version (Materialize).",
    ),
    variable(
        "real_time_recency_timeout",
        "10 s",
        Kind::Duration,
        "Sets the maximum allowed duration of SELECTs that actively use real-time recency, i.e. reach out to an external system to determine their most recencly exposed data (Materialize).",
    ),
    reported(
        "search_path",
        "public",
        Kind::Identifiers,
        "Sets the schema search order for names that are not schema-qualified (PostgreSQL).",
    ),
    reported(
        "server_version",
        "9.5.0",
        Kind::ReadOnly,
        "Shows the PostgreSQL compatible server version (PostgreSQL).",
    ),
    variable(
        "server_version_num",
        "90500",
        Kind::ReadOnly,
        "Shows the PostgreSQL compatible server version as an integer (PostgreSQL).",
    ),
    variable(
        "sql_safe_updates",
        "off",
        Kind::Bool,
        "Prohibits SQL statements that may be overly destructive (CockroachDB).",
    ),
    reported(
        "standard_conforming_strings",
        "on",
        Kind::Fixed,
        "Causes '...' strings to treat backslashes literally (PostgreSQL).",
    ),
    variable(
        "statement_logging_sample_rate",
        "0.01",
        Kind::ReadOnly,
        "User-facing session variable indicating how many statement executions should be logged, subject to constraint by the system variable `statement_logging_max_sample_rate` (Materialize).",
    ),
    variable(
        "statement_timeout",
        "1 min",
        Kind::Duration,
        "Sets the maximum allowed duration of INSERT...SELECT, UPDATE, and DELETE operations. If this value is specified without units, it is taken as milliseconds.",
    ),
    reported(
        "TimeZone",
        "UTC",
        Kind::TimeZone,
        "Sets the time zone for displaying and interpreting time stamps (PostgreSQL).",
    ),
    variable(
        "transaction_isolation",
        "strict serializable",
        Kind::Enumeration(ISOLATION_LEVELS),
        "Sets the current transaction's isolation level (PostgreSQL).",
    ),
    variable(
        "welcome_message",
        "on",
        Kind::Bool,
        "Whether to send a notice with a welcome message after a successful connection (Materialize).",
    ),
];

/// Variables of the system: `SHOW` reads them, only `ALTER SYSTEM` sets them.
pub(crate) const SYSTEM: &[Definition] = &[
    variable(
        "allowed_cluster_replica_sizes",
        "",
        Kind::ReadOnly,
        "The allowed sizes when creating a new cluster replica (Materialize).",
    ),
    variable(
        "enable_rbac_checks",
        "on",
        Kind::Bool,
        "User facing global boolean flag indicating whether to apply RBAC checks before executing statements (Materialize).",
    ),
    variable(
        "max_clusters",
        "25",
        NON_NEGATIVE,
        "The maximum number of clusters in the region (Materialize).",
    ),
    variable(
        "max_databases",
        "1000",
        NON_NEGATIVE,
        "The maximum number of databases in the region (Materialize).",
    ),
    variable(
        "max_materialized_views",
        "500",
        NON_NEGATIVE,
        "The maximum number of materialized views in the region, across all schemas (Materialize).",
    ),
    variable(
        "max_network_policies",
        "25",
        NON_NEGATIVE,
        "The maximum number of network policies in the region.",
    ),
    variable(
        "max_objects_per_schema",
        "1000",
        NON_NEGATIVE,
        "The maximum number of objects in a schema (Materialize).",
    ),
    variable(
        "max_replicas_per_cluster",
        "5",
        NON_NEGATIVE,
        "The maximum number of replicas of a single cluster (Materialize).",
    ),
    variable(
        "max_result_size",
        "1GB",
        Kind::ByteSize,
        "The maximum size in bytes for an internal query result (Materialize).",
    ),
    variable("max_roles", "1000", NON_NEGATIVE, "The maximum number of roles in the region (Materialize)."),
    variable(
        "max_rules_per_network_policy",
        "25",
        NON_NEGATIVE,
        "The maximum number of rules per network policies.",
    ),
    variable(
        "max_schemas_per_database",
        "1000",
        NON_NEGATIVE,
        "The maximum number of schemas in a database (Materialize).",
    ),
    variable(
        "max_secrets",
        "100",
        NON_NEGATIVE,
        "The maximum number of secrets in the region, across all schemas (Materialize).",
    ),
    variable(
        "max_sinks",
        "1000",
        NON_NEGATIVE,
        "The maximum number of sinks in the region, across all schemas (Materialize).",
    ),
    variable(
        "max_sources",
        "200",
        NON_NEGATIVE,
        "The maximum number of sources in the region, across all schemas (Materialize).",
    ),
    variable(
        "max_tables",
        "1000",
        NON_NEGATIVE,
        "The maximum number of tables in the region, across all schemas (Materialize).",
    ),
    variable(
        "network_policy",
        "default",
        Kind::ReadOnly,
        "Sets the fallback network policy applied to all users without an explicit policy.",
    ),
];

/// The variable of a name. `schema` is another name of `search_path`.
pub(crate) fn find(name: &str) -> Option<&'static Definition> {
    let name = if name.eq_ignore_ascii_case("schema") { "search_path" } else { name };
    SESSION.iter().find(|definition| definition.name.eq_ignore_ascii_case(name))
}

/// The system variable of a name.
pub(crate) fn find_system(name: &str) -> Option<&'static Definition> {
    SYSTEM.iter().find(|definition| definition.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::value::normalize;

    #[test]
    fn definitions_are_sorted_and_their_defaults_are_normal() {
        for list in [SESSION, SYSTEM] {
            let names: Vec<_> = list.iter().map(|variable| variable.name.to_ascii_lowercase()).collect();
            assert!(names.is_sorted(), "{names:?}");
            for variable in list {
                if matches!(variable.kind, Kind::ReadOnly | Kind::Fixed) {
                    continue;
                }
                let value =
                    normalize(variable, &[variable.default.to_owned()]).expect("a default is a value");
                assert_eq!(value, variable.default, "{}", variable.name);
            }
        }
    }
}
