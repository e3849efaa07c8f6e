//! Statements as the server reads them, whole: everything that its printers need to write them down again.
//!
//! The planner's syntax describes a project's files: names and their places, with the text itself kept as it is. A
//! server also prints what it read (`SHOW CREATE`, `create_sql`, error texts), in its own normal form, and hands it to
//! another engine in that engine's dialect. That takes the tree of every expression, which is here.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

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

/// A name in `ALTER`, `DROP`, `COMMENT` and `SHOW CREATE`: what it names depends on the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectName {
    /// An item, or a schema: one to three parts.
    Item(Name),
    /// A database, a cluster, a role or a network policy.
    Ident(Ident),
    /// `cluster.replica`
    Replica(Ident, Ident),
}

/// The kinds of objects that statements name by keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum ObjectKind {
    Table,
    View,
    MaterializedView,
    Source,
    Sink,
    Index,
    Type,
    Role,
    Cluster,
    ClusterReplica,
    Secret,
    Connection,
    Database,
    Schema,
    Function,
    NetworkPolicy,
    Subsource,
}

impl ObjectKind {
    /// The keywords: `MATERIALIZED VIEW`.
    pub fn keywords(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Source => "SOURCE",
            Self::Sink => "SINK",
            Self::Index => "INDEX",
            Self::Type => "TYPE",
            Self::Role => "ROLE",
            Self::Cluster => "CLUSTER",
            Self::ClusterReplica => "CLUSTER REPLICA",
            Self::Secret => "SECRET",
            Self::Connection => "CONNECTION",
            Self::Database => "DATABASE",
            Self::Schema => "SCHEMA",
            Self::Function => "FUNCTION",
            Self::NetworkPolicy => "NETWORK POLICY",
            Self::Subsource => "SUBSOURCE",
        }
    }

    /// The keywords in the plural: `TABLES`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Table => "TABLES",
            Self::View => "VIEWS",
            Self::MaterializedView => "MATERIALIZED VIEWS",
            Self::Source => "SOURCES",
            Self::Sink => "SINKS",
            Self::Index => "INDEXES",
            Self::Type => "TYPES",
            Self::Role => "ROLES",
            Self::Cluster => "CLUSTERS",
            Self::ClusterReplica => "CLUSTER REPLICAS",
            Self::Secret => "SECRETS",
            Self::Connection => "CONNECTIONS",
            Self::Database => "DATABASES",
            Self::Schema => "SCHEMAS",
            Self::Function => "FUNCTIONS",
            Self::NetworkPolicy => "NETWORK POLICIES",
            Self::Subsource => "SUBSOURCES",
        }
    }
}

/// `RESTRICT` or `CASCADE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum DropBehavior {
    Restrict,
    Cascade,
}

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

/// `CREATE [OR REPLACE] [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] AS query`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateView {
    pub name: Name,
    pub or_replace: bool,
    pub temporary: bool,
    pub if_not_exists: bool,
    pub columns: Vec<Ident>,
    pub query: Query,
}

/// `CREATE [OR REPLACE] [REPLACEMENT] MATERIALIZED VIEW …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateMaterializedView {
    pub name: Name,
    pub or_replace: bool,
    pub if_not_exists: bool,
    pub columns: Vec<Ident>,
    /// The target of a `REPLACEMENT`.
    pub replacement_for: Option<ItemRef>,
    pub in_cluster: Option<ClusterRef>,
    pub in_replica: Option<Ident>,
    pub options: Vec<SqlOption>,
    pub query: Query,
    /// `AS OF` in the stored form: the time from which it is computed, in milliseconds.
    pub as_of: Option<u64>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct ColumnDef {
    pub name: Ident,
    pub data_type: DataType,
    pub collation: Option<Name>,
    /// `NOT NULL`, `NULL`, `DEFAULT …`, in the order of the text.
    pub options: Vec<ColumnOption>,
}

/// An option of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum ColumnOption {
    Null,
    NotNull,
    Default(Expr),
    Unique { primary: bool },
    References { table: Name, columns: Vec<Ident> },
    Check(Expr),
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct TableConstraint {
    pub name: Option<Ident>,
    /// `PRIMARY KEY`, `UNIQUE`, `UNIQUE NULLS NOT DISTINCT`, `FOREIGN KEY` or `CHECK`.
    pub kind: String,
    pub columns: Vec<Ident>,
}

/// `CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (columns) [WITH (…)]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateTable {
    pub name: Name,
    pub temporary: bool,
    pub if_not_exists: bool,
    pub columns: Vec<ColumnDef>,
    pub constraints: Vec<TableConstraint>,
    pub options: Vec<SqlOption>,
}

/// `CREATE TABLE name [(columns)] FROM SOURCE source (REFERENCE = upstream) …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateTableFromSource {
    pub name: Name,
    pub if_not_exists: bool,
    pub columns: Vec<ColumnDef>,
    /// Columns given by name alone.
    pub column_names: Vec<Ident>,
    pub constraints: Vec<TableConstraint>,
    pub source: ItemRef,
    pub reference: Option<Name>,
    /// `INCLUDE …`, `FORMAT …`, `ENVELOPE …` as written, normalised.
    pub encoding: Encoding,
    pub options: Vec<SqlOption>,
}

