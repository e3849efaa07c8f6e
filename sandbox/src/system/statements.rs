//! Items as statements: the texts of the catalog's columns, and `SHOW CREATE`.

use mz_deploy_planner::name::Ident;

use crate::catalog::{
    Catalog, ColumnDesc, Item, ItemKind, ManagedCluster, SourceStatement, TableStatement, Type,
};
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::sql::ast::{Expr, ObjectKind, ObjectName, Query, Statement};
use crate::sql::print::{self, Form, Style};

/// What the catalog's columns say of an item in SQL.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) create_sql: Option<String>,
    pub(super) redacted_create_sql: Option<String>,
    pub(super) definition: Option<String>,
}

pub(super) fn texts(catalog: &Catalog, item: &Item) -> Texts {
    let Some(statement) = statement(catalog, item) else { return Texts::default() };
    let print = |redacted| print::print(&statement, stable(redacted), catalog);
    let definition = query(&item.kind).map(|query| {
        let mut text = print::print_query(query, stable(false), catalog);
        text.push(';');
        text
    });
    Texts { create_sql: Some(print(false)), redacted_create_sql: Some(print(true)), definition }
}

/// The default of a column: one of a user's table has one even without a clause.
pub(super) fn column_default(catalog: &Catalog, item: &Item, column: &ColumnDesc) -> Option<String> {
    match (&item.kind, &column.default) {
        (_, Some(default)) => Some(expression(catalog, default)),
        (ItemKind::Table(table), None) if table.create.is_some() => Some("NULL".to_owned()),
        _ => None,
    }
}

/// An expression as the catalog stores it.
pub(super) fn expression(catalog: &Catalog, expr: &Expr) -> String {
    print::print_expr(expr, stable(false), catalog)
}

fn stable(redacted: bool) -> Style {
    Style { form: Form::Stable, redacted }
}

fn query(kind: &ItemKind) -> Option<&Query> {
    match kind {
        ItemKind::View(view) => view.create.as_ref().map(|create| &create.query),
        ItemKind::MaterializedView(view) => view.create.as_ref().map(|create| &create.query),
        _ => None,
    }
}

/// The statement that makes an item; `None` for secrets and for what the server has of its own.
fn statement(catalog: &Catalog, item: &Item) -> Option<Statement> {
    let mut statement = match &item.kind {
        ItemKind::Table(table) => match table.create.clone()? {
            TableStatement::Table(create) => Statement::CreateTable(create),
            TableStatement::FromSource { create, .. } => Statement::CreateTableFromSource(create),
            TableStatement::Webhook(create) => Statement::CreateWebhookSource(create),
        },
        ItemKind::View(view) => Statement::CreateView(view.create.clone()?),
        ItemKind::MaterializedView(view) => Statement::CreateMaterializedView(view.create.clone()?),
        ItemKind::Index(index) => Statement::CreateIndex(index.create.clone()?),
        ItemKind::Source(source) => match source.create.clone() {
            SourceStatement::Source(create) => Statement::CreateSource(create),
            SourceStatement::Webhook(create) => Statement::CreateWebhookSource(create),
            SourceStatement::Subsource(_) | SourceStatement::Builtin => return None,
        },
        ItemKind::Sink(sink) => Statement::CreateSink(sink.create.clone()),
        ItemKind::Connection(connection) => Statement::CreateConnection(connection.create.clone()),
        ItemKind::Type(Type::Custom { create: (name, definition), .. }) => {
            Statement::CreateType { name: name.clone(), definition: definition.clone() }
        }
        ItemKind::Type(Type::Builtin { .. }) | ItemKind::Secret | ItemKind::Function => return None,
    };
    // Names change, and those in the statement don't follow.
    if item.schema.is_some()
        && let Some(name) = catalog.full_name(item.id)
    {
        statement.set_name(name.database.into_iter().chain([name.schema, name.item]).collect());
    }
    Some(statement)
}

/// What `SHOW CREATE` answers: the name and the statement, or an error that comes after the description of the columns.
pub type ShowCreate = Result<(String, String), SqlError>;

