//! The names that a select list gives to columns without an alias.

use mz_deploy_planner::name::Ident;

use super::resolve::special_function;
use crate::catalog::Catalog;
use crate::sql::ast::{DataType, Expr, ItemRef, Query, SelectItem, SetExpr, Value};

/// The name of a column that has none.
pub(crate) const UNNAMED: &str = "?column?";

/// How much a name says: one that a cast or `CASE` gives is kept only if there is no better one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quality {
    Low,
    High,
}

/// The name of the column that an expression makes.
pub(crate) fn of_expr(catalog: &Catalog, expr: &Expr) -> Ident {
    invent(catalog, expr).map_or_else(|| Ident::new(UNNAMED), |(name, _)| name)
}

/// The name of a select item that is no wildcard.
pub(crate) fn of_item(catalog: &Catalog, expr: &Expr, alias: Option<&Ident>) -> Ident {
    alias.cloned().unwrap_or_else(|| of_expr(catalog, expr))
}

fn invent(catalog: &Catalog, expr: &Expr) -> Option<(Ident, Quality)> {
    let high = |name: &str| Some((Ident::new(name), Quality::High));
    let better = |inner: &Expr, name: Ident| match invent(catalog, inner) {
        Some((name, Quality::High)) => Some((name, Quality::High)),
        _ => Some((name, Quality::Low)),
    };
    match expr {
        Expr::Column(name) => {
            let last = name.0.last()?;
            let word = if name.0.len() == 1 { special_function(last.as_str()) } else { None };
            high(word.unwrap_or(last.as_str()))
        }
        Expr::Value(Value::Boolean(_)) => Some((Ident::new("bool"), Quality::Low)),
        Expr::Value(Value::Interval(_)) => Some((Ident::new("interval"), Quality::Low)),
        Expr::Nested(inner) | Expr::Subscript { expr: inner, .. } => invent(catalog, inner),
        Expr::Function(function) => Some((function.name.0.last()?.clone(), Quality::High)),
        Expr::HomogenizingFunction { name, .. } => high(&name.to_lowercase()),
        Expr::NullIf(..) => high("nullif"),
        Expr::Extract { .. } => high("extract"),
        Expr::AtTimeZone { .. } => high("timezone"),
        Expr::Array(_) | Expr::ArraySubquery(_) => high("array"),
        Expr::List(_) | Expr::ListSubquery(_) => high("list"),
        Expr::Map(_) | Expr::MapSubquery(_) => high("map"),
        Expr::Row(_) => high("row"),
        Expr::Exists(_) => high("exists"),
        Expr::Field { field, .. } => Some((field.clone(), Quality::High)),
        Expr::Cast { expr, data_type } => better(expr, type_name(catalog, data_type)),
        Expr::TypedLiteral { data_type, .. } => Some((type_name(catalog, data_type), Quality::Low)),
        Expr::Case { otherwise, .. } => match otherwise {
            Some(otherwise) => better(otherwise, Ident::new("case")),
            None => Some((Ident::new("case"), Quality::Low)),
        },
        Expr::Subquery(query) => invent_query(catalog, query),
        _ => None,
    }
}

/// The name of the first column of a query.
fn invent_query(catalog: &Catalog, query: &Query) -> Option<(Ident, Quality)> {
    let mut body = &query.body;
    loop {
        match body {
            SetExpr::Select(select) => {
                return match select.projection.first()? {
                    SelectItem::Expr { alias: Some(alias), .. } => Some((alias.clone(), Quality::High)),
                    SelectItem::Expr { expr, alias: None } => invent(catalog, expr),
                    SelectItem::Wildcard => None,
                };
            }
            SetExpr::Query(query) => body = &query.body,
            SetExpr::SetOperation { left, .. } => body = left,
            SetExpr::Values(_) => return Some((Ident::new("column1"), Quality::High)),
            SetExpr::Table(_) | SetExpr::Show(_) => return None,
        }
    }
}

/// The name that a cast to a type gives.
fn type_name(catalog: &Catalog, data_type: &DataType) -> Ident {
    match data_type {
        DataType::Named { name: ItemRef::Id(id), .. } => {
            catalog.item(*id).map_or_else(|| Ident::new(UNNAMED), |item| item.name.clone())
        }
        DataType::Named { name: ItemRef::Name(name), .. } => {
            name.0.last().cloned().unwrap_or_else(|| Ident::new(UNNAMED))
        }
        DataType::Array(element) => type_name(catalog, element),
        DataType::List(_) => Ident::new("list"),
        DataType::Map(..) => Ident::new("map"),
    }
}
