//! What only an open deployment needs.

use super::rows::deletion;
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Tables of which nothing is asked once a deployment is closed. Its plan stays, for `describe`.
const OPEN: [&str; 5] = ["pending_statements", "replacement_mvs", "clusters", "ids", "highest"];

/// Takes away what only an open deployment needs.
pub async fn tidy(connection: &Connection, deploy_id: &str) -> Result<(), DbError> {
    let deletions = OPEN.iter().map(|table| deletion(table, deploy_id)).collect::<Result<Vec<_>, _>>()?;
    connection.pipeline(&deletions).await.into_iter().collect()
}
