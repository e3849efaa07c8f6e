//! Types: from the tree to what the catalog keeps, and on to the engine's spelling.

use crate::catalog::{Catalog, ItemKind, ScalarType, Type};
use crate::engine::EngineType;
use crate::error::SqlError;
use crate::sql::ast::{DataType, ItemRef};
use crate::words::type_words;

/// The modifier of `numeric` without a scale: as many digits as there are.
pub(crate) const NUMERIC_MOD: i32 = (39 << 16) + 39 + 4;

/// A builtin type without a modifier.
pub(crate) fn builtin(name: &str) -> ScalarType {
    let type_mod = if name == "numeric" { NUMERIC_MOD } else { -1 };
    ScalarType::Builtin { name: name.to_owned(), type_mod }
}

/// The type that a resolved tree names.
pub(crate) fn scalar_type(catalog: &Catalog, data_type: &DataType) -> Result<ScalarType, SqlError> {
    match data_type {
        DataType::Named { name: ItemRef::Id(id), modifiers } => {
            let item = catalog
                .item(*id)
                .ok_or_else(|| SqlError::internal(format!("unknown catalog item '{id}'")))?;
            if let ItemKind::Type(Type::Custom { .. }) = &item.kind {
                Ok(ScalarType::Custom(*id))
            } else {
                let name = item.name.as_str().to_owned();
                let type_mod = type_mod(&name, modifiers)?;
                Ok(ScalarType::Builtin { name, type_mod })
            }
        }
        DataType::Named { name: ItemRef::Name(name), .. } => {
            let name =
                name.0.iter().map(mz_deploy_planner::name::Ident::as_str).collect::<Vec<_>>().join(".");
            Err(SqlError::internal(format!("type \"{name}\" does not exist")))
        }
        DataType::Array(element) => Ok(match scalar_type(catalog, element)? {
            ScalarType::Builtin { name, .. } if !name.starts_with('_') => {
                ScalarType::Builtin { name: format!("_{name}"), type_mod: -1 }
            }
            // An array of arrays has the type of an array.
            array @ (ScalarType::Builtin { .. } | ScalarType::Array(_)) => array,
            other => ScalarType::Array(Box::new(other)),
        }),
        DataType::List(element) => Ok(ScalarType::List(Box::new(scalar_type(catalog, element)?))),
        DataType::Map(key, value) => {
            let key = scalar_type(catalog, key)?;
            if key != builtin("text") {
                let key = display(catalog, &key);
                return Err(SqlError::internal(format!("map[{key}=>_] not yet supported")));
            }
            Ok(ScalarType::Map(Box::new(scalar_type(catalog, value)?)))
        }
    }
}

/// PostgreSQL's encoding of the modifiers of a builtin type.
fn type_mod(name: &str, modifiers: &[i64]) -> Result<i32, SqlError> {
    match (name, modifiers) {
        ("numeric", []) => Ok(NUMERIC_MOD),
        ("numeric", [precision, rest @ ..]) => {
            if !(1..=39).contains(precision) {
                return Err(SqlError::internal("precision for type numeric must be between 1 and 39"));
            }
            let scale = rest.first().copied().unwrap_or(0);
            if !(0..=*precision).contains(&scale) {
                return Err(SqlError::internal(format!(
                    "scale for type numeric must be between 0 and precision {precision}"
                )));
            }
            Ok(NUMERIC_MOD - 39 + i32::try_from(scale).unwrap_or(0))
        }
        ("varchar" | "bpchar", [length]) => {
            let (spelled, most) =
                if name == "varchar" { ("character varying", 10_485_760) } else { ("character", 10_485_760) };
            match i32::try_from(*length) {
                Ok(length) if (1..=most).contains(&length) => Ok(length + 4),
                _ => {
                    Err(SqlError::internal(format!("length for type {spelled} must be between 1 and {most}")))
                }
            }
        }
        ("bpchar", []) => Ok(5),
        ("timestamp" | "timestamptz", [precision]) => match i32::try_from(*precision) {
            Ok(precision) if (0..=6).contains(&precision) => Ok(precision),
            _ => Err(SqlError::internal(format!("precision for type {name} must be between 0 and 6"))),
        },
        (_, []) => Ok(-1),
        (name, _) => Err(SqlError::internal(format!("{name} does not support type modifiers"))),
    }
}

/// A type as the engine knows it.
pub(crate) fn engine_form(catalog: &Catalog, data_type: &ScalarType) -> Result<EngineType, SqlError> {
    Ok(match data_type {
        ScalarType::Builtin { name, type_mod } => match name.strip_prefix('_') {
            Some(element) => EngineType::Array(Box::new(scalar(element, -1))),
            None => scalar(name, *type_mod),
        },
        ScalarType::List(element) => EngineType::List(Box::new(engine_form(catalog, element)?)),
        ScalarType::Map(value) => EngineType::Map(Box::new(engine_form(catalog, value)?)),
        ScalarType::Array(element) => EngineType::Array(Box::new(engine_form(catalog, element)?)),
        ScalarType::Record(_) => return Err(SqlError::unsupported("columns of anonymous records")),
        ScalarType::Custom(id) => match custom(catalog, *id)? {
            ScalarType::Record(_) => EngineType::Record(id.to_string()),
            other => engine_form(catalog, other)?,
        },
    })
}

