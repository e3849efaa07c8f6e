//! What the server knows of a query's rows besides their types: names, whether a column can be NULL, and keys.
//!
//! Both are inferred from the query, as the server's optimizer does: they show in `SHOW COLUMNS`, in default indexes
//! and in the check of a replacement.

mod from;
mod keys;
mod nulls;
mod select;

use std::collections::BTreeMap;

use mz_deploy_planner::name::Ident;

use crate::catalog::{Catalog, ItemId, ItemKind};
use crate::sql::ast::{Expr, ItemRef, Query, SetExpr, SetOperator, Value, With};

/// A column of a relation or of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnShape {
    pub(crate) name: Ident,
    pub(crate) nullable: bool,
}

/// Columns, and sets of them whose values identify a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) columns: Vec<ColumnShape>,
    pub(crate) keys: Vec<Vec<usize>>,
}

impl Shape {
    /// The shape of an item of the catalog.
    pub(crate) fn of_item(catalog: &Catalog, id: ItemId) -> Option<Self> {
        let kind = &catalog.item(id)?.kind;
        let columns = kind.columns()?.iter();
        let keys = match kind {
            ItemKind::View(view) => view.keys.clone(),
            ItemKind::MaterializedView(view) => view.keys.clone(),
            _ => Vec::new(),
        };
        let columns = columns.map(|c| ColumnShape { name: c.name.clone(), nullable: c.nullable }).collect();
        Some(Self { columns, keys })
    }

    /// The same columns under other names, as far as there are any.
    fn renamed(mut self, names: &[Ident]) -> Self {
        for (column, name) in self.columns.iter_mut().zip(names) {
            column.name = name.clone();
        }
        self
    }

    /// Every column together is a key, unless fewer are.
    fn distinct(mut self) -> Self {
        if self.keys.is_empty() {
            self.keys = vec![(0..self.columns.len()).collect()];
        }
        self
    }
}

/// The shape of a resolved query, if every name in it is known.
pub(crate) fn of_query(catalog: &Catalog, query: &Query) -> Option<Shape> {
    Inference { catalog, ctes: BTreeMap::new(), outer: Vec::new() }.query(query)
}

/// Whether an expression over one relation's columns can be NULL.
pub(crate) fn is_nullable(catalog: &Catalog, relation: ItemId, expr: &Expr) -> bool {
    let Some(shape) = Shape::of_item(catalog, relation) else { return true };
    let name = catalog.item(relation).map(|item| item.name.clone());
    let scope = from::Scope::of_shape(shape, name.as_ref(), &[]);
    Inference { catalog, ctes: BTreeMap::new(), outer: Vec::new() }.nullable(&scope, None, expr)
}

/// The state of an inference.
struct Inference<'a> {
    catalog: &'a Catalog,
    ctes: BTreeMap<Ident, Shape>,
    /// What enclosing queries see, from the outermost.
    outer: Vec<from::Scope>,
}

impl Inference<'_> {
    fn query(&mut self, query: &Query) -> Option<Shape> {
        let outside = self.ctes.clone();
        let shape = self.with(&query.with).and_then(|()| self.set_expr(&query.body));
        self.ctes = outside;
        let mut shape = shape?;
        if let Some(limit) = &query.limit
            && limit.quantity == Expr::Value(Value::Number("1".to_owned()))
        {
            shape.keys = vec![Vec::new()];
        }
        Some(shape)
    }

    fn with(&mut self, with: &With) -> Option<()> {
        match with {
            With::Simple(ctes) => {
                for cte in ctes {
                    let shape = self.query(&cte.query)?.renamed(&cte.alias.columns);
                    self.ctes.insert(cte.alias.name.clone(), shape);
                }
            }
            // Every iteration may bring what the one before didn't have.
            With::MutuallyRecursive { ctes, .. } => {
                for cte in ctes {
                    let columns = cte.columns.iter();
                    let columns =
                        columns.map(|(name, _)| ColumnShape { name: name.clone(), nullable: true }).collect();
                    self.ctes.insert(cte.name.clone(), Shape { columns, keys: Vec::new() });
                }
            }
        }
        Some(())
    }

    fn set_expr(&mut self, body: &SetExpr) -> Option<Shape> {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { op, all, left, right } => {
                let (left, right) = (self.set_expr(left)?, self.set_expr(right)?);
                let both = left.columns.iter().zip(&right.columns);
                let columns = both.map(|(l, r)| ColumnShape {
                    name: l.name.clone(),
                    nullable: match op {
                        SetOperator::Union => l.nullable || r.nullable,
                        SetOperator::Except => l.nullable,
                        SetOperator::Intersect => l.nullable && r.nullable,
                    },
                });
                let keys = if *op == SetOperator::Union { Vec::new() } else { left.keys.clone() };
                let shape = Shape { columns: columns.collect(), keys };
                Some(if *all { shape } else { shape.distinct() })
            }
            SetExpr::Values(rows) => Some(self.values(rows)),
            SetExpr::Table(name) => self.relation(name),
            SetExpr::Show(_) => None,
        }
    }

    fn relation(&self, name: &ItemRef) -> Option<Shape> {
        match name {
            ItemRef::Id(id) => Shape::of_item(self.catalog, *id),
            ItemRef::Name(name) => self.ctes.get(name.0.last()?).cloned(),
        }
    }

    fn values(&mut self, rows: &[Vec<Expr>]) -> Shape {
        let width = rows.first().map_or(0, Vec::len);
        let scope = from::Scope::default();
        let nullable: Vec<bool> = (0..width)
            .map(|i| rows.iter().filter_map(|row| row.get(i)).any(|expr| self.nullable(&scope, None, expr)))
            .collect();
        let columns = nullable.into_iter().enumerate();
        let columns = columns
            .map(|(i, nullable)| ColumnShape { name: Ident::new(format!("column{}", i + 1)), nullable });
        Shape { columns: columns.collect(), keys: keys::of_values(rows, width) }
    }
}
