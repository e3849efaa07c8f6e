//! Materialize's statements as typed values. Every name keeps the span of its text.
//!
//! The values describe what a project needs to know of a statement: what it makes, of what, where it runs and
//! which names it mentions. Expressions and queries are kept as text; of them only the names matter.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::query::{Names, Query};
use crate::name::Ident;
use crate::source::Span;

/// One identifier of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpannedIdent {
    /// Its value, folded and unquoted.
    pub value: Ident,
    /// Its text, quotes included.
    pub span: Span,
}

/// A name as written: one or more identifiers with dots between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// At least one part.
    pub parts: Vec<SpannedIdent>,
}

impl Name {
    /// From the first to the last part.
    pub fn span(&self) -> Span {
        match (self.parts.first(), self.parts.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        }
    }
}

/// A statement and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the semicolon.
    pub span: Span,
    /// What it says.
    pub body: Body,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after its statement")]
pub enum Body {
    View(CreateView),
    MaterializedView(CreateMaterializedView),
    Table(CreateTable),
    TableFromSource(CreateTableFromSource),
    Source(CreateSource),
    Sink(CreateSink),
    Secret(CreateSecret),
    Connection(CreateConnection),
    Index(CreateIndex),
    Type(CreateType),
    Cluster(CreateCluster),
    Role(CreateRole),
    NetworkPolicy(CreateNetworkPolicy),
    Grant(GrantPrivileges),
    Revoke(GrantPrivileges),
    GrantRole(GrantRole),
    RevokeRole(GrantRole),
    AlterDefaultPrivileges(AlterDefaultPrivileges),
    AlterRole(AlterRole),
    Comment(Comment),
    Set(SetVariable),
    UnitTest(UnitTest),
    /// `CREATE { PRIMARY KEY | UNIQUE CONSTRAINT | FOREIGN KEY } …`
    Constraint(Constraint),
    /// A statement that no project file holds.
    Other(OtherStatement),
}

/// `CREATE [OR REPLACE] [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] AS query`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateView {
    /// What is created.
    pub name: Name,
    /// `TEMPORARY`, `OR REPLACE` or `IF NOT EXISTS` was given: which, as written.
    pub modifiers: Vec<CreateModifier>,
    /// The column list.
    pub columns: Vec<SpannedIdent>,
    /// The query.
    pub query: Query,
}

/// Words between `CREATE` and the name that change what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreateModifier {
    /// `OR REPLACE`
    OrReplace(Span),
    /// `TEMP` or `TEMPORARY`
    Temporary(Span),
    /// `IF NOT EXISTS`
    IfNotExists(Span),
}

/// `CREATE [OR REPLACE] [REPLACEMENT] MATERIALIZED VIEW [IF NOT EXISTS] name [(columns)] [FOR target]
/// [IN CLUSTER c] [WITH (options)] AS query`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateMaterializedView {
    /// What is created.
    pub name: Name,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// The keyword `MATERIALIZED`, before which `REPLACEMENT` goes.
    pub keyword: Span,
    /// The end of the name and its column list, after which `FOR target` goes.
    pub header_end: u32,
    /// The column list.
    pub columns: Vec<SpannedIdent>,
    /// The target of a `REPLACEMENT`.
    pub replaces: Option<Name>,
    /// Where it runs.
    pub cluster: Option<SpannedIdent>,
    /// `WITH (…)`.
    pub options: Vec<WithOption>,
    /// The query.
    pub query: Query,
}

/// `CREATE TABLE name (columns) [WITH (…)]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTable {
    /// What is created.
    pub name: Name,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// The columns, in order.
    pub columns: Vec<ColumnDef>,
    /// Names in types, defaults and options.
    pub names: Names,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnDef {
    /// Its name.
    pub name: SpannedIdent,
    /// Its type as written.
    pub data_type: SmolStr,
    /// `NOT NULL` was given.
    pub not_null: bool,
}

/// `CREATE TABLE name FROM SOURCE source (REFERENCE upstream) …` or `CREATE TABLE name FROM WEBHOOK …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTableFromSource {
    /// What is created.
    pub name: Name,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// The source; absent for webhooks.
    pub source: Option<Name>,
    /// Everything else that it mentions: schema registry connections, secrets, types.
    pub names: Names,
}

