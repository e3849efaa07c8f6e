//! `SHOW` where a query stands.

use crate::catalog::Catalog;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::sql::ast::{Query, Statement};

/// The query that a `SHOW` is short for.
pub(super) fn as_query(statement: &Statement, _: &Catalog, _: &SessionView) -> Result<Query, SqlError> {
    Err(SqlError::unsupported(format!("a query over {}", std::any::type_name_of_val(statement))))
}
