//! Statements that create items.

use mz_deploy_planner::name::Ident;
use serde::{Deserialize, Serialize};

use super::{ClusterRef, DataType, Expr, ItemRef, Name, Query, SqlOption};

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
