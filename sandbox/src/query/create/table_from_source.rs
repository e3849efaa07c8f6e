//! `CREATE TABLE … FROM SOURCE`

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::resolve::lookup;
use super::{Planning, format, generator, skipping};
use crate::catalog::{
    ColumnDesc, ItemId, ItemKind, ScalarType, Source, SourceStatement, Table, TableStatement,
};
use crate::error::SqlError;
use crate::plan::{DdlPlan, wrong_kind};
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
    let columns = columns(planning, &source, &mut statement, &mut uses)?;

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
    let op = planning.new_item(place, uses, ItemKind::Table(Table { columns, create: Some(create) }));
    Ok(DdlPlan { ops: vec![op], ..DdlPlan::default() })
}

/// The columns of what is referred to. The statement takes them on, as the server keeps them.
fn columns(
    planning: &Planning<'_>,
    source: &Source,
    statement: &mut CreateTableFromSource,
    uses: &mut BTreeSet<ItemId>,
) -> Result<Vec<ColumnDesc>, SqlError> {
    let SourceStatement::Source(of) = &source.create else {
        return Err(SqlError::unsupported("tables of this source"));
    };
    match &of.connection {
        SourceConnection::LoadGenerator { generator, .. } => {
            let output = referenced(generator, statement.reference.as_ref())?;
            let columns = output.columns();
            let database = [generator::DATABASE, &generator.to_lowercase(), output.name];
            statement.reference = Some(Name(database.into_iter().map(Ident::new).collect()));
            let several = generator::outputs(generator).len() > 1;
            if several {
                statement.columns = columns
                    .iter()
                    .map(|column| definition(planning, column, uses))
                    .collect::<Result<_, _>>()?;
                statement.constraints = constraint(output.key).into_iter().collect();
            }
            if let Some(details) = output.details {
                let value = Some(OptionValue::Value(Value::String(details.to_owned())));
                statement.options.push(SqlOption { name: "DETAILS".to_owned(), value });
            }
            Ok(columns)
        }
        SourceConnection::Kafka { .. } => format::columns(&statement.encoding, &statement.column_names),
        SourceConnection::Postgres { .. }
        | SourceConnection::MySql { .. }
        | SourceConnection::SqlServer { .. } => {
            Err(SqlError::unsupported("tables of sources that are outside"))
        }
    }
}

fn referenced(generator: &str, reference: Option<&Name>) -> Result<&'static generator::Output, SqlError> {
    let outputs = generator::outputs(generator);
    let Some(reference) = reference else {
        return match outputs {
            [only] => Ok(only),
            _ => Err(SqlError::internal("LOAD GENERATOR source validation: missing TABLES specification")
                .with_hint("provide a FOR TABLES (..), FOR SCHEMAS (..), or FOR ALL TABLES clause")),
        };
    };
    let schema = generator.to_lowercase();
    let full = |output: &generator::Output| {
        [generator::DATABASE, &schema, output.name].into_iter().map(Ident::new).collect::<Vec<_>>()
    };
    let found = outputs.iter().find(|output| full(output).ends_with(&reference.0));
    found.ok_or_else(|| {
        SqlError::internal(format!("reference to {} not found in source", crate::catalog::written(reference)))
    })
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
