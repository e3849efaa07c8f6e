//! The statements that a plan is made of, besides the user's own. Names are full names, printed by [`crate::name`].

use std::fmt;

use crate::input::{LiveDefaultPrivilege, LiveGrant};
use crate::name::{Ident, Literal, ObjectName, SchemaName};
use crate::project::ObjectKind;
use crate::syntax::ast::TargetKind;

/// A thing that can be renamed or dropped, with its full name or what was printed of that.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) kind: TargetKind,
    pub(crate) name: &'a dyn fmt::Display,
}

impl<'a> Item<'a> {
    pub(crate) fn object(kind: ObjectKind, name: &'a dyn fmt::Display) -> Self {
        Self { kind: kind.target(), name }
    }

    pub(crate) fn index(name: &'a dyn fmt::Display) -> Self {
        Self { kind: TargetKind::Index, name }
    }
}

/// A statement. There is none with `CASCADE`: what isn't known to be ours makes the server refuse a drop.
#[derive(Clone, Copy)]
pub(crate) enum Ddl<'a> {
    CreateDatabase {
        name: &'a Ident,
        if_not_exists: bool,
    },
    CreateSchema {
        name: &'a SchemaName,
        if_not_exists: bool,
    },
    /// `options` are SQL: they come from the server's own `SHOW CREATE CLUSTER`.
    CreateCluster {
        name: &'a Ident,
        options: &'a str,
    },
    GrantOnCluster {
        cluster: &'a Ident,
        grant: &'a LiveGrant,
    },
    CommentOnCluster {
        cluster: &'a Ident,
        comment: &'a str,
    },
    /// The server looks `with` up in the same database.
    SwapSchemas {
        schema: &'a SchemaName,
        with: &'a Ident,
    },
    SwapClusters {
        cluster: &'a Ident,
        with: &'a Ident,
    },
    Rename {
        item: Item<'a>,
        to: &'a Ident,
    },
    SetSinkInput {
        sink: &'a ObjectName,
        from: &'a ObjectName,
    },
    ApplyReplacement {
        target: &'a ObjectName,
        replacement: &'a ObjectName,
    },
    /// Refused by the server while something depends on it.
    Drop {
        item: Item<'a>,
        if_exists: bool,
    },
    /// Refused by the server while something is in it.
    DropSchema {
        name: &'a SchemaName,
    },
    /// Refused by the server while something runs on it.
    DropCluster {
        name: &'a Ident,
    },
    /// Refused by the server while a schema is in it.
    DropDatabase {
        name: &'a Ident,
    },
    RenameSchema {
        schema: &'a SchemaName,
        to: &'a Ident,
    },
    /// On anything but a column.
    Comment {
        item: Item<'a>,
        comment: &'a str,
    },
    CommentOnColumn {
        relation: &'a ObjectName,
        column: &'a Ident,
        comment: &'a str,
    },
    /// The kind is the one that grants know: `TABLE` for every relation.
    Grant {
        item: Item<'a>,
        grant: &'a LiveGrant,
    },
    SetOwner {
        item: Item<'a>,
        owner: &'a Ident,
    },
    /// `schema` stands for the one that `privilege` names.
    DefaultPrivilege {
        privilege: &'a LiveDefaultPrivilege,
        schema: &'a SchemaName,
    },
}

