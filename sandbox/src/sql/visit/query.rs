//! Queries and what stands in `FROM`.

use super::expr::{walk_exprs, walk_order_by};
use super::{Role, Visitor, walk_statement};
use crate::sql::ast::{
    Distinct, JoinConstraint, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins, With,
};

/// Looks at the parts of a query: common table expressions first, then the body, then the order and the limits.
pub fn walk_query<V: Visitor + ?Sized>(v: &mut V, query: &mut Query) {
    match &mut query.with {
        With::Simple(ctes) => ctes.iter_mut().for_each(|cte| v.query(&mut cte.query)),
        With::MutuallyRecursive { ctes, .. } => {
            for cte in ctes {
                cte.columns.iter_mut().for_each(|(_, data_type)| v.data_type(data_type));
                v.query(&mut cte.query);
            }
        }
    }
    walk_set_expr(v, &mut query.body);
    walk_order_by(v, &mut query.order_by);
    if let Some(limit) = &mut query.limit {
        v.expr(&mut limit.quantity);
    }
    if let Some(offset) = &mut query.offset {
        v.expr(offset);
    }
}

/// Looks at the body of a query.
pub fn walk_set_expr<V: Visitor + ?Sized>(v: &mut V, body: &mut SetExpr) {
    stacker::maybe_grow(128 << 10, 4 << 20, || match body {
        SetExpr::Select(select) => walk_select(v, select),
        SetExpr::Query(query) => v.query(query),
        SetExpr::SetOperation { left, right, .. } => {
            walk_set_expr(v, left);
            walk_set_expr(v, right);
        }
        SetExpr::Values(rows) => rows.iter_mut().for_each(|row| walk_exprs(v, row)),
        SetExpr::Table(name) => v.item(Role::Relation, name),
        SetExpr::Show(statement) => walk_statement(v, statement),
    });
}

/// Looks at the parts of a `SELECT`: what it reads first.
pub fn walk_select<V: Visitor + ?Sized>(v: &mut V, select: &mut Select) {
    select.from.iter_mut().for_each(|item| walk_joins(v, item));
    if let Some(Distinct::On(exprs)) = &mut select.distinct {
        walk_exprs(v, exprs);
    }
    walk_items(v, &mut select.projection);
    if let Some(selection) = &mut select.selection {
        v.expr(selection);
    }
    walk_exprs(v, &mut select.group_by);
    select.having.iter_mut().chain(&mut select.qualify).for_each(|expr| v.expr(expr));
}

pub(super) fn walk_items<V: Visitor + ?Sized>(v: &mut V, items: &mut [SelectItem]) {
    for item in items {
        if let SelectItem::Expr { expr, .. } = item {
            v.expr(expr);
        }
    }
}

pub(super) fn walk_joins<V: Visitor + ?Sized>(v: &mut V, item: &mut TableWithJoins) {
    v.relation(&mut item.relation);
    for join in &mut item.joins {
        v.relation(&mut join.relation);
        if let JoinConstraint::On(expr) = &mut join.constraint {
            v.expr(expr);
        }
    }
}

/// Looks at the parts of what stands in `FROM`.
pub fn walk_relation<V: Visitor + ?Sized>(v: &mut V, relation: &mut TableFactor) {
    match relation {
        TableFactor::Table { name, .. } => v.item(Role::Relation, name),
        TableFactor::Function { function, .. } => v.function(function),
        TableFactor::RowsFrom { functions, .. } => {
            functions.iter_mut().for_each(|function| v.function(function));
        }
        TableFactor::Derived { query, .. } => v.query(query),
        TableFactor::NestedJoin { join, .. } => walk_joins(v, join),
    }
}
