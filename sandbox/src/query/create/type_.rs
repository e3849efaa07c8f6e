//! `CREATE TYPE`

use super::super::resolve::Resolver;
use super::super::select::ensure_types;
use super::super::types;
use super::{Planning, already_exists};
use crate::catalog::{ItemKind, ScalarType, Type};
use crate::error::SqlError;
use crate::plan::DdlPlan;
use crate::sql::ast::{DataType, Name, OptionValue, SqlOption, TypeDefinition};

pub(super) fn create(
    planning: &mut Planning<'_>,
    name: &Name,
    definition: &TypeDefinition,
) -> Result<DdlPlan, SqlError> {
    let mut statement = definition.clone();
    let mut resolver = Resolver::new(planning.catalog, planning.session);
    match &mut statement {
        TypeDefinition::List(options) | TypeDefinition::Map(options) => {
            for option in options {
                if let Some(OptionValue::DataType(data_type)) = &mut option.value {
                    resolver.data_type(data_type)?;
                }
            }
        }
        TypeDefinition::Record(fields) => {
            for field in fields {
                resolver.data_type(&mut field.data_type)?;
            }
        }
    }
    let references = resolver.references;
    ensure_types(planning.catalog, planning.engine, &references.types)?;
    let definition = match &statement {
        TypeDefinition::List(options) => {
            let element = option(options, "ELEMENT TYPE")?;
            ScalarType::List(Box::new(types::scalar_type(planning.catalog, element)?))
        }
        TypeDefinition::Map(options) => {
            let (key, value) = (option(options, "KEY TYPE")?, option(options, "VALUE TYPE")?);
            let map = DataType::Map(Box::new(key.clone()), Box::new(value.clone()));
            types::scalar_type(planning.catalog, &map)?
        }
        TypeDefinition::Record(fields) => {
            super::refuse_duplicates(fields.iter().map(|field| &field.name))?;
            let fields: Result<Vec<_>, SqlError> = fields
                .iter()
                .map(|field| {
                    Ok((field.name.clone(), types::scalar_type(planning.catalog, &field.data_type)?))
                })
                .collect();
            ScalarType::Record(fields?)
        }
    };
    let form = match &definition {
        ScalarType::Record(_) => None,
        other => Some(types::engine_form(planning.catalog, other)?),
    };
    if let Some(form) = form {
        planning.engine.ensure_type(&form).map_err(|error| super::super::describe::refused(&error))?;
    }

    let place = planning.place(name, false)?;
    let relation = planning
        .occupant(&place)
        .filter(|item| item.kind.columns().is_some() || matches!(item.kind, ItemKind::Index(_)));
    if let Some(taken) = planning.occupying_type(&place).or(relation) {
        return Err(already_exists(taken, &place.full));
    }
    let create = (planning.stored_name(&place), statement);
    let op = planning.new_item(place, references.uses, ItemKind::Type(Type::Custom { definition, create }));
    Ok(DdlPlan { ops: vec![op], ..DdlPlan::default() })
}

fn option<'a>(options: &'a [SqlOption], name: &str) -> Result<&'a DataType, SqlError> {
    let found = options.iter().find(|option| option.name == name).and_then(|option| option.value.as_ref());
    match found {
        Some(OptionValue::DataType(data_type)) => Ok(data_type),
        _ => Err(SqlError::internal(format!("{name} option is required"))),
    }
}
