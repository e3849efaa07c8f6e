//! `types.lock`: the columns that objects outside the project had when they were last looked at.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::settings::sql_name;
use crate::diagnostic::{Code, Diagnostic, sort};
use crate::name::{ObjectName, SchemaName};
use crate::source::{Location, Span};

/// The path of the file in a project.
pub const TYPES_LOCK_FILE: &str = "types.lock";

/// The newest version of the format that is read.
const NEWEST_VERSION: &str = "2";

const SECTIONS: &[(&str, LockedKind)] = &[
    ("secret", LockedKind::Secret),
    ("connection", LockedKind::Connection),
    ("source", LockedKind::Source),
    ("table", LockedKind::Table),
    ("view", LockedKind::View),
    ("materialized-view", LockedKind::MaterializedView),
    ("sink", LockedKind::Sink),
];

/// How deep a type may be nested.
const MAX_DEPTH: usize = 64;

/// What `types.lock` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypesLock {
    /// Objects, by name.
    #[serde(with = "as_list")]
    pub objects: BTreeMap<ObjectName, LockedObject>,
}

/// What an object was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its object")]
pub enum LockedKind {
    Secret,
    Connection,
    Source,
    Table,
    View,
    MaterializedView,
    Sink,
}

/// An object outside the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedObject {
    /// What it is.
    pub kind: LockedKind,
    /// Its comment.
    pub comment: Option<SmolStr>,
    /// Its columns, in their order; two may have one name.
    pub columns: Vec<LockedColumn>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedColumn {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub data_type: LockedType,
    /// It may be null.
    pub nullable: bool,
    /// Its comment.
    pub comment: Option<SmolStr>,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LockedType {
    /// A type by name. `list`, `map` and `record` without details are types by name too.
    Named(SmolStr),
    /// An array of …
    Array(Box<LockedType>),
    /// A list of …
    List(Box<LockedType>),
    /// A map from text to …
    Map(Box<LockedType>),
    /// A record with these fields.
    Record(Vec<LockedColumn>),
}

/// Reads `types.lock`. A file that can't be read as a whole isn't read at all: a part of it would pass for the truth.
pub fn read_types_lock(text: &str) -> Result<TypesLock, Vec<Diagnostic>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { diagnostics: Vec::new() };
    for error in errors {
        reader.error(error.span().unwrap_or_default(), format_smolstr!("{}", error.message()));
    }
    let mut lock = TypesLock::default();
    if reader.diagnostics.is_empty() && reader.version(root.get_ref()) {
        for (section, kind) in SECTIONS {
            if let Some(objects) = root.get_ref().get(*section) {
                reader.section(objects, *kind, &mut lock);
            }
        }
    }
    if reader.diagnostics.is_empty() {
        return Ok(lock);
    }
    sort(&mut reader.diagnostics);
    Err(reader.diagnostics)
}

struct Reader {
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn version(&mut self, root: &DeTable<'_>) -> bool {
        let Some(version) = root.get("version") else {
            self.error(0..0, "the key `version` is missing".into());
            return false;
        };
        match version.get_ref() {
            DeValue::Integer(number) if number.as_str() == "1" || number.as_str() == NEWEST_VERSION => true,
            DeValue::Integer(number) => {
                let location = location(version.span());
                let message = format_smolstr!(
                    "`types.lock` has version {}, this mz-deploy reads versions up to {NEWEST_VERSION}",
                    number.as_str()
                );
                self.diagnostics.push(
                    Diagnostic::error(Code::InvalidTypesLock, location, message).help("upgrade mz-deploy"),
                );
                false
            }
            _ => {
                self.wrong_type("version", version, "an integer");
                false
            }
        }
    }

    fn section(&mut self, objects: &Spanned<DeValue<'_>>, kind: LockedKind, lock: &mut TypesLock) {
        let DeValue::Array(objects) = objects.get_ref() else {
            self.wrong_type("a section", objects, "an array of tables");
            return;
        };
        for object in objects {
            let DeValue::Table(table) = object.get_ref() else {
                self.wrong_type("an object", object, "a table");
                continue;
            };
            let Some(name) = self.name(table, object.span()) else { continue };
            let columns = match table.get("columns") {
                Some(columns) => self.columns(columns, 0),
                None => Vec::new(),
            };
            let comment = table.get("comment").and_then(|comment| self.string("comment", comment));
            lock.objects.insert(name, LockedObject { kind, comment, columns });
        }
    }

    fn name(&mut self, table: &DeTable<'_>, object: Range<usize>) -> Option<ObjectName> {
        let text = self.required("name", table, object)?;
        let name = sql_name(&text).and_then(|parts| match parts.as_slice() {
            [database, schema, name] => {
                Some(SchemaName::new(database.clone(), schema.clone()).object(name.clone()))
            }
            [schema, name] => Some(SchemaName::system(schema.clone()).object(name.clone())),
            _ => None,
        });
        if name.is_none() {
            let at = table.get("name").map(Spanned::span).unwrap_or_default();
            self.error(at, format_smolstr!("`{text}` isn't the full name of an object"));
        }
        name
    }

