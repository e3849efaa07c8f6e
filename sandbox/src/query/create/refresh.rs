//! `ALTER SOURCE … REFRESH REFERENCES`

use super::options::is_unreached;
use super::postgres::{self, Publication};
use super::{Planning, absent, generator, is_absence};
use crate::catalog::{ItemKind, Op, Source, SourceStatement};
use crate::error::SqlError;
use crate::plan::{DdlPlan, wrong_kind};
use crate::sql::ast::{ItemRef, Name, ObjectKind, SourceConnection};

/// Lists anew what tables can be made of a source.
pub(super) fn references(planning: &Planning<'_>, if_exists: bool, name: &Name) -> Result<DdlPlan, SqlError> {
    let item = match planning.catalog.resolve_item(planning.session, name) {
        Ok(item) => item,
        Err(error) if if_exists && is_absence(&error) => return Ok(absent("SOURCE", name)),
        Err(error) => return Err(error),
    };
    let ItemKind::Source(source) = &item.kind else {
        return Err(wrong_kind(planning.catalog, planning.session, item, ObjectKind::Source));
    };
    let replaced = |source: Source| Op::ReplaceItem {
        id: item.id,
        uses: item.uses.clone(),
        kind: Box::new(ItemKind::Source(source)),
    };
    let mut source = source.clone();
    let SourceStatement::Source(create) = &source.create else { return Err(outside()) };
    source.references = match &create.connection {
        SourceConnection::LoadGenerator { generator, .. } => generator::references(generator, planning.now),
        SourceConnection::Postgres { options, .. } => {
            let connection = source.connection.ok_or_else(outside)?;
            let (id, definition) = planning.connection(&ItemRef::Id(connection))?;
            if is_unreached(&definition) {
                return Err(outside());
            }
            let full = super::full_name(planning.catalog, id);
            let inquiry = Publication::of(definition, &full, options)?.tables();
            let Some(tables) = planning.upstream.tables(&inquiry)? else {
                let ops = vec![replaced(source)];
                return Ok(DdlPlan { ops, inquiry: Some(inquiry), ..DdlPlan::default() });
            };
            postgres::references(tables, planning.now)
        }
        _ => return Err(outside()),
    };
    Ok(DdlPlan { ops: vec![replaced(source)], ..DdlPlan::default() })
}

fn outside() -> SqlError {
    SqlError::unsupported("references of sources that are outside")
}
