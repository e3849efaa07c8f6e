//! An upstream table as an item here: which columns, of which types, with which keys.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mz_deploy_planner::name::Ident;

use super::super::super::types;
use super::super::Planning;
use crate::catalog::{ColumnDesc, ItemId};
use crate::error::SqlError;
use crate::source::postgres::{Extract, UpstreamColumn, UpstreamTable};
use crate::sql::ast::{ColumnDef, ColumnOption, DataType, ItemRef, Name, TableConstraint};

pub(in super::super) const TEXT: &str = "TEXT COLUMNS";
pub(in super::super) const EXCLUDE: &str = "EXCLUDE COLUMNS";

/// Types that have the same name and the same values here.
const SAME: [&str; 27] = [
    "bool",
    "bytea",
    "char",
    "date",
    "daterange",
    "float4",
    "float8",
    "int2",
    "int2vector",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "interval",
    "jsonb",
    "name",
    "numrange",
    "oid",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "tsrange",
    "tstzrange",
    "uuid",
    "varchar",
    "bpchar",
];

/// The most digits of a `numeric`.
const MAX_PRECISION: i32 = 39;

/// The columns of one table that options name.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct ColumnOptions {
    /// Read as text, whatever type they have.
    pub(in super::super) text: Vec<Ident>,
    /// Left out.
    pub(in super::super) exclude: Vec<Ident>,
}

/// An upstream table as an item has it.
#[derive(Debug, Default)]
pub(in super::super) struct Taken {
    pub(in super::super) columns: Vec<ColumnDesc>,
    pub(in super::super) definitions: Vec<ColumnDef>,
    pub(in super::super) constraints: Vec<TableConstraint>,
    /// The types that the columns have.
    pub(in super::super) types: BTreeSet<ItemId>,
    /// Columns of types that there aren't here, in the words of [`unsupported`].
    pub(in super::super) unsupported: Vec<String>,
}

/// Takes the columns of a table. `database` is where it is.
pub(in super::super) fn take(
    planning: &Planning<'_>,
    database: &str,
    table: &UpstreamTable,
    options: &ColumnOptions,
) -> Result<Taken, SqlError> {
    for (option, names) in [(TEXT, &options.text), (EXCLUDE, &options.exclude)] {
        names.iter().try_for_each(|name| check_column(option, table, name))?;
    }
    let mut taken = Taken::default();
    for column in kept(table, options) {
        let is_text = options.text.iter().any(|name| name.as_str() == column.name);
        let Some(spelled) = (if is_text { Some(Spelled::plain("text")) } else { spelled(column) }) else {
            let UpstreamColumn { name, type_oid, .. } = column;
            taken
                .unsupported
                .push(format!("{database}.{}.{}.{name} (OID {type_oid})", table.schema, table.name));
            continue;
        };
        let (data_type, id) = spelled.resolve(planning)?;
        taken.types.insert(id);
        taken.columns.push(ColumnDesc {
            name: Ident::new(column.name.as_str()),
            data_type: types::scalar_type(planning.catalog, &data_type)?,
            nullable: column.nullable,
            default: None,
        });
        taken.definitions.push(ColumnDef {
            name: Ident::new(column.name.as_str()),
            data_type,
            collation: None,
            options: if column.nullable { Vec::new() } else { vec![ColumnOption::NotNull] },
        });
    }
    taken.constraints = constraints(table, options);
    Ok(taken)
}

/// What is to be read of a table.
pub(in super::super) fn extract(table: &UpstreamTable, options: &ColumnOptions) -> Extract {
    Extract {
        schema: table.schema.clone(),
        table: table.name.clone(),
        columns: kept(table, options).map(|column| column.name.clone()).collect(),
    }
}

/// What the statement keeps in `DETAILS`: the table as it was, in hexadecimal. The server has an encoding of its own there.
pub(in super::super) fn details(table: &UpstreamTable) -> String {
    let columns = table.columns.iter().map(|column| format!("{} {}", column.name, column.type_name));
    let text = format!("{}.{} ({})", table.schema, table.name, columns.collect::<Vec<_>>().join(", "));
    text.bytes().fold(String::new(), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The error of columns whose types there aren't here.
pub(in super::super) fn unsupported(columns: &[String]) -> Result<(), SqlError> {
    if columns.is_empty() {
        return Ok(());
    }
    Err(SqlError::internal("POSTGRES source validation: referenced tables use unsupported types")
        .with_detail(format!("the following columns contain unsupported types:\n{}", columns.join("\n")))
        .with_hint(
            "Use the TEXT COLUMNS option naming the listed columns, and Materialize can ingest their values as text.",
        ))
}

fn kept<'t>(table: &'t UpstreamTable, options: &ColumnOptions) -> impl Iterator<Item = &'t UpstreamColumn> {
    table.columns.iter().filter(|column| !is_named(&options.exclude, &column.name))
}

fn is_named(names: &[Ident], column: &str) -> bool {
    names.iter().any(|name| name.as_str() == column)
}

