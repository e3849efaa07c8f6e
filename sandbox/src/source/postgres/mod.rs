//! An upstream `PostgreSQL`: what a connection names, what a publication has, the rows of its tables as they are now.

mod tls;

use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, config};

pub use tls::TlsMode;

use crate::error::{SqlError, SqlState};

/// The real server waits about as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Values are read as text: in forms that don't depend on how the upstream is set up.
const FORMS: &str = "SET datestyle = 'ISO'; SET timezone = 'UTC'; SET intervalstyle = 'postgres'; \
                     SET extra_float_digits = 3; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'";

/// What connecting failed for: the real server's code for errors of other systems.
const SYSTEM_ERROR: SqlState = SqlState("58000");

/// What a connection names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresOptions {
    /// Its name or address.
    pub host: String,
    /// Its port; 5432 if the connection names none.
    pub port: u16,
    /// The role.
    pub user: String,
    /// Its password.
    pub password: Option<Vec<u8>>,
    /// The database.
    pub database: String,
    /// `SSL MODE`
    pub tls: TlsMode,
    /// `SSL CERTIFICATE AUTHORITY`: certificates in PEM.
    pub authority: Option<Vec<u8>>,
}

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
}

/// A column of an upstream table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamColumn {
    /// Its name.
    pub name: String,
    /// As `pg_type.typname` has it.
    pub type_name: String,
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
    let name = literal(publication);
    let found = rows(&client, &format!("SELECT 1 FROM pg_publication WHERE pubname = {name}")).await?;
    if found.is_empty() {
        return Err(SqlError::internal("failed to connect to PostgreSQL database")
            .with_detail(format!("publication {publication} does not exist")));
    }
    let columns = rows(&client, &columns_of(&name)).await?;
    let keys = rows(&client, &keys_of(&name)).await?;
    let mut tables: Vec<UpstreamTable> = Vec::new();
    for row in columns {
        let [schema, table, column, type_name, type_mod, nullable] = fields(row)?;
        if tables.last().is_none_or(|last| last.schema != schema || last.name != table) {
            tables.push(UpstreamTable { schema, name: table, columns: Vec::new(), keys: Vec::new() });
        }
        let column = UpstreamColumn {
            name: column,
            type_name,
            type_mod: number(&type_mod)?,
            nullable: nullable == "t",
        };
        if let Some(table) = tables.last_mut() {
            table.columns.push(column);
        }
    }
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

/// The rows of some columns of a table as they are now, values as text.
pub async fn snapshot(
    options: &PostgresOptions,
    table: &UpstreamTable,
    columns: &[String],
) -> Result<Vec<Vec<Option<String>>>, SqlError> {
    let client = connect(options).await?;
    let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let query =
        format!("SELECT {} FROM {}.{}", columns.join(", "), quoted(&table.schema), quoted(&table.name));
    rows(&client, &query).await
}

async fn connect(options: &PostgresOptions) -> Result<Client, SqlError> {
    let mut config = Config::new();
    config.host(&options.host).port(options.port).user(&options.user).dbname(&options.database);
    config.connect_timeout(PATIENCE).application_name("materialize_sandbox");
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
        "SELECT n.nspname, c.relname, a.attname, t.typname, a.atttypmod, NOT a.attnotnull
         FROM pg_publication_tables p
         JOIN pg_namespace n ON n.nspname = p.schemaname
         JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = n.oid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         JOIN pg_type t ON t.oid = a.atttypid
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

async fn rows(client: &Client, query: &str) -> Result<Vec<Vec<Option<String>>>, SqlError> {
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
fn fields<const N: usize>(row: Vec<Option<String>>) -> Result<[String; N], SqlError> {
    let values: Option<Vec<String>> = row.into_iter().collect();
    values.and_then(|values| values.try_into().ok()).ok_or_else(unexpected)
}

fn number(text: &str) -> Result<i32, SqlError> {
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

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests;
