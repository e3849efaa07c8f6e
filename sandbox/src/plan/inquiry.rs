//! What planning has to know of other systems. Planning reaches out to nothing: it says what it must know, and is begun
//! again with what was found.

use crate::error::SqlError;
use crate::source::postgres::{Finding, Question, Row, UpstreamTable};
use crate::sql::ast::CreateConnection;

/// A question to what a connection leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// The connection, its references resolved. Secrets are named in it, not told.
    pub connection: CreateConnection,
    /// What is asked.
    pub question: Question,
}

/// What was found so far, for one statement.
#[derive(Clone, Debug, Default)]
pub struct Findings(Vec<(Inquiry, Result<Finding, SqlError>)>);

impl Findings {
    /// Keeps the answer to an inquiry.
    pub fn keep(&mut self, inquiry: Inquiry, finding: Result<Finding, SqlError>) {
        self.0.push((inquiry, finding));
    }

    /// Forgets all: the next statement asks anew.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether it is known that a connection can be made; fails if it can't.
    pub fn connection(&self, inquiry: &Inquiry) -> Result<bool, SqlError> {
        Ok(self.get(inquiry)?.is_some())
    }

    /// The tables of a publication; `None` if they were not asked for yet.
    pub fn tables(&self, inquiry: &Inquiry) -> Result<Option<&[UpstreamTable]>, SqlError> {
        match self.get(inquiry)? {
            Some(Finding::Tables(tables)) => Ok(Some(tables)),
            _ => Ok(None),
        }
    }

    /// The rows of tables; `None` if they were not asked for yet.
    pub fn rows(&self, inquiry: &Inquiry) -> Result<Option<&[Vec<Row>]>, SqlError> {
        match self.get(inquiry)? {
            Some(Finding::Rows(rows)) => Ok(Some(rows)),
            _ => Ok(None),
        }
    }

    fn get(&self, inquiry: &Inquiry) -> Result<Option<&Finding>, SqlError> {
        let found = self.0.iter().find(|(asked, _)| asked == inquiry);
        found.map(|(_, finding)| finding.as_ref().map_err(Clone::clone)).transpose()
    }
}
