//! Names, and the only place where an identifier or a literal is turned into SQL text.
//!
//! Identifiers are compared by value: `Orders` and `"orders"` are one name, `"Orders"` is another. Nothing in
//! the planner compares, splits or joins the printed form of a name.

mod serial;

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The longest identifier that Materialize accepts, in bytes.
pub const MAX_IDENT_BYTES: usize = 255;

/// One identifier: its value, after folding and without quotes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Ident(SmolStr);

impl Ident {
    /// An identifier with exactly this value (as if it had been written in double quotes).
    pub fn new(value: impl Into<SmolStr>) -> Self {
        Self(value.into())
    }

    /// An identifier as the server reads an unquoted word: folded with full Unicode lower-casing.
    pub fn folded(word: &str) -> Self {
        if word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
            return Self(word.into());
        }
        Self(word.to_lowercase().into())
    }

    /// The value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, for a place that keeps it as a text of its own.
    pub(crate) fn value(&self) -> SmolStr {
        self.0.clone()
    }

    /// This identifier with `suffix` appended, or an error when that is longer than the server allows.
    pub fn suffixed(&self, suffix: &str) -> Result<Self, NameTooLong> {
        let value = smol_str::format_smolstr!("{}{suffix}", self.0);
        if value.len() > MAX_IDENT_BYTES {
            return Err(NameTooLong { bytes: value.len(), name: value });
        }
        Ok(Self(value))
    }

    /// True if the identifier is within the length limit.
    pub fn is_short_enough(&self) -> bool {
        self.0.len() <= MAX_IDENT_BYTES
    }
}

impl From<&str> for Ident {
    fn from(value: &str) -> Self {
        Self(value.into())
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Prints the identifier as SQL: bare where that reads back as the same identifier, quoted elsewhere.
impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if needs_quotes(&self.0) {
            f.write_str("\"")?;
            for (i, piece) in self.0.split('"').enumerate() {
                if i > 0 {
                    f.write_str("\"\"")?;
                }
                f.write_str(piece)?;
            }
            f.write_str("\"")
        } else {
            f.write_str(&self.0)
        }
    }
}

/// A suffixed name that the server would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTooLong {
    /// The name that would be needed.
    pub name: SmolStr,
    /// Its length in bytes.
    pub bytes: usize,
}

/// The length of the longest of [`RESERVED`].
const LONGEST_RESERVED: usize = 9;

/// Words that can't stand for an identifier in some position of a statement, so they are printed in quotes.
/// Source: the server's "sometimes reserved" keywords.
const RESERVED: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "between",
    "case",
    "cast",
    "cross",
    "day",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "from",
    "full",
    "group",
    "having",
    "hour",
    "ilike",
    "in",
    "inner",
    "intersect",
    "is",
    "isnull",
    "join",
    "lateral",
    "left",
    "like",
    "limit",
    "list",
    "map",
    "minute",
    "month",
    "natural",
    "not",
    "null",
    "offset",
    "on",
    "operator",
    "options",
    "or",
    "order",
    "outer",
    "qualify",
    "returning",
    "right",
    "row",
    "rows",
    "second",
    "select",
    "set",
    "some",
    "table",
    "then",
    "true",
    "union",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "year",
];

/// True if the word `value` can't stand for an identifier everywhere.
pub(crate) fn is_reserved(value: &str) -> bool {
    // Names are printed by the ten thousand. Most have a byte that no keyword has, or are longer than any; for the
    // others, the first byte tells more cheaply than the whole word where to search.
    value.len() <= LONGEST_RESERVED
        && value.bytes().all(|b| b.is_ascii_lowercase())
        && RESERVED
            .binary_search_by(|word| {
                word.bytes().next().cmp(&value.bytes().next()).then_with(|| (*word).cmp(value))
            })
            .is_ok()
}

fn needs_quotes(value: &str) -> bool {
    let mut bytes = value.bytes();
    let plain = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    !plain || is_reserved(value)
}

