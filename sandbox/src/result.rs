//! Results: columns and rows as they go over the wire.

/// A type's object id as clients see it: PostgreSQL's, or Materialize's own (`uint8` is 16464, every list 16384).
pub type TypeOid = u32;

/// A column of a result: what `RowDescription` says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name; `?column?` if it has none.
    pub name: String,
    /// Its type, in Materialize's numbering.
    pub type_oid: TypeOid,
    /// The type's modifier as PostgreSQL encodes it; -1 for none.
    pub type_mod: i32,
}

impl Column {
    /// A column without a modifier.
    pub fn new(name: impl Into<String>, type_oid: TypeOid) -> Self {
        Self { name: name.into(), type_oid, type_mod: -1 }
    }
}

/// How a value is written: the protocol's format codes 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As text.
    #[default]
    Text,
    /// As the type's binary form.
    Binary,
}

/// A row: a value or NULL for each column, each in the format that was asked for.
pub type Row = Vec<Option<Vec<u8>>>;

/// Columns and rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultSet {
    /// What the rows hold.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<Row>,
}

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its type, in Materialize's numbering.
    pub type_oid: TypeOid,
    /// How the value is written.
    pub format: Format,
    /// The value; `None` is NULL.
    pub value: Option<Vec<u8>>,
}
