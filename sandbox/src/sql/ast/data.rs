//! Statements that read and write rows.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::{Expr, ItemRef, ObjectKind, OrderBy, Query, SelectItem, SqlOption, Statement, TableWithJoins};

/// `SELECT … [AS OF …]` as a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct SelectStatement {
    pub query: Query,
    pub as_of: Option<AsOf>,
}

/// `AS OF [AT LEAST] time`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct AsOf {
    pub at_least: bool,
    pub time: Expr,
}

/// `INSERT INTO table [(columns)] source [RETURNING …]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Insert {
    pub table: ItemRef,
    pub columns: Vec<Ident>,
    /// `None` is `DEFAULT VALUES`. An item `DEFAULT` of `VALUES` is [`Expr::Default`].
    pub source: Option<Query>,
    pub returning: Vec<SelectItem>,
}

/// `UPDATE table [AS alias] SET column = expression, … [WHERE …]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Update {
    pub table: ItemRef,
    pub alias: Option<Ident>,
    pub assignments: Vec<(Ident, Expr)>,
    pub selection: Option<Expr>,
}

/// `DELETE FROM table [AS alias] [USING …] [WHERE …]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Delete {
    pub table: ItemRef,
    pub alias: Option<Ident>,
    pub using: Vec<TableWithJoins>,
    pub selection: Option<Expr>,
}

/// `COPY …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Copy {
    pub relation: CopyRelation,
    /// `STDIN`, `STDOUT`, or an expression that names another place.
    pub direction: CopyDirection,
    pub options: Vec<SqlOption>,
}

/// What is copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
#[expect(clippy::large_enum_variant, reason = "few of them live at a time")]
pub enum CopyRelation {
    Table { name: ItemRef, columns: Vec<Ident> },
    Select(SelectStatement),
    Subscribe(Subscribe),
}

/// From or to where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum CopyDirection {
    FromStdin,
    ToStdout,
    FromOther(Expr),
    ToOther(Expr),
}

/// `SUBSCRIBE …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Subscribe {
    pub relation: SubscribeRelation,
    pub options: Vec<SqlOption>,
    pub as_of: Option<AsOf>,
    pub up_to: Option<Expr>,
    pub output: SubscribeOutput,
}

/// What is subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
#[expect(clippy::large_enum_variant, reason = "few of them live at a time")]
pub enum SubscribeRelation {
    Item(ItemRef),
    Query(Query),
}

/// The form of a subscription's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum SubscribeOutput {
    Diffs,
    WithinTimestampOrderBy(Vec<OrderBy>),
    EnvelopeUpsert(Vec<Ident>),
    EnvelopeDebezium(Vec<Ident>),
}

/// `EXPLAIN …`: what is explained matters for its errors alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Explain {
    /// The heading of the answer's only column: `Optimized Plan`, `Physical Plan`, `Timestamp`, …
    pub column: String,
    pub what: Box<Explainee>,
}

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
#[expect(clippy::large_enum_variant, reason = "few of them live at a time")]
pub enum Explainee {
    Statement(Statement),
    Object(ObjectKind, ItemRef),
}