/// `CREATE [DEFAULT] INDEX …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateIndex {
    pub name: Option<Ident>,
    pub if_not_exists: bool,
    pub in_cluster: Option<ClusterRef>,
    pub on: ItemRef,
    /// The key; `None` is `CREATE DEFAULT INDEX`.
    pub key: Option<Vec<Expr>>,
    pub options: Vec<SqlOption>,
}

/// `CREATE SOURCE …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateSource {
    pub name: Name,
    pub if_not_exists: bool,
    pub column_names: Vec<Ident>,
    pub in_cluster: Option<ClusterRef>,
    pub connection: SourceConnection,
    pub encoding: Encoding,
    pub external_references: Option<ExternalReferences>,
    pub progress: Option<Name>,
    pub options: Vec<SqlOption>,
}

/// What a source reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum SourceConnection {
    LoadGenerator { generator: String, options: Vec<SqlOption> },
    Kafka { connection: ItemRef, options: Vec<SqlOption> },
    Postgres { connection: ItemRef, options: Vec<SqlOption> },
    MySql { connection: ItemRef, options: Vec<SqlOption> },
    SqlServer { connection: ItemRef, options: Vec<SqlOption> },
}

/// `FOR ALL TABLES`, `FOR TABLES (…)`, `FOR SCHEMAS (…)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keywords")]
pub enum ExternalReferences {
    All,
    Tables(Vec<(Name, Option<Name>)>),
    Schemas(Vec<Ident>),
}

/// `FORMAT`, `INCLUDE` and `ENVELOPE` clauses, each as the printers write it (`FORMAT JSON`, `ENVELOPE UPSERT`); the
/// connections that they name are listed apart, and each `\0` in a text stands for the next of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct Encoding {
    pub format: Option<String>,
    pub include: Vec<String>,
    pub envelope: Option<String>,
    pub connections: Vec<ItemRef>,
}

/// `CREATE SOURCE … FROM WEBHOOK …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateWebhookSource {
    pub name: Name,
    pub if_not_exists: bool,
    /// `CREATE TABLE … FROM WEBHOOK`.
    pub is_table: bool,
    pub in_cluster: Option<ClusterRef>,
    pub body_format: String,
    pub include: Vec<String>,
    pub check: Option<String>,
}

/// `CREATE SINK …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateSink {
    pub name: Option<Name>,
    pub if_not_exists: bool,
    pub in_cluster: Option<ClusterRef>,
    pub from: ItemRef,
    /// `KAFKA` or `ICEBERG CATALOG`.
    pub into: String,
    pub connection: ItemRef,
    pub connection_options: Vec<SqlOption>,
    pub aws_connection: Option<ItemRef>,
    pub key: Option<(Vec<Ident>, bool)>,
    pub headers: Option<Ident>,
    pub encoding: Encoding,
    pub mode: Option<String>,
    pub options: Vec<SqlOption>,
}

/// `CREATE CONNECTION name TO kind (options) [WITH (…)]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct CreateConnection {
    pub name: Name,
    pub if_not_exists: bool,
    /// `KAFKA`, `CONFLUENT SCHEMA REGISTRY`, `POSTGRES`, …
    pub kind: String,
    pub options: Vec<SqlOption>,
    pub with: Vec<SqlOption>,
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum TypeDefinition {
    List(Vec<SqlOption>),
    Map(Vec<SqlOption>),
    Record(Vec<ColumnDef>),
}

/// What `COMMENT ON` is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommentTarget {
    /// An object.
    Object(ObjectKind, ObjectName),
    /// `COLUMN relation.column`
    Column(Name, Ident),
}

/// `GRANT privileges ON target TO roles`, or `REVOKE … FROM …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct GrantPrivileges {
    pub privileges: Privileges,
    pub target: GrantTarget,
    pub roles: Vec<Ident>,
}

/// `ALL [PRIVILEGES]` or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum Privileges {
    All,
    List(Vec<crate::catalog::Privilege>),
}

/// What a grant is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantTarget {
    /// `[TABLE] a, b`, `SCHEMA s`, `CLUSTER c`, …
    Objects(ObjectKind, Vec<ObjectName>),
    /// `SYSTEM`
    System,
    /// `ALL TABLES IN SCHEMA s, …`
    AllInSchemas(ObjectKind, Vec<Name>),
    /// `ALL TABLES IN DATABASE d, …`
    AllInDatabases(ObjectKind, Vec<Ident>),
    /// `ALL TABLES`
    All(ObjectKind),
}

/// `ALTER DEFAULT PRIVILEGES FOR … [IN …] { GRANT | REVOKE } …`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are named after the clauses")]
pub struct AlterDefaultPrivileges {
    /// `None` is `FOR ALL ROLES`.
    pub for_roles: Option<Vec<Ident>>,
    pub in_schemas: Vec<Name>,
    pub in_databases: Vec<Ident>,
    pub grant: bool,
    pub privileges: Privileges,
    pub on: ObjectKind,
    pub roles: Vec<Ident>,
}

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
