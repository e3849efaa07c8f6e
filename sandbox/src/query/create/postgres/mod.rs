//! Sources of `PostgreSQL`: what planning must know of the upstream, and what comes of it.

mod subsource;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::options::{find, text};
use super::reference::resolve;
use crate::catalog::{ItemId, SourceReference};
use crate::error::SqlError;
use crate::journal::TableRows;
use crate::plan::Inquiry;
use crate::source::postgres::{Question, Row, UpstreamTable};
use crate::sql::ast::{CreateConnection, Name, OptionValue, SqlOption};

pub(super) use subsource::with_subsources;
pub(super) use table::{ColumnOptions, EXCLUDE, TEXT, details, extract, take, unsupported};

/// What a source reads.
pub(super) struct Publication {
    connection: CreateConnection,
    name: String,
    /// The upstream database.
    pub(super) database: String,
}

impl Publication {
    /// The one that the options of a source name. `full` is the connection's name.
    pub(super) fn of(
        connection: CreateConnection,
        full: &str,
        options: &[SqlOption],
    ) -> Result<Self, SqlError> {
        if connection.kind != "POSTGRES" {
            return Err(invalid(format!("{full} is not a POSTGRES CONNECTION")));
        }
        let name = find(options, "PUBLICATION").and_then(text).unwrap_or_default().to_owned();
        let database = find(&connection.options, "DATABASE").and_then(text).unwrap_or_default().to_owned();
        Ok(Self { connection, name, database })
    }

    /// Asks for its tables.
    pub(super) fn tables(&self) -> Inquiry {
        self.ask(Question::Tables { publication: self.name.clone() })
    }

    /// Asks for something else.
    pub(super) fn ask(&self, question: Question) -> Inquiry {
        Inquiry { connection: self.connection.clone(), question }
    }

    /// The table that a reference means.
    pub(super) fn table<'t>(
        &self,
        tables: &'t [UpstreamTable],
        reference: &Name,
    ) -> Result<&'t UpstreamTable, SqlError> {
        let names: Vec<[&str; 3]> =
            tables.iter().map(|table| [self.database.as_str(), &table.schema, &table.name]).collect();
        let found = resolve(&names, reference)?;
        tables.get(found).ok_or_else(|| SqlError::internal("a reference leads out of its source"))
    }

    /// The full name of a table, as statements refer to it.
    pub(super) fn full_name(&self, table: &UpstreamTable) -> Name {
        Name([&self.database, &table.schema, &table.name].into_iter().map(Ident::new).collect())
    }

    /// Whether tables can be followed at all.
    pub(super) fn check(&self, tables: &[&UpstreamTable]) -> Result<(), SqlError> {
        let user = find(&self.connection.options, "USER").and_then(text).unwrap_or_default();
        let schemas: BTreeSet<&str> =
            tables.iter().filter(|table| !table.has_usage).map(|table| table.schema.as_str()).collect();
        if !schemas.is_empty() {
            let schemas: Vec<&str> = schemas.into_iter().collect();
            return Err(invalid("insufficient privileges").with_detail(format!(
                "user {user} lacks USAGE privileges for schemas {}",
                schemas.join(", ")
            )));
        }
        let closed = named(tables, |table| !table.has_select);
        if !closed.is_empty() {
            return Err(invalid("insufficient privileges")
                .with_detail(format!("user {user} lacks SELECT privileges for tables {closed}")));
        }
        let partial = named(tables, |table| !table.replica_identity_full);
        if !partial.is_empty() {
            return Err(invalid("referenced items not tables with REPLICA IDENTITY FULL")
                .with_detail(format!("referenced items: {partial}")));
        }
        Ok(())
    }
}

fn named(tables: &[&UpstreamTable], is_meant: impl Fn(&UpstreamTable) -> bool) -> String {
    let meant = tables.iter().filter(|table| is_meant(table));
    meant.map(|table| format!("{}.{}", table.schema, table.name)).collect::<Vec<_>>().join(", ")
}

/// An error that the server finds when it compares a statement with the upstream.
pub(super) fn invalid(message: impl std::fmt::Display) -> SqlError {
    SqlError::internal(format!("POSTGRES source validation: {message}"))
}

/// What tables can be made of, as `mz_source_references` lists it.
pub(super) fn references(tables: &[UpstreamTable], now: u64) -> Vec<SourceReference> {
    let reference = |table: &UpstreamTable| SourceReference {
        namespace: table.schema.clone(),
        name: table.name.clone(),
        updated_at: now,
        columns: Some(table.columns.iter().map(|column| column.name.clone()).collect()),
    };
    tables.iter().map(reference).collect()
}

/// Rows with the items that they are for.
pub(super) fn rows_of(items: Vec<ItemId>, rows: &[Vec<Row>]) -> Vec<TableRows> {
    items.into_iter().zip(rows).map(|(table, rows)| TableRows { table, rows: rows.clone() }).collect()
}

/// The columns that an option names.
pub(super) fn columns(options: &[SqlOption], option: &str) -> Vec<Name> {
    let Some(OptionValue::Sequence(values)) = find(options, option) else { return Vec::new() };
    let name = |value: &OptionValue| match value {
        OptionValue::Ident(name) => Some(Name(vec![name.clone()])),
        OptionValue::UpstreamName(name) => Some(name.clone()),
        _ => None,
    };
    values.iter().filter_map(name).collect()
}
