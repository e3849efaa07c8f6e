//! `SELECT pg_cancel_backend(connection)`: a statement of its own in the form of a query.

use super::select::{QueryPlan, plan_select};
use crate::catalog::Catalog;
use crate::engine::Engine;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::result::{Column, TypeOid};
use crate::sql::ast::{DataType, Expr, FunctionArgs, ItemRef, Name, SelectItem, SelectStatement, SetExpr};

pub(super) const FUNCTION: &str = "pg_cancel_backend";
const BOOL: TypeOid = 16;

/// A cancellation that is ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelPlan {
    /// The number of the connection: one row.
    pub connection: QueryPlan,
    /// The column of the answer: whether there is such a connection.
    pub column: Column,
}

/// Plans a `SELECT` that calls the function and does nothing else; `None` for others.
pub fn plan_cancel(
    statement: &SelectStatement,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Option<Result<CancelPlan, SqlError>> {
    let mut number = statement.clone();
    let SetExpr::Select(select) = &mut number.query.body else { return None };
    if !select.from.is_empty() || select.selection.is_some() {
        return None;
    }
    let [SelectItem::Expr { expr, alias }] = select.projection.as_mut_slice() else { return None };
    let Expr::Function(function) = expr else { return None };
    let FunctionArgs::List(args) = &mut function.args else { return None };
    let [argument] = args.as_mut_slice() else { return None };
    let called = function.name.0.last().is_some_and(|name| name.as_str() == FUNCTION);
    if !called || function.over.is_some() || function.filter.is_some() {
        return None;
    }
    let name = alias.as_ref().map_or(FUNCTION, |alias| alias.as_str()).to_owned();
    let int4 = ItemRef::Name(Name(vec!["pg_catalog".into(), "int4".into()]));
    *expr = Expr::Cast {
        expr: Box::new(argument.clone()),
        data_type: DataType::Named { name: int4, modifiers: Vec::new() },
    };
    let connection = plan_select(&number, catalog, session, engine, params);
    Some(connection.map(|connection| CancelPlan { connection, column: Column::new(name, BOOL) }))
}