/// A string literal as SQL text: `'it''s'`.
pub struct Literal<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        for (i, piece) in self.0.split('\'').enumerate() {
            if i > 0 {
                f.write_str("''")?;
            }
            f.write_str(piece)?;
        }
        f.write_str("'")
    }
}

/// A schema. System schemas (`mz_catalog`, `pg_catalog`, …) belong to no database.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaName {
    /// The database, absent for system schemas.
    pub database: Option<Ident>,
    /// The schema itself.
    pub schema: Ident,
}

impl SchemaName {
    /// A schema of a database.
    pub fn new(database: Ident, schema: Ident) -> Self {
        Self { database: Some(database), schema }
    }

    /// A system schema.
    pub fn system(schema: Ident) -> Self {
        Self { database: None, schema }
    }

    /// The object `name` in this schema.
    pub fn object(&self, name: Ident) -> ObjectName {
        ObjectName { schema: self.clone(), name }
    }

    /// True for a schema that belongs to no database.
    pub fn is_system(&self) -> bool {
        self.database.is_none()
    }
}

/// The schemas that the server has outside every database.
const SYSTEM_SCHEMAS: &[&str] = &[
    "information_schema",
    "mz_catalog",
    "mz_catalog_unstable",
    "mz_internal",
    "mz_introspection",
    "mz_unsafe",
    "pg_catalog",
];

/// True if `schema` names one of the server's own schemas.
pub fn is_system_schema(schema: &str) -> bool {
    SYSTEM_SCHEMAS.binary_search(&schema).is_ok()
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(database) = &self.database {
            fmt::Display::fmt(database, f)?;
            f.write_str(".")?;
        }
        fmt::Display::fmt(&self.schema, f)
    }
}

impl fmt::Debug for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A full object name: relation, connection, secret, type, sink or index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The schema that holds it.
    pub schema: SchemaName,
    /// The object itself.
    pub name: Ident,
}

impl ObjectName {
    /// `database.schema.object`.
    pub fn new(database: impl Into<SmolStr>, schema: impl Into<SmolStr>, name: impl Into<SmolStr>) -> Self {
        SchemaName::new(Ident::new(database), Ident::new(schema)).object(Ident::new(name))
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.schema, f)?;
        f.write_str(".")?;
        fmt::Display::fmt(&self.name, f)
    }
}

impl fmt::Debug for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A name, or something with names in it, as a text of its own.
pub fn printed(value: &impl fmt::Display) -> SmolStr {
    // Most names are shorter: the text doesn't grow step by step.
    let mut text = String::with_capacity(96);
    write!(text, "{value}").expect("writing to a string succeeds");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_bare_only_where_they_read_back_as_themselves() {
        for (value, printed) in [
            ("orders", "orders"),
            ("_x1", "_x1"),
            ("Orders", "\"Orders\""),
            ("select", "\"select\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a$b", "\"a$b\""),
            ("1a", "\"1a\""),
            ("über", "\"über\""),
            ("", "\"\""),
        ] {
            assert_eq!(Ident::new(value).to_string(), printed);
        }
    }

    #[test]
    fn reserved_words_and_system_schemas_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
        assert_eq!(RESERVED.iter().map(|word| word.len()).max(), Some(LONGEST_RESERVED));
        assert!(RESERVED.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase())));
        assert!(SYSTEM_SCHEMAS.is_sorted());
    }

    #[test]
    fn words_fold_with_unicode_lower_case() {
        assert_eq!(Ident::folded("ÄpFel").as_str(), "äpfel");
    }

    #[test]
    fn a_suffix_that_makes_a_name_too_long_is_an_error_that_names_it() {
        let long = "x".repeat(250);
        let error = Ident::new(long.as_str()).suffixed("_abcdef").expect_err("257 bytes");
        assert_eq!(error.bytes, 257);
        assert!(error.name.ends_with("_abcdef"));
    }

    #[test]
    fn literals_double_their_quotes() {
        assert_eq!(Literal("it's").to_string(), "'it''s'");
    }
}
