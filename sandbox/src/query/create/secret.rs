//! `CREATE SECRET` and `ALTER SECRET`

use super::super::describe::column_types;
use super::super::describe::describe;
use super::super::lower;
use super::super::resolve::Resolver;
use super::super::select::evaluate;
use super::super::types;
use super::{Planning, absent, is_absence, skipping};
use crate::catalog::{ItemKind, Op};
use crate::error::SqlError;
use crate::plan::{DdlPlan, wrong_kind};
use crate::sql::ast::{Expr, Name, ObjectKind, Value};

const BYTEA: u32 = 17;

pub(super) fn create(
    planning: &mut Planning<'_>,
    name: &Name,
    if_not_exists: bool,
    value: &Expr,
) -> Result<DdlPlan, SqlError> {
    let value = secret_value(planning, value)?;
    let place = planning.place(name, false)?;
    match planning.occupant(&place) {
        Some(_) if if_not_exists => return Ok(skipping("secret", &place.name)),
        Some(_) => {
            return Err(SqlError::internal(format!("catalog item '{}' already exists", place.name.as_str())));
        }
        None => {}
    }
    let op = planning.new_item(place, std::collections::BTreeSet::new(), ItemKind::Secret);
    let secrets = match &op {
        Op::CreateItem { id, .. } => vec![(*id, value)],
        _ => Vec::new(),
    };
    Ok(DdlPlan { ops: vec![op], secrets, ..DdlPlan::default() })
}

pub(super) fn alter(
    planning: &Planning<'_>,
    if_exists: bool,
    name: &Name,
    value: &Expr,
) -> Result<DdlPlan, SqlError> {
    let item = match planning.catalog.resolve_item(planning.session, name) {
        Ok(item) => item,
        Err(error) if if_exists && is_absence(&error) => return Ok(absent("SECRET", name)),
        Err(error) => return Err(error),
    };
    if !matches!(item.kind, ItemKind::Secret) {
        return Err(wrong_kind(planning.catalog, planning.session, item, ObjectKind::Secret));
    }
    let value = secret_value(planning, value)?;
    Ok(DdlPlan {
        ops: vec![Op::AlterSecret { id: item.id }],
        secrets: vec![(item.id, value)],
        ..DdlPlan::default()
    })
}

/// The value: bytes, which must be text in UTF-8.
fn secret_value(planning: &Planning<'_>, value: &Expr) -> Result<Vec<u8>, SqlError> {
    let mut value = value.clone();
    let mut resolver = Resolver::new(planning.catalog, planning.session);
    resolver.expr(&mut value)?;
    let sql = lower::expr(planning.catalog, &value, None)?;
    let literal = matches!(value, Expr::Value(Value::String(_) | Value::Null));
    if !literal {
        let probe = format!("SELECT {sql}");
        let columns = describe(planning.engine, &probe, &[])?.columns;
        if columns.first().is_none_or(|column| column.type_oid != BYTEA) {
            let found = column_types(planning.engine, &probe, &columns)?;
            let found =
                found.first().map(|found| types::display(planning.catalog, found)).unwrap_or_default();
            return Err(SqlError::internal(format!("AS must have type bytea, not type {found}")));
        }
    }
    let (_, bytes) = evaluate(planning.engine, &format!("SELECT ({sql})::bytea"))?;
    let bytes = bytes.ok_or_else(|| SqlError::internal("secret value can not be null"))?;
    if std::str::from_utf8(&bytes).is_err() {
        return Err(SqlError::internal("secret value must be valid UTF-8"));
    }
    Ok(bytes)
}
