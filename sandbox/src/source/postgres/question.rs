//! What a statement may want to know of an upstream, and the answers.

use super::{PostgresOptions, Row, UpstreamTable, rows_of, tables, validate};
use crate::error::SqlError;

/// Something that only the upstream knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether it can be connected to.
    Connection,
    /// The tables of a publication.
    Tables {
        /// Its name.
        publication: String,
    },
    /// The rows of tables, all as of one moment.
    Rows(Vec<Extract>),
}

/// Columns of an upstream table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The columns, by name.
    pub columns: Vec<String>,
}

/// What the upstream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It can be connected to.
    Connection,
    /// The tables of a publication, by schema and name.
    Tables(Vec<UpstreamTable>),
    /// The rows of each table that was asked for.
    Rows(Vec<Vec<Row>>),
}

/// Asks the upstream.
pub async fn ask(options: &PostgresOptions, question: &Question) -> Result<Finding, SqlError> {
    match question {
        Question::Connection => validate(options).await.map(|()| Finding::Connection),
        Question::Tables { publication } => tables(options, publication).await.map(Finding::Tables),
        Question::Rows(extracts) => rows_of(options, extracts).await.map(Finding::Rows),
    }
}