/// `CREATE SOURCE name [IN CLUSTER c] FROM …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSource {
    /// What is created.
    pub name: Name,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// Where it runs.
    pub cluster: Option<SpannedIdent>,
    /// `KAFKA`, `POSTGRES`, `LOAD GENERATOR AUCTION`, `WEBHOOK`, …: upper case.
    pub kind: SmolStr,
    /// `FOR TABLES (…)`, `FOR SCHEMAS (…)` or `FOR ALL TABLES`.
    pub external_references: Option<Span>,
    /// `EXPOSE PROGRESS AS name`.
    pub progress: Option<Name>,
    /// Connections, secrets and types that it mentions.
    pub names: Names,
}

/// `CREATE SINK [name] [IN CLUSTER c] FROM relation INTO …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSink {
    /// What is created; the server makes up a name when there is none.
    pub name: Option<Name>,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// Where it runs.
    pub cluster: Option<SpannedIdent>,
    /// What it reads.
    pub from: Name,
    /// `KAFKA` or `ICEBERG CATALOG`.
    pub kind: SmolStr,
    /// The relations and types that `DOC ON TYPE name` and `DOC ON COLUMN name.column` document.
    pub documented: Vec<Name>,
    /// Connections that it mentions.
    pub names: Names,
}

/// `CREATE SECRET name AS value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSecret {
    /// What is created.
    pub name: Name,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// The value: never printed.
    pub value: Span,
}

/// `CREATE CONNECTION name TO kind (options) [WITH (…)]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateConnection {
    /// What is created.
    pub name: Name,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// `KAFKA`, `POSTGRES`, …: upper case.
    pub kind: SmolStr,
    /// Secrets and connections that it mentions.
    pub names: Names,
}

/// `CREATE [DEFAULT] INDEX [name] [IN CLUSTER c] ON relation [(expressions)]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateIndex {
    /// What is created; the server makes up a name when there is none.
    pub name: Option<SpannedIdent>,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// Where a name goes that wasn't given: right before `IN CLUSTER` or `ON`.
    pub name_position: u32,
    /// `DEFAULT` was given.
    pub default: bool,
    /// Where it runs.
    pub cluster: Option<SpannedIdent>,
    /// The relation.
    pub on: Name,
    /// Names in the key expressions.
    pub names: Names,
}

/// `CREATE TYPE name AS …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateType {
    /// What is created.
    pub name: Name,
    /// Types that it mentions.
    pub names: Names,
}

/// `CREATE CLUSTER name (options)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCluster {
    /// What is created.
    pub name: SpannedIdent,
    /// Words between `CREATE` and the name.
    pub modifiers: Vec<CreateModifier>,
    /// The options.
    pub options: Vec<WithOption>,
}

/// `CREATE ROLE name [attributes]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRole {
    /// What is created.
    pub name: SpannedIdent,
}

/// `CREATE NETWORK POLICY name (RULES (…))`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateNetworkPolicy {
    /// What is created.
    pub name: SpannedIdent,
}

/// `name [=] value` in a list of options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithOption {
    /// The option's name: upper case, one space between words.
    pub name: SmolStr,
    /// The value's text as written; empty if there is none.
    pub value: SmolStr,
    /// The whole option.
    pub span: Span,
}

/// The kind of thing that a grant or a comment names. Grants on views and materialized views say `TABLE` or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum TargetKind {
    Table,
    View,
    MaterializedView,
    Source,
    Sink,
    Index,
    Function,
    Connection,
    Type,
    Secret,
    Role,
    Database,
    Schema,
    Cluster,
    ClusterReplica,
    NetworkPolicy,
    Column,
}

impl TargetKind {
    /// The type of an object as the catalog calls it: `materialized-view`. Absent for types that nothing is said about.
    pub(crate) fn of_catalog(word: &str) -> Option<Self> {
        Some(match word {
            "view" => Self::View,
            "materialized-view" => Self::MaterializedView,
            "table" => Self::Table,
            "source" => Self::Source,
            "sink" => Self::Sink,
            "index" => Self::Index,
            "connection" => Self::Connection,
            "secret" => Self::Secret,
            "type" => Self::Type,
            _ => return None,
        })
    }

    /// The keyword, upper case.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Source => "SOURCE",
            Self::Sink => "SINK",
            Self::Index => "INDEX",
            Self::Function => "FUNCTION",
            Self::Connection => "CONNECTION",
            Self::Type => "TYPE",
            Self::Secret => "SECRET",
            Self::Role => "ROLE",
            Self::Database => "DATABASE",
            Self::Schema => "SCHEMA",
            Self::Cluster => "CLUSTER",
            Self::ClusterReplica => "CLUSTER REPLICA",
            Self::NetworkPolicy => "NETWORK POLICY",
            Self::Column => "COLUMN",
        }
    }
}

