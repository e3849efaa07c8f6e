//! Plans of statements that write rows.

use mz_deploy_planner::name::Ident;

use super::describe::describe;
use super::lower::{self, Lowering, quoted};
use super::resolve::{References, Resolver, full_name};
use super::select::ensure_types;
use super::types;
use crate::catalog::{Catalog, ColumnDesc, Item, ItemId, ItemKind, ScalarType, TableStatement};
use crate::engine::{self, Engine};
use crate::error::{SqlError, SqlState};
use crate::plan::SessionView;
use crate::result::{Column, TypeOid};
use crate::sql::ast::{
    Delete, Expr, Insert, ItemRef, Query, SetExpr, TableAlias, TableFactor, TableWithJoins, Update, Value,
    With,
};

/// A write that is ready to run on the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WritePlan {
    /// The table.
    pub table: ItemId,
    /// The engine's SQL.
    pub sql: String,
    /// The columns of `RETURNING`; none without it.
    pub columns: Vec<Column>,
    /// The types of its parameters.
    pub params: Vec<TypeOid>,
    /// What it refers to besides the table.
    pub references: References,
}

impl WritePlan {
    /// Writes the same rows whenever it runs: what a transaction of several writes may have.
    pub fn is_constant(&self) -> bool {
        self.references.reads.is_empty()
    }
}

