//! `SHOW` where a query stands, and the answers that are known once a statement is planned.

use crate::catalog::{Catalog, ItemId, ObjectId, Privilege};
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::plan::rbac::Requirements;
use crate::result::{Column, Row};
use crate::sql::ast::{
    Expr, ObjectKind, ObjectName, Query, Select, SelectItem, SetExpr, Statement, Value, With,
};
use crate::system;

const TEXT: u32 = 25;

/// The columns of `SHOW CREATE`.
const COLUMNS: [&str; 2] = ["name", "create_sql"];

/// A statement that runs no query: its answer, or its error, follows the description of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerPlan {
    /// The columns of its row.
    pub columns: Vec<Column>,
    /// What it requires of who asks.
    pub requires: Requirements,
    /// Its only row.
    pub answer: Result<Row, SqlError>,
}

/// Plans a `SHOW CREATE`.
pub fn plan_show_create(
    (kind, name, redacted): (ObjectKind, &ObjectName, bool),
    catalog: &Catalog,
    session: &SessionView,
) -> Result<AnswerPlan, SqlError> {
    let shown = system::show_create(catalog, session, kind, name, redacted)?;
    let item = match (kind, name) {
        (ObjectKind::Type, ObjectName::Item(name)) => Some(catalog.resolve_type(session, name)?.id),
        (_, ObjectName::Item(name)) => Some(catalog.resolve_item(session, name)?.id),
        (_, ObjectName::Ident(_) | ObjectName::Replica(..)) => None,
    };
    Ok(AnswerPlan {
        columns: COLUMNS.map(|name| Column::new(name, TEXT)).to_vec(),
        requires: usage_of_schemas(catalog, item),
        answer: shown.map(|(name, create_sql)| vec![Some(name.into_bytes()), Some(create_sql.into_bytes())]),
    })
}

/// The use of the schemas of some items: enough to be told what they are.
pub(super) fn usage_of_schemas(catalog: &Catalog, items: impl IntoIterator<Item = ItemId>) -> Requirements {
    let schemas = items.into_iter().filter_map(|id| catalog.item(id)?.schema);
    schemas.fold(Requirements::default(), |requires, schema| {
        requires.and(Some(ObjectId::Schema(schema)), Privilege::Usage)
    })
}

/// The query that a `SHOW` is short for.
pub(super) fn as_query(
    statement: &Statement,
    catalog: &Catalog,
    session: &SessionView,
) -> Result<Query, SqlError> {
    match statement {
        Statement::Show(show) => Ok(system::show(show, catalog, session)?.query),
        Statement::ShowCreate { kind, name, redacted } => {
            let (name, create_sql) = system::show_create(catalog, session, *kind, name, *redacted)??;
            Ok(constants(COLUMNS.into_iter().zip([name, create_sql])))
        }
        Statement::ShowVariable { .. } => {
            Err(SqlError::internal("SHOW variable in subqueries not yet supported"))
        }
        _ => Err(SqlError::unsupported("this kind of SHOW as a relation")),
    }
}

/// `SELECT 'text' AS name, …`
fn constants<'a>(values: impl Iterator<Item = (&'a str, String)>) -> Query {
    let item = |(name, value): (&str, String)| SelectItem::Expr {
        expr: Expr::Value(Value::String(value)),
        alias: Some(name.into()),
    };
    let select = Select {
        distinct: None,
        projection: values.map(item).collect(),
        from: Vec::new(),
        selection: None,
        group_by: Vec::new(),
        having: None,
        qualify: None,
        options: Vec::new(),
    };
    Query {
        with: With::Simple(Vec::new()),
        body: SetExpr::Select(Box::new(select)),
        order_by: Vec::new(),
        limit: None,
        offset: None,
    }
}
