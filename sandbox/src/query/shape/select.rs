//! `SELECT`: grouping, the select list, `DISTINCT`.

use super::from::Scope;
use super::keys::minimal;
use super::nulls::{is_aggregate, returns_set};
use super::{ColumnShape, Inference, Shape};
use crate::query::names;
use crate::sql::ast::{Distinct, Expr, FunctionArgs, Select, SelectItem, Value};

/// How a `SELECT` groups its rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// All rows are one group: it is there even if no row is.
    Whole,
    /// By expressions.
    By,
}

/// An output column: its expression, or the input column that a wildcard gave.
enum Output<'a> {
    Expr(&'a Expr),
    Input(usize),
}

impl Inference<'_> {
    pub(super) fn select(&mut self, select: &Select) -> Option<Shape> {
        let scope = self.from(&select.from, select.selection.as_ref())?;
        let mut outputs = Vec::new();
        for item in &select.projection {
            match item {
                SelectItem::Wildcard => {
                    outputs.extend(scope.expand(&[]).into_iter().map(|place| (None, Output::Input(place))));
                }
                SelectItem::Expr { expr: Expr::QualifiedWildcard(name), .. } => {
                    outputs
                        .extend(scope.expand(&name.0).into_iter().map(|place| (None, Output::Input(place))));
                }
                SelectItem::Expr { expr: Expr::WildcardAccess(_), .. } => return None,
                SelectItem::Expr { expr, alias } => {
                    let name = names::of_item(self.catalog, expr, alias.as_ref());
                    outputs.push((Some(name), Output::Expr(expr)));
                }
            }
        }
        let mut groups: Vec<&Expr> = Vec::new();
        for expr in &select.group_by {
            groups.push(Self::named_group(expr, &scope, &outputs_of(&outputs))?);
        }
        let aggregates = select.having.is_some()
            || outputs.iter().any(|(_, output)| matches!(output, Output::Expr(expr) if has_aggregate(expr)));
        let grouping = match (groups.is_empty(), aggregates) {
            (false, _) => Some(Grouping::By),
            (true, true) => Some(Grouping::Whole),
            (true, false) => None,
        };

        let mut columns = Vec::new();
        // The input columns that an output column is a copy of, and the groups.
        let mut copies = Vec::new();
        for (name, output) in &outputs {
            let (shape, place) = match output {
                Output::Input(place) => {
                    let column = scope.columns.get(*place)?;
                    (ColumnShape { name: column.name.clone(), nullable: column.nullable }, Some(*place))
                }
                Output::Expr(expr) => {
                    let nullable = self.nullable(&scope, grouping, expr);
                    (ColumnShape { name: name.clone()?, nullable }, scope.column(expr))
                }
            };
            columns.push(shape);
            copies.push(place);
        }
        let sets =
            outputs.iter().any(|(_, output)| matches!(output, Output::Expr(expr) if returns_set(expr)));
        let keys = match grouping {
            _ if sets => Vec::new(),
            Some(Grouping::Whole) => vec![Vec::new()],
            Some(Grouping::By) => {
                // A key of the input within the groups is a key of the groups.
                let places: Vec<Option<usize>> = groups.iter().map(|group| scope.column(group)).collect();
                let inner = scope.keys.iter().filter(|key| key.iter().all(|c| places.contains(&Some(*c))));
                let inner = projected(&inner.cloned().collect::<Vec<_>>(), &copies);
                let whole: Option<Vec<usize>> = groups
                    .iter()
                    .map(|group| {
                        let place = scope.column(group);
                        outputs.iter().zip(&copies).position(|((_, output), copy)| {
                            place.is_some() && place == *copy
                                || matches!(output, Output::Expr(expr) if *expr == *group)
                        })
                    })
                    .collect();
                minimal(inner.into_iter().chain(whole))
            }
            None => projected(&scope.keys, &copies),
        };
        let mut shape = Shape { columns, keys };
        match &select.distinct {
            None => {}
            Some(Distinct::EntireRow) => shape = shape.distinct(),
            Some(Distinct::On(exprs)) => {
                let key: Option<Vec<usize>> = exprs
                    .iter()
                    .map(|expr| {
                        let place = scope.column(expr);
                        copies.iter().position(|copy| place.is_some() && *copy == place)
                    })
                    .collect();
                shape.keys = minimal(shape.keys.into_iter().chain(key));
            }
        }
        Some(shape)
    }

    /// The expression behind an item of `GROUP BY`: a position or an output's name stands for the output.
    fn named_group<'b>(
        group: &'b Expr,
        scope: &Scope,
        outputs: &[(Option<&mz_deploy_planner::name::Ident>, Option<&'b Expr>)],
    ) -> Option<&'b Expr> {
        match group {
            Expr::Value(Value::Number(number)) => {
                let place: usize = number.parse().ok()?;
                outputs.get(place.checked_sub(1)?).and_then(|(_, expr)| *expr)
            }
            Expr::Column(name) if name.0.len() == 1 && scope.column(group).is_none() => {
                let named = outputs.iter().find(|(output, _)| *output == name.0.first());
                named.and_then(|(_, expr)| *expr).or(Some(group))
            }
            other => Some(other),
        }
    }
}

fn outputs_of<'b>(
    outputs: &'b [(Option<mz_deploy_planner::name::Ident>, Output<'b>)],
) -> Vec<(Option<&'b mz_deploy_planner::name::Ident>, Option<&'b Expr>)> {
    let one = |(name, output): &'b (Option<mz_deploy_planner::name::Ident>, Output<'b>)| match output {
        Output::Expr(expr) => (name.as_ref(), Some(*expr)),
        Output::Input(_) => (None, None),
    };
    outputs.iter().map(one).collect()
}

/// Keys in the numbering of the outputs, as far as all their columns are among them.
fn projected(keys: &[Vec<usize>], copies: &[Option<usize>]) -> Vec<Vec<usize>> {
    let place = |column: &usize| copies.iter().position(|copy| *copy == Some(*column));
    minimal(keys.iter().filter_map(|key| key.iter().map(place).collect()))
}

/// True if an aggregate stands in the expression, outside of windows and subqueries.
fn has_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Function(function) => {
            let nested = match &function.args {
                FunctionArgs::Star => false,
                FunctionArgs::List(args) => args.iter().any(has_aggregate),
            };
            function.over.is_none() && is_aggregate(function) || nested
        }
        other => super::nulls::operands(other).into_iter().any(has_aggregate),
    }
}