/// Plans an `INSERT`.
pub fn plan_insert(
    statement: &Insert,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<WritePlan, SqlError> {
    let Insert { table, columns, source, returning } = statement;
    let mut table = table.clone();
    let mut source = source.clone();
    let mut returning = returning.clone();
    let mut resolver = Resolver::new(catalog, session);
    let item = super::resolve::lookup(catalog, session, &table)?;
    table = ItemRef::Id(item.id);
    if let Some(source) = &mut source {
        resolver.query(source)?;
    }
    let targets = insertable(catalog, item, columns)?;
    resolver.select_items(&mut returning)?;
    let references = resolver.references;
    refuse_mz_now(&references)?;
    ensure_types(catalog, engine, &references.types)?;

    let rows = match &source {
        None => "DEFAULT VALUES".to_owned(),
        Some(query) => rows(catalog, engine, query, &targets, !columns.is_empty(), params)?,
    };
    let list = match (&source, targets.is_empty()) {
        (None, _) | (_, true) => String::new(),
        // Rows may be shorter than the table: they are as many columns as they have.
        (Some(query), false) => {
            let width = width(query).unwrap_or(targets.len()).min(targets.len());
            let names: Vec<String> =
                targets.iter().take(width).map(|column| quoted(column.name.as_str())).collect();
            format!(" ({})", names.join(", "))
        }
    };
    let factor = TableFactor::Table { name: table, alias: None };
    let from = [TableWithJoins { relation: factor, joins: Vec::new() }];
    let mut lowering = Lowering::new(catalog);
    lowering.enter(&from);
    let target = lowering.list(&from)?;
    let mut sql = format!("INSERT INTO {target}{list} {rows}");
    if !returning.is_empty() {
        let items: Result<Vec<String>, SqlError> =
            returning.iter().map(|item| lowering.select_item(item)).collect();
        sql = format!("{sql} RETURNING {}", items?.join(", "));
    }
    let described = describe(engine, &sql, params)?;
    Ok(WritePlan { table: item.id, sql, columns: described.columns, params: described.params, references })
}

/// The number of columns of a query, if its text says it.
fn width(query: &Query) -> Option<usize> {
    match &query.body {
        SetExpr::Values(rows) => rows.first().map(Vec::len),
        SetExpr::Query(query) => width(query),
        _ => None,
    }
}

/// The source of an `INSERT` in the engine's words, with the checks of its width.
fn rows(
    catalog: &Catalog,
    engine: &Engine,
    query: &Query,
    targets: &[&ColumnDesc],
    listed: bool,
    params: &[TypeOid],
) -> Result<String, SqlError> {
    let check = |width: usize| {
        if width > targets.len() {
            return Err(SqlError::internal("INSERT has more expressions than target columns"));
        }
        if listed && width < targets.len() {
            return Err(SqlError::internal("INSERT has more target columns than expressions"));
        }
        Ok(())
    };
    if let (SetExpr::Values(rows), true) = (&query.body, is_plain(query)) {
        let mut lowering = Lowering::new(catalog);
        let mut lowered = Vec::new();
        for row in rows {
            check(row.len())?;
            let mut values = Vec::new();
            for (expr, target) in row.iter().zip(targets) {
                check_integer(expr, &target.data_type)?;
                let form = types::engine_form(catalog, &target.data_type)?;
                values.push(match expr {
                    // The engine's own types read text by a cast, for they have no input functions.
                    Expr::Value(Value::String(_)) if engine::needs_text(&form) => {
                        format!("CAST({}::text AS {})", lowering.expr(expr)?, engine::engine_type(&form))
                    }
                    expr => lowering.expr(expr)?,
                });
            }
            lowered.push(format!("({})", values.join(", ")));
        }
        return Ok(format!("VALUES {}", lowered.join(", ")));
    }
    // A query of its own has types of its own: NULL is text before it meets the column.
    let sql = lower::query(catalog, query)?;
    let sql = format!("SELECT * FROM ({sql}) AS q");
    check(describe(engine, &sql, params)?.columns.len())?;
    Ok(sql)
}

/// True for a query that is nothing but its body.
fn is_plain(query: &Query) -> bool {
    query.with == With::Simple(Vec::new())
        && query.order_by.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
}

/// A number that the column's type can't hold is refused with the number.
fn check_integer(expr: &Expr, data_type: &ScalarType) -> Result<(), SqlError> {
    let (Expr::Value(Value::Number(number)), ScalarType::Builtin { name, .. }) = (expr, data_type) else {
        return Ok(());
    };
    let (least, most, words) = match name.as_str() {
        "int2" => (i64::from(i16::MIN), i64::from(i16::MAX), "smallint"),
        "int4" => (i64::from(i32::MIN), i64::from(i32::MAX), "integer"),
        _ => return Ok(()),
    };
    match number.parse::<i64>() {
        Ok(value) if !(least..=most).contains(&value) => {
            Err(SqlError::internal(format!("\"{number}\" {words} out of range")))
        }
        _ => Ok(()),
    }
}

fn refuse_mz_now(references: &References) -> Result<(), SqlError> {
    if references.mz_now() {
        return Err(SqlError::new(
            SqlState::FEATURE_NOT_SUPPORTED,
            "calls to mz_now in write statements are not supported",
        ));
    }
    Ok(())
}

/// The columns that rows go to: those that are listed, or all.
pub(super) fn insertable<'a>(
    catalog: &Catalog,
    item: &'a Item,
    columns: &[Ident],
) -> Result<Vec<&'a ColumnDesc>, SqlError> {
    let name = full_name(catalog, item.id);
    let ItemKind::Table(table) = &item.kind else {
        return Err(SqlError::internal(format!(
            "cannot insert into {} '{name}'",
            item.kind.object_kind().words()
        )));
    };
    match &table.create {
        Some(TableStatement::Table(_)) => {}
        Some(_) => {
            return Err(SqlError::internal(format!("cannot insert into non-writeable table '{name}'")));
        }
        None => return Err(SqlError::internal(format!("cannot insert into system table '{name}'"))),
    }
    if columns.is_empty() {
        return Ok(table.columns.iter().collect());
    }
    let mut targets = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let target = table.columns.iter().find(|known| known.name == *column).ok_or_else(|| {
            SqlError::internal(format!("column {:?} of relation \"{name}\" does not exist", column.as_str()))
        })?;
        if columns.iter().take(place).any(|earlier| earlier == column) {
            return Err(SqlError::internal(format!("column {:?} specified more than once", column.as_str())));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn mutable<'a>(catalog: &Catalog, item: &'a Item) -> Result<&'a [ColumnDesc], SqlError> {
    let name = full_name(catalog, item.id);
    match &item.kind {
        ItemKind::Table(table) => match &table.create {
            Some(TableStatement::Table(_)) => Ok(&table.columns),
            Some(_) => Err(SqlError::internal(format!("cannot mutate non-writeable table '{name}'"))),
            None => Err(SqlError::internal(format!("cannot mutate system table '{name}'"))),
        },
        kind => Err(SqlError::internal(format!("cannot mutate {} '{name}'", kind.object_kind().words()))),
    }
}

