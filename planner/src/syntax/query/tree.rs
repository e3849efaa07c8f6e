//! The names in a query, with the scopes that decide what they mean.
//!
//! A query is a tree of scopes: a `WITH` block puts names in scope, each `SELECT` puts the items of its `FROM`
//! in scope, expressions mention columns and hold further queries. The tree keeps what name resolution needs and
//! nothing else.

use crate::source::Span;
use crate::syntax::ast::{Name, SpannedIdent};

/// A query: `[WITH …] body [ORDER BY …]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Its text; empty for a query inside another one.
    pub span: Span,
    /// The `WITH` block.
    pub with: Option<With>,
    /// The branches of the body: one for a plain `SELECT`, more for set operations.
    pub branches: Vec<Branch>,
    /// Names in `ORDER BY`, `LIMIT` and `AS OF`. With one branch they see its `FROM` items.
    pub tail: Names,
}

/// A `WITH` block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct With {
    /// `MUTUALLY RECURSIVE`: every name is in scope in every definition. Otherwise a definition sees those before it.
    pub recursive: bool,
    /// The definitions, in order.
    pub ctes: Vec<Cte>,
}

/// One definition of a `WITH` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cte {
    /// Its name.
    pub name: SpannedIdent,
    /// Its query.
    pub query: Query,
}

/// A part of a query's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Branch {
    /// `SELECT …`; or `VALUES …` and `TABLE name`, which are read as a `SELECT`.
    Select(Select),
    /// A query in parentheses as an operand of a set operation.
    Query(Query),
}

/// `SELECT … FROM … WHERE …`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    /// The items of `FROM`, in the order of the text.
    pub from: Vec<FromItem>,
    /// Everything else: select list, join conditions, `WHERE`, `GROUP BY`, `HAVING`, `QUALIFY`.
    pub names: Names,
}

/// An item of `FROM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromItem {
    /// A relation by name.
    Relation(Relation),
    /// A query in parentheses.
    Derived {
        /// The query.
        query: Query,
        /// `LATERAL` was given: the query sees the items to its left.
        lateral: bool,
        /// Its alias.
        alias: Option<SpannedIdent>,
    },
    /// A table function, or `ROWS FROM`. Its arguments see the items to its left.
    Function {
        /// Its name; absent for `ROWS FROM`.
        name: Option<Name>,
        /// Names in the arguments.
        arguments: Names,
        /// Its alias.
        alias: Option<SpannedIdent>,
    },
    /// The alias of a parenthesised join or of `USING (…) AS alias`.
    Alias(SpannedIdent),
}

/// A relation that is mentioned in `FROM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Its name as written.
    pub name: Name,
    /// Its alias.
    pub alias: Option<SpannedIdent>,
}

/// The names that expressions mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Column references: `c`, `t.c`, `s.t.c`, `d.s.t.c`. The last part is the column (or a whole row).
    pub columns: Vec<Name>,
    /// What stands before `.*`: `t`, `s.t` or `d.s.t`.
    pub wildcards: Vec<Name>,
    /// Types, in casts and column definitions, that are written with more than one part or aren't built in. No
    /// scope matters to them: a query has them in the names of its outermost tail.
    pub types: Vec<Name>,
    /// Functions.
    pub functions: Vec<Name>,
    /// The schema of each `OPERATOR(schema.op)`; like types, in the outermost tail.
    pub operator_schemas: Vec<Name>,
    /// Connections: in sources, sinks and connection options, schema registries and AWS connections included.
    pub connections: Vec<Name>,
    /// Secrets.
    pub secrets: Vec<Name>,
    /// Queries inside the expressions.
    pub queries: Vec<Query>,
}

impl Names {
    /// Moves everything out of `other` to the end of these names.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.columns.append(&mut other.columns);
        self.wildcards.append(&mut other.wildcards);
        self.types.append(&mut other.types);
        self.functions.append(&mut other.functions);
        self.operator_schemas.append(&mut other.operator_schemas);
        self.connections.append(&mut other.connections);
        self.secrets.append(&mut other.secrets);
        self.queries.append(&mut other.queries);
    }
}
