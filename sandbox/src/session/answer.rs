//! What a session answers. The wire writes it down; what takes time comes back as something to wait for.

use super::subscription::Subscription;
use crate::error::SqlError;
use crate::plan::Inquiry;
pub(crate) use crate::query::CopyFormat;
use crate::query::CopyFrom;
use crate::result::{Column, Format, Row, TypeOid};
use crate::source::postgres::{Finding, PostgresOptions, ask};

/// What `Describe` says of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Description {
    /// The types of its parameters.
    pub(crate) params: Vec<TypeOid>,
    /// Its columns; `None` if it returns no rows.
    pub(crate) columns: Option<Vec<Column>>,
}

/// The answer to a statement.
#[derive(Debug)]
pub(crate) enum Answer {
    /// There was no statement.
    Empty,
    /// It was done.
    Done(String),
    /// Rows. The tag follows when the last of them was sent.
    Rows { rows: Vec<Row>, tag: Tag },
    /// Rows in the format of `COPY`.
    CopyOut { columns: usize, format: CopyFormat, rows: Vec<Row> },
    /// The client is to send rows.
    CopyIn(Box<CopyFrom>),
    /// Rows that come as they change; with a format they are sent as `COPY` data.
    Stream { subscription: Box<Subscription>, copy: Option<(usize, CopyFormat)> },
    /// A cursor over a subscription: its rows have to be waited for.
    Fetch(Fetch),
    /// What a connection runs is to be canceled; the answer is whether there is such a connection.
    Cancel { connection: Option<u32>, format: Format },
    /// The statement reads a time that has not come: it is to be run again then.
    Wait { until: u64 },
    /// The statement must know something of another system: it is to be run again when the session knows it.
    Ask(Box<Errand>),
}

/// A question to another system.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub(crate) inquiry: Inquiry,
    pub(crate) address: PostgresOptions,
}

impl Errand {
    /// Asks it. This may take a while, and may be given up at any time.
    pub(crate) async fn ask(&self) -> Result<Finding> {
        ask(&self.address, &self.inquiry.question).await
    }
}

/// How the tag of rows is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Select,
    Fetch,
}

impl Tag {
    pub(crate) fn text(self, rows: usize) -> String {
        match self {
            Self::Select => format!("SELECT {rows}"),
            Self::Fetch => format!("FETCH {rows}"),
        }
    }
}

/// A `FETCH` from a subscription's cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fetch {
    /// The cursor.
    pub(crate) cursor: String,
    /// The most rows; `None` for all.
    pub(crate) limit: Option<usize>,
    pub(crate) wait: Wait,
}

/// How long a `FETCH` waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Until there are rows.
    ForRows,
    /// Until this time has passed, or there are enough rows.
    For(std::time::Duration),
}

/// A prepared statement whose parameters have values: ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// `None` for an empty text.
    pub(crate) statement: Option<std::sync::Arc<crate::sql::ast::ParsedStatement>>,
    pub(crate) params: Vec<crate::result::Param>,
    pub(crate) formats: Vec<Format>,
    pub(crate) description: Description,
}

/// The result of what may fail.
pub(crate) type Result<T> = std::result::Result<T, SqlError>;
