//! Queries: `WITH`, set operations, `SELECT`.

use super::{Lowering, comma, from::table_alias, quoted, relation};
use crate::error::SqlError;
use crate::query::names;
use crate::sql::ast::{
    Distinct, Expr, ItemRef, OrderBy, Query, Select, SelectItem, SetExpr, SetOperator, With,
};

/// The column that holds the condition of `QUALIFY`.
const QUALIFIED: &str = "mz qualify";

impl Lowering<'_> {
    /// A query.
    pub(crate) fn query(&mut self, query: &Query) -> Result<String, SqlError> {
        let with = self.with(&query.with)?;
        let (body, order_by) = match &query.body {
            SetExpr::Select(select) => self.select(select, &query.order_by)?,
            body => (self.set_expr(body)?, self.order_by(&query.order_by)?),
        };
        let mut sql = format!("{with}{body}{order_by}");
        if let Some(limit) = &query.limit {
            if limit.with_ties {
                return Err(SqlError::internal("FETCH ... WITH TIES not yet supported"));
            }
            sql = format!("{sql} LIMIT {}", self.expr(&limit.quantity)?);
        }
        if let Some(offset) = &query.offset {
            sql = format!("{sql} OFFSET {}", self.expr(offset)?);
        }
        Ok(sql)
    }

    fn with(&mut self, with: &With) -> Result<String, SqlError> {
        match with {
            With::Simple(ctes) if ctes.is_empty() => Ok(String::new()),
            With::Simple(ctes) => {
                let ctes = comma(ctes, |cte| {
                    Ok(format!("{} AS ({})", table_alias(&cte.alias), self.query(&cte.query)?))
                })?;
                Ok(format!("WITH {ctes} "))
            }
            With::MutuallyRecursive { ctes, .. } => self.mutually_recursive(ctes),
        }
    }

    pub(super) fn set_expr(&mut self, body: &SetExpr) -> Result<String, SqlError> {
        match body {
            SetExpr::Select(select) => self.select(select, &[]).map(|(sql, _)| sql),
            SetExpr::Query(query) => Ok(format!("({})", self.query(query)?)),
            SetExpr::SetOperation { op, all, left, right } => {
                let op = match op {
                    SetOperator::Union => "UNION",
                    SetOperator::Except => "EXCEPT",
                    SetOperator::Intersect => "INTERSECT",
                };
                let all = if *all { " ALL" } else { "" };
                // The tree says what belongs together; the text says it by parentheses.
                Ok(format!("({}) {op}{all} ({})", self.set_expr(left)?, self.set_expr(right)?))
            }
            SetExpr::Values(rows) => self.values(rows),
            SetExpr::Table(ItemRef::Id(id)) => Ok(format!("TABLE {}", relation(self.catalog, *id))),
            SetExpr::Table(ItemRef::Name(name)) => {
                Ok(format!("TABLE {}", name.0.last().map(|name| quoted(name.as_str())).unwrap_or_default()))
            }
            SetExpr::Show(_) => Err(SqlError::unsupported("SHOW that was not resolved")),
        }
    }

    /// `VALUES (…), (…)`
    pub(crate) fn values(&mut self, rows: &[Vec<Expr>]) -> Result<String, SqlError> {
        let rows = comma(rows, |row| Ok(format!("({})", self.exprs(row)?)))?;
        Ok(format!("VALUES {rows}"))
    }

    /// A `SELECT` and the `ORDER BY` that may name its relations.
    fn select(&mut self, select: &Select, order_by: &[OrderBy]) -> Result<(String, String), SqlError> {
        self.enter(&select.from);
        let sql = self.select_inside(select, order_by);
        self.leave();
        sql
    }

    fn select_inside(&mut self, select: &Select, order_by: &[OrderBy]) -> Result<(String, String), SqlError> {
        let distinct = match &select.distinct {
            None => String::new(),
            Some(Distinct::EntireRow) => " DISTINCT".to_owned(),
            Some(Distinct::On(exprs)) => format!(" DISTINCT ON ({})", self.exprs(exprs)?),
        };
        let projection = comma(&select.projection, |item| self.select_item(item))?;
        let rest = self.select_rest(select)?;
        let order_by = self.order_by(order_by)?;
        let Some(qualify) = &select.qualify else {
            return Ok((format!("SELECT{distinct} {projection}{rest}"), order_by));
        };
        let names = select.projection.iter().map(|item| match item {
            SelectItem::Expr { expr: Expr::QualifiedWildcard(_) | Expr::WildcardAccess(_), .. }
            | SelectItem::Wildcard => {
                Err(SqlError::unsupported("QUALIFY over a select list with a wildcard"))
            }
            SelectItem::Expr { expr, alias } => {
                Ok(quoted(names::of_item(self.catalog, expr, alias.as_ref()).as_str()))
            }
        });
        let names = names.collect::<Result<Vec<_>, _>>()?.join(", ");
        let (condition, column) = (self.expr(qualify)?, quoted(QUALIFIED));
        Ok((
            format!(
                "SELECT{distinct} {names} FROM (SELECT {projection}, {condition} AS {column}{rest}) AS q WHERE {column}"
            ),
            order_by,
        ))
    }

    /// What follows the select list.
    fn select_rest(&mut self, select: &Select) -> Result<String, SqlError> {
        let mut sql = String::new();
        if !select.from.is_empty() {
            sql = format!(" FROM {}", self.list(&select.from)?);
        }
        if let Some(condition) = &select.selection {
            sql = format!("{sql} WHERE {}", self.expr(condition)?);
        }
        if !select.group_by.is_empty() {
            sql = format!("{sql} GROUP BY {}", comma(&select.group_by, |expr| self.position_or_expr(expr))?);
        }
        if let Some(condition) = &select.having {
            sql = format!("{sql} HAVING {}", self.expr(condition)?);
        }
        Ok(sql)
    }

    /// An item of a select list. Names are written out, so that they are Materialize's.
    pub(crate) fn select_item(&mut self, item: &SelectItem) -> Result<String, SqlError> {
        match item {
            SelectItem::Wildcard => Ok("*".to_owned()),
            SelectItem::Expr { expr: Expr::QualifiedWildcard(name), .. } => {
                if let Some(alias) = self.qualifier(&name.0) {
                    Ok(format!("{}.*", quoted(alias.as_str())))
                } else {
                    let name = name
                        .0
                        .iter()
                        .map(mz_deploy_planner::name::Ident::as_str)
                        .collect::<Vec<_>>()
                        .join(".");
                    Err(SqlError::internal(format!("no table named '{name}' in scope")))
                }
            }
            SelectItem::Expr { expr: Expr::WildcardAccess(inner), .. } => {
                Ok(format!("({}).*", self.expr(inner)?))
            }
            SelectItem::Expr { expr, alias } => {
                let name = names::of_item(self.catalog, expr, alias.as_ref());
                Ok(format!("{} AS {}", self.expr(expr)?, quoted(name.as_str())))
            }
        }
    }

    /// ` ORDER BY …`, or nothing.
    pub(crate) fn order_by(&mut self, order_by: &[OrderBy]) -> Result<String, SqlError> {
        if order_by.is_empty() {
            return Ok(String::new());
        }
        let keys = comma(order_by, |key| {
            let direction = if key.asc == Some(false) { " DESC" } else { "" };
            let nulls = match key.nulls_last {
                None => "",
                Some(true) => " NULLS LAST",
                Some(false) => " NULLS FIRST",
            };
            Ok(format!("{}{direction}{nulls}", self.position_or_expr(&key.expr)?))
        })?;
        Ok(format!(" ORDER BY {keys}"))
    }

    /// A number alone is the position of a column, so it must stay bare.
    fn position_or_expr(&mut self, expr: &Expr) -> Result<String, SqlError> {
        match expr {
            Expr::Value(crate::sql::ast::Value::Number(number)) => Ok(number.clone()),
            expr => self.expr(expr),
        }
    }
}
