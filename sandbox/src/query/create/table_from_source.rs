//! `CREATE TABLE … FROM SOURCE`

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::resolve::{full_name, lookup};
use super::options::is_unreached;
use super::postgres::{self, ColumnOptions, Publication};
use super::{Planning, format, generator, skipping};
use crate::catalog::{
    ColumnDesc, ItemId, ItemKind, Op, ScalarType, Source, SourceStatement, Table, TableStatement,
};
use crate::error::SqlError;
use crate::plan::{DdlPlan, Inquiry, wrong_kind};
use crate::source::postgres::{Question, Row};
use crate::sql::ast::{
    ColumnDef, ColumnOption, CreateTableFromSource, DataType, ItemRef, Name, ObjectKind, OptionValue,
    SourceConnection, SqlOption, TableConstraint, Value,
};

pub(super) fn create(
    planning: &mut Planning<'_>,
    create: &CreateTableFromSource,
) -> Result<DdlPlan, SqlError> {
    let item = lookup(planning.catalog, planning.session, &create.source)?;
    let ItemKind::Source(source) = &item.kind else {
        return Err(wrong_kind(planning.catalog, planning.session, item, ObjectKind::Source));
    };
    let source_id = item.id;
    let source = source.clone();
    let mut statement = create.clone();
    statement.source = ItemRef::Id(source_id);
    super::table::refuse_history(&create.options)?;
    let mut uses = BTreeSet::from([source_id]);
    for registry in &mut statement.encoding.connections {
        planning.resolve_reference(registry, &mut uses)?;
    }
    let given = given(planning, &source, &mut statement, &mut uses)?;

    let place = planning.place(&create.name, false)?;
    match planning.occupant(&place) {
        Some(_) if create.if_not_exists => return Ok(skipping("table", &place.name)),
        Some(_) => {
            return Err(SqlError::internal(format!("catalog item '{}' already exists", place.name.as_str())));
        }
        None => {}
    }
    statement.name = planning.stored_name(&place);
    statement.if_not_exists = false;
    let create = TableStatement::FromSource { source: source_id, create: statement };
    let table = Table { columns: given.columns, create: Some(create) };
    let op = planning.new_item(place, uses, ItemKind::Table(table));
    let ids = match &op {
        Op::CreateItem { id, .. } => vec![*id],
        _ => Vec::new(),
    };
    let rows = postgres::rows_of(ids, given.rows);
    Ok(DdlPlan { ops: vec![op], rows, inquiry: given.inquiry, ..DdlPlan::default() })
}

/// What a source gives to a table.
#[derive(Default)]
struct Given<'f> {
    columns: Vec<ColumnDesc>,
    /// Of one table, if it has rows from the beginning.
    rows: &'f [Vec<Row>],
    /// What the upstream is to be asked before that is known.
    inquiry: Option<Inquiry>,
}

/// What is referred to. The statement takes its columns on, as the server keeps them.
fn given<'f>(
    planning: &Planning<'f>,
    source: &Source,
    statement: &mut CreateTableFromSource,
    uses: &mut BTreeSet<ItemId>,
) -> Result<Given<'f>, SqlError> {
    let SourceStatement::Source(of) = &source.create else {
        return Err(SqlError::unsupported("tables of this source"));
    };
    let columns = match &of.connection {
        SourceConnection::LoadGenerator { generator, .. } => {
            of_generator(planning, generator, statement, uses)?
        }
        SourceConnection::Kafka { .. } => format::columns(&statement.encoding, &statement.column_names)?,
        SourceConnection::Postgres { options, .. } => {
            return of_upstream(planning, source, options, statement, uses);
        }
        SourceConnection::MySql { .. } | SourceConnection::SqlServer { .. } => return Err(outside()),
    };
    Ok(Given { columns, ..Given::default() })
}

fn outside() -> SqlError {
    SqlError::unsupported("tables of sources that are outside")
}

fn of_generator(
    planning: &Planning<'_>,
    generator: &str,
    statement: &mut CreateTableFromSource,
    uses: &mut BTreeSet<ItemId>,
) -> Result<Vec<ColumnDesc>, SqlError> {
    let outputs = generator::outputs(generator);
    let output = match (&statement.reference, outputs) {
        (Some(reference), _) => generator::referenced(generator, reference)?,
        (None, [only]) => only,
        (None, _) => return Err(missing_tables("LOAD GENERATOR")),
    };
    let columns = output.columns();
    statement.reference = Some(generator::full_name(generator, output));
    if outputs.len() > 1 {
        statement.columns =
            columns.iter().map(|column| definition(planning, column, uses)).collect::<Result<_, _>>()?;
        statement.constraints = constraint(output.key).into_iter().collect();
    }
    if let Some(details) = output.details {
        statement.options.push(details_option(details.to_owned()));
    }
    Ok(columns)
}

