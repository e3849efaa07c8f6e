//! What is of no use any more.

use super::rows::deletion;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::lease::Held;

/// Tables of which nothing is asked once a deployment is closed. Its plan stays, for `describe`.
const OPEN: [&str; 5] = ["pending_statements", "replacement_mvs", "clusters", "ids", "highest"];

/// Takes away what only an open deployment needs.
pub async fn tidy<'c>(on: impl Into<Held<'c>>, deploy_id: &str) -> Result<(), DbError> {
    let deletions = OPEN.iter().map(|table| deletion(table, deploy_id)).collect::<Result<Vec<_>, _>>()?;
    on.into().pipeline(&deletions).await
}

/// Deployments whose old versions were to be kept until a time that is over, by the server's clock.
pub async fn overdue(connection: &Connection) -> Result<Vec<String>, DbError> {
    let sql = "SELECT DISTINCT deploy_id FROM _mz_deploy.tables.kept WHERE until < now() ORDER BY deploy_id";
    let rows = connection.query(sql).await?;
    rows.iter().map(|row| row.text("deploy_id").map(str::to_owned)).collect()
}
