//! Queries.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::{DataType, Expr, Function, ItemRef, SqlOption, Statement};

/// `[WITH …] body [ORDER BY …] [LIMIT …] [OFFSET …]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Query {
    pub with: With,
    pub body: SetExpr,
    pub order_by: Vec<OrderBy>,
    pub limit: Option<Limit>,
    pub offset: Option<Expr>,
}

/// A `WITH` block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum With {
    Simple(Vec<Cte>),
    MutuallyRecursive { options: Vec<SqlOption>, ctes: Vec<RecursiveCte> },
}

/// `name [(columns)] AS (query)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Cte {
    pub alias: TableAlias,
    pub query: Query,
}

/// `name (column type, …) AS (query)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct RecursiveCte {
    pub name: Ident,
    pub columns: Vec<(Ident, DataType)>,
    pub query: Query,
}

/// `LIMIT n` or `FETCH FIRST n ROWS { ONLY | WITH TIES }`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Limit {
    pub with_ties: bool,
    pub quantity: Expr,
}

/// The body of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its form")]
pub enum SetExpr {
    Select(Box<Select>),
    Query(Box<Query>),
    SetOperation { op: SetOperator, all: bool, left: Box<SetExpr>, right: Box<SetExpr> },
    Values(Vec<Vec<Expr>>),
    Table(ItemRef),
    Show(Box<Statement>),
}

/// A set operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum SetOperator {
    Union,
    Except,
    Intersect,
}

/// `SELECT …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Select {
    pub distinct: Option<Distinct>,
    pub projection: Vec<SelectItem>,
    pub from: Vec<TableWithJoins>,
    pub selection: Option<Expr>,
    pub group_by: Vec<Expr>,
    pub having: Option<Expr>,
    pub qualify: Option<Expr>,
    /// `OPTIONS (…)`: group size hints.
    pub options: Vec<SqlOption>,
}

/// `DISTINCT` or `DISTINCT ON (…)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum Distinct {
    EntireRow,
    On(Vec<Expr>),
}

/// An item of a select list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its form")]
pub enum SelectItem {
    Expr { expr: Expr, alias: Option<Ident> },
    Wildcard,
}

/// An item of `FROM` with what is joined to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct TableWithJoins {
    pub relation: TableFactor,
    pub joins: Vec<Join>,
}

/// What stands in `FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its form")]
pub enum TableFactor {
    Table { name: ItemRef, alias: Option<TableAlias> },
    Function { function: Function, alias: Option<TableAlias>, with_ordinality: bool },
    RowsFrom { functions: Vec<Function>, alias: Option<TableAlias>, with_ordinality: bool },
    Derived { lateral: bool, query: Box<Query>, alias: Option<TableAlias> },
    NestedJoin { join: Box<TableWithJoins>, alias: Option<TableAlias> },
}

/// `AS name [(columns)]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct TableAlias {
    pub name: Ident,
    pub columns: Vec<Ident>,
}

/// A join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Join {
    pub operator: JoinOperator,
    pub relation: TableFactor,
    pub constraint: JoinConstraint,
}

/// How two relations are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum JoinOperator {
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    Cross,
}

/// The condition of a join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum JoinConstraint {
    None,
    On(Expr),
    Using { columns: Vec<Ident>, alias: Option<Ident> },
    Natural,
}

/// `expression [ASC | DESC] [NULLS { FIRST | LAST }]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct OrderBy {
    pub expr: Expr,
    pub asc: Option<bool>,
    pub nulls_last: Option<bool>,
}
