//! An upstream `PostgreSQL`: what a connection names, what a publication has, the rows of its tables as they are now.

mod options;
mod question;
mod tls;

use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, config};

pub use options::PostgresOptions;
pub use question::{Extract, Finding, Question, ask};
pub use tls::TlsMode;

use crate::engine::quoted;
use crate::error::{SqlError, SqlState};

/// The real server waits about as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Values are read as text: in forms that don't depend on how the upstream is set up.
const FORMS: &str = "SET datestyle = 'ISO'; SET timezone = 'UTC'; SET intervalstyle = 'postgres'; \
                     SET extra_float_digits = 3; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'";

/// What connecting failed for: the real server's code for errors of other systems.
const SYSTEM_ERROR: SqlState = SqlState("58000");

/// A row: each value as text, `None` for NULL.
pub type Row = Vec<Option<String>>;

/// A table of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamTable {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The columns that are published, in order.
    pub columns: Vec<UpstreamColumn>,
    /// Its primary key and unique constraints, by name.
    pub keys: Vec<UpstreamKey>,
    /// `REPLICA IDENTITY FULL`
    pub replica_identity_full: bool,
    /// The role may use the schema.
    pub has_usage: bool,
    /// The role may read the table.
    pub has_select: bool,
}

/// A column of an upstream table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamColumn {
    /// Its name.
    pub name: String,
    /// As `pg_type.typname` has it; with its schema if it isn't builtin.
    pub type_name: String,
    /// The type's object id.
    pub type_oid: u32,
    /// As `PostgreSQL` encodes it; -1 for none.
    pub type_mod: i32,
    /// False if it can't be NULL.
    pub nullable: bool,
}

/// A constraint by which rows differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamKey {
    /// Its name.
    pub name: String,
    /// It is the primary key.
    pub primary: bool,
    /// `NULLS NOT DISTINCT`
    pub nulls_not_distinct: bool,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// Checks that the upstream can be connected to, as `CREATE CONNECTION` and `VALIDATE CONNECTION` do.
pub async fn validate(options: &PostgresOptions) -> Result<(), SqlError> {
    connect(options).await.map(drop)
}

/// The tables of a publication, by schema and name.
pub async fn tables(options: &PostgresOptions, publication: &str) -> Result<Vec<UpstreamTable>, SqlError> {
    let client = connect(options).await?;
    check_wal_level(&client).await?;
    let name = literal(publication);
    let found = rows(&client, &format!("SELECT 1 FROM pg_publication WHERE pubname = {name}")).await?;
    if found.is_empty() {
        return Err(SqlError::internal("failed to connect to PostgreSQL database")
            .with_detail(format!("publication {publication} does not exist")));
    }
    let columns = rows(&client, &columns_of(&name)).await?;
    let keys = rows(&client, &keys_of(&name)).await?;
    let mut tables = with_columns(columns)?;
    for row in keys {
        let [schema, table, name, primary, nulls_not_distinct, column] = fields(row)?;
        let owner = tables.iter_mut().find(|known| known.schema == schema && known.name == table);
        let Some(owner) = owner else { continue };
        match owner.keys.last_mut().filter(|last| last.name == name) {
            Some(key) => key.columns.push(column),
            None => owner.keys.push(UpstreamKey {
                name,
                primary: primary == "t",
                nulls_not_distinct: nulls_not_distinct == "t",
                columns: vec![column],
            }),
        }
    }
    Ok(tables)
}

/// What is changed is sent to others only from this level on.
async fn check_wal_level(client: &Client) -> Result<(), SqlError> {
    let [level] = fields(rows(client, "SHOW wal_level").await?.pop().unwrap_or_default())?;
    if level == "logical" {
        return Ok(());
    }
    Err(SqlError::internal(format!(
        "POSTGRES source validation: server must have wal_level >= logical, but has {level}"
    )))
}

/// The tables of the rows of [`columns_of`].
fn with_columns(rows: Vec<Row>) -> Result<Vec<UpstreamTable>, SqlError> {
    let mut tables: Vec<UpstreamTable> = Vec::new();
    for row in rows {
        let [schema, table, full, usage, select, column, type_name, type_oid, type_mod, nullable] =
            fields(row)?;
        if tables.last().is_none_or(|last| last.schema != schema || last.name != table) {
            tables.push(UpstreamTable {
                schema,
                name: table,
                columns: Vec::new(),
                keys: Vec::new(),
                replica_identity_full: full == "t",
                has_usage: usage == "t",
                has_select: select == "t",
            });
        }
        let column = UpstreamColumn {
            name: column,
            type_name,
            type_oid: number(&type_oid)?,
            type_mod: number(&type_mod)?,
            nullable: nullable == "t",
        };
        if let Some(table) = tables.last_mut() {
            table.columns.push(column);
        }
    }
    Ok(tables)
}

