//! What resolution finds: places of names, and what they mean.

use serde::{Deserialize, Serialize};

use crate::name::{Ident, ObjectName, SchemaName};
use crate::source::Span;
/// A place in a statement where a name stands, and what it means. Rewriting a statement replaces these places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The text of the name.
    pub span: Span,
    /// What it means.
    pub target: Target,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// The object that the statement makes, or the relation that an index, grant or comment is on.
    Own(ObjectName),
    /// A relation in `FROM`.
    Relation {
        /// Which.
        name: ObjectName,
        /// An alias that the text has.
        aliased: bool,
        /// An alias that must be added so that column references stay unambiguous.
        needs_alias: Option<Ident>,
    },
    /// `t`, `s.t` or `d.s.t` in front of a column or of `*`: the relation at this index among the occurrences of the
    /// same statement, which has no alias in the text.
    Qualifier {
        /// Index of the occurrence of the relation.
        relation: u32,
    },
    /// A connection, secret, source or other object that is mentioned as such.
    Object(ObjectName),
    /// A user-defined type.
    Type(ObjectName),
    /// The name of an index, which lives in its relation's schema.
    IndexName(Ident),
    /// A cluster.
    Cluster(Ident),
    /// A schema.
    Schema(SchemaName),
    /// A database.
    Database(Ident),
}
