//! The statements that make the ledger: tables, views, indexes, roles and grants. Names are full names.

use std::fmt::Display;

use smol_str::{SmolStr, format_smolstr};

use crate::input::LiveReplica;
use crate::name::{Ident, Literal, ObjectName, SchemaName};
use crate::syntax::ast::TargetKind;

/// A column of a table.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) data_type: &'static str,
    pub(crate) is_nullable: bool,
}

/// `CREATE TABLE IF NOT EXISTS table (columns)`
pub(crate) fn create_table(table: &ObjectName, columns: &[Column]) -> SmolStr {
    let columns = columns.iter().map(|column| {
        let not_null = if column.is_nullable { "" } else { " NOT NULL" };
        format!("{} {}{not_null}", Ident::new(column.name), column.data_type)
    });
    format_smolstr!("CREATE TABLE IF NOT EXISTS {table} ({})", list(columns))
}

/// `CREATE VIEW IF NOT EXISTS view AS query`
pub(crate) fn create_view(view: &ObjectName, query: &str) -> SmolStr {
    format_smolstr!("CREATE VIEW IF NOT EXISTS {view} AS {query}")
}

/// `SELECT columns FROM relation`
pub(crate) fn select(columns: &[Column], relation: &ObjectName) -> String {
    format!("SELECT {} FROM {relation}", list(columns.iter().map(|column| Ident::new(column.name))))
}

/// `CREATE INDEX IF NOT EXISTS index IN CLUSTER cluster ON relation (keys)`
pub(crate) fn create_index(index: &Ident, cluster: &Ident, relation: &ObjectName, keys: &[&str]) -> SmolStr {
    let keys = list(keys.iter().map(|key| Ident::new(*key)));
    format_smolstr!("CREATE INDEX IF NOT EXISTS {index} IN CLUSTER {cluster} ON {relation} ({keys})")
}

/// `CREATE ROLE role`
pub(crate) fn create_role(role: &Ident) -> SmolStr {
    format_smolstr!("CREATE ROLE {role}")
}

/// What a grant is on.
pub(crate) enum Securable<'a> {
    System,
    Cluster(&'a Ident),
    Database(&'a Ident),
    Schema(&'a SchemaName),
    Table(&'a ObjectName),
    /// Tables, views and materialized views that are in the schema when the statement runs.
    AllTablesIn(&'a SchemaName),
}

impl Display for Securable<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("SYSTEM"),
            Self::Cluster(name) => write!(f, "CLUSTER {name}"),
            Self::Database(name) => write!(f, "DATABASE {name}"),
            Self::Schema(name) => write!(f, "SCHEMA {name}"),
            Self::Table(name) => write!(f, "TABLE {name}"),
            Self::AllTablesIn(name) => write!(f, "ALL TABLES IN SCHEMA {name}"),
        }
    }
}

/// `GRANT privileges ON securable TO roles`
pub(crate) fn grant(privileges: &[&str], on: &Securable<'_>, roles: &[&Ident]) -> SmolStr {
    format_smolstr!("GRANT {} ON {on} TO {}", privileges.join(", "), list(roles))
}

/// `GRANT role TO member`
pub(crate) fn grant_role(role: &Ident, member: &Ident) -> SmolStr {
    format_smolstr!("GRANT {role} TO {member}")
}

/// `ALTER kind name OWNER TO role`
pub(crate) fn set_owner(kind: TargetKind, name: &dyn Display, role: &Ident) -> SmolStr {
    format_smolstr!("ALTER {} {name} OWNER TO {role}", kind.keyword())
}

/// What goes before the value of a secret that is made, or that gets another value.
pub(crate) fn before_secret_value(secret: &ObjectName, creates: bool) -> SmolStr {
    let verb = if creates { "CREATE" } else { "ALTER" };
    format_smolstr!("{verb} SECRET {secret} AS")
}

/// `COMMENT ON SCHEMA schema IS 'text'`
pub(crate) fn comment_on_schema(schema: &SchemaName, text: &str) -> SmolStr {
    format_smolstr!("COMMENT ON SCHEMA {schema} IS {}", Literal(text))
}

/// `COMMENT ON VIEW view IS 'text'`
pub(crate) fn comment_on_view(view: &ObjectName, text: &str) -> SmolStr {
    format_smolstr!("COMMENT ON VIEW {view} IS {}", Literal(text))
}

/// `INSERT INTO table VALUES (value, now()), …`: the time is the server's.
pub(crate) fn insert_with_time(table: &ObjectName, values: impl Iterator<Item = u32>) -> SmolStr {
    format_smolstr!("INSERT INTO {table} VALUES {}", list(values.map(|value| format!("({value}, now())"))))
}

/// `INSERT INTO table VALUES (value)`
pub(crate) fn insert_number(table: &ObjectName, value: u32) -> SmolStr {
    format_smolstr!("INSERT INTO {table} VALUES ({value})")
}

/// The options of a managed cluster: `SIZE = '25cc'`.
pub(crate) fn size(size: &str) -> String {
    format!("SIZE = {}", Literal(size))
}

/// The options of an unmanaged cluster: `REPLICAS (r1 (SIZE = '25cc'))`.
pub(crate) fn replicas(replicas: &[LiveReplica]) -> String {
    let replicas = replicas.iter().map(|replica| {
        let zone = replica.availability_zone.as_ref();
        let zone = zone.map(|zone| format!(", AVAILABILITY ZONE = {}", Literal(zone))).unwrap_or_default();
        format!("{} ({}{zone})", replica.name, size(&replica.size))
    });
    format!("REPLICAS ({})", list(replicas))
}

fn list(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
