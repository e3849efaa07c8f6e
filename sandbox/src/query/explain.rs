//! Plans of `EXPLAIN`: its checks are the server's, its answers aren't there.

use super::resolve::lookup;
use super::select::{plan_select, stored_query};
use super::show::{AnswerPlan, usage_of_schemas};
use super::subscribe::plan_subscribe;
use crate::catalog::{Catalog, ItemId};
use crate::engine::Engine;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::result::{Column, TypeOid};
use crate::sql::ast::{Explain, Explainee, Statement};

/// Plans an `EXPLAIN`: there are no plans here to answer with.
pub fn plan_explain(
    statement: &Explain,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<AnswerPlan, SqlError> {
    let explained: Vec<ItemId> = match &*statement.what {
        Explainee::Object(_, name) => vec![lookup(catalog, session, name)?.id],
        Explainee::Statement(Statement::Select(select)) => {
            plan_select(select, catalog, session, engine, params)?.references.reads.into_iter().collect()
        }
        Explainee::Statement(Statement::Subscribe(subscribe)) => {
            let plan = plan_subscribe(subscribe, catalog, session, engine, params)?;
            plan.references.reads.into_iter().collect()
        }
        Explainee::Statement(Statement::CreateView(create)) => {
            stored_query(&create.query, catalog, session, engine)?.references.reads.into_iter().collect()
        }
        Explainee::Statement(Statement::CreateMaterializedView(create)) => {
            stored_query(&create.query, catalog, session, engine)?.references.reads.into_iter().collect()
        }
        Explainee::Statement(_) => Vec::new(),
    };
    Ok(AnswerPlan {
        columns: vec![Column::new(statement.column.clone(), 25)],
        requires: usage_of_schemas(catalog, explained),
        answer: Err(SqlError::unsupported("EXPLAIN")),
    })
}
