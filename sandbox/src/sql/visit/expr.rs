//! Expressions, calls and types.

use super::Visitor;
use crate::sql::ast::{DataType, Expr, Function, FunctionArgs, OrderBy, QuantifiedOperand};

/// Looks at the parts of an expression.
pub fn walk_expr<V: Visitor + ?Sized>(v: &mut V, expr: &mut Expr) {
    stacker::maybe_grow(128 << 10, 4 << 20, || walk_here(v, expr));
}

fn walk_here<V: Visitor + ?Sized>(v: &mut V, expr: &mut Expr) {
    match expr {
        Expr::Value(_) | Expr::Parameter(_) | Expr::Default => {}
        Expr::Column(name) | Expr::QualifiedWildcard(name) => v.column(name),
        Expr::Nested(expr)
        | Expr::Unary { expr, .. }
        | Expr::Not(expr)
        | Expr::Is { expr, .. }
        | Expr::Collate { expr, .. }
        | Expr::Extract { expr, .. }
        | Expr::Field { expr, .. }
        | Expr::WildcardAccess(expr) => v.expr(expr),
        Expr::Binary { left, right, .. }
        | Expr::And(left, right)
        | Expr::Or(left, right)
        | Expr::IsDistinctFrom { left, right, .. }
        | Expr::NullIf(left, right)
        | Expr::AtTimeZone { timestamp: left, zone: right } => {
            v.expr(left);
            v.expr(right);
        }
        Expr::InList { expr, list, .. } => {
            v.expr(expr);
            walk_exprs(v, list);
        }
        Expr::InSubquery { expr, query, .. } => {
            v.expr(expr);
            v.query(query);
        }
        Expr::Between { expr, low, high, .. } => {
            v.expr(expr);
            v.expr(low);
            v.expr(high);
        }
        Expr::Like { expr, pattern, escape, .. } => {
            v.expr(expr);
            v.expr(pattern);
            if let Some(escape) = escape {
                v.expr(escape);
            }
        }
        Expr::Quantified { left, right, .. } => {
            v.expr(left);
            match right.as_mut() {
                QuantifiedOperand::Query(query) => v.query(query),
                QuantifiedOperand::Expr(expr) => v.expr(expr),
            }
        }
        Expr::Exists(query)
        | Expr::Subquery(query)
        | Expr::ArraySubquery(query)
        | Expr::ListSubquery(query)
        | Expr::MapSubquery(query) => v.query(query),
        Expr::Case { operand, branches, otherwise } => {
            if let Some(operand) = operand {
                v.expr(operand);
            }
            for (condition, result) in branches {
                v.expr(condition);
                v.expr(result);
            }
            if let Some(otherwise) = otherwise {
                v.expr(otherwise);
            }
        }
        Expr::Cast { expr, data_type } => {
            v.expr(expr);
            v.data_type(data_type);
        }
        Expr::TypedLiteral { data_type, .. } => v.data_type(data_type),
        Expr::Function(function) => v.function(function),
        Expr::HomogenizingFunction { args, .. } => walk_exprs(v, args),
        Expr::Row(exprs) | Expr::Array(exprs) | Expr::List(exprs) => walk_exprs(v, exprs),
        Expr::Map(entries) => {
            for (key, value) in entries {
                v.expr(key);
                v.expr(value);
            }
        }
        Expr::Subscript { expr, positions } => {
            v.expr(expr);
            for position in positions {
                position.start.iter_mut().chain(&mut position.end).for_each(|side| v.expr(side));
            }
        }
    }
}

/// Looks at the name and the parts of a call.
pub fn walk_function<V: Visitor + ?Sized>(v: &mut V, function: &mut Function) {
    v.function_name(&mut function.name);
    if let FunctionArgs::List(args) = &mut function.args {
        walk_exprs(v, args);
    }
    walk_order_by(v, &mut function.order_by);
    if let Some(filter) = &mut function.filter {
        v.expr(filter);
    }
    if let Some(window) = &mut function.over {
        walk_exprs(v, &mut window.partition_by);
        walk_order_by(v, &mut window.order_by);
    }
}

/// Looks at the names in a type.
pub fn walk_type<V: Visitor + ?Sized>(v: &mut V, data_type: &mut DataType) {
    match data_type {
        DataType::Named { name, .. } => v.type_name(name),
        DataType::Array(element) | DataType::List(element) => v.data_type(element),
        DataType::Map(key, value) => {
            v.data_type(key);
            v.data_type(value);
        }
    }
}

pub(super) fn walk_exprs<V: Visitor + ?Sized>(v: &mut V, exprs: &mut [Expr]) {
    exprs.iter_mut().for_each(|expr| v.expr(expr));
}

pub(super) fn walk_order_by<V: Visitor + ?Sized>(v: &mut V, items: &mut [OrderBy]) {
    items.iter_mut().for_each(|item| v.expr(&mut item.expr));
}
