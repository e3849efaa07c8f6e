//! Statements about the session and its transaction, and `SHOW`.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::{Expr, Name, ObjectKind, Value};

/// A value of `SET`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
pub enum SetValue {
    Default,
    /// One or more words or literals.
    Values(Vec<SetWord>),
}

/// A word of a `SET` value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
pub enum SetWord {
    Ident(Ident),
    Literal(Value),
}

/// What `SHOW` shows of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum ShowVariable {
    All,
    /// One variable: `TRANSACTION ISOLATION LEVEL` and `TIME ZONE` have their variables' names here.
    One(Ident),
}

/// A mode of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum TransactionMode {
    ReadOnly,
    ReadWrite,
    Isolation(Isolation),
}

/// An isolation level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum Isolation {
    ReadUncommitted,
    ReadCommitted,
    RepeatableRead,
    Serializable,
    StrongSessionSerializable,
    StrictSerializable,
}

/// How many rows `FETCH` wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum FetchCount {
    One,
    Count(u64),
    All,
}

/// What `DISCARD` drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum DiscardTarget {
    All,
    Temp,
    Plans,
    Sequences,
}

/// `SHOW TABLES [FROM …] [ON …] [IN CLUSTER …] [LIKE … | WHERE …]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Show {
    pub what: ShowWhat,
    /// `FROM schema` (or database, or source).
    pub from: Option<Name>,
    /// `ON relation`.
    pub on: Option<Name>,
    pub in_cluster: Option<Ident>,
    pub filter: Option<ShowFilter>,
}

/// A filter of `SHOW`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum ShowFilter {
    Like(String),
    Where(Box<Expr>),
}

/// What `SHOW` lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum ShowWhat {
    Objects,
    Tables,
    Views,
    MaterializedViews,
    Indexes,
    Sources,
    Subsources,
    Sinks,
    Connections,
    Secrets,
    Types,
    Schemas,
    Databases,
    Clusters,
    ClusterReplicas,
    Roles,
    NetworkPolicies,
    Columns,
    Privileges { kind: Option<ObjectKind>, system: bool, role: Option<Ident> },
    DefaultPrivileges { kind: Option<ObjectKind>, role: Option<Ident> },
    RoleMembership { role: Option<Ident> },
}
