//! `SHOW` where a query stands.

use crate::catalog::Catalog;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::sql::ast::{Query, Statement};
use crate::system;

/// The query that a `SHOW` is short for.
pub(super) fn as_query(
    statement: &Statement,
    catalog: &Catalog,
    session: &SessionView,
) -> Result<Query, SqlError> {
    match statement {
        Statement::Show(show) => Ok(system::show(show, catalog, session)?.query),
        _ => Err(SqlError::unsupported("this kind of SHOW as a relation")),
    }
}
