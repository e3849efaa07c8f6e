//! Rows to statements: constant `INSERT`s of many rows, as the server takes them in one transaction.

use std::fmt::{self, Write as _};
use std::time::Duration;

use mz_deploy_planner::name::Literal;
use mz_deploy_planner::plan::Effect;

use super::TABLES;
use crate::db::error::DbError;
use crate::db::lease::Held;

/// How long a statement may get, in bytes; the server refuses a million.
const LONGEST: usize = 800_000;

/// The tables and their columns; nothing else is written to.
const SHAPE: &[(&str, &[&str])] = &[
    (
        "deployments",
        &[
            "deploy_id",
            "deployed_at",
            "promoted_at",
            "database",
            "schema",
            "deployed_by",
            "commit",
            "kind",
            "mode",
        ],
    ),
    ("objects", &["deploy_id", "database", "schema", "object", "hash"]),
    ("clusters", &["deploy_id", "cluster_id"]),
    (
        "pending_statements",
        &[
            "deploy_id",
            "sequence_num",
            "database",
            "schema",
            "object",
            "object_hash",
            "statement_sql",
            "statement_kind",
            "executed_at",
        ],
    ),
    (
        "replacement_mvs",
        &["deploy_id", "target_database", "target_schema", "target_name", "replacement_schema"],
    ),
    ("replacements", &["deploy_id", "target_database", "target_schema", "target_name", "replacement_name"]),
    ("plans", &["deploy_id", "part", "body"]),
    ("snapshots", &["deploy_id", "part", "body"]),
    ("ids", &["deploy_id", "side", "kind", "name", "id"]),
    ("highest", &["deploy_id", "family", "number"]),
    ("history", &["deploy_id", "event", "at", "role", "host", "details"]),
    ("kept", &["deploy_id", "until"]),
    ("steps", &["deploy_id", "command", "number", "statement", "outcome", "at"]),
];

/// Columns that hold numbers.
const NUMBERS: [&str; 3] = ["number", "part", "sequence_num"];

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A text.
    Text(String),
    /// A number.
    Number(u64),
    /// A time of the server's clock, as it printed it.
    Time(String),
    /// The time that was then, by the server's clock. The server takes it in no transaction of several statements.
    Ago(Duration),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Text(text) => Literal(text).fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Ago(ago) => write!(f, "now() - INTERVAL '{} milliseconds'", ago.as_millis()),
            Self::Time(time) => write!(f, "{}::timestamptz", Literal(time)),
        }
    }
}

/// Rows for one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insert {
    table: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl Insert {
    /// Rows of a table of the ledger. Values are in the order of the columns.
    pub(super) fn new<const N: usize>(
        table: &'static str,
        columns: [&'static str; N],
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Self {
        Self { table, columns: columns.to_vec(), rows: rows.into_iter().map(Vec::from).collect() }
    }

    /// Adds a column that has the same value in all rows.
    #[must_use]
    pub(super) fn with(mut self, column: &'static str, value: &Value) -> Self {
        self.columns.push(column);
        self.rows.iter_mut().for_each(|row| row.push(value.clone()));
        self
    }

    /// The table that it is for.
    pub fn table(&self) -> &str {
        self.table
    }

    /// The statements, each short enough for the server.
    pub fn statements(&self) -> Vec<String> {
        let head = format!("INSERT INTO {TABLES}.{} ({}) VALUES ", self.table, self.columns.join(", "));
        let mut statements: Vec<String> = Vec::new();
        let mut statement = head.clone();
        for row in &self.rows {
            let mut text = String::new();
            for (i, value) in row.iter().enumerate() {
                let _ = write!(text, "{}{value}", if i == 0 { "(" } else { ", " });
            }
            text.push(')');
            let is_first = statement.len() == head.len();
            if !is_first && statement.len() + text.len() > LONGEST {
                statements.push(std::mem::replace(&mut statement, head.clone()));
            } else if !is_first {
                statement.push_str(", ");
            }
            statement.push_str(&text);
        }
        if statement.len() > head.len() {
            statements.push(statement);
        }
        statements
    }
}

/// The rows of a plan's [`Effect::Record`]. Only tables and columns of the ledger are taken: a plan that was read from
/// somewhere may say anything.
pub fn record(effect: &Effect) -> Result<Vec<Insert>, DbError> {
    let Effect::Record { table, columns, rows } = effect else { return Ok(Vec::new()) };
    let unknown =
        |what: &str| DbError::unexpected(format!("the plan records {what}, which the ledger doesn't have"));
    let name = table.strip_prefix(TABLES).and_then(|rest| rest.strip_prefix('.'));
    let name = name.ok_or_else(|| unknown(&format!("rows of `{table}`")))?;
    if name == "replacement_mvs" && columns.iter().any(|column| column == "replacement_name") {
        return replacements(columns, rows).ok_or_else(|| unknown("replacements without their names"));
    }
    let (table, known) = SHAPE
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| unknown(&format!("rows of `{table}`")))?;
    let mut insert = Insert { table, columns: Vec::new(), rows: Vec::new() };
    for column in columns {
        let column = known.iter().find(|known| *known == column);
        insert.columns.push(column.ok_or_else(|| unknown(&format!("a column of `{table}`")))?);
    }
    for row in rows {
        let mut values = Vec::with_capacity(row.len());
        for (column, value) in insert.columns.iter().zip(row) {
            values.push(if NUMBERS.contains(column) {
                Value::Number(value.parse().map_err(|_| unknown(&format!("`{value}` in `{column}`")))?)
            } else {
                Value::from(value.as_str())
            });
        }
        if row.len() != insert.columns.len() {
            return Err(unknown("rows of another length"));
        }
        insert.rows.push(values);
    }
    Ok(vec![insert])
}

/// Rows of replacements go to two tables: the original tool's has no column for the name of a replacement.
fn replacements<T: AsRef<str>>(columns: &[T], rows: &[Vec<T>]) -> Option<Vec<Insert>> {
    let position = |wanted: &str| columns.iter().position(|column| column.as_ref() == wanted);
    let table = |table: &'static str, wanted: [&'static str; 5]| {
        let mut picked = Vec::new();
        for row in rows {
            let mut values = Vec::new();
            for column in wanted {
                values.push(Value::from(row.get(position(column)?)?.as_ref()));
            }
            picked.push(values);
        }
        Some(Insert { table, columns: wanted.to_vec(), rows: picked })
    };
    let ours = ["deploy_id", "target_database", "target_schema", "target_name", "replacement_name"];
    let original = ["deploy_id", "target_database", "target_schema", "target_name", "replacement_schema"];
    Some(vec![table("replacement_mvs", original)?, table("replacements", ours)?])
}