/// The rows of tables as they are now, all at the same moment.
pub async fn rows_of(options: &PostgresOptions, extracts: &[Extract]) -> Result<Vec<Vec<Row>>, SqlError> {
    let client = connect(options).await?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    client.batch_execute(begin).await.map_err(|error| failed(&error))?;
    let mut found = Vec::new();
    for Extract { schema, table, columns } in extracts {
        let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let query = format!("SELECT {} FROM {}.{}", columns.join(", "), quoted(schema), quoted(table));
        found.push(rows(&client, &query).await?);
    }
    Ok(found)
}

/// Connects, or gives up: also on who takes the connection and says nothing.
async fn connect(options: &PostgresOptions) -> Result<Client, SqlError> {
    tokio::time::timeout(PATIENCE, connected(options)).await.unwrap_or_else(|_| {
        Err(SqlError::new(SYSTEM_ERROR, "error connecting to server: connection timed out"))
    })
}

async fn connected(options: &PostgresOptions) -> Result<Client, SqlError> {
    let mut config = Config::new();
    config.host(&options.host).port(options.port).user(&options.user).dbname(&options.database);
    config.application_name("materialize_sandbox");
    config.ssl_mode(if options.tls == TlsMode::Disable {
        config::SslMode::Disable
    } else {
        config::SslMode::Require
    });
    if let Some(password) = &options.password {
        config.password(password);
    }
    // Each connection is driven by a task of its own until its client is dropped; what ends it is seen there.
    let client = if options.tls == TlsMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(|error| failed(&error))?;
        tokio::spawn(async { connection.await.ok() });
        client
    } else {
        let tls = tls::Connector::new(options.tls, options.authority.as_deref())?;
        let (client, connection) = config.connect(tls).await.map_err(|error| failed(&error))?;
        tokio::spawn(async { connection.await.ok() });
        client
    };
    client.batch_execute(FORMS).await.map_err(|error| failed(&error))?;
    Ok(client)
}

fn columns_of(publication: &str) -> String {
    format!(
        "SELECT n.nspname, c.relname, c.relreplident = 'f',
                has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'SELECT'), a.attname,
                CASE tn.nspname WHEN 'pg_catalog' THEN t.typname ELSE tn.nspname || '.' || t.typname END,
                t.oid, a.atttypmod, NOT a.attnotnull
         FROM pg_publication_tables p
         JOIN pg_namespace n ON n.nspname = p.schemaname
         JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = n.oid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         JOIN pg_type t ON t.oid = a.atttypid
         JOIN pg_namespace tn ON tn.oid = t.typnamespace
         WHERE p.pubname = {publication}
         ORDER BY n.nspname, c.relname, a.attnum"
    )
}

fn keys_of(publication: &str) -> String {
    // The column for NULLS NOT DISTINCT came with version 15, so it is asked for as JSON.
    format!(
        "SELECT n.nspname, c.relname, k.conname, k.contype = 'p',
                coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false), a.attname
         FROM pg_publication_tables p
         JOIN pg_namespace n ON n.nspname = p.schemaname
         JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = n.oid
         JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u')
         JOIN pg_index i ON i.indexrelid = k.conindid
         CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS o (number, position)
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.number
         WHERE p.pubname = {publication}
         ORDER BY n.nspname, c.relname, k.conname, o.position"
    )
}

async fn rows(client: &Client, query: &str) -> Result<Vec<Row>, SqlError> {
    let messages = client.simple_query(query).await.map_err(|error| failed(&error))?;
    let row = |message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
        }
        _ => None,
    };
    Ok(messages.into_iter().filter_map(row).collect())
}

/// A row of a catalog query, none of whose values is NULL.
fn fields<const N: usize>(row: Row) -> Result<[String; N], SqlError> {
    let values: Option<Vec<String>> = row.into_iter().collect();
    values.and_then(|values| values.try_into().ok()).ok_or_else(unexpected)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, SqlError> {
    text.parse().map_err(|_| unexpected())
}

fn unexpected() -> SqlError {
    SqlError::new(SYSTEM_ERROR, "the upstream's catalog is not as expected")
}

/// An error with what caused it, as the real server words it.
fn failed(error: &tokio_postgres::Error) -> SqlError {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.ends_with(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = error.source();
    }
    SqlError::new(SYSTEM_ERROR, message)
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests;
