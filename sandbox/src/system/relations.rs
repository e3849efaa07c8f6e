//! What the server has from its beginning: relations, types and functions, as recorded from a real one.
//!
//! The recording is in `data/`; `data/compact.py` makes it.

use std::sync::LazyLock;

use mz_deploy_planner::name::Ident;

use crate::catalog::ScalarType;
use crate::result::TypeOid;

/// A relation of a system schema.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct BuiltinRelation {
    pub schema: &'static str,
    pub name: &'static str,
    pub kind: BuiltinRelationKind,
    pub columns: Vec<BuiltinColumn>,
}

/// The kind of a system relation, as `mz_objects.type` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the kind")]
pub enum BuiltinRelationKind {
    Table,
    View,
    MaterializedView,
    Source,
}

/// A column of a system relation.
#[derive(Debug)]
pub struct BuiltinColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type by its catalog name: `int4`, `_text`, `text list`, `map[text=>text]`.
    pub type_name: &'static str,
    /// As in `RowDescription`.
    pub type_oid: TypeOid,
    /// Whether it may be NULL.
    pub nullable: bool,
}

impl BuiltinColumn {
    /// The type as the catalog keeps it.
    pub fn scalar_type(&self) -> ScalarType {
        let builtin = |name: &str| ScalarType::Builtin { name: name.to_owned(), type_mod: -1 };
        if let Some(element) = self.type_name.strip_suffix(" list") {
            ScalarType::List(Box::new(builtin(element)))
        } else if let Some(value) = map_value(self.type_name) {
            ScalarType::Map(Box::new(builtin(value)))
        } else {
            builtin(self.type_name)
        }
    }
}

/// The type of the values of `map[text=>value]`.
pub(super) fn map_value(type_name: &str) -> Option<&str> {
    type_name.strip_prefix("map[text=>")?.strip_suffix(']')
}

/// A builtin type.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the catalog's columns")]
pub struct BuiltinType {
    pub schema: &'static str,
    pub name: &'static str,
    pub oid: TypeOid,
    /// As in `mz_types.category`.
    pub category: &'static str,
}

/// A builtin function: one an overload.
#[derive(Debug)]
pub struct BuiltinFunction {
    /// Its schema.
    pub schema: &'static str,
    /// Its name, which its overloads share.
    pub name: &'static str,
    /// Its object id.
    pub oid: u32,
    /// The types of its arguments, by name.
    pub arguments: Vec<&'static str>,
    /// The type of the arguments that may follow, by name.
    pub variadic: Option<&'static str>,
    /// The type of its result by name; `None` where the server has no fixed one.
    pub returns: Option<&'static str>,
    /// It returns a set.
    pub returns_set: bool,
}

/// The schemas that belong to no database, with their ids.
pub const SYSTEM_SCHEMAS: [(u64, &str); 7] = [
    (1, "mz_catalog"),
    (2, "pg_catalog"),
    (4, "mz_internal"),
    (5, "information_schema"),
    (6, "mz_unsafe"),
    (7, "mz_catalog_unstable"),
    (8, "mz_introspection"),
];

static RELATIONS: LazyLock<Vec<BuiltinRelation>> =
    LazyLock::new(|| parse_relations(include_str!("data/relations.txt")));
static TYPES: LazyLock<Vec<BuiltinType>> =
    LazyLock::new(|| include_str!("data/types.txt").lines().filter_map(parse_type).collect());
static FUNCTIONS: LazyLock<Vec<BuiltinFunction>> =
    LazyLock::new(|| include_str!("data/functions.txt").lines().filter_map(parse_function).collect());

/// Every relation of the system schemas, sorted by schema and name.
pub fn relations() -> impl Iterator<Item = &'static BuiltinRelation> {
    RELATIONS.iter()
}

/// Every builtin type.
pub fn types() -> impl Iterator<Item = &'static BuiltinType> {
    TYPES.iter()
}

/// Every builtin function, one an overload.
pub fn functions() -> impl Iterator<Item = &'static BuiltinFunction> {
    FUNCTIONS.iter()
}