/// Writes rows of several tables: all of them or none.
pub async fn write<'c>(on: impl Into<Held<'c>>, inserts: &[Insert]) -> Result<(), DbError> {
    let statements = transaction(inserts);
    if statements.is_empty() {
        return Ok(());
    }
    on.into().pipeline(&statements).await
}

/// The statements that write rows of several tables; none if there are no rows.
pub(super) fn transaction(inserts: &[Insert]) -> Vec<String> {
    let mut statements: Vec<String> = inserts.iter().flat_map(Insert::statements).collect();
    if !statements.is_empty() {
        // A COMMIT after a failure is a ROLLBACK, so what comes behind the failure does no harm.
        statements.insert(0, "BEGIN".to_owned());
        statements.push("COMMIT".to_owned());
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_literals() {
        let rows = [
            [Value::from("it's"), Value::Number(7), Value::Null],
            [Value::from("x"), Value::Number(8), Value::Time("2026-01-01 00:00:00+00".into())],
        ];
        let insert = Insert::new("kept", ["a", "b", "c"], rows);
        assert_eq!(
            insert.statements(),
            [
                "INSERT INTO _mz_deploy.tables.kept (a, b, c) VALUES ('it''s', 7, NULL), ('x', 8, '2026-01-01 00:00:00+00'::timestamptz)"
            ]
        );
        assert!(Insert::new("kept", ["a"], []).statements().is_empty());
    }

    #[test]
    fn no_statement_is_too_long_and_no_row_is_lost() {
        let rows = (0..5000).map(|n| [Value::from(format!("{n}{}", "'".repeat(200)).as_str())]);
        let statements = Insert::new("plans", ["body"], rows).statements();
        assert!(statements.len() > 1 && statements.iter().all(|statement| statement.len() < 1_000_000));
        let rows: usize = statements.iter().map(|statement| statement.matches("('").count()).sum();
        assert_eq!(rows, 5000);
    }

    #[test]
    fn a_plan_records_in_the_ledger_and_nowhere_else() {
        let effect = |table: &str, column: &str, value: &str| Effect::Record {
            table: table.into(),
            columns: vec!["deploy_id".into(), column.into()],
            rows: vec![vec!["a".into(), value.into()]],
        };
        let fine =
            record(&effect("_mz_deploy.tables.pending_statements", "sequence_num", "3")).expect("a row");
        let statements: Vec<String> = fine.iter().flat_map(Insert::statements).collect();
        assert_eq!(
            statements,
            ["INSERT INTO _mz_deploy.tables.pending_statements (deploy_id, sequence_num) VALUES ('a', 3)"]
        );
        for (table, column, value) in [
            ("app.core.orders", "id", "1"),
            ("app.core.plans", "part", "1"),
            ("_mz_deploy.tables.plans; DROP TABLE x", "part", "1"),
            ("_mz_deploy.tables.version", "version", "1"),
            ("_mz_deploy.tables.plans", "part) VALUES ('x'); --", "1"),
            ("_mz_deploy.tables.plans", "part", "1); DROP TABLE x"),
        ] {
            assert!(record(&effect(table, column, value)).is_err(), "{table} {column} {value}");
        }
    }

    #[test]
    fn names_of_replacements_have_a_table_of_their_own() {
        let columns = [
            "deploy_id",
            "target_database",
            "target_schema",
            "target_name",
            "replacement_schema",
            "replacement_name",
        ];
        let effect = Effect::Record {
            table: "_mz_deploy.tables.replacement_mvs".into(),
            columns: columns.iter().map(|column| (*column).into()).collect(),
            rows: vec![
                ["a", "app", "api", "mv", "api", "mv__a"].iter().map(|value| (*value).into()).collect(),
            ],
        };
        let statements: Vec<String> =
            record(&effect).expect("rows").iter().flat_map(Insert::statements).collect();
        assert_eq!(
            statements,
            [
                "INSERT INTO _mz_deploy.tables.replacement_mvs (deploy_id, target_database, target_schema, target_name, replacement_schema) VALUES ('a', 'app', 'api', 'mv', 'api')",
                "INSERT INTO _mz_deploy.tables.replacements (deploy_id, target_database, target_schema, target_name, replacement_name) VALUES ('a', 'app', 'api', 'mv', 'mv__a')",
            ]
        );
    }
}
