//! Plans of `COPY`.

use super::lower::relation;
use super::resolve::lookup;
use super::select::{QueryPlan, plan_select};
use super::subscribe::{SubscribePlan, plan_subscribe};
use super::write::insertable;
use crate::catalog::{Catalog, ItemId, ScalarType};
use crate::engine::Engine;
use crate::error::{SqlError, SqlState};
use crate::plan::SessionView;
use crate::result::TypeOid;
use crate::sql::ast::{Copy, CopyDirection, CopyRelation, OptionValue, SqlOption, Value};

/// A `COPY` that is ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one plan a statement: nothing keeps many of them")]
pub enum CopyPlan {
    /// `COPY t FROM STDIN`
    From(CopyFrom),
    /// `COPY (SELECT …) TO STDOUT`
    Query(QueryPlan, CopyFormat),
    /// `COPY (SUBSCRIBE …) TO STDOUT`
    Subscribe(SubscribePlan, CopyFormat),
}

/// Rows that a client sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFrom {
    /// The table.
    pub table: ItemId,
    /// Its name in the engine.
    pub engine_table: String,
    /// The columns, in the order of the rows' fields, each with its type and whether it may be NULL.
    pub columns: Vec<CopyColumn>,
    /// The form of the rows.
    pub format: CopyFormat,
}

/// A column that is copied into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct CopyColumn {
    pub name: String,
    pub data_type: ScalarType,
    pub type_oid: TypeOid,
    pub nullable: bool,
}

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFormat {
    /// Text, CSV or binary.
    pub kind: CopyKind,
    /// Between fields.
    pub delimiter: char,
    /// What stands for NULL.
    pub null: String,
    /// Around fields, in CSV.
    pub quote: char,
    /// Before a quote in quotes, in CSV.
    pub escape: char,
    /// The first line is no row, in CSV.
    pub header: bool,
}

/// The format of `COPY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the option's value")]
pub enum CopyKind {
    Text,
    Csv,
    Binary,
}

/// Plans a `COPY`.
pub fn plan_copy(
    statement: &Copy,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<CopyPlan, SqlError> {
    match (&statement.relation, &statement.direction) {
        (CopyRelation::Table { name, columns }, CopyDirection::FromStdin) => {
            let item = lookup(catalog, session, name)?;
            let targets = insertable(catalog, item, columns)?;
            let columns = targets.into_iter().map(|column| CopyColumn {
                name: column.name.as_str().to_owned(),
                data_type: column.data_type.clone(),
                type_oid: super::describe::oid_of(catalog, &column.data_type),
                nullable: column.nullable,
            });
            Ok(CopyPlan::From(CopyFrom {
                table: item.id,
                engine_table: relation(catalog, item.id),
                columns: columns.collect(),
                format: format(&statement.options)?,
            }))
        }
        (CopyRelation::Table { name, .. }, CopyDirection::ToStdout) => {
            lookup(catalog, session, name)?;
            Err(SqlError::internal("named with COPY TO STDOUT unsupported"))
        }
        (_, CopyDirection::FromOther(_)) => {
            Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, "COPY FROM URL/S3 format are not supported"))
        }
        (_, CopyDirection::ToOther(_)) => Err(SqlError::unsupported("COPY TO a place outside")),
        (_, CopyDirection::FromStdin) => Err(SqlError::internal("COPY FROM with a query is not supported")),
        (CopyRelation::Select(select), CopyDirection::ToStdout) => {
            let query = plan_select(select, catalog, session, engine, params)?;
            Ok(CopyPlan::Query(query, format(&statement.options)?))
        }
        (CopyRelation::Subscribe(subscribe), CopyDirection::ToStdout) => {
            let subscribe = plan_subscribe(subscribe, catalog, session, engine, params)?;
            Ok(CopyPlan::Subscribe(subscribe, format(&statement.options)?))
        }
    }
}

fn format(options: &[SqlOption]) -> Result<CopyFormat, SqlError> {
    let find = |name: &str| options.iter().find(|option| option.name == name);
    let text = |name: &str| find(name).and_then(|option| option.value.as_ref()).and_then(word);
    let kind = match text("FORMAT").map(|name| name.to_lowercase()).as_deref() {
        None | Some("text") => CopyKind::Text,
        Some("csv") => CopyKind::Csv,
        Some("binary") => CopyKind::Binary,
        Some("parquet") => return Err(SqlError::unsupported("COPY with FORMAT parquet")),
        Some(other) => return Err(SqlError::internal(format!("unknown FORMAT: {other}"))),
    };
    let csv = kind == CopyKind::Csv;
    let character = |name: &str, default: char| match text(name) {
        None => Ok(default),
        Some(value) => {
            let mut characters = value.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) if only.is_ascii() => Ok(only),
                _ => Err(SqlError::internal(format!(
                    "COPY {} must be a single one-byte character",
                    name.to_lowercase()
                ))),
            }
        }
    };
    let quote = character("QUOTE", '"')?;
    let off = |option: &SqlOption| matches!(option.value, Some(OptionValue::Value(Value::Boolean(false))));
    Ok(CopyFormat {
        kind,
        delimiter: character("DELIMITER", if csv { ',' } else { '\t' })?,
        null: text("NULL").unwrap_or_else(|| if csv { String::new() } else { "\\N".to_owned() }),
        quote,
        escape: character("ESCAPE", quote)?,
        header: find("HEADER").is_some_and(|option| !off(option)),
    })
}

/// The text of an option that is a word or a string.
fn word(value: &OptionValue) -> Option<String> {
    match value {
        OptionValue::Ident(word) => Some(word.as_str().to_owned()),
        OptionValue::Value(Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}