fn check_column(option: &str, table: &UpstreamTable, name: &Ident) -> Result<(), SqlError> {
    if table.columns.iter().any(|column| column.name == name.as_str()) {
        return Ok(());
    }
    let error = SqlError::internal(format!(
        "invalid {option} option value: column \"{}.{}\" does not exist",
        table.name,
        name.as_str()
    ));
    let lower = name.as_str().to_lowercase();
    let similar = table.columns.iter().find(|column| column.name.to_lowercase() == lower);
    Err(match similar {
        Some(column) => error
            .with_hint(format!("The similarly named column \"{}.{}\" does exist.", table.name, column.name)),
        None => error,
    })
}

/// The keys whose columns are all there: the primary key first.
fn constraints(table: &UpstreamTable, options: &ColumnOptions) -> Vec<TableConstraint> {
    let whole =
        table.keys.iter().filter(|key| !key.columns.iter().any(|name| is_named(&options.exclude, name)));
    let mut keys: Vec<_> = whole.collect();
    keys.sort_by_key(|key| !key.primary);
    let constraint = |key: &crate::source::postgres::UpstreamKey| TableConstraint {
        name: Some(Ident::new(key.name.as_str())),
        kind: match (key.primary, key.nulls_not_distinct) {
            (true, _) => "PRIMARY KEY",
            (false, true) => "UNIQUE NULLS NOT DISTINCT",
            (false, false) => "UNIQUE",
        }
        .to_owned(),
        columns: key.columns.iter().map(|name| Ident::new(name.as_str())).collect(),
    };
    keys.into_iter().map(constraint).collect()
}

/// A type by its name, with its modifiers.
#[derive(Debug, PartialEq, Eq)]
struct Spelled<'a> {
    name: &'a str,
    modifiers: Vec<i64>,
    array: bool,
}

impl<'a> Spelled<'a> {
    fn plain(name: &'a str) -> Self {
        Self { name, modifiers: Vec::new(), array: false }
    }

    fn resolve(self, planning: &Planning<'_>) -> Result<(DataType, ItemId), SqlError> {
        let name = Name(vec!["pg_catalog".into(), Ident::new(self.name)]);
        let id = planning.catalog.resolve_type(planning.session, &name)?.id;
        let named = DataType::Named { name: ItemRef::Id(id), modifiers: self.modifiers };
        Ok((if self.array { DataType::Array(Box::new(named)) } else { named }, id))
    }
}

/// The type that a column has here; `None` if there is none for it. The precision of times is not looked at.
fn spelled(column: &UpstreamColumn) -> Option<Spelled<'_>> {
    if let Some(element) = column.type_name.strip_prefix('_') {
        let element = UpstreamColumn { type_name: element.to_owned(), ..column.clone() };
        let Spelled { name, modifiers, .. } = spelled(&element)?;
        let name = SAME.into_iter().chain(["numeric"]).find(|known| *known == name)?;
        return Some(Spelled { name, modifiers, array: true });
    }
    match column.type_name.as_str() {
        "json" => Some(Spelled::plain("jsonb")),
        "numeric" if column.type_mod >= 4 => {
            let precision = (column.type_mod - 4) >> 16;
            let scale = (column.type_mod - 4) & 0xFFFF;
            let modifiers = vec![i64::from(precision), i64::from(scale)];
            let fits = precision <= MAX_PRECISION && scale <= precision;
            fits.then_some(Spelled { modifiers, ..Spelled::plain("numeric") })
        }
        "numeric" => Some(Spelled::plain("numeric")),
        name @ ("varchar" | "bpchar") if column.type_mod >= 4 => {
            Some(Spelled { modifiers: vec![i64::from(column.type_mod - 4)], ..Spelled::plain(name) })
        }
        name => SAME.contains(&name).then(|| Spelled::plain(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_those_of_the_upstream_as_far_as_there_are_such() {
        let here = |type_name: &str, type_mod| {
            let column = UpstreamColumn {
                name: "c".to_owned(),
                type_name: type_name.to_owned(),
                type_oid: 1,
                type_mod,
                nullable: true,
            };
            spelled(&column).map(|Spelled { name, modifiers, array }| {
                let modifiers: Vec<String> = modifiers.iter().map(i64::to_string).collect();
                let array = if array { "[]" } else { "" };
                format!("{name}({}){array}", modifiers.join(","))
            })
        };
        for (name, type_mod, expected) in [
            ("int4", -1, Some("int4()")),
            ("json", -1, Some("jsonb()")),
            ("_json", -1, Some("jsonb()[]")),
            ("numeric", -1, Some("numeric()")),
            ("numeric", (10 << 16) + 2 + 4, Some("numeric(10,2)")),
            ("_numeric", (10 << 16) + 2 + 4, Some("numeric(10,2)[]")),
            ("numeric", (100 << 16) + 2 + 4, None),
            ("varchar", 14, Some("varchar(10)")),
            ("varchar", -1, Some("varchar()")),
            ("timestamptz", 3, Some("timestamptz()")),
            ("money", -1, None),
            ("app.mood", -1, None),
            ("_money", -1, None),
        ] {
            assert_eq!(here(name, type_mod).as_deref(), expected, "{name} {type_mod}");
        }
    }
}
