//! `WITH MUTUALLY RECURSIVE`, as far as PostgreSQL's recursion computes the same.
//!
//! PostgreSQL adds to a relation until nothing is new; Materialize computes every relation anew until nothing changes.
//! Both agree where a relation is the union of a start, which doesn't read it, and a step, which reads it once and
//! only ever gives more rows when it is given more.

use super::{Lowering, comma, quoted};
use crate::error::SqlError;
use crate::query::types;
use crate::sql::ast::{
    FunctionArgs, ItemRef, Join, JoinOperator, Query, RecursiveCte, Select, SetExpr, SetOperator,
    TableFactor, TableWithJoins, With,
};

impl Lowering<'_> {
    pub(super) fn mutually_recursive(&mut self, ctes: &[RecursiveCte]) -> Result<String, SqlError> {
        let mut lowered = Vec::new();
        for (place, cte) in ctes.iter().enumerate() {
            if ctes.iter().skip(place + 1).any(|later| mentions_query(&cte.query, later)) {
                return Err(refused("relations that read each other"));
            }
            lowered.push(self.recursive_cte(cte)?);
        }
        Ok(format!("WITH RECURSIVE {} ", lowered.join(", ")))
    }

    fn recursive_cte(&mut self, cte: &RecursiveCte) -> Result<String, SqlError> {
        let names = comma(&cte.columns, |(name, _)| Ok(quoted(name.as_str())))?;
        let casts = comma(&cte.columns, |(name, data_type)| {
            let data_type = types::scalar_type(self.catalog, data_type)?;
            Ok(format!("{}::{}", quoted(name.as_str()), types::engine_type(self.catalog, &data_type)?))
        })?;
        let typed = |sql: String| format!("SELECT {casts} FROM ({sql}) AS r ({names})");
        let head = format!("{} ({names})", quoted(cte.name.as_str()));
        if !mentions_query(&cte.query, cte) {
            return Ok(format!("{head} AS ({})", typed(self.query(&cte.query)?)));
        }
        let simple = cte.query.with == With::Simple(Vec::new())
            && cte.query.order_by.is_empty()
            && cte.query.limit.is_none()
            && cte.query.offset.is_none();
        let SetExpr::SetOperation { op: SetOperator::Union, all, left, right } = unwrapped(&cte.query.body)
        else {
            return Err(refused("a body that is not the union of a start and a step"));
        };
        if !simple || mentions(left, cte) || !is_step(right, cte) {
            return Err(refused("a step that does more than join and filter"));
        }
        let all = if *all { " ALL" } else { "" };
        let (start, step) = (typed(self.set_expr(left)?), typed(self.set_expr(right)?));
        Ok(format!("{head} AS ({start} UNION{all} {step})"))
    }
}

fn refused(what: &str) -> SqlError {
    SqlError::unsupported(format!("WITH MUTUALLY RECURSIVE with {what}"))
}

/// The body without parentheses around it.
fn unwrapped(body: &SetExpr) -> &SetExpr {
    match body {
        SetExpr::Query(query)
            if query.with == With::Simple(Vec::new())
                && query.order_by.is_empty()
                && query.limit.is_none()
                && query.offset.is_none() =>
        {
            unwrapped(&query.body)
        }
        body => body,
    }
}

/// True if `body` is a `SELECT` that reads `cte` once, in `FROM`, and is monotone and linear in it.
fn is_step(body: &SetExpr, cte: &RecursiveCte) -> bool {
    let SetExpr::Select(select) = unwrapped(body) else { return false };
    let Select { distinct, projection, from, selection, group_by, having, qualify, .. } = &**select;
    let plain = distinct.is_none() && group_by.is_empty() && having.is_none() && qualify.is_none();
    let inner_joins = from
        .iter()
        .flat_map(|table| &table.joins)
        .all(|join: &Join| matches!(join.operator, JoinOperator::Inner | JoinOperator::Cross));
    let from_text = |table: &TableWithJoins| {
        std::iter::once(&table.relation)
            .chain(table.joins.iter().map(|join| &join.relation))
            .filter(|factor| matches!(factor, TableFactor::Table { name, .. } if names(name, cte)))
            .count()
    };
    let direct: usize = from.iter().map(from_text).sum();
    // Every other mention, in a subquery or a condition, would not be monotone or not linear.
    plain
        && inner_joins
        && direct == 1
        && count(&serialized(from), cte) == 1
        && count(&serialized(projection), cte) == 0
        && count(&serialized(selection), cte) == 0
        && !has_aggregate(projection)
}

fn has_aggregate(projection: &[crate::sql::ast::SelectItem]) -> bool {
    use crate::sql::ast::{Expr, SelectItem};
    projection.iter().any(|item| {
        matches!(item, SelectItem::Expr { expr: Expr::Function(function), .. }
            if function.args == FunctionArgs::Star || function.over.is_some()
                || function.name.0.last().is_some_and(|name| AGGREGATES.contains(&name.as_str())))
    })
}

const AGGREGATES: [&str; 12] = [
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "count",
    "jsonb_agg",
    "jsonb_object_agg",
    "list_agg",
    "max",
    "min",
    "string_agg",
    "sum",
];

fn names(reference: &ItemRef, cte: &RecursiveCte) -> bool {
    matches!(reference, ItemRef::Name(name) if name.0.as_slice() == [cte.name.clone()])
}

fn mentions_query(query: &Query, cte: &RecursiveCte) -> bool {
    count(&serialized(query), cte) > 0
}

fn mentions(body: &SetExpr, cte: &RecursiveCte) -> bool {
    count(&serialized(body), cte) > 0
}

/// A tree as plain data, in which a reference by name is found wherever it is.
fn serialized<T: serde::Serialize>(tree: &T) -> serde_json::Value {
    serde_json::to_value(tree).unwrap_or(serde_json::Value::Null)
}

/// How often the relation is referred to. References by name are written `{"Name": ["r"]}` under `name` or `Table`.
fn count(tree: &serde_json::Value, cte: &RecursiveCte) -> usize {
    match tree {
        serde_json::Value::Object(members) => members
            .iter()
            .map(|(key, value)| match (key.as_str(), value.as_array()) {
                ("Name", Some(parts)) if parts.len() == 1 => {
                    usize::from(parts.first().and_then(|part| part.as_str()) == Some(cte.name.as_str()))
                }
                _ => count(value, cte),
            })
            .sum(),
        serde_json::Value::Array(items) => items.iter().map(|item| count(item, cte)).sum(),
        _ => 0,
    }
}