/// Plans an `UPDATE`.
pub fn plan_update(
    statement: &Update,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<WritePlan, SqlError> {
    let Update { table, alias, mut assignments, mut selection } = statement.clone();
    let mut resolver = Resolver::new(catalog, session);
    let item = super::resolve::lookup(catalog, session, &table)?;
    let columns = mutable(catalog, item)?;
    for (_, expr) in &mut assignments {
        resolver.expr(expr)?;
    }
    if let Some(selection) = &mut selection {
        resolver.expr(selection)?;
    }
    let mut references = resolver.references;
    refuse_mz_now(&references)?;
    references.reads.insert(item.id);
    ensure_types(catalog, engine, &references.types)?;

    let from = [one_table(item.id, alias)];
    let mut lowering = Lowering::new(catalog);
    lowering.enter(&from);
    let target = lowering.list(&from)?;
    let mut set = Vec::new();
    for (column, expr) in &assignments {
        let known = columns.iter().find(|known| known.name == *column);
        let known = known.ok_or_else(|| SqlError::internal(format!("unknown column {}", column.as_str())))?;
        check_integer(expr, &known.data_type)?;
        set.push(format!("{} = {}", quoted(column.as_str()), lowering.expr(expr)?));
    }
    let mut sql = format!("UPDATE {target} SET {}", set.join(", "));
    if let Some(selection) = &selection {
        sql = format!("{sql} WHERE {}", lowering.expr(selection)?);
    }
    let described = describe(engine, &sql, params)?;
    Ok(WritePlan { table: item.id, sql, columns: Vec::new(), params: described.params, references })
}

/// Plans a `DELETE`.
pub fn plan_delete(
    statement: &Delete,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<WritePlan, SqlError> {
    let Delete { table, alias, mut using, mut selection } = statement.clone();
    let mut resolver = Resolver::new(catalog, session);
    let item = super::resolve::lookup(catalog, session, &table)?;
    mutable(catalog, item)?;
    resolver.from(&mut using)?;
    if let Some(selection) = &mut selection {
        resolver.expr(selection)?;
    }
    let mut references = resolver.references;
    refuse_mz_now(&references)?;
    references.reads.insert(item.id);
    ensure_types(catalog, engine, &references.types)?;

    let mut from = vec![one_table(item.id, alias)];
    from.extend(using);
    let mut lowering = Lowering::new(catalog);
    lowering.enter(&from);
    let mut list = lowering.each(&from)?.into_iter();
    let mut sql = format!("DELETE FROM {}", list.next().unwrap_or_default());
    let rest: Vec<String> = list.collect();
    if !rest.is_empty() {
        sql = format!("{sql} USING {}", rest.join(", "));
    }
    if let Some(selection) = &selection {
        sql = format!("{sql} WHERE {}", lowering.expr(selection)?);
    }
    let described = describe(engine, &sql, params)?;
    Ok(WritePlan { table: item.id, sql, columns: Vec::new(), params: described.params, references })
}

fn one_table(id: ItemId, alias: Option<Ident>) -> TableWithJoins {
    let alias = alias.map(|name| TableAlias { name, columns: Vec::new() });
    TableWithJoins { relation: TableFactor::Table { name: ItemRef::Id(id), alias }, joins: Vec::new() }
}
