//! Plans of statements that read.

use std::collections::BTreeSet;

use super::describe::{self, describe, refused};
use super::lower::{self, Lowering};
use super::resolve::{References, Resolver};
use super::{shape, types};
use crate::catalog::{Catalog, ColumnDesc, ItemId};
use crate::engine::Engine;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::result::{Column, TypeOid};
use crate::sql::ast::{AsOf, DataType, Expr, Query, SelectStatement};

/// A query that is ready to run on the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryPlan {
    /// The engine's SQL.
    pub sql: String,
    /// The columns of its rows.
    pub columns: Vec<Column>,
    /// The types of its parameters.
    pub params: Vec<TypeOid>,
    /// What it refers to.
    pub references: References,
    /// The time that it asks for, as an expression of the engine.
    pub as_of: Option<Time>,
}

/// A time that a statement asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// A later time will do.
    pub at_least: bool,
    /// A query of the engine: one row with milliseconds since 1970.
    pub sql: String,
}

impl QueryPlan {
    /// The relations that it names.
    pub fn reads(&self) -> &BTreeSet<ItemId> {
        &self.references.reads
    }

    /// Reads nothing that can change. `mz_now()` does change.
    pub fn is_constant(&self) -> bool {
        self.references.reads.is_empty() && !self.references.mz_now()
    }
}

/// Plans a `SELECT`, `VALUES`, `TABLE` or `SHOW` as a query.
pub fn plan_select(
    statement: &SelectStatement,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<QueryPlan, SqlError> {
    let mut query = statement.query.clone();
    let mut resolver = Resolver::new(catalog, session);
    resolver.query(&mut query)?;
    let as_of = statement.as_of.as_ref().map(|as_of| time(&mut resolver, as_of)).transpose()?;
    let references = resolver.references;
    if references.calls(super::cancel::FUNCTION) {
        let message = format!("{} in this position not yet supported", super::cancel::FUNCTION);
        return Err(SqlError::internal(message));
    }
    references.check_elements(params)?;
    ensure_types(catalog, engine, &references.types)?;
    let sql = lower::query(catalog, &query)?;
    let described = describe(engine, &sql, params)?;
    Ok(QueryPlan { sql, columns: described.columns, params: described.params, references, as_of })
}

/// A time as a query of the engine.
pub(super) fn time(resolver: &mut Resolver<'_>, as_of: &AsOf) -> Result<Time, SqlError> {
    Ok(Time { at_least: as_of.at_least, sql: time_query(resolver, &as_of.time)? })
}

/// An expression of time as a query of the engine.
pub(super) fn time_query(resolver: &mut Resolver<'_>, time: &Expr) -> Result<String, SqlError> {
    let mut time = time.clone();
    resolver.expr(&mut time)?;
    let sql = match &time {
        Expr::Value(crate::sql::ast::Value::String(_)) => {
            format!("{}::text", Lowering::new(resolver.catalog).expr(&time)?)
        }
        _ => Lowering::new(resolver.catalog).expr(&time)?,
    };
    Ok(format!("SELECT ({sql})::mz_timestamp"))
}

/// A query that is to be stored: resolved, lowered, with its columns as the catalog keeps them.
#[derive(Clone, Debug)]
pub(super) struct StoredQuery {
    pub(super) query: Query,
    pub(super) references: References,
    pub(super) columns: Vec<ColumnDesc>,
    pub(super) keys: Vec<Vec<usize>>,
}

/// Resolves and types a query for a view.
pub(super) fn stored_query(
    query: &Query,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
) -> Result<StoredQuery, SqlError> {
    let mut query = query.clone();
    let mut resolver = Resolver::new(catalog, session);
    resolver.query(&mut query)?;
    let references = resolver.references;
    if references.parameters > 0 {
        return Err(SqlError::new(
            crate::error::SqlState::UNDEFINED_PARAMETER,
            "views cannot have parameters",
        ));
    }
    ensure_types(catalog, engine, &references.types)?;
    let sql = lower::query(catalog, &query)?;
    let described = describe(engine, &sql, &[])?;
    let types = describe::column_types(engine, &sql, &described.columns)?;
    // A shape that disagrees about the number of columns knows nothing.
    let shape = shape::of_query(catalog, &query).filter(|shape| shape.columns.len() == types.len());
    let nullable = |place: usize| {
        shape.as_ref().and_then(|shape| shape.columns.get(place)).is_none_or(|column| column.nullable)
    };
    let columns = described.columns.iter().zip(types).enumerate();
    let columns = columns.map(|(place, (column, data_type))| ColumnDesc {
        name: column.name.as_str().into(),
        data_type,
        nullable: nullable(place),
        default: None,
    });
    let columns = columns.collect();
    let keys = shape.map(|shape| shape.keys).unwrap_or_default();
    Ok(StoredQuery { query, references, columns, keys })
}

/// The value of an expression without columns, in binary form, with its type.
pub(super) fn evaluate(engine: &Engine, sql: &str) -> Result<(Column, Option<Vec<u8>>), SqlError> {
    let answer = engine.query(sql, &[], &[crate::result::Format::Binary]).map_err(|error| refused(&error))?;
    let column = answer.result.columns.into_iter().next();
    let column = column.ok_or_else(|| SqlError::internal("an expression without a value"))?;
    Ok((column, answer.result.rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten()))
}

/// Makes the types that a statement names known to the engine.
pub(super) fn ensure_types(catalog: &Catalog, engine: &Engine, named: &[DataType]) -> Result<(), SqlError> {
    for data_type in named {
        let form = types::engine_form(catalog, &types::scalar_type(catalog, data_type)?)?;
        engine.ensure_type(&form).map_err(|error| refused(&error))?;
    }
    Ok(())
}
