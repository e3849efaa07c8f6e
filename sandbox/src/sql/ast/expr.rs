//! Expressions.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::{DataType, Name, OrderBy, Query};

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
pub enum Value {
    /// As written.
    Number(String),
    String(String),
    HexString(String),
    Boolean(bool),
    Interval(IntervalValue),
    Null,
}

/// `INTERVAL '…' [field [TO field]] [(precision)]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct IntervalValue {
    pub value: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub precision: Option<u64>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its form")]
pub enum Expr {
    Value(Value),
    Parameter(u32),
    /// `a`, `t.a`, `s.t.a`, `d.s.t.a`
    Column(Name),
    /// `t.*`, `s.t.*`
    QualifiedWildcard(Name),
    /// `DEFAULT` in `VALUES`.
    Default,
    /// `(e)`: parentheses are printed where they were written.
    Nested(Box<Expr>),
    Unary {
        op: Operator,
        expr: Box<Expr>,
    },
    Binary {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// `IS [NOT] { NULL | TRUE | FALSE | UNKNOWN }`
    Is {
        expr: Box<Expr>,
        not: bool,
        what: IsWhat,
    },
    IsDistinctFrom {
        left: Box<Expr>,
        not: bool,
        right: Box<Expr>,
    },
    InList {
        expr: Box<Expr>,
        not: bool,
        list: Vec<Expr>,
    },
    InSubquery {
        expr: Box<Expr>,
        not: bool,
        query: Box<Query>,
    },
    Between {
        expr: Box<Expr>,
        not: bool,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    Like {
        expr: Box<Expr>,
        not: bool,
        case_insensitive: bool,
        pattern: Box<Expr>,
        escape: Option<Box<Expr>>,
    },
    /// `left op { ANY | ALL } (right)`; `right` is a query or an expression.
    Quantified {
        left: Box<Expr>,
        op: Operator,
        all: bool,
        right: Box<QuantifiedOperand>,
    },
    Exists(Box<Query>),
    Subquery(Box<Query>),
    Case {
        operand: Option<Box<Expr>>,
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(e AS t)` and `e::t`, both printed `e::t`.
    Cast {
        expr: Box<Expr>,
        data_type: DataType,
    },
    /// `t 'literal'`, a typed literal: `date '2020-01-01'`.
    TypedLiteral {
        data_type: DataType,
        value: String,
    },
    Collate {
        expr: Box<Expr>,
        collation: Name,
    },
    AtTimeZone {
        timestamp: Box<Expr>,
        zone: Box<Expr>,
    },
    Function(Function),
    /// `COALESCE`, `GREATEST`, `LEAST`
    HomogenizingFunction {
        name: String,
        args: Vec<Expr>,
    },
    NullIf(Box<Expr>, Box<Expr>),
    /// `EXTRACT(field FROM e)`
    Extract {
        field: String,
        expr: Box<Expr>,
    },
    Row(Vec<Expr>),
    Array(Vec<Expr>),
    ArraySubquery(Box<Query>),
    List(Vec<Expr>),
    ListSubquery(Box<Query>),
    Map(Vec<(Expr, Expr)>),
    MapSubquery(Box<Query>),
    /// `e[i]`, `e[a:b]`
    Subscript {
        expr: Box<Expr>,
        positions: Vec<SubscriptPosition>,
    },
    /// `(e).field`
    Field {
        expr: Box<Expr>,
        field: Ident,
    },
    /// `(e).*`
    WildcardAccess(Box<Expr>),
}

/// The right side of `ANY` and `ALL`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its form")]
#[expect(clippy::large_enum_variant, reason = "it is always in a box")]
pub enum QuantifiedOperand {
    Query(Query),
    Expr(Expr),
}

/// A position of a subscript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct SubscriptPosition {
    pub start: Option<Expr>,
    pub end: Option<Expr>,
    /// With a colon: a slice.
    pub slice: bool,
}

/// What `IS` tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum IsWhat {
    Null,
    True,
    False,
    Unknown,
}

/// An operator, with its schema in `OPERATOR(schema.op)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Operator {
    pub schema: Option<Name>,
    pub symbol: String,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Function {
    pub name: Name,
    pub args: FunctionArgs,
    pub distinct: bool,
    pub order_by: Vec<OrderBy>,
    pub filter: Option<Box<Expr>>,
    pub over: Option<Window>,
}

/// The arguments of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its form")]
pub enum FunctionArgs {
    Star,
    List(Vec<Expr>),
}

/// `OVER (…)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Window {
    pub partition_by: Vec<Expr>,
    pub order_by: Vec<OrderBy>,
    /// As the printers write it: `ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`.
    pub frame: Option<String>,
    pub ignore_nulls: bool,
    pub respect_nulls: bool,
}