    fn columns(&mut self, columns: &Spanned<DeValue<'_>>, depth: usize) -> Vec<LockedColumn> {
        let DeValue::Array(items) = columns.get_ref() else {
            self.wrong_type("columns", columns, "an array of tables");
            return Vec::new();
        };
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                self.wrong_type("a column", item, "a table");
                continue;
            };
            let Some(name) = self.required("name", table, item.span()) else { continue };
            let Some(data_type) = self.data_type(table, item.span(), depth) else { continue };
            let nullable = match table.get("nullable").map(|nullable| (nullable, nullable.get_ref())) {
                Some((_, DeValue::Boolean(nullable))) => *nullable,
                Some((nullable, _)) => {
                    self.wrong_type("nullable", nullable, "`true` or `false`");
                    continue;
                }
                None => true,
            };
            let comment = table.get("comment").and_then(|comment| self.string("comment", comment));
            read.push(LockedColumn { name, data_type, nullable, comment });
        }
        read
    }

    /// The `type`, `of` and `fields` of a column, of an element or of a field.
    fn data_type(&mut self, table: &DeTable<'_>, at: Range<usize>, depth: usize) -> Option<LockedType> {
        let name = self.required("type", table, at.clone())?;
        if depth > MAX_DEPTH {
            self.error(at, "the type is nested too deeply".into());
            return None;
        }
        let is_container = matches!(name.as_str(), "array" | "list" | "map");
        if let Some((key, _)) = table.get_key_value("of").filter(|_| !is_container) {
            self.error(key.span(), format_smolstr!("the type `{name}` has no elements"));
            return None;
        }
        if let Some((key, _)) = table.get_key_value("fields").filter(|_| name != "record") {
            self.error(key.span(), format_smolstr!("the type `{name}` has no fields"));
            return None;
        }
        let element = match table.get("of").map(|of| (of, of.get_ref())) {
            Some((of, DeValue::Table(element))) => {
                Some(Box::new(self.data_type(element, of.span(), depth + 1)?))
            }
            Some((of, _)) => {
                self.wrong_type("of", of, "a table");
                return None;
            }
            None => None,
        };
        match (name.as_str(), element) {
            ("array", Some(element)) => Some(LockedType::Array(element)),
            ("list", Some(element)) => Some(LockedType::List(element)),
            ("map", Some(element)) => Some(LockedType::Map(element)),
            ("array", None) => {
                self.error(at, "an array has no element type: the key `of` is missing".into());
                None
            }
            ("record", _) if table.contains_key("fields") => {
                let fields = table.get("fields").map(|fields| self.columns(fields, depth + 1));
                Some(LockedType::Record(fields.unwrap_or_default()))
            }
            _ => Some(LockedType::Named(name)),
        }
    }

    fn required(&mut self, key: &str, table: &DeTable<'_>, at: Range<usize>) -> Option<SmolStr> {
        if let Some(value) = table.get(key) {
            return self.string(key, value);
        }
        self.error(at, format_smolstr!("the key `{key}` is missing"));
        None
    }

    fn string(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<SmolStr> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_smolstr());
        }
        self.wrong_type(key, value, "a string");
        None
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let message = format_smolstr!("`{key}` is of type {}, not {expected}", value.get_ref().type_str());
        self.error(value.span(), message);
    }

    fn error(&mut self, range: Range<usize>, message: SmolStr) {
        self.diagnostics.push(
            Diagnostic::error(Code::InvalidTypesLock, location(range), message)
                .help("restore the file from version control, or delete it: it is not meant to be edited"),
        );
    }
}

fn location(range: Range<usize>) -> Location {
    Location::new(TYPES_LOCK_FILE, Span::new(range.start, range.end))
}

/// A map whose keys are no strings, as a list of pairs.
mod as_list {
    use super::{BTreeMap, Deserialize, LockedObject, ObjectName};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        objects: &BTreeMap<ObjectName, LockedObject>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(objects)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<ObjectName, LockedObject>, D::Error> {
        Ok(Vec::<(ObjectName, LockedObject)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_has_plain_types_and_version_2_nested_ones() {
        let text = r#"
version = 2
[[table]]
name = "app.ingest.orders"
comment = "orders"
columns = [
    { name = "id", type = "integer", nullable = false, comment = "key" },
    { name = "tags", type = "list", nullable = true, of = { type = "text" } },
    { name = "at", type = "record", nullable = true, fields = [
        { name = "x", type = "array", nullable = true, of = { type = "int4" } },
    ] },
    { name = "id", type = "map", nullable = true },
]

[[view]]
name = 'mz_catalog."select"'
"#;
        let lock = read_types_lock(text).expect("a sound file");
        let orders = &lock.objects[&ObjectName::new("app", "ingest", "orders")];
        assert_eq!(orders.kind, LockedKind::Table);
        let types: Vec<_> = orders.columns.iter().map(|c| &c.data_type).collect();
        let named = |name: &str| LockedType::Named(name.into());
        assert_eq!(types[0], &named("integer"));
        assert_eq!(types[1], &LockedType::List(Box::new(named("text"))));
        assert!(
            matches!(types[2], LockedType::Record(fields) if fields[0].data_type == LockedType::Array(Box::new(named("int4"))))
        );
        assert_eq!(types[3], &named("map"));
        assert_eq!(lock.objects.len(), 2);
    }

    #[test]
    fn a_corrupt_or_newer_file_is_an_error() {
        for (text, message) in [
            ("", "the key `version` is missing"),
            ("version = 3", "`types.lock` has version 3, this mz-deploy reads versions up to 2"),
            ("version = 2\n[[view]]\nname = 'a'", "`a` isn't the full name of an object"),
            (
                "version = 2\n[[view]]\nname = 'a.b.c'\ncolumns = [{ name = 'x', type = 'array' }]",
                "an array has no element type: the key `of` is missing",
            ),
            (
                "version = 2\n[[view]]\nname = 'a.b.c'\ncolumns = [{ name = 'x', type = 'int', of = {} }]",
                "the type `int` has no elements",
            ),
        ] {
            let errors = read_types_lock(text).expect_err(text);
            assert_eq!(errors[0].message, message);
        }
    }
}
