//! Statements about variables.

use super::Session;
use super::answer::{Answer, Result, Tag};
use super::definitions;
use super::transaction::Work;
use crate::error::{Notice, SqlError, SqlState};
use crate::result::{Column, Row};
use crate::sql::ast::{Isolation, SetValue, SetWord, ShowVariable, TransactionMode, Value};

const CREATE_DATABASE: &str = "Create the database with CREATE DATABASE or pick an extant database with SET DATABASE = name. List available databases with SHOW DATABASES.";
const CREATE_CLUSTER: &str = "Create the cluster with CREATE CLUSTER or pick an extant cluster with SET CLUSTER = name. List available clusters with SHOW CLUSTERS.";
const TEXT: u32 = 25;

impl Session {
    pub(super) fn set_variable(&mut self, name: &str, value: &SetValue, local: bool) -> Result<Answer> {
        let values = match value {
            SetValue::Default => None,
            SetValue::Values(words) => Some(words.iter().map(set_word).collect::<Result<Vec<_>>>()?),
        };
        if name == "cluster" && !matches!(self.transaction.work(), Work::Nothing) {
            return Err(in_transaction("SET cluster"));
        }
        if name == "transaction_isolation" {
            if self.transaction.has_begun() {
                return Err(in_transaction("SET transaction_isolation"));
            }
            return self.set_isolation(values, local);
        }
        let variable = self.variables.set(name, values.as_deref(), local)?;
        self.reports.extend(self.variables.report(variable, name));
        if !matches!(value, SetValue::Default) {
            self.warn_if_missing(variable.name);
        }
        Ok(Answer::Done("SET".into()))
    }

    pub(super) fn reset_variable(&mut self, name: &str) -> Result<Answer> {
        let variable = self.variables.set(name, None, false)?;
        self.reports.extend(self.variables.report(variable, name));
        Ok(Answer::Done("RESET".into()))
    }

    /// Weaker levels than those that the server has become the weakest that it has.
    fn set_isolation(&mut self, values: Option<Vec<String>>, local: bool) -> Result<Answer> {
        let values = values.map(|mut values| {
            if let [level] = values.as_mut_slice()
                && ["read uncommitted", "read committed", "repeatable read"]
                    .iter()
                    .any(|weak| weak.eq_ignore_ascii_case(level))
            {
                self.notices.push(Notice::new(
                    SqlState::SUCCESS,
                    format!(
                        "transaction isolation level {} is unimplemented, the session will be upgraded to serializable",
                        level.to_ascii_lowercase()
                    ),
                ));
                "serializable".clone_into(level);
            }
            values
        });
        self.variables.set("transaction_isolation", values.as_deref(), local)?;
        Ok(Answer::Done("SET".into()))
    }

    /// `SET TRANSACTION …` and `SET SESSION CHARACTERISTICS AS TRANSACTION …`
    pub(super) fn set_transaction(&mut self, session: bool, modes: &[TransactionMode]) -> Result<Answer> {
        for mode in modes {
            match mode {
                TransactionMode::Isolation(level) => {
                    if !session && self.transaction.has_begun() {
                        return Err(SqlError::internal(
                            "SET TRANSACTION ISOLATION LEVEL must be called before any query",
                        ));
                    }
                    let local = !session && self.transaction.is_block();
                    self.variables.set(
                        "transaction_isolation",
                        Some(&[isolation(*level).to_owned()]),
                        local,
                    )?;
                }
                TransactionMode::ReadOnly | TransactionMode::ReadWrite => {
                    return Err(SqlError::internal("SET TRANSACTION <access-mode> not yet supported"));
                }
            }
        }
        Ok(Answer::Done("SET".into()))
    }

    /// The isolation level of a block, for as long as the block.
    pub(super) fn set_block_isolation(&mut self, level: Isolation) -> Result<()> {
        self.variables.set("transaction_isolation", Some(&[isolation(level).to_owned()]), true).map(|_| ())
    }

    pub(super) fn show_variable(&mut self, name: &ShowVariable) -> Result<Answer> {
        let rows = match name {
            ShowVariable::All => {
                let text = |text: &str| Some(text.as_bytes().to_vec());
                self.variables.all().map(|values| values.map(text).to_vec()).collect()
            }
            ShowVariable::One(name) => vec![self.show_one(name.as_str())?],
        };
        Ok(Answer::Rows { rows, tag: Tag::Select })
    }

    fn show_one(&mut self, name: &str) -> Result<Row> {
        if name == "schema" {
            return Ok(self.show_schema());
        }
        let value = match name {
            "is_superuser" if self.catalog().is_superuser(self.role) => "on".to_owned(),
            _ => self.variables.show(name)?.to_owned(),
        };
        if let Some(variable) = definitions::find(name) {
            self.warn_if_missing(variable.name);
        }
        Ok(vec![Some(value.into_bytes())])
    }

    /// `SHOW schema`: the first schema of the search path that there is.
    fn show_schema(&mut self) -> Row {
        let catalog = self.catalog();
        let schema = catalog.current_schema(&self.view());
        if schema.is_none() {
            let path = self.variables.show("search_path").unwrap_or_default().to_owned();
            let message = format!("no schema on the search path exists: {path}");
            self.notices.push(Notice::new(SqlState("MZ008"), message));
        }
        vec![schema.map(|schema| schema.name.as_str().as_bytes().to_vec())]
    }

    /// Says so if the database or the cluster of the session is not there.
    fn warn_if_missing(&mut self, variable: &str) {
        if !self.variables.is_on("current_object_missing_warnings") {
            return;
        }
        let catalog = self.catalog();
        let (database, cluster) = (self.variables.database(), self.variables.cluster());
        if variable == "database" && catalog.database_by_name(&database).is_none() {
            let message = format!("database \"{}\" does not exist", database.as_str());
            self.notices.push(Notice::new(SqlState("MZ006"), message).with_hint(CREATE_DATABASE));
        }
        if variable == "cluster" && catalog.cluster_by_name(&cluster).is_none() {
            let message = format!("cluster \"{}\" does not exist", cluster.as_str());
            self.notices.push(Notice::new(SqlState("MZ007"), message).with_hint(CREATE_CLUSTER));
        }
    }
}

/// The columns of `SHOW` for variables.
pub(super) fn show_columns(name: &ShowVariable) -> Vec<Column> {
    match name {
        ShowVariable::All => ["name", "setting", "description"].map(|name| Column::new(name, TEXT)).to_vec(),
        ShowVariable::One(name) => vec![Column::new(name.as_str(), TEXT)],
    }
}

fn set_word(word: &SetWord) -> Result<String> {
    Ok(match word {
        SetWord::Ident(word) => word.as_str().to_owned(),
        SetWord::Literal(Value::String(text) | Value::Number(text) | Value::HexString(text)) => text.clone(),
        SetWord::Literal(Value::Boolean(on)) => on.to_string(),
        SetWord::Literal(Value::Interval(interval)) => interval.value.clone(),
        SetWord::Literal(Value::Null) => {
            return Err(SqlError::internal("SET to NULL not yet supported"));
        }
    })
}

fn isolation(level: Isolation) -> &'static str {
    match level {
        Isolation::ReadUncommitted
        | Isolation::ReadCommitted
        | Isolation::RepeatableRead
        | Isolation::Serializable
        | Isolation::StrongSessionSerializable => "serializable",
        Isolation::StrictSerializable => "strict serializable",
    }
}

fn in_transaction(what: &str) -> SqlError {
    SqlError::new(SqlState::ACTIVE_TRANSACTION, format!("{what} cannot be called in an active transaction"))
}
