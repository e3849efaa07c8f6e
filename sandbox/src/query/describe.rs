//! What the engine says of a lowered statement: the types of its columns and parameters.

use crate::catalog::{Catalog, ScalarType};
use crate::engine::{Described, Engine, EngineError};
use crate::error::SqlError;
use crate::result::{Column, TypeOid};
use crate::words::type_name;

use super::types::{self, NUMERIC_MOD};

/// An anonymous list.
const LIST: TypeOid = 16384;
/// An anonymous map.
const MAP: TypeOid = 16385;
/// An anonymous record.
const RECORD: TypeOid = 2249;

/// Describes a lowered statement. Places in it mean nothing to whoever wrote the original.
pub(crate) fn describe(engine: &Engine, sql: &str, params: &[TypeOid]) -> Result<Described, SqlError> {
    engine.describe(sql, params).map_err(|error| refused(&error))
}

/// An error of the engine in the server's words.
pub(crate) fn refused(error: &EngineError) -> SqlError {
    SqlError { position: None, ..crate::engine::translate(error) }
}

/// The types of a lowered query's columns as the catalog keeps them.
pub(crate) fn column_types(
    engine: &Engine,
    sql: &str,
    columns: &[Column],
) -> Result<Vec<ScalarType>, SqlError> {
    let nested = |column: &Column| [LIST, MAP].contains(&column.type_oid);
    let words = if columns.iter().any(nested) { type_words(engine, sql, columns)? } else { Vec::new() };
    let mut types = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        types.push(match (column.type_oid, words.get(place)) {
            (LIST | MAP, Some(words)) => from_words(words),
            (RECORD, _) => ScalarType::Record(Vec::new()),
            (oid, _) => {
                let name = name_of_oid(oid)
                    .ok_or_else(|| SqlError::unsupported(format!("columns of type {oid}")))?;
                let type_mod =
                    if name == "numeric" && column.type_mod < 0 { NUMERIC_MOD } else { column.type_mod };
                ScalarType::Builtin { name, type_mod }
            }
        });
    }
    Ok(types)
}

/// The types of columns in Materialize's words, without a row of the query being computed.
fn type_words(engine: &Engine, sql: &str, columns: &[Column]) -> Result<Vec<String>, SqlError> {
    let names: Vec<String> = (0..columns.len()).map(|n| format!("c{n}")).collect();
    let asked: Vec<String> = names.iter().map(|name| format!("mz_fn.pg_typeof({name})")).collect();
    let probe = format!(
        "SELECT {} FROM (VALUES (1)) AS one LEFT JOIN (SELECT * FROM ({sql}) AS q LIMIT 0) AS q ({}) ON true",
        asked.join(", "),
        names.iter().map(std::string::String::as_str).collect::<Vec<_>>().join(", "),
    )
    .replacen("(VALUES (1)) AS one", "(VALUES (1)) AS one (one)", 1);
    let answer = engine.query(&probe, &[], &[]).map_err(|error| refused(&error))?;
    let row = answer.result.rows.into_iter().next().unwrap_or_default();
    Ok(row
        .into_iter()
        .map(|value| String::from_utf8_lossy(&value.unwrap_or_default()).into_owned())
        .collect())
}

/// A type from its words: `integer list`, `map[text=>integer]`, `text[]`.
fn from_words(words: &str) -> ScalarType {
    if let Some(element) = words.strip_suffix(" list") {
        return ScalarType::List(Box::new(from_words(element)));
    }
    if let Some(value) = words.strip_prefix("map[text=>").and_then(|rest| rest.strip_suffix(']')) {
        return ScalarType::Map(Box::new(from_words(value)));
    }
    let (name, array) = words.strip_suffix("[]").map_or((words, ""), |name| (name, "_"));
    let name = if name == "time without time zone" { "time" } else { type_name(name) };
    types::builtin(&format!("{array}{name}"))
}

/// The builtin types by object id, each with its array's.
const OIDS: [(TypeOid, TypeOid, &str); 36] = [
    (16, 1000, "bool"),
    (17, 1001, "bytea"),
    (18, 1002, "char"),
    (19, 1003, "name"),
    (20, 1016, "int8"),
    (21, 1005, "int2"),
    (22, 1006, "int2vector"),
    (23, 1007, "int4"),
    (24, 1008, "regproc"),
    (25, 1009, "text"),
    (26, 1028, "oid"),
    (700, 1021, "float4"),
    (701, 1022, "float8"),
    (1033, 1034, "aclitem"),
    (1042, 1014, "bpchar"),
    (1043, 1015, "varchar"),
    (1082, 1182, "date"),
    (1083, 1183, "time"),
    (1114, 1115, "timestamp"),
    (1184, 1185, "timestamptz"),
    (1186, 1187, "interval"),
    (1700, 1231, "numeric"),
    (2205, 2210, "regclass"),
    (2206, 2211, "regtype"),
    (2950, 2951, "uuid"),
    (3802, 3807, "jsonb"),
    (3904, 3905, "int4range"),
    (3906, 3907, "numrange"),
    (3908, 3909, "tsrange"),
    (3910, 3911, "tstzrange"),
    (3912, 3913, "daterange"),
    (3926, 3927, "int8range"),
    (16460, 16461, "uint2"),
    (16462, 16463, "uint4"),
    (16464, 16465, "uint8"),
    (16552, 16553, "mz_timestamp"),
];

fn name_of_oid(oid: TypeOid) -> Option<String> {
    let more = [(16566, 16567, "mz_aclitem")];
    OIDS.iter().chain(&more).find_map(|(scalar, array, name)| match oid {
        _ if oid == *scalar => Some((*name).to_owned()),
        _ if oid == *array => Some(format!("_{name}")),
        _ => None,
    })
}

/// The object id that clients see of a type.
pub(crate) fn oid_of(catalog: &Catalog, data_type: &ScalarType) -> TypeOid {
    let found = |name: &str| OIDS.iter().find(|(_, _, known)| *known == name);
    match data_type {
        ScalarType::Builtin { name, .. } if name == "mz_aclitem" => 16566,
        ScalarType::Builtin { name, .. } if name == "_mz_aclitem" => 16567,
        ScalarType::Builtin { name, .. } => match name.strip_prefix('_') {
            Some(element) => found(element).map_or(RECORD, |(_, array, _)| *array),
            None => found(name).map_or(RECORD, |(scalar, _, _)| *scalar),
        },
        ScalarType::List(_) => LIST,
        ScalarType::Map(_) => MAP,
        ScalarType::Record(_) | ScalarType::Array(_) => RECORD,
        ScalarType::Custom(id) => match types::custom(catalog, *id) {
            Ok(definition) => oid_of(catalog, definition),
            Err(_) => RECORD,
        },
    }
}
