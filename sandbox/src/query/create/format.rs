//! The columns that a format gives.

use mz_deploy_planner::name::Ident;

use super::super::types::builtin;
use crate::catalog::{ColumnDesc, ScalarType};
use crate::error::SqlError;
use crate::sql::ast::Encoding;

/// The columns of messages in a format, with those that `INCLUDE` adds.
pub(super) fn columns(encoding: &Encoding, names: &[Ident]) -> Result<Vec<ColumnDesc>, SqlError> {
    let column = |name: &str, data_type: ScalarType, nullable: bool| ColumnDesc {
        name: Ident::new(name),
        data_type,
        nullable,
        default: None,
    };
    let format = encoding.format.as_deref().unwrap_or_default();
    let format = format.strip_prefix("FORMAT ").unwrap_or(format);
    let mut columns = match format {
        "TEXT" => vec![column("text", builtin("text"), false)],
        "BYTES" => vec![column("data", builtin("bytea"), false)],
        "JSON" => vec![column("data", builtin("jsonb"), false)],
        csv if csv.starts_with("CSV WITH ") => {
            let count = csv.split(' ').nth(2).and_then(|count| count.parse::<usize>().ok());
            let count = count.ok_or_else(|| SqlError::unsupported("CSV with a header"))?;
            (1..=count).map(|n| column(&format!("column{n}"), builtin("text"), false)).collect()
        }
        other => return Err(SqlError::unsupported(format!("the columns of {other}"))),
    };
    for include in &encoding.include {
        let (what, alias) = include.split_once(" AS ").unwrap_or((include, ""));
        let what = what.strip_prefix("INCLUDE ").unwrap_or(what);
        let (name, data_type) = match what {
            "PARTITION" => ("partition", builtin("int4")),
            "OFFSET" => ("offset", builtin("uint8")),
            "TIMESTAMP" => ("timestamp", builtin("timestamp")),
            other => return Err(SqlError::unsupported(format!("INCLUDE {other}"))),
        };
        let name = if alias.is_empty() { name } else { alias.trim_matches('"') };
        columns.push(column(name, data_type, false));
    }
    for (column, name) in columns.iter_mut().zip(names) {
        column.name = name.clone();
    }
    Ok(columns)
}
