//! The session: the cluster that its queries run on.

use mz_deploy_planner::name::{Ident, Literal};

use super::connection::Connection;
use super::error::DbError;

/// Has queries run on a cluster.
pub async fn use_cluster(connection: &Connection, cluster: &Ident) -> Result<(), DbError> {
    connection.execute(&format!("SET cluster = {cluster}")).await
}

/// How many replicas a cluster has.
pub async fn replicas_of(connection: &Connection, cluster: &str) -> Result<u64, DbError> {
    let sql = format!(
        "SELECT count(r.id) AS replicas FROM mz_catalog.mz_clusters c \
         JOIN mz_catalog.mz_cluster_replicas r ON r.cluster_id = c.id WHERE c.name = {}",
        Literal(cluster)
    );
    let rows = connection.query(&sql).await?;
    rows.first().map_or(Ok(0), |row| row.parse("replicas"))
}
