//! Statements as the server reads them, whole: everything that its printers need to write them down again.
//!
//! The planner's syntax describes a project's files: names and their places, with the text itself kept as it is. A
//! server also prints what it read (`SHOW CREATE`, `create_sql`, error texts), in its own normal form, and hands it to
//! another engine in that engine's dialect. That takes the tree of every expression, which is here.

mod create;
mod data;
mod expr;
mod object;
mod option;
mod query;
mod session;

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

pub use create::{
    ColumnDef, ColumnOption, CreateConnection, CreateIndex, CreateMaterializedView, CreateSink, CreateSource,
    CreateTable, CreateTableFromSource, CreateView, CreateWebhookSource, Encoding, ExternalReferences,
    SourceConnection, TableConstraint, TypeDefinition,
};
pub use data::{
    AsOf, Copy, CopyDirection, CopyRelation, Delete, Explain, Explainee, Insert, SelectStatement, Subscribe,
    SubscribeOutput, SubscribeRelation, Update,
};
pub use expr::{
    Expr, Function, FunctionArgs, IntervalValue, IsWhat, Operator, QuantifiedOperand, SubscriptPosition,
    Value, Window,
};
pub use object::{
    AlterDefaultPrivileges, CommentTarget, DropBehavior, GrantPrivileges, GrantTarget, ObjectKind,
    ObjectName, Privileges,
};
pub use option::{
    ConnectionAction, CreateCluster, OptionValue, OptionsAction, Refresh, RoleAction, RoleAttribute,
    Schedule, SqlOption,
};
pub use query::{
    Cte, Distinct, Join, JoinConstraint, JoinOperator, Limit, OrderBy, Query, RecursiveCte, Select,
    SelectItem, SetExpr, SetOperator, TableAlias, TableFactor, TableWithJoins, With,
};
pub use session::{
    DiscardTarget, FetchCount, Isolation, SetValue, SetWord, Show, ShowFilter, ShowVariable, ShowWhat,
    TransactionMode,
};

/// A name as written: one to three identifiers for items, more in expressions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name(pub Vec<Ident>);

/// Something in the catalog, by name or, once it is resolved, by id. Printed by id in the stored form
/// (`[u1 AS "d"."s"."t"]`), by name for readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemRef {
    /// As the user wrote it.
    Name(Name),
    /// Resolved. The name is looked up in the catalog when it is printed, so a rename needs no rewriting.
    Id(crate::catalog::ItemId),
}

/// A cluster, by name or by id (`[u1]`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterRef {
    /// As the user wrote it.
    Name(Ident),
    /// Resolved.
    Id(crate::catalog::ClusterId),
}

/// A type as written: `int4`, `numeric(38, 2)`, `int4 list`, `map[text=>int4]`, `text[]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataType {
    /// A named type with its modifiers.
    Named {
        /// The type.
        name: ItemRef,
        /// `(38, 2)`.
        modifiers: Vec<i64>,
    },
    /// `t[]`
    Array(Box<DataType>),
    /// `t list`
    List(Box<DataType>),
    /// `map[k => v]`
    Map(Box<DataType>, Box<DataType>),
}

/// A statement of a batch, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedStatement {
    /// What it says.
    pub statement: Statement,
    /// Its text as written, without the semicolon.
    pub text: String,
    /// Where the text begins in the batch: in characters, from 0.
    pub offset: u32,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its statement")]
