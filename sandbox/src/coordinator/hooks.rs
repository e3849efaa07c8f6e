//! Where others look on and step in: the journal, which keeps what happened, and faults, which make it fail.

use std::fmt;
use std::sync::Arc;

use crate::catalog::{ItemId, Transaction};
use crate::error::SqlError;
use crate::result::Param;

/// Something that happened and can be done again.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// The catalog changed.
    Catalog(&'a Transaction),
    /// A statement changed the rows of a table: the engine's SQL and its parameters.
    Rows {
        /// The table.
        table: ItemId,
        /// What was run.
        sql: &'a str,
        /// Its parameters.
        params: &'a [Param],
    },
}

/// A place in the run of a statement where it can be made to fail.
#[derive(Clone, Copy, Debug)]
pub enum Moment<'a> {
    /// Nothing was done yet.
    Before {
        /// The session's number.
        connection: u32,
        /// The statement as the client wrote it.
        text: &'a str,
    },
    /// It was done, and the client doesn't know yet.
    After {
        /// The session's number.
        connection: u32,
        /// The statement as the client wrote it.
        text: &'a str,
    },
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The statement fails; if the error is fatal, the connection ends with it.
    Fail(SqlError),
    /// The connection ends without a word.
    Disconnect,
}

type Journal = dyn Fn(&Record<'_>) -> Result<(), SqlError> + Send + Sync;
type Faults = dyn Fn(&Moment<'_>) -> Option<Fault> + Send + Sync;

/// Who looks on and steps in. By default nobody does.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Keeps what happens; a change that it can't keep fails.
    pub journal: Option<Arc<Journal>>,
    /// Decides what goes wrong. It may take its time, and the statement then takes as long.
    pub faults: Option<Arc<Faults>>,
}

impl Hooks {
    pub(crate) fn record(&self, record: &Record<'_>) -> Result<(), SqlError> {
        self.journal.as_ref().map_or(Ok(()), |journal| journal(record))
    }

    pub(crate) fn fault(&self, moment: &Moment<'_>) -> Option<Fault> {
        self.faults.as_ref().and_then(|faults| faults(moment))
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("journal", &self.journal.is_some())
            .field("faults", &self.faults.is_some())
            .finish()
    }
}