/// A relation by schema and name.
pub(super) fn relation(schema: &str, name: &str) -> Option<&'static BuiltinRelation> {
    let position = RELATIONS.binary_search_by(|r| (r.schema, r.name).cmp(&(schema, name))).ok()?;
    RELATIONS.get(position)
}

impl BuiltinRelation {
    /// Its name as an identifier.
    pub fn ident(&self) -> Ident {
        Ident::new(self.name)
    }
}

fn parse_relations(text: &'static str) -> Vec<BuiltinRelation> {
    let mut relations: Vec<BuiltinRelation> = Vec::new();
    for line in text.lines() {
        if let Some(column) = line.strip_prefix('\t') {
            let column = parse_column(column).expect("a column line has three fields");
            relations.last_mut().expect("a relation line comes before its columns").columns.push(column);
        } else {
            relations.push(parse_relation(line).expect("a relation line has a full name and a kind"));
        }
    }
    relations.sort_by_key(|relation| (relation.schema, relation.name));
    relations
}

fn parse_relation(line: &'static str) -> Option<BuiltinRelation> {
    let (full_name, kind) = line.split_once('\t')?;
    let (schema, name) = full_name.split_once('.')?;
    let kind = match kind {
        "table" => BuiltinRelationKind::Table,
        "view" => BuiltinRelationKind::View,
        "materialized-view" => BuiltinRelationKind::MaterializedView,
        "source" => BuiltinRelationKind::Source,
        _ => return None,
    };
    Some(BuiltinRelation { schema, name, kind, columns: Vec::new() })
}

fn parse_column(line: &'static str) -> Option<BuiltinColumn> {
    let mut fields = line.split('\t');
    let (name, type_name, oid) = (fields.next()?, fields.next()?, fields.next()?);
    let type_oid = oid.trim_end_matches('?').parse().ok()?;
    Some(BuiltinColumn { name, type_name, type_oid, nullable: oid.ends_with('?') })
}

fn parse_type(line: &'static str) -> Option<BuiltinType> {
    let mut fields = line.split('\t');
    let (schema, name, oid, category) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    Some(BuiltinType { schema, name, oid: oid.parse().ok()?, category })
}

fn parse_function(line: &'static str) -> Option<BuiltinFunction> {
    let mut fields = line.split('\t');
    let (schema, name, oid) = (fields.next()?, fields.next()?, fields.next()?);
    let (arguments, variadic, returns) = (fields.next()?, fields.next()?, fields.next()?);
    let (returns_set, returns) = match returns.strip_prefix("setof ") {
        Some(returns) => (true, returns),
        None => (false, returns),
    };
    Some(BuiltinFunction {
        schema,
        name,
        oid: oid.parse().ok()?,
        arguments: arguments.split_ascii_whitespace().collect(),
        variadic: (!variadic.is_empty()).then_some(variadic),
        returns: (returns != "-").then_some(returns),
        returns_set,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_recording_is_read() {
        assert_eq!((relations().count(), types().count(), functions().count()), (302, 90, 619));
        assert!(relations().all(|relation| !relation.columns.is_empty()));
    }

    #[test]
    fn columns_keep_their_order_types_and_nullability() {
        let objects = relation("mz_catalog", "mz_objects").expect("it is recorded");
        assert_eq!(objects.kind, BuiltinRelationKind::View);
        let columns: Vec<_> =
            objects.columns.iter().map(|c| (c.name, c.type_name, c.type_oid, c.nullable)).collect();
        assert_eq!(columns[0], ("id", "text", 25, false));
        assert_eq!(columns[6], ("cluster_id", "text", 25, true));
        assert_eq!(columns[7], ("privileges", "_mz_aclitem", 16567, true));
    }

    #[test]
    fn every_type_that_is_named_is_known() {
        let known = |name: &str| types().any(|t| t.name == name);
        let element = |c: &'static BuiltinColumn| {
            c.type_name.strip_suffix(" list").or_else(|| map_value(c.type_name)).unwrap_or(c.type_name)
        };
        assert!(relations().flat_map(|r| &r.columns).all(|c| known(element(c))));
        assert!(
            functions()
                .flat_map(|f| f.arguments.iter().chain(&f.variadic).chain(&f.returns))
                .all(|t| known(t))
        );
    }
}
