//! What the swap transaction does to names, read back from its statements.
//!
//! The recorded statements are never sent: they are read, and only a swap or a rename is written down again. A record
//! that somebody edited can't bring another statement into the transaction.

use smol_str::SmolStr;

use super::world::Name;
use crate::ddl::{Ddl, Item};
use crate::name::{Ident, ObjectName, SchemaName, printed};
use crate::syntax::ast::TargetKind;

use crate::syntax::token::{Token, TokenKind, tokenize};

/// A swap or a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    Schemas { schema: SchemaName, with: SchemaName },
    Clusters { cluster: Ident, with: Ident },
    Rename { kind: TargetKind, name: ObjectName, to: Ident },
}

impl Exchange {
    /// Reads `ALTER SCHEMA … SWAP WITH …`, `ALTER CLUSTER … SWAP WITH …` or `ALTER <object> … RENAME TO …`.
    pub(super) fn parse(sql: &str) -> Option<Self> {
        let (tokens, error) = tokenize(sql);
        if error.is_some() {
            return None;
        }
        let mut reader = Reader { sql, tokens: &tokens };
        reader.keywords("ALTER")?;
        let kind = reader.kind()?;
        let name = reader.name()?;
        let exchange = match (kind, name.as_slice()) {
            (TargetKind::Schema, [database, schema]) => {
                reader.keywords("SWAP WITH")?;
                let with = SchemaName::new(database.clone(), reader.ident()?);
                Self::Schemas { schema: SchemaName::new(database.clone(), schema.clone()), with }
            }
            (TargetKind::Cluster, [cluster]) => {
                reader.keywords("SWAP WITH")?;
                Self::Clusters { cluster: cluster.clone(), with: reader.ident()? }
            }
            (kind, [database, schema, name]) => {
                reader.keywords("RENAME TO")?;
                let name = SchemaName::new(database.clone(), schema.clone()).object(name.clone());
                Self::Rename { kind, name, to: reader.ident()? }
            }
            _ => return None,
        };
        reader.tokens.is_empty().then_some(exchange)
    }

    /// The statement.
    pub(super) fn statement(&self) -> SmolStr {
        match self {
            Self::Schemas { schema, with } => printed(&Ddl::SwapSchemas { schema, with: &with.schema }),
            Self::Clusters { cluster, with } => printed(&Ddl::SwapClusters { cluster, with }),
            Self::Rename { kind, name, to } => printed(&Ddl::Rename { item: Item { kind: *kind, name }, to }),
        }
    }

    /// What takes it back. A swap does that itself.
    pub(super) fn inverse(&self) -> Self {
        match self {
            Self::Rename { kind, name, to } => {
                Self::Rename { kind: *kind, name: name.schema.object(to.clone()), to: name.name.clone() }
            }
            swap => swap.clone(),
        }
    }

    /// The names that it is about: of a swap both, of a rename the one that it gives up.
    pub(super) fn sides(&self) -> Vec<Name> {
        match self {
            Self::Schemas { schema, with } => vec![Name::Schema(schema.clone()), Name::Schema(with.clone())],
            Self::Clusters { cluster, with } => {
                vec![Name::Cluster(cluster.clone()), Name::Cluster(with.clone())]
            }
            Self::Rename { name, .. } => vec![Name::Object(name.clone())],
        }
    }

    /// What a name is called afterwards.
    pub(super) fn apply(&self, name: &mut Name) {
        match (self, name) {
            (Self::Schemas { schema, with }, Name::Schema(name)) => swap(name, schema, with),
            (Self::Schemas { schema, with }, Name::Object(name)) => swap(&mut name.schema, schema, with),
            (Self::Clusters { cluster, with }, Name::Cluster(name)) => swap(name, cluster, with),
            (Self::Rename { name: from, to, .. }, Name::Object(name)) if name == from => {
                name.name.clone_from(to);
            }
            _ => {}
        }
    }
}

