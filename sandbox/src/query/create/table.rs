//! `CREATE TABLE`

use super::super::describe::refused;
use super::super::feature::{unavailable, unsafe_feature};
use super::super::lower;
use super::super::resolve::Resolver;
use super::super::select::ensure_types;
use super::super::types;
use super::{Planning, refuse_duplicates, skipping};
use crate::catalog::{ColumnDesc, ItemKind, Table, TableStatement};
use crate::error::SqlError;
use crate::plan::DdlPlan;
use crate::sql::ast::{ColumnDef, ColumnOption, CreateTable, SqlOption};
use crate::sql::print::{Form, NoNames, Style, print_column_option};

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateTable) -> Result<DdlPlan, SqlError> {
    let mut statement = create.clone();
    let mut resolver = Resolver::new(planning.catalog, planning.session);
    for column in &mut statement.columns {
        resolver.data_type(&mut column.data_type)?;
        for option in &mut column.options {
            if let ColumnOption::Default(expr) = option {
                resolver.expr(expr)?;
            }
        }
    }
    let references = resolver.references;
    refuse_duplicates(statement.columns.iter().map(|column| &column.name))?;
    refuse_constraints(&statement)?;
    refuse_history(&statement.options)?;
    ensure_types(planning.catalog, planning.engine, &references.types)?;
    let columns: Result<Vec<ColumnDesc>, SqlError> =
        statement.columns.iter().map(|column| column_desc(planning, column)).collect();
    let columns = columns?;

    let place = planning.place(&create.name, create.temporary)?;
    if planning.is_taken(&place, create.if_not_exists)? {
        return Ok(skipping("table", &place.name));
    }
    statement.name = planning.stored_name(&place);
    statement.if_not_exists = false;
    let kind = ItemKind::Table(Table { columns, create: Some(TableStatement::Table(statement)) });
    let op = planning.new_item(place, references.uses, kind);
    Ok(DdlPlan { ops: vec![op], ..DdlPlan::default() })
}

/// A column with its default, which must fit its type.
fn column_desc(planning: &Planning<'_>, column: &ColumnDef) -> Result<ColumnDesc, SqlError> {
    let data_type = types::scalar_type(planning.catalog, &column.data_type)?;
    if column.collation.is_some() {
        return Err(SqlError::internal("CREATE TABLE with column collation not yet supported"));
    }
    let mut desc = ColumnDesc { name: column.name.clone(), data_type, nullable: true, default: None };
    for option in &column.options {
        match option {
            ColumnOption::NotNull => desc.nullable = false,
            ColumnOption::Default(expr) => {
                let spelled = types::engine_type(planning.catalog, &desc.data_type)?;
                let sql = lower::expr(planning.catalog, expr, None)?;
                let probe = format!("SELECT ({sql})::{spelled}");
                planning.engine.describe(&probe, &[]).map_err(|error| refused(&error))?;
                desc.default = Some(expr.clone());
            }
            ColumnOption::Null
            | ColumnOption::Unique { .. }
            | ColumnOption::References { .. }
            | ColumnOption::Check(_) => {}
        }
    }
    Ok(desc)
}

fn refuse_constraints(create: &CreateTable) -> Result<(), SqlError> {
    let keys =
        || unsafe_feature("CREATE TABLE with a primary key or unique constraint", "unsafe_enable_table_keys");
    for option in create.columns.iter().flat_map(|column| &column.options) {
        match option {
            ColumnOption::Unique { .. } => return Err(keys()),
            ColumnOption::Check(_) | ColumnOption::References { .. } => {
                let style = Style { form: Form::Display, redacted: false };
                let text = print_column_option(option, style, &NoNames);
                return Err(SqlError::internal(format!(
                    "CREATE TABLE with column constraint: {text} not yet supported"
                )));
            }
            ColumnOption::Null | ColumnOption::NotNull | ColumnOption::Default(_) => {}
        }
    }
    match create.constraints.first() {
        None => Ok(()),
        Some(constraint) if ["PRIMARY KEY", "UNIQUE"].contains(&constraint.kind.as_str()) => Err(keys()),
        Some(constraint) => Err(SqlError::internal(format!(
            "CREATE TABLE with table constraint: {} not yet supported",
            constraint.kind
        ))),
    }
}

/// `RETAIN HISTORY` is behind a flag.
pub(super) fn refuse_history(options: &[SqlOption]) -> Result<(), SqlError> {
    if options.iter().any(|option| option.name == "RETAIN HISTORY") {
        return Err(unavailable("RETAIN HISTORY", "enable_logical_compaction_window"));
    }
    Ok(())
}

/// `ALTER TABLE … ADD COLUMN` is behind a flag.
pub(super) fn add_column() -> Result<DdlPlan, SqlError> {
    Err(unavailable("Enable ALTER TABLE ... ADD COLUMN ...", "enable_alter_table_add_column"))
}
