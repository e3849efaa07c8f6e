//! The subsources that a source of `PostgreSQL` makes along with itself.

use std::collections::BTreeSet;

use super::super::reference::beside;
use super::super::{Planning, already_exists};
use super::table::{ColumnOptions, EXCLUDE, TEXT, extract, take, unsupported};
use super::{Publication, columns, invalid, rows_of};
use crate::catalog::{ItemKind, Op, Source, SourceStatement, written};
use crate::error::SqlError;
use crate::plan::DdlPlan;
use crate::source::postgres::{Question, UpstreamTable};
use crate::sql::ast::{CreateSource, ExternalReferences, Name, SourceConnection, SqlOption};

/// A source, and what `FOR …` makes along with it. `source` is the operation that makes the source itself.
pub(in super::super) fn with_subsources(
    planning: &mut Planning<'_>,
    create: &CreateSource,
    publication: &Publication,
    tables: &[UpstreamTable],
    source: Op,
) -> Result<DdlPlan, SqlError> {
    let SourceConnection::Postgres { options, .. } = &create.connection else {
        return Err(SqlError::internal("a source of PostgreSQL is made by another statement"));
    };
    let Op::CreateItem { id: parent, kind, .. } = &source else {
        return Err(SqlError::internal("a source is made by another operation"));
    };
    let (parent, cluster) = (*parent, kind.cluster());
    let wanted = match &create.external_references {
        Some(references) => wanted(create, references, publication, tables)?,
        None => Vec::new(),
    };
    refuse_idle_options(&wanted, options)?;
    publication.check(&wanted.iter().map(|(table, _)| *table).collect::<Vec<_>>())?;
    let mut chosen = vec![ColumnOptions::default(); wanted.len()];
    for option in [TEXT, EXCLUDE] {
        choose(option, options, publication, tables, &wanted, &mut chosen)?;
    }
    let (mut ops, mut ids, mut extracts, mut refused) = (vec![source], Vec::new(), Vec::new(), Vec::new());
    for ((table, name), options) in wanted.iter().zip(&chosen) {
        let taken = take(planning, &publication.database, table, options)?;
        refused.extend(taken.unsupported);
        let place = planning.place(name, false)?;
        if let Some(item) = planning.occupant(&place) {
            return Err(already_exists(item, &place.full));
        }
        let subsource = Source {
            source_type: "subsource".to_owned(),
            columns: taken.columns,
            cluster,
            connection: None,
            parent: Some(parent),
            references: Vec::new(),
            create: SourceStatement::Subsource(Some(publication.full_name(table))),
        };
        let op = planning.new_item(place, BTreeSet::from([parent]), ItemKind::Source(subsource));
        if let Op::CreateItem { id, .. } = &op {
            ids.push(*id);
        }
        ops.push(op);
        extracts.push(extract(table, options));
    }
    unsupported(&refused)?;
    if extracts.is_empty() {
        return Ok(DdlPlan { ops, ..DdlPlan::default() });
    }
    let inquiry = publication.ask(Question::Rows(extracts));
    Ok(match planning.upstream.rows(&inquiry)? {
        Some(rows) => DdlPlan { ops, rows: rows_of(ids, rows), ..DdlPlan::default() },
        None => DdlPlan { ops, inquiry: Some(inquiry), ..DdlPlan::default() },
    })
}