fn swap<T: PartialEq + Clone>(name: &mut T, one: &T, other: &T) {
    if name == one {
        name.clone_from(other);
    } else if name == other {
        name.clone_from(one);
    }
}

/// Reads a statement from its start.
struct Reader<'a> {
    sql: &'a str,
    tokens: &'a [Token],
}

impl Reader<'_> {
    fn keywords(&mut self, words: &str) -> Option<()> {
        let mut rest = self.tokens;
        for word in words.split(' ') {
            let (token, after) = rest.split_first()?;
            if !token.is_keyword(self.sql, word) {
                return None;
            }
            rest = after;
        }
        self.tokens = rest;
        Some(())
    }

    fn kind(&mut self) -> Option<TargetKind> {
        const KINDS: [TargetKind; 9] = [
            TargetKind::Schema,
            TargetKind::Cluster,
            TargetKind::Table,
            TargetKind::View,
            TargetKind::MaterializedView,
            TargetKind::Source,
            TargetKind::Sink,
            TargetKind::Index,
            TargetKind::Connection,
        ];
        KINDS.into_iter().find(|kind| self.keywords(kind.keyword()).is_some())
    }

    fn ident(&mut self) -> Option<Ident> {
        let (token, rest) = self.tokens.split_first()?;
        let ident = token.ident(self.sql)?;
        self.tokens = rest;
        Some(ident)
    }

    fn name(&mut self) -> Option<Vec<Ident>> {
        let mut parts = vec![self.ident()?];
        while let Some((dot, rest)) = self.tokens.split_first() {
            if dot.kind != TokenKind::Dot {
                break;
            }
            self.tokens = rest;
            parts.push(self.ident()?);
        }
        Some(parts)
    }
}

/// The printed name of the schema or database that a grant, a comment or default privileges are about.
pub(super) fn scope_of(sql: &str) -> Option<Name> {
    let (tokens, _) = tokenize(sql);
    let at = tokens.iter().position(|t| t.is_keyword(sql, "SCHEMA") || t.is_keyword(sql, "DATABASE"))?;
    let mut reader = Reader { sql, tokens: tokens.get(at + 1..)? };
    match reader.name()?.as_slice() {
        [database] => Some(Name::Database(database.clone())),
        [database, schema] => Some(Name::Schema(SchemaName::new(database.clone(), schema.clone()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_and_a_rename_read_back_as_they_were_written() {
        for sql in [
            "ALTER SCHEMA app.core SWAP WITH core_x",
            r#"ALTER SCHEMA "my.db"."select" SWAP WITH "select_x-1""#,
            r#"ALTER CLUSTER "C" SWAP WITH "C_x""#,
            "ALTER MATERIALIZED VIEW app.core.m RENAME TO m__x_old",
            r#"ALTER INDEX app."a.b"."i""j" RENAME TO "I""#,
        ] {
            assert_eq!(Exchange::parse(sql).expect("an exchange").statement(), sql);
        }
    }

    #[test]
    fn nothing_else_is_an_exchange() {
        for sql in [
            "DROP SCHEMA app.core CASCADE",
            "ALTER SCHEMA app.core SWAP WITH core_x; DROP DATABASE app",
            "ALTER SCHEMA core SWAP WITH core_x",
            "ALTER SCHEMA app.core RENAME TO b",
            "ALTER SINK app.core.s SET FROM app.core.m",
            "ALTER ROLE r SUPERUSER",
            "ALTER VIEW app.core.v RENAME TO 'x",
            "",
        ] {
            assert_eq!(Exchange::parse(sql), None, "{sql}");
        }
    }

    #[test]
    fn the_inverse_of_a_rename_takes_the_new_name_away() {
        let rename = Exchange::parse("ALTER VIEW a.b.c RENAME TO d").expect("a rename");
        assert_eq!(rename.inverse().statement(), "ALTER VIEW a.b.d RENAME TO c");
        assert_eq!(rename.inverse().inverse(), rename);
    }
}
