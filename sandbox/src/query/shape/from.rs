//! `FROM`: the columns that a `SELECT` sees.

use mz_deploy_planner::name::Ident;

use super::keys::{Equalities, JoinInput, conjuncts, of_join};
use super::{ColumnShape, Inference, Shape};
use crate::sql::ast::{
    Expr, Function, ItemRef, JoinConstraint, JoinOperator, TableAlias, TableFactor, TableWithJoins,
};

/// A column in scope.
#[derive(Clone, Debug)]
pub(super) struct ScopeColumn {
    pub(super) name: Ident,
    pub(super) nullable: bool,
    /// The relation's alias or name.
    relation: Option<Ident>,
    /// Its database and schema.
    path: Vec<Ident>,
    /// `USING` or `NATURAL` merged it into another column: only a qualifier finds it.
    pub(super) merged: bool,
}

/// The columns in scope, and the keys of their rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) columns: Vec<ScopeColumn>,
    pub(super) keys: Vec<Vec<usize>>,
}

impl Scope {
    pub(super) fn of_shape(shape: Shape, relation: Option<&Ident>, path: &[Ident]) -> Self {
        let column = |column: ColumnShape| ScopeColumn {
            name: column.name,
            nullable: column.nullable,
            relation: relation.cloned(),
            path: path.to_vec(),
            merged: false,
        };
        Self { columns: shape.columns.into_iter().map(column).collect(), keys: shape.keys }
    }

    /// The position of the column that an expression is, if it is one.
    pub(super) fn column(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Nested(inner) => self.column(inner),
            Expr::Column(name) => {
                let (column, qualifier) = name.0.split_last()?;
                self.columns.iter().position(|c| c.name == *column && c.answers_to(qualifier))
            }
            _ => None,
        }
    }

    /// The positions that `*` or `t.*` stands for.
    pub(super) fn expand(&self, qualifier: &[Ident]) -> Vec<usize> {
        let columns = self.columns.iter().enumerate();
        columns.filter(|(_, column)| column.answers_to(qualifier)).map(|(place, _)| place).collect()
    }

    fn nullable(&mut self) {
        self.columns.iter_mut().for_each(|column| column.nullable = true);
    }

    fn renamed(mut self, alias: Option<&TableAlias>) -> Self {
        if let Some(alias) = alias {
            self.columns.retain(|column| !column.merged);
            for (place, column) in self.columns.iter_mut().enumerate() {
                column.relation = Some(alias.name.clone());
                column.path.clear();
                if let Some(name) = alias.columns.get(place) {
                    column.name = name.clone();
                }
            }
        }
        self
    }
}

impl ScopeColumn {
    fn answers_to(&self, qualifier: &[Ident]) -> bool {
        match qualifier.split_last() {
            None => !self.merged,
            Some((relation, path)) => self.relation.as_ref() == Some(relation) && self.path.ends_with(path),
        }
    }
}