fn missing_tables(kind: &str) -> SqlError {
    SqlError::internal(format!("{kind} source validation: missing TABLES specification"))
        .with_hint("provide a FOR TABLES (..), FOR SCHEMAS (..), or FOR ALL TABLES clause")
}

fn details_option(details: String) -> SqlOption {
    let value = Some(OptionValue::Value(Value::String(details)));
    SqlOption { name: "DETAILS".to_owned(), value }
}

fn of_upstream<'f>(
    planning: &Planning<'f>,
    source: &Source,
    options: &[SqlOption],
    statement: &mut CreateTableFromSource,
    uses: &mut BTreeSet<ItemId>,
) -> Result<Given<'f>, SqlError> {
    refuse_definitions(statement)?;
    let Some(reference) = &statement.reference else { return Err(missing_tables("POSTGRES")) };
    let connection = source.connection.ok_or_else(outside)?;
    let (id, definition) = planning.connection(&ItemRef::Id(connection))?;
    if is_unreached(&definition) {
        return Err(outside());
    }
    let publication = Publication::of(definition, &full_name(planning.catalog, id), options)?;
    let inquiry = publication.tables();
    let Some(tables) = planning.upstream.tables(&inquiry)? else {
        return Ok(Given { inquiry: Some(inquiry), ..Given::default() });
    };
    let table = publication.table(tables, reference)?;
    publication.check(&[table])?;
    let options = ColumnOptions {
        text: bare_columns(&statement.options, postgres::TEXT)?,
        exclude: bare_columns(&statement.options, postgres::EXCLUDE)?,
    };
    let taken = postgres::take(planning, &publication.database, table, &options)?;
    postgres::unsupported(&taken.unsupported)?;
    uses.extend(taken.types);
    statement.reference = Some(publication.full_name(table));
    statement.columns = taken.definitions;
    statement.constraints = taken.constraints;
    statement.options.push(details_option(postgres::details(table)));
    let inquiry = publication.ask(Question::Rows(vec![postgres::extract(table, &options)]));
    let columns = taken.columns;
    Ok(match planning.upstream.rows(&inquiry)? {
        Some(rows) => Given { columns, rows, inquiry: None },
        None => Given { columns, rows: &[], inquiry: Some(inquiry) },
    })
}

/// The upstream says what the columns are.
fn refuse_definitions(statement: &CreateTableFromSource) -> Result<(), SqlError> {
    if !statement.column_names.is_empty() {
        return Err(SqlError::internal("columns cannot be named for Postgres sources"));
    }
    for (what, given) in
        [("column", !statement.columns.is_empty()), ("constraint", !statement.constraints.is_empty())]
    {
        if given {
            return Err(SqlError::internal(format!(
                "CREATE TABLE .. FROM SOURCE {what} definitions cannot be specified directly"
            )));
        }
    }
    Ok(())
}

/// The columns of one table that an option names.
fn bare_columns(options: &[SqlOption], option: &str) -> Result<Vec<Ident>, SqlError> {
    let bare = |name: Name| match <[Ident; 1]>::try_from(name.0) {
        Ok([column]) => Ok(column),
        Err(_) => Err(SqlError::internal(format!("invalid {option} option value: columns have one part"))),
    };
    postgres::columns(options, option).into_iter().map(bare).collect()
}

/// A column with its type by id.
fn definition(
    planning: &Planning<'_>,
    column: &ColumnDesc,
    uses: &mut BTreeSet<ItemId>,
) -> Result<ColumnDef, SqlError> {
    let ScalarType::Builtin { name, type_mod } = &column.data_type else {
        return Err(SqlError::unsupported("columns of this type"));
    };
    let id = planning
        .catalog
        .resolve_type(planning.session, &Name(vec!["pg_catalog".into(), Ident::new(name.as_str())]))?
        .id;
    uses.insert(id);
    let scale = if name == "numeric" { vec![38, i64::from((type_mod - 4) & 0xFFFF)] } else { Vec::new() };
    Ok(ColumnDef {
        name: column.name.clone(),
        data_type: DataType::Named { name: ItemRef::Id(id), modifiers: scale },
        collation: None,
        options: if column.nullable { Vec::new() } else { vec![ColumnOption::NotNull] },
    })
}

fn constraint(key: &[&str]) -> Option<TableConstraint> {
    let columns: Vec<Ident> = key.iter().copied().map(Ident::new).collect();
    (!columns.is_empty()).then(|| TableConstraint { name: None, kind: "UNIQUE".to_owned(), columns })
}