/// The tables that `FOR …` names, and what each is to be called.
fn wanted<'t>(
    create: &CreateSource,
    references: &ExternalReferences,
    publication: &Publication,
    tables: &'t [UpstreamTable],
) -> Result<Vec<(&'t UpstreamTable, Name)>, SqlError> {
    let as_there = |table: &'t UpstreamTable| (table, beside(&create.name, &table.name));
    let wanted: Vec<_> = match references {
        ExternalReferences::All if tables.is_empty() => {
            return Err(invalid(format!("PUBLICATION {} is empty", publication.name)));
        }
        ExternalReferences::All => tables.iter().map(as_there).collect(),
        ExternalReferences::Schemas(schemas) => {
            let meant = |table: &&UpstreamTable| schemas.iter().any(|schema| schema.as_str() == table.schema);
            let found: Vec<_> = tables.iter().filter(meant).map(as_there).collect();
            if found.is_empty() {
                let schemas: Vec<String> =
                    schemas.iter().map(|name| format!("{:?}", name.as_str())).collect();
                return Err(SqlError::internal(format!(
                    "no tables found in referenced schemas: {}",
                    schemas.join(", ")
                )));
            }
            found
        }
        ExternalReferences::Tables(named) => {
            let one = |(reference, alias): &(Name, Option<Name>)| {
                let table = publication.table(tables, reference)?;
                Ok((table, alias.clone().unwrap_or_else(|| beside(&create.name, &table.name))))
            };
            named.iter().map(one).collect::<Result<_, SqlError>>()?
        }
    };
    refuse_repetition(publication, &wanted)?;
    Ok(wanted)
}

/// Neither may two have one name, nor one table two names.
fn refuse_repetition(publication: &Publication, wanted: &[(&UpstreamTable, Name)]) -> Result<(), SqlError> {
    let joined = |mut names: Vec<String>| {
        names.sort();
        names.join(", ")
    };
    let full = |table: &UpstreamTable| written(&publication.full_name(table));
    for (n, (table, name)) in wanted.iter().enumerate() {
        let same_name: Vec<String> =
            wanted.iter().filter(|(_, other)| other == name).map(|(table, _)| full(table)).collect();
        if same_name.len() > 1 {
            let message = format!("multiple subsources would be named {}", written(name));
            return Err(SqlError::internal(message)
                .with_detail(format!("referenced tables with duplicate name: {}", joined(same_name))));
        }
        if wanted.iter().skip(n + 1).any(|(other, _)| other == table) {
            let names = wanted.iter().filter(|(other, _)| other == table).map(|(_, name)| written(name));
            return Err(SqlError::internal(format!("multiple subsources refer to table {}", full(table)))
                .with_detail(format!("subsources referencing table: {}", joined(names.collect()))));
        }
    }
    Ok(())
}

/// Options about columns say nothing where no table is made.
fn refuse_idle_options(wanted: &[(&UpstreamTable, Name)], options: &[SqlOption]) -> Result<(), SqlError> {
    let idle = [TEXT, EXCLUDE].into_iter().find(|option| !columns(options, option).is_empty());
    match idle {
        Some(option) if wanted.is_empty() => {
            Err(invalid(format!("{option} option is unnecessary when no tables are added"))
                .with_hint(format!("Remove the {option} option, as no tables are being added.")))
        }
        _ => Ok(()),
    }
}

/// Hands the columns that an option of a source names to the tables that they are of.
fn choose(
    option: &str,
    options: &[SqlOption],
    publication: &Publication,
    tables: &[UpstreamTable],
    wanted: &[(&UpstreamTable, Name)],
    chosen: &mut [ColumnOptions],
) -> Result<(), SqlError> {
    let mut absent = Vec::new();
    for mut name in columns(options, option) {
        let full = written(&name);
        let Some(column) = name.0.pop().filter(|_| !name.0.is_empty()) else {
            return Err(SqlError::internal(format!(
                "invalid {option} option value: column name '{full}' must have at least a table qualification"
            )));
        };
        let table = publication.table(tables, &name).map_err(|error| {
            SqlError::internal(format!("invalid {option} option value: {}", error.message))
        })?;
        let place = wanted.iter().position(|(other, _)| *other == table);
        match place.and_then(|place| chosen.get_mut(place)) {
            Some(chosen) if option == TEXT => chosen.text.push(column),
            Some(chosen) => chosen.exclude.push(column),
            None => absent.push(written(&name)),
        }
    }
    if absent.is_empty() {
        return Ok(());
    }
    Err(invalid(format!("{option} refers to table not currently being added"))
        .with_detail(format!("the following tables are referenced but not added: {}", absent.join(", "))))
}
