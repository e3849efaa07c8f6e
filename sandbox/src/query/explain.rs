//! Plans of `EXPLAIN`: its checks are the server's, its answers aren't there.

use super::resolve::lookup;
use super::select::{plan_select, stored_query};
use super::subscribe::plan_subscribe;
use crate::catalog::Catalog;
use crate::engine::Engine;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::result::{Column, TypeOid};
use crate::sql::ast::{Explain, Explainee, Statement};

/// An `EXPLAIN` that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainPlan {
    /// One column of text.
    pub columns: Vec<Column>,
    /// What to answer once the columns have been told: there are no plans here.
    pub refused: SqlError,
}

/// Plans an `EXPLAIN`.
pub fn plan_explain(
    statement: &Explain,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<ExplainPlan, SqlError> {
    match &*statement.what {
        Explainee::Object(_, name) => {
            lookup(catalog, session, name)?;
        }
        Explainee::Statement(Statement::Select(select)) => {
            plan_select(select, catalog, session, engine, params)?;
        }
        Explainee::Statement(Statement::Subscribe(subscribe)) => {
            plan_subscribe(subscribe, catalog, session, engine, params)?;
        }
        Explainee::Statement(Statement::CreateView(create)) => {
            stored_query(&create.query, catalog, session, engine)?;
        }
        Explainee::Statement(Statement::CreateMaterializedView(create)) => {
            stored_query(&create.query, catalog, session, engine)?;
        }
        Explainee::Statement(_) => {}
    }
    Ok(ExplainPlan {
        columns: vec![Column::new(statement.column.clone(), 25)],
        refused: SqlError::unsupported("EXPLAIN"),
    })
}
