//! What comes from other systems: where they are asked, with which secrets, and the rows that they gave.
//!
//! Nobody is asked here, where all sessions would wait. A session that has to know something leaves with an inquiry and
//! an address, and comes back with what was found.

use super::{State, moving};
use crate::catalog::{Catalog, ItemId, ItemKind, TableStatement};
use crate::error::SqlError;
use crate::journal::TableRows;
use crate::plan::Inquiry;
use crate::source::postgres::PostgresOptions;

impl State {
    /// Where an inquiry leads to.
    pub(crate) fn address(&self, inquiry: &Inquiry) -> Result<PostgresOptions, SqlError> {
        PostgresOptions::read(&inquiry.connection, &self.secrets)
    }

    /// Counts rows that a source gave to something new.
    pub(super) fn count(&mut self, catalog: &Catalog, rows: &TableRows) {
        if let Some(source) = source_of(catalog, rows.table) {
            moving::count(&mut self.simulation, [source, rows.table], rows.rows.iter());
        }
    }
}

fn source_of(catalog: &Catalog, table: ItemId) -> Option<ItemId> {
    match &catalog.item(table)?.kind {
        ItemKind::Source(source) => source.parent,
        ItemKind::Table(table) => match table.create {
            Some(TableStatement::FromSource { source, .. }) => Some(source),
            _ => None,
        },
        _ => None,
    }
}