/// What a grant is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantTarget {
    /// Named things.
    Named {
        /// The keyword and its span; absent in `GRANT SELECT ON t`, which means a table.
        keyword: Option<(TargetKind, Span)>,
        /// The names, in order.
        names: Vec<Name>,
    },
    /// `SYSTEM`
    System(Span),
    /// `ALL … IN …` or `ALL …`: without the keyword `ON`.
    All(Span),
}

/// `GRANT privileges ON … TO roles`, or `REVOKE privileges ON … FROM roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantPrivileges {
    /// The privileges, upper case; `ALL` for all of them.
    pub privileges: Vec<SmolStr>,
    /// Where the keyword `ON` and the target stand.
    pub target_span: Span,
    /// On what.
    pub target: GrantTarget,
    /// The roles.
    pub roles: Vec<SpannedIdent>,
}

/// `GRANT role, … TO member, …`, or `REVOKE role, … FROM member, …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRole {
    /// The roles that are granted.
    pub granted: Vec<SpannedIdent>,
    /// Who gets them.
    pub members: Vec<SpannedIdent>,
}

/// `ALTER DEFAULT PRIVILEGES FOR … [IN SCHEMA … | IN DATABASE …] { GRANT … TO … | REVOKE … FROM … }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterDefaultPrivileges {
    /// The roles behind `FOR ROLE`; `None` is `FOR ALL ROLES`.
    pub creators: Option<Vec<SpannedIdent>>,
    /// The names behind `IN SCHEMA`.
    pub schemas: Vec<Name>,
    /// The names behind `IN DATABASE`.
    pub databases: Vec<SpannedIdent>,
    /// `GRANT` rather than `REVOKE`.
    pub grant: bool,
    /// The word `GRANT` or `REVOKE`.
    pub action: Span,
    /// The privileges, upper case; `ALL` for all of them.
    pub privileges: Vec<SmolStr>,
    /// The word `TO` or `FROM`.
    pub preposition: Span,
    /// The roles that get or lose them.
    pub roles: Vec<SpannedIdent>,
}

/// `ALTER ROLE name …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterRole {
    /// The role.
    pub name: SpannedIdent,
    /// What `SET` or `RESET` gives it; absent where attributes are altered.
    pub parameter: Option<RoleParameter>,
}

/// `SET variable TO value` or `RESET variable` of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleParameter {
    /// The variable, lower case.
    pub name: SmolStr,
    /// Its value, several separated by `, `; absent for `RESET` and `DEFAULT`.
    pub value: Option<SmolStr>,
}

/// `COMMENT ON kind name IS text`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The kind of thing, and the span of its keyword.
    pub kind: TargetKind,
    /// The keyword.
    pub keyword: Span,
    /// The thing; for a column, its relation.
    pub target: Name,
    /// The column of a `COMMENT ON COLUMN`.
    pub column: Option<SpannedIdent>,
    /// The text; `None` is `IS NULL`.
    pub text: Option<SmolStr>,
}

/// `SET name { TO | = } value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetVariable {
    /// The variable.
    pub variable: SpannedIdent,
    /// The value as one word or string; `None` for `DEFAULT` and for lists.
    pub value: Option<SmolStr>,
    /// Where the value stands.
    pub value_span: Span,
}

/// `EXECUTE UNIT TEST name FOR target [AT TIME expr] MOCK … EXPECTED …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitTest {
    /// Its name.
    pub name: SpannedIdent,
    /// What is tested.
    pub target: Name,
    /// The inputs.
    pub mocks: Vec<Mock>,
    /// The rows that must come out; its name is `expected`.
    pub expected: MockRows,
    /// The expression behind `AT TIME`.
    pub at_time: Option<Span>,
}

/// `MOCK name (columns) AS (query)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mock {
    /// The relation that is replaced.
    pub name: Name,
    /// Its rows.
    pub rows: MockRows,
}

/// `(columns) AS (query)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockRows {
    /// Names and types.
    pub columns: Vec<ColumnDef>,
    /// The query without its parentheses.
    pub query: Query,
}

/// A constraint statement: it parses so that it can be refused with a clear message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// `PRIMARY KEY`, `UNIQUE CONSTRAINT` or `FOREIGN KEY`.
    pub kind: &'static str,
}

/// A statement that no project file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherStatement {
    /// Its first words, upper case, such as `DROP VIEW`.
    pub kind: SmolStr,
}
