//! Options, and statements that are little else.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::{DataType, Expr, ItemRef, Name, SetValue, Value};

/// `name [=] value` in a list of options. The printers write the list in the server's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlOption {
    /// Upper case, one space between words: `REPLICATION FACTOR`.
    pub name: String,
    /// The value, if there is one.
    pub value: Option<OptionValue>,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after what it holds")]
pub enum OptionValue {
    Value(Value),
    Ident(Ident),
    /// An item by name: a connection, an upstream table.
    Item(ItemRef),
    /// `SECRET name`
    Secret(ItemRef),
    /// A data type, in `CREATE TYPE` options.
    DataType(DataType),
    /// `(a, b)` or `[a, b]`
    Sequence(Vec<OptionValue>),
    /// `(k = v, …)`: replicas of a cluster, rules of a network policy.
    Rules(Vec<(Ident, Vec<SqlOption>)>),
    /// `REFRESH = …`
    Refresh(Refresh),
    /// `SCHEDULE = …`
    Schedule(Schedule),
    /// `RETAIN HISTORY = FOR '…'`
    RetainHistory(Value),
    /// An unresolved upstream name with its parts, kept as written.
    UpstreamName(Name),
    /// Options of an option: `WAIT UNTIL READY (TIMEOUT = '1s')`.
    Options(Vec<SqlOption>),
    /// `'host:port' USING SSH TUNNEL name`, `'host:port' USING AWS PRIVATELINK name (…)`
    Tunneled {
        /// The address of the broker.
        address: Value,
        /// `SSH TUNNEL` or `AWS PRIVATELINK`.
        tunnel: String,
        /// The connection that is the tunnel.
        connection: ItemRef,
        /// `(PORT …)`
        options: Vec<SqlOption>,
    },
    /// Anything else, kept as an expression.
    Expr(Expr),
}

/// The value of `REFRESH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum Refresh {
    OnCommit,
    AtCreation,
    At(Expr),
    Every { interval: Value, aligned_to: Option<Expr> },
}

/// The value of `SCHEDULE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum Schedule {
    Manual,
    OnRefresh { hydration_time_estimate: Option<Value> },
}

/// `CREATE CLUSTER name (options)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateCluster {
    pub name: Ident,
    pub options: Vec<SqlOption>,
    pub features: Vec<SqlOption>,
}

/// `SET (…)` or `RESET (…)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OptionsAction {
    /// `SET (options)`
    Set(Vec<SqlOption>),
    /// `RESET (names)`
    Reset(Vec<String>),
}

/// `SET (o = v)`, `DROP (o)`, `RESET (o)` or `ROTATE KEYS`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
#[expect(clippy::large_enum_variant, reason = "few of them live at a time")]
pub enum ConnectionAction {
    Set(SqlOption),
    Drop(String),
    Reset(String),
    RotateKeys,
}

/// An attribute of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum RoleAttribute {
    Inherit,
    NoInherit,
    Login,
    NoLogin,
    SuperUser,
    NoSuperUser,
    CreateCluster,
    NoCreateCluster,
    CreateDb,
    NoCreateDb,
    CreateRole,
    NoCreateRole,
    Password(Option<String>),
}

/// What `ALTER ROLE` does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum RoleAction {
    Attributes(Vec<RoleAttribute>),
    Set { name: Ident, value: SetValue },
    Reset { name: Ident },
}
