//! How many of each kind there may be.

use crate::error::{SqlError, SqlState};

/// The limits of an environment, as system variables of the same names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is named after its system variable")]
pub struct Limits {
    pub max_clusters: u32,
    pub max_replicas_per_cluster: u32,
    pub max_databases: u32,
    pub max_schemas_per_database: u32,
    pub max_objects_per_schema: u32,
    pub max_tables: u32,
    pub max_sources: u32,
    pub max_sinks: u32,
    pub max_materialized_views: u32,
    pub max_secrets: u32,
    pub max_roles: u32,
    pub max_network_policies: u32,
    pub max_rules_per_network_policy: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_clusters: 25,
            max_replicas_per_cluster: 5,
            max_databases: 1000,
            max_schemas_per_database: 1000,
            max_objects_per_schema: 1000,
            max_tables: 1000,
            max_sources: 200,
            max_sinks: 1000,
            max_materialized_views: 500,
            max_secrets: 100,
            max_roles: 1000,
            max_network_policies: 25,
            max_rules_per_network_policy: 25,
        }
    }
}

/// Refuses to have more of something than a limit allows. `current` and `new` are counts.
pub(super) fn check(
    what: &str,
    variable: &str,
    limit: u32,
    current: usize,
    new: usize,
) -> Result<(), SqlError> {
    let desired = current + new;
    if new == 0 || desired <= usize::try_from(limit).unwrap_or(usize::MAX) {
        return Ok(());
    }
    let lower = what.to_lowercase();
    Err(SqlError::new(
        SqlState::INSUFFICIENT_RESOURCES,
        format!(
            "creating {what} would violate {variable} limit (desired: {desired}, limit: {limit}, current: {current})"
        ),
    )
    .with_hint(format!("Drop an existing {lower} or contact support to request a limit increase.")))
}