pub enum Statement {
    // queries and writes
    Select(SelectStatement),
    Insert(Insert),
    Update(Update),
    Delete(Delete),
    Copy(Copy),
    Subscribe(Subscribe),
    Explain(Explain),
    // session
    SetVariable {
        local: bool,
        name: Ident,
        value: SetValue,
    },
    ResetVariable {
        name: Ident,
    },
    ShowVariable {
        name: ShowVariable,
    },
    SetTransaction {
        session: bool,
        modes: Vec<TransactionMode>,
    },
    Begin {
        modes: Vec<TransactionMode>,
    },
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
    Declare {
        name: Ident,
        statement: Box<Statement>,
    },
    Fetch {
        name: Ident,
        count: FetchCount,
        timeout: Option<Value>,
    },
    Close {
        name: Ident,
    },
    Prepare {
        name: Ident,
        statement: Box<Statement>,
    },
    Execute {
        name: Ident,
        parameters: Vec<Expr>,
    },
    Deallocate {
        name: Option<Ident>,
    },
    Discard {
        target: DiscardTarget,
    },
    Raise {
        severity: String,
    },
    // containers
    CreateDatabase {
        name: Ident,
        if_not_exists: bool,
    },
    CreateSchema {
        name: Name,
        if_not_exists: bool,
    },
    CreateCluster(CreateCluster),
    CreateClusterReplica {
        cluster: Ident,
        name: Ident,
        options: Vec<SqlOption>,
    },
    CreateRole {
        name: Ident,
        attributes: Vec<RoleAttribute>,
    },
    CreateNetworkPolicy {
        name: Ident,
        options: Vec<SqlOption>,
    },
    // items
    CreateView(CreateView),
    CreateMaterializedView(CreateMaterializedView),
    CreateTable(CreateTable),
    CreateTableFromSource(CreateTableFromSource),
    CreateIndex(CreateIndex),
    CreateSource(CreateSource),
    CreateWebhookSource(CreateWebhookSource),
    CreateSink(CreateSink),
    CreateSecret {
        name: Name,
        if_not_exists: bool,
        value: Expr,
    },
    CreateConnection(CreateConnection),
    CreateType {
        name: Name,
        definition: TypeDefinition,
    },
    // changes
    AlterRename {
        kind: ObjectKind,
        if_exists: bool,
        name: ObjectName,
        to: Ident,
    },
    AlterSwap {
        kind: ObjectKind,
        if_exists: bool,
        name: ObjectName,
        with: Ident,
    },
    AlterOwner {
        kind: ObjectKind,
        if_exists: bool,
        name: ObjectName,
        owner: Ident,
    },
    AlterCluster {
        if_exists: bool,
        name: Ident,
        action: OptionsAction,
        with: Vec<SqlOption>,
    },
    AlterSetCluster {
        kind: ObjectKind,
        if_exists: bool,
        name: ObjectName,
        cluster: Ident,
    },
    AlterIndex {
        if_exists: bool,
        name: Name,
        action: OptionsAction,
    },
    AlterRetainHistory {
        kind: ObjectKind,
        if_exists: bool,
        name: Name,
        history: Option<Value>,
    },
    ApplyReplacement {
        if_exists: bool,
        name: Name,
        replacement: Name,
    },
    AlterConnection {
        if_exists: bool,
        name: Name,
        actions: Vec<ConnectionAction>,
        with: Vec<SqlOption>,
    },
    AlterSecret {
        if_exists: bool,
        name: Name,
        value: Expr,
    },
    AlterSinkFrom {
        if_exists: bool,
        name: Name,
        from: ItemRef,
    },
    AlterSource {
        if_exists: bool,
        name: Name,
        text: String,
    },
    /// `ALTER SOURCE … REFRESH REFERENCES`
    RefreshReferences {
        if_exists: bool,
        name: Name,
    },
    AlterTableAddColumn {
        if_exists: bool,
        name: Name,
        if_not_exists: bool,
        column: ColumnDef,
    },
    AlterRole {
        name: Ident,
        action: RoleAction,
    },
    AlterNetworkPolicy {
        name: Ident,
        options: Vec<SqlOption>,
    },
    AlterSystem {
        name: Option<Ident>,
        value: Option<SetValue>,
    },
    Drop {
        kind: ObjectKind,
        if_exists: bool,
        names: Vec<ObjectName>,
        behavior: Option<DropBehavior>,
    },
    DropOwned {
        roles: Vec<Ident>,
        behavior: Option<DropBehavior>,
    },
    ReassignOwned {
        from: Vec<Ident>,
        to: Ident,
    },
    Comment {
        target: CommentTarget,
        text: Option<String>,
    },
    // privileges
    Grant(GrantPrivileges),
    Revoke(GrantPrivileges),
    GrantRole {
        roles: Vec<Ident>,
        members: Vec<Ident>,
    },
    RevokeRole {
        roles: Vec<Ident>,
        members: Vec<Ident>,
    },
    AlterDefaultPrivileges(AlterDefaultPrivileges),
    // inspection
    Show(Show),
    ShowCreate {
        kind: ObjectKind,
        name: ObjectName,
        redacted: bool,
    },
    ValidateConnection {
        name: Name,
    },
    /// Parsed by the real server and refused by its planner: `EXECUTE UNIT TEST`, `CREATE CONTINUAL TASK`, …
    Refused {
        what: String,
    },
}
