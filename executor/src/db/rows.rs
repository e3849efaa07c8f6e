//! Answers: rows of texts.

use std::str::FromStr;

use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::error::DbError;

/// The rows of an answer. Those of several statements in one string follow each other.
#[derive(Debug, Default)]
pub struct Rows(Vec<Row>);

impl Rows {
    pub(super) fn new(messages: Vec<SimpleQueryMessage>) -> Self {
        let row = |message| match message {
            SimpleQueryMessage::Row(row) => Some(Row(row)),
            _ => None,
        };
        Self(messages.into_iter().filter_map(row).collect())
    }

    /// The rows.
    pub fn iter(&self) -> std::slice::Iter<'_, Row> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first row, if there is one.
    pub fn first(&self) -> Option<&Row> {
        self.0.first()
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = &'a Row;
    type IntoIter = std::slice::Iter<'a, Row>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One row.
#[derive(Debug)]
pub struct Row(SimpleQueryRow);

impl Row {
    /// The text in a column; `None` for NULL, and where there is no such column.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.0.try_get(column).ok().flatten()
    }

    /// The text in a column that is never NULL.
    pub fn text(&self, column: &str) -> Result<&str, DbError> {
        self.get(column).ok_or_else(|| {
            DbError::unexpected(format!("the server's answer has nothing in column `{column}`"))
        })
    }

    /// The value in a column that is never NULL, as it is read from its text.
    pub fn parse<T: FromStr>(&self, column: &str) -> Result<T, DbError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| {
            DbError::unexpected(format!("the server's answer has `{text}` in column `{column}`"))
        })
    }

    /// A truth in a column that is never NULL.
    pub fn is_true(&self, column: &str) -> Result<bool, DbError> {
        match self.text(column)? {
            "t" | "true" | "on" => Ok(true),
            "f" | "false" | "off" => Ok(false),
            text => {
                Err(DbError::unexpected(format!("the server's answer has `{text}` in column `{column}`")))
            }
        }
    }
}