impl Inference<'_> {
    /// What a `FROM` list with a `WHERE` makes visible: of relations that are joined without conditions of their own,
    /// the `WHERE` is the condition.
    pub(super) fn from(&mut self, from: &[TableWithJoins], condition: Option<&Expr>) -> Option<Scope> {
        let mut inputs = Vec::new();
        let mut whole = Scope::default();
        for table in from {
            self.outer.push(whole.clone());
            let scope = self.table_with_joins(table);
            self.outer.pop();
            let scope = scope?;
            let start = whole.columns.len();
            inputs.push(JoinInput {
                columns: start..start + scope.columns.len(),
                keys: shifted(&scope.keys, start),
            });
            whole.columns.extend(scope.columns);
        }
        let conditions = condition.map(conjuncts).unwrap_or_default();
        let equalities = Equalities::of(&whole, &conditions);
        // No relation at all is one row.
        whole.keys = if inputs.is_empty() {
            vec![Vec::new()]
        } else {
            equalities.reduce(of_join(&inputs, &equalities))
        };
        Self::narrow(&mut whole, &conditions);
        Some(whole)
    }

    fn table_with_joins(&mut self, table: &TableWithJoins) -> Option<Scope> {
        let mut left = self.table_factor(&table.relation)?;
        for join in &table.joins {
            self.outer.push(left.clone());
            let right = self.table_factor(&join.relation);
            self.outer.pop();
            left = Self::join(left, right?, join.operator, &join.constraint);
        }
        Some(left)
    }

    fn join(mut left: Scope, mut right: Scope, operator: JoinOperator, constraint: &JoinConstraint) -> Scope {
        let start = left.columns.len();
        let inputs = [
            JoinInput { columns: 0..start, keys: left.keys.clone() },
            JoinInput { columns: start..start + right.columns.len(), keys: shifted(&right.keys, start) },
        ];
        let shared: Vec<Ident> = match constraint {
            JoinConstraint::Using { columns, .. } => columns.clone(),
            JoinConstraint::Natural => {
                let names = left.columns.iter().filter(|column| !column.merged).map(|column| &column.name);
                names.filter(|name| right.columns.iter().any(|other| other.name == **name)).cloned().collect()
            }
            JoinConstraint::None | JoinConstraint::On(_) => Vec::new(),
        };
        match operator {
            JoinOperator::LeftOuter => right.nullable(),
            JoinOperator::RightOuter => left.nullable(),
            JoinOperator::FullOuter => {
                left.nullable();
                right.nullable();
            }
            JoinOperator::Inner | JoinOperator::Cross => {}
        }
        let mut whole =
            Scope { columns: left.columns.into_iter().chain(right.columns).collect(), keys: Vec::new() };
        let conditions = match constraint {
            JoinConstraint::On(condition) => conjuncts(condition),
            _ => Vec::new(),
        };
        let mut equalities = Equalities::of(&whole, &conditions);
        for name in &shared {
            let place = |mut range: std::ops::Range<usize>| {
                range.find(|i| whole.columns.get(*i).is_some_and(|c| c.name == *name && !c.merged))
            };
            let (a, b) = (place(0..start), place(start..whole.columns.len()));
            if let (Some(a), Some(b)) = (a, b) {
                equalities.pairs.push((a, b));
                let hidden = if operator == JoinOperator::RightOuter { a } else { b };
                if let Some(column) = whole.columns.get_mut(hidden) {
                    column.merged = true;
                }
            }
        }
        let keys = of_join(&inputs, &equalities);
        whole.keys = match operator {
            JoinOperator::Inner | JoinOperator::Cross => {
                Self::narrow(&mut whole, &conditions);
                for (a, b) in &equalities.pairs {
                    for place in [a, b] {
                        if let Some(column) = whole.columns.get_mut(*place) {
                            column.nullable = false;
                        }
                    }
                }
                equalities.reduce(keys)
            }
            // A key of the side that keeps all its rows stays one if at most one row of the other side matches.
            JoinOperator::LeftOuter => {
                keys.into_iter().filter(|key| key.iter().all(|c| *c < start)).collect()
            }
            JoinOperator::RightOuter => {
                keys.into_iter().filter(|key| key.iter().all(|c| *c >= start)).collect()
            }
            JoinOperator::FullOuter => Vec::new(),
        };
        whole
    }

    fn table_factor(&mut self, factor: &TableFactor) -> Option<Scope> {
        match factor {
            TableFactor::Table { name, alias } => {
                let shape = self.relation(name)?;
                let (relation, path) = match name {
                    ItemRef::Id(id) => {
                        let full = self.catalog.full_name(*id)?;
                        (full.item, full.database.into_iter().chain([full.schema]).collect())
                    }
                    ItemRef::Name(name) => (name.0.last()?.clone(), Vec::new()),
                };
                Some(Scope::of_shape(shape, Some(&relation), &path).renamed(alias.as_ref()))
            }
            TableFactor::Function { function, alias, with_ordinality } => {
                let shape = function_shape(std::slice::from_ref(function), alias.as_ref(), *with_ordinality)?;
                let relation = function.name.0.last().cloned();
                Some(Scope::of_shape(shape, relation.as_ref(), &[]).renamed(alias.as_ref()))
            }
            TableFactor::RowsFrom { functions, alias, with_ordinality } => {
                let shape = function_shape(functions, alias.as_ref(), *with_ordinality)?;
                Some(Scope::of_shape(shape, None, &[]).renamed(alias.as_ref()))
            }
            TableFactor::Derived { query, alias, .. } => {
                let shape = self.query(query)?;
                Some(Scope::of_shape(shape, None, &[]).renamed(alias.as_ref()))
            }
            TableFactor::NestedJoin { join, alias } => {
                Some(self.table_with_joins(join)?.renamed(alias.as_ref()))
            }
        }
    }
}

fn shifted(keys: &[Vec<usize>], by: usize) -> Vec<Vec<usize>> {
    keys.iter().map(|key| key.iter().map(|column| column + by).collect()).collect()
}

/// The columns of table functions: one a function, or as many as a complete alias names.
fn function_shape(functions: &[Function], alias: Option<&TableAlias>, ordinality: bool) -> Option<Shape> {
    let mut columns = Vec::new();
    for function in functions {
        let name = function.name.0.last()?;
        let names: Vec<(&str, bool)> = match name.as_str() {
            "generate_series" => vec![("generate_series", false)],
            "jsonb_each" => vec![("key", false), ("value", false)],
            "jsonb_each_text" => vec![("key", false), ("value", true)],
            "jsonb_array_elements" | "jsonb_array_elements_text" => {
                vec![("value", name.as_str().ends_with("text"))]
            }
            "mz_aclexplode" | "aclexplode" => {
                vec![
                    ("grantor", false),
                    ("grantee", false),
                    ("privilege_type", false),
                    ("is_grantable", false),
                ]
            }
            "_pg_expandarray" => vec![("x", false), ("n", false)],
            "unnest"
            | "jsonb_object_keys"
            | "regexp_split_to_table"
            | "regexp_matches"
            | "generate_subscripts" => {
                let one =
                    alias.filter(|_| functions.len() == 1).map_or(name.as_str(), |alias| alias.name.as_str());
                vec![(one, name.as_str() == "unnest")]
            }
            _ => return None,
        };
        columns.extend(names.into_iter().map(|(name, nullable)| ColumnShape {
            name: Ident::new(name),
            nullable: nullable || functions.len() > 1,
        }));
    }
    // One column takes the name of the relation.
    if let ([only], Some(alias)) = (columns.as_mut_slice(), alias) {
        only.name = alias.name.clone();
    }
    if ordinality {
        columns.push(ColumnShape { name: Ident::new("ordinality"), nullable: false });
    }
    Some(Shape { columns, keys: Vec::new() })
}