/// `SHOW CREATE …`. Fails where the name stands for nothing, before any answer.
pub fn show_create(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    name: &ObjectName,
    redacted: bool,
) -> Result<ShowCreate, SqlError> {
    let item = match (kind, name) {
        (ObjectKind::Cluster, ObjectName::Ident(name)) => {
            let cluster = catalog.resolve_cluster(name)?;
            let text = show_create_cluster(&cluster.name, cluster.managed.as_ref());
            return Ok(text.map(|text| (cluster.name.as_str().to_owned(), text)));
        }
        (ObjectKind::Type, ObjectName::Item(name)) => catalog.resolve_type(session, name)?,
        (_, ObjectName::Item(name)) => catalog.resolve_item(session, name)?,
        (_, ObjectName::Ident(_) | ObjectName::Replica(..)) => {
            return Err(SqlError::unsupported(format!("SHOW CREATE {}", kind.words())));
        }
    };
    let full_name = catalog.full_name(item.id).map(|name| name.to_string()).unwrap_or_default();
    Ok(show_create_item(catalog, item, kind, redacted, full_name))
}

fn show_create_item(
    catalog: &Catalog,
    item: &Item,
    kind: ObjectKind,
    redacted: bool,
    full_name: String,
) -> ShowCreate {
    let found = item.kind.object_kind();
    if found != kind {
        let error = SqlError::internal(format!("{full_name} is not {}", with_article(kind)));
        return Err(match (kind, found) {
            (ObjectKind::View, ObjectKind::MaterializedView) => {
                error.with_hint("Use SHOW CREATE MATERIALIZED VIEW to show a materialized view.")
            }
            _ => error,
        });
    }
    let statement = statement(catalog, item)
        .ok_or_else(|| SqlError::internal(format!("cannot show create for system object {full_name}")))?;
    let text = print::print(&statement, Style { form: Form::Pretty, redacted }, catalog);
    Ok((full_name, text))
}

/// `a view`, `an index`.
fn with_article(kind: ObjectKind) -> String {
    let words = kind.words();
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {words}")
}

fn show_create_cluster(name: &Ident, managed: Option<&ManagedCluster>) -> Result<String, SqlError> {
    let name = print::text::quoted_ident(name);
    let Some(managed) = managed else {
        return Err(SqlError::internal("SHOW CREATE for unmanaged clusters not yet supported"));
    };
    let interval = managed
        .introspection_interval
        .map_or_else(|| "NULL".to_owned(), |i| format!("INTERVAL '{}'", clock(i)));
    let zones = if managed.availability_zones.is_empty() {
        String::new()
    } else {
        let zones: Vec<String> =
            managed.availability_zones.iter().map(|zone| print::text::literal(zone)).collect();
        format!("AVAILABILITY ZONES = ({}), ", zones.join(", "))
    };
    Ok(format!(
        "CREATE CLUSTER {name} ({zones}INTROSPECTION DEBUGGING = {}, INTROSPECTION INTERVAL = {interval}, MANAGED = true, \
         REPLICATION FACTOR = {}, SIZE = {}, SCHEDULE = MANUAL)",
        managed.introspection_debugging,
        managed.replication_factor,
        print::text::literal(&managed.size),
    ))
}

/// An interval of some microseconds as the server writes it: `00:00:01`, with a fraction if it has one.
fn clock(micros: i64) -> String {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { time } else { format!("{time}.{fraction:06}").trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_written_with_all_its_options() {
        let catalog = Catalog::bootstrap();
        let quickstart =
            catalog.cluster_by_name(&Ident::from("quickstart")).expect("it is there from the beginning");
        assert_eq!(
            show_create_cluster(&quickstart.name, quickstart.managed.as_ref()).as_deref(),
            Ok(
                "CREATE CLUSTER \"quickstart\" (INTROSPECTION DEBUGGING = false, INTROSPECTION INTERVAL = INTERVAL \
                '00:00:01', MANAGED = true, REPLICATION FACTOR = 1, SIZE = '25cc', SCHEDULE = MANUAL)"
            )
        );
    }

    #[test]
    fn intervals_keep_their_fractions() {
        assert_eq!(clock(2_000_000), "00:00:02");
        assert_eq!(clock(3_661_500_000), "01:01:01.5");
    }
}