impl fmt::Display for Ddl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_not = |wanted: bool| if wanted { "IF NOT EXISTS " } else { "" };
        match self {
            Self::CreateDatabase { name, if_not_exists } => {
                write!(f, "CREATE DATABASE {}{name}", if_not(*if_not_exists))
            }
            Self::CreateSchema { name, if_not_exists } => {
                write!(f, "CREATE SCHEMA {}{name}", if_not(*if_not_exists))
            }
            Self::CreateCluster { name, options } => write!(f, "CREATE CLUSTER {name} ({options})"),
            Self::GrantOnCluster { cluster, grant } => {
                write!(f, "GRANT {} ON CLUSTER {cluster} TO {}", grant.privilege, Grantee(grant))
            }
            Self::CommentOnCluster { cluster, comment } => {
                write!(f, "COMMENT ON CLUSTER {cluster} IS {}", Literal(comment))
            }
            Self::SwapSchemas { schema, with } => write!(f, "ALTER SCHEMA {schema} SWAP WITH {with}"),
            Self::SwapClusters { cluster, with } => write!(f, "ALTER CLUSTER {cluster} SWAP WITH {with}"),
            Self::Rename { item, to } => {
                write!(f, "ALTER {} {} RENAME TO {to}", item.kind.keyword(), item.name)
            }
            Self::SetSinkInput { sink, from } => write!(f, "ALTER SINK {sink} SET FROM {from}"),
            Self::ApplyReplacement { target, replacement } => {
                write!(f, "ALTER MATERIALIZED VIEW {target} APPLY REPLACEMENT {replacement}")
            }
            Self::Drop { item, if_exists } => {
                let if_exists = if *if_exists { "IF EXISTS " } else { "" };
                write!(f, "DROP {} {if_exists}{} RESTRICT", item.kind.keyword(), item.name)
            }
            Self::DropSchema { name } => write!(f, "DROP SCHEMA {name} RESTRICT"),
            Self::DropCluster { name } => write!(f, "DROP CLUSTER {name} RESTRICT"),
            Self::DropDatabase { name } => write!(f, "DROP DATABASE {name} RESTRICT"),
            Self::RenameSchema { schema, to } => write!(f, "ALTER SCHEMA {schema} RENAME TO {to}"),
            Self::Comment { item, comment } => {
                write!(f, "COMMENT ON {} {} IS {}", item.kind.keyword(), item.name, Literal(comment))
            }
            Self::CommentOnColumn { relation, column, comment } => {
                write!(f, "COMMENT ON COLUMN {relation}.{column} IS {}", Literal(comment))
            }
            Self::Grant { item, grant } => {
                let keyword = item.kind.keyword();
                write!(f, "GRANT {} ON {keyword} {} TO {}", grant.privilege, item.name, Grantee(grant))
            }
            Self::SetOwner { item, owner } => {
                write!(f, "ALTER {} {} OWNER TO {owner}", item.kind.keyword(), item.name)
            }
            Self::DefaultPrivilege { privilege, schema } => {
                f.write_str("ALTER DEFAULT PRIVILEGES FOR ")?;
                match &privilege.creator {
                    Some(role) => write!(f, "ROLE {role}")?,
                    None => f.write_str("ALL ROLES")?,
                }
                let objects = privilege.object_type.to_ascii_uppercase();
                let grant = &privilege.grant;
                write!(f, " IN SCHEMA {schema} GRANT {} ON {objects}S TO {}", grant.privilege, Grantee(grant))
            }
        }
    }
}

/// Who gets a privilege.
struct Grantee<'a>(&'a LiveGrant);

impl fmt::Display for Grantee<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.role {
            Some(role) => write!(f, "{role}"),
            None => f.write_str("PUBLIC"),
        }
    }
}

/// What makes a `CREATE MATERIALIZED VIEW` one of a replacement, before `MATERIALIZED`.
pub(crate) const REPLACEMENT: &str = "REPLACEMENT ";

/// What makes a `CREATE MATERIALIZED VIEW` one of a replacement, after its name and columns.
pub(crate) fn for_target(target: &ObjectName) -> String {
    format!(" FOR {target}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let schema = SchemaName::new("My Db".into(), "select".into());
        let view = schema.object("a\"b".into());
        let cluster = Ident::new("c-1");
        let grant = LiveGrant { privilege: "USAGE".into(), role: None };
        for (statement, text) in [
            (
                Ddl::SwapSchemas { schema: &schema, with: &"select_x-1".into() },
                r#"ALTER SCHEMA "My Db"."select" SWAP WITH "select_x-1""#,
            ),
            (
                Ddl::Rename { item: Item::object(ObjectKind::View, &view), to: &"a".into() },
                r#"ALTER VIEW "My Db"."select"."a""b" RENAME TO a"#,
            ),
            (
                Ddl::CommentOnCluster { cluster: &cluster, comment: "it's" },
                r#"COMMENT ON CLUSTER "c-1" IS 'it''s'"#,
            ),
            (
                Ddl::GrantOnCluster { cluster: &cluster, grant: &grant },
                r#"GRANT USAGE ON CLUSTER "c-1" TO PUBLIC"#,
            ),
        ] {
            assert_eq!(statement.to_string(), text);
        }
    }
}
