//! Keys: which sets of columns identify a row.

use std::collections::BTreeSet;

use super::from::Scope;
use crate::sql::ast::{Expr, Value};

/// The keys of constant rows: none is needed for one row; else each column whose values all differ.
pub(super) fn of_values(rows: &[Vec<Expr>], width: usize) -> Vec<Vec<usize>> {
    if rows.len() <= 1 {
        return vec![Vec::new()];
    }
    let differ = |column: usize| {
        let mut seen = BTreeSet::new();
        rows.iter().all(|row| row.get(column).and_then(constant).is_some_and(|value| seen.insert(value)))
    };
    (0..width).filter(|column| differ(*column)).map(|column| vec![column]).collect()
}

fn constant(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(Value::Number(text) | Value::String(text)) => Some(text.clone()),
        Expr::Value(Value::Boolean(value)) => Some(value.to_string()),
        Expr::Value(Value::Null) => Some("NULL".to_owned()),
        Expr::Nested(inner) => constant(inner),
        _ => None,
    }
}

/// The conditions that all have to hold.
pub(super) fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match condition {
        Expr::And(left, right) => conjuncts(left).into_iter().chain(conjuncts(right)).collect(),
        Expr::Nested(inner) => conjuncts(inner),
        other => vec![other],
    }
}

/// What conditions say of columns: equal to one another, or to a constant.
#[derive(Clone, Debug, Default)]
pub(super) struct Equalities {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) constants: BTreeSet<usize>,
}

impl Equalities {
    /// Of conditions over a scope.
    pub(super) fn of(scope: &Scope, conditions: &[&Expr]) -> Self {
        let mut equalities = Self::default();
        for condition in conditions {
            let Expr::Binary { left, op, right } = condition else { continue };
            if op.symbol != "=" {
                continue;
            }
            match (scope.column(left), scope.column(right)) {
                (Some(left), Some(right)) => equalities.pairs.push((left, right)),
                (Some(column), None) if is_constant(right) => {
                    equalities.constants.insert(column);
                }
                (None, Some(column)) if is_constant(left) => {
                    equalities.constants.insert(column);
                }
                _ => {}
            }
        }
        equalities
    }

    /// Keys without the columns that have one value only.
    pub(super) fn reduce(&self, keys: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        minimal(keys.into_iter().map(|mut key| {
            key.retain(|column| !self.constants.contains(column));
            key
        }))
    }
}

/// Without keys that contain another.
pub(super) fn minimal(keys: impl IntoIterator<Item = Vec<usize>>) -> Vec<Vec<usize>> {
    let mut kept: Vec<Vec<usize>> = Vec::new();
    for mut key in keys {
        key.sort_unstable();
        key.dedup();
        if kept.iter().any(|known| known.iter().all(|column| key.contains(column))) {
            continue;
        }
        kept.retain(|known| !key.iter().all(|column| known.contains(column)));
        kept.push(key);
    }
    kept
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Value(value) => *value != Value::Null,
        Expr::TypedLiteral { .. } => true,
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Unary { expr: inner, .. } => {
            is_constant(inner)
        }
        _ => false,
    }
}

/// A relation of a join: where its columns begin, and its keys in the numbering of the whole.
pub(super) struct JoinInput {
    pub(super) columns: std::ops::Range<usize>,
    pub(super) keys: Vec<Vec<usize>>,
}

/// The keys of an inner join: those of a relation from which every other one can be reached, each by a key of its own
/// whose columns equal columns that are already reached.
pub(super) fn of_join(inputs: &[JoinInput], equalities: &Equalities) -> Vec<Vec<usize>> {
    let reaches_all = |start: usize| {
        let mut reached = BTreeSet::from([start]);
        loop {
            let bound = |column: &usize| {
                equalities.constants.contains(column)
                    || equalities.pairs.iter().any(|(a, b)| {
                        let other = if a == column {
                            b
                        } else if b == column {
                            a
                        } else {
                            return false;
                        };
                        reached
                            .iter()
                            .filter_map(|i| inputs.get(*i))
                            .any(|input| input.columns.contains(other))
                    })
            };
            let next = inputs.iter().enumerate().find(|(place, input)| {
                !reached.contains(place) && input.keys.iter().any(|key| key.iter().all(bound))
            });
            match next.map(|(place, _)| place) {
                Some(place) => reached.insert(place),
                None => break reached.len() == inputs.len(),
            };
        }
    };
    let starts = inputs.iter().enumerate().filter(|(start, _)| reaches_all(*start));
    minimal(starts.flat_map(|(_, input)| input.keys.clone()))
}