fn scalar(name: &str, type_mod: i32) -> EngineType {
    let modifiers = match name {
        "numeric" if type_mod >= 0 && type_mod != NUMERIC_MOD => vec![39, i64::from((type_mod - 4) & 0xFFFF)],
        "varchar" | "bpchar" if type_mod >= 4 => vec![i64::from(type_mod - 4)],
        "timestamp" | "timestamptz" if type_mod >= 0 => vec![i64::from(type_mod)],
        _ => Vec::new(),
    };
    EngineType::Scalar { name: name.to_owned(), modifiers }
}

/// A type as the engine spells it.
pub(crate) fn engine_type(catalog: &Catalog, data_type: &ScalarType) -> Result<String, SqlError> {
    Ok(crate::engine::engine_type(&engine_form(catalog, data_type)?))
}

pub(crate) fn custom(catalog: &Catalog, id: crate::catalog::ItemId) -> Result<&ScalarType, SqlError> {
    match catalog.item(id).map(|item| &item.kind) {
        Some(ItemKind::Type(Type::Custom { definition, .. })) => Ok(definition),
        _ => Err(SqlError::internal(format!("unknown catalog item '{id}'"))),
    }
}

/// A type in words, as errors write it.
pub(crate) fn display(catalog: &Catalog, data_type: &ScalarType) -> String {
    match data_type {
        ScalarType::Builtin { name, .. } => type_words(name),
        ScalarType::List(element) => format!("{} list", display(catalog, element)),
        ScalarType::Map(value) => format!("map[text=>{}]", display(catalog, value)),
        ScalarType::Array(element) => format!("{}[]", display(catalog, element)),
        ScalarType::Record(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, field)| format!("{name}: {}", display(catalog, field))).collect();
            format!("record({})", fields.join(","))
        }
        ScalarType::Custom(id) => super::resolve::full_name(catalog, *id),
    }
}

/// A type as the server's own code names it: what the check of a replacement prints.
pub(crate) fn internal_name(data_type: &ScalarType) -> String {
    match data_type {
        ScalarType::Builtin { name, type_mod } => match name.as_str() {
            "bool" => "Bool".to_owned(),
            "int2" => "Int16".to_owned(),
            "int4" => "Int32".to_owned(),
            "int8" => "Int64".to_owned(),
            "uint2" => "UInt16".to_owned(),
            "uint4" => "UInt32".to_owned(),
            "uint8" => "UInt64".to_owned(),
            "float4" => "Float32".to_owned(),
            "float8" => "Float64".to_owned(),
            "numeric" if *type_mod < 0 || *type_mod == NUMERIC_MOD => {
                "Numeric { max_scale: None }".to_owned()
            }
            "numeric" => {
                format!("Numeric {{ max_scale: Some(NumericMaxScale({})) }}", (type_mod - 4) & 0xFFFF)
            }
            "date" => "Date".to_owned(),
            "time" => "Time".to_owned(),
            "timestamp" => format!("Timestamp {{ precision: {} }}", precision(*type_mod)),
            "timestamptz" => format!("TimestampTz {{ precision: {} }}", precision(*type_mod)),
            "interval" => "Interval".to_owned(),
            "char" => "PgLegacyChar".to_owned(),
            "name" => "PgLegacyName".to_owned(),
            "bytea" => "Bytes".to_owned(),
            "text" => "String".to_owned(),
            "bpchar" => format!("Char {{ length: {} }}", length(*type_mod, "CharLength")),
            "varchar" => format!("VarChar {{ max_length: {} }}", length(*type_mod, "VarCharMaxLength")),
            "jsonb" => "Jsonb".to_owned(),
            "uuid" => "Uuid".to_owned(),
            "oid" => "Oid".to_owned(),
            "regproc" => "RegProc".to_owned(),
            "regtype" => "RegType".to_owned(),
            "regclass" => "RegClass".to_owned(),
            "int2vector" => "Int2Vector".to_owned(),
            "mz_timestamp" => "MzTimestamp".to_owned(),
            "mz_aclitem" => "MzAclItem".to_owned(),
            "aclitem" => "AclItem".to_owned(),
            other => match other.strip_prefix('_') {
                Some(element) => format!("Array({})", internal_name(&builtin(element))),
                None => other.to_owned(),
            },
        },
        ScalarType::List(element) => {
            format!("List {{ element_type: {}, custom_id: None }}", internal_name(element))
        }
        ScalarType::Map(value) => format!("Map {{ value_type: {}, custom_id: None }}", internal_name(value)),
        ScalarType::Array(element) => format!("Array({})", internal_name(element)),
        ScalarType::Record(_) => "Record".to_owned(),
        ScalarType::Custom(id) => format!("Custom({id})"),
    }
}

fn precision(type_mod: i32) -> String {
    if type_mod < 0 { "None".to_owned() } else { format!("Some(TimestampPrecision({type_mod}))") }
}

fn length(type_mod: i32, name: &str) -> String {
    if type_mod < 4 { "None".to_owned() } else { format!("Some({name}({}))", type_mod - 4) }
}
