//! Plans of `SUBSCRIBE`.

use mz_deploy_planner::name::Ident;

use super::describe::describe;
use super::feature::unavailable;
use super::lower;
use super::resolve::{References, Resolver};
use super::select::{Time, ensure_types, time, time_query};
use crate::catalog::{Catalog, ItemId};
use crate::engine::Engine;
use crate::error::SqlError;
use crate::plan::SessionView;
use crate::result::{Column, TypeOid};
use crate::sql::ast::{
    Expr, ItemRef, OptionValue, Query, Select, SelectItem, SetExpr, SqlOption, Subscribe, SubscribeOutput,
    SubscribeRelation, TableFactor, TableWithJoins, Value, With,
};

use crate::sql::visit::{Role, Visitor, walk_query};

/// The type modifier of `mz_timestamp` in the rows of a subscription: a number without decimals.
const TIMESTAMP_MOD: i32 = (39 << 16) + 4;

/// A subscription that is ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribePlan {
    /// The query, with ids for names.
    pub query: Query,
    /// The engine's SQL for its rows at a time.
    pub sql: String,
    /// The columns of that query.
    pub inner: Vec<Column>,
    /// The columns of the subscription.
    pub columns: Vec<Column>,
    /// The types of its parameters.
    pub params: Vec<TypeOid>,
    /// What it refers to.
    pub references: References,
    /// Begin with the rows that are there.
    pub snapshot: bool,
    /// Say how far time has come.
    pub progress: bool,
    /// From when.
    pub as_of: Option<Time>,
    /// Until when: a query of the engine, one row with milliseconds since 1970.
    pub up_to: Option<String>,
    /// The positions of the key's columns in `inner`, of `ENVELOPE UPSERT`.
    pub upsert_key: Option<Vec<usize>>,
    /// Why it fails once its columns have been told.
    pub refused: Option<SqlError>,
}

/// Plans a `SUBSCRIBE`.
pub fn plan_subscribe(
    statement: &Subscribe,
    catalog: &Catalog,
    session: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<SubscribePlan, SqlError> {
    let mut query = match &statement.relation {
        SubscribeRelation::Query(query) => query.clone(),
        SubscribeRelation::Item(name) => whole(name),
    };
    let mut resolver = Resolver::new(catalog, session);
    resolver.query(&mut query)?;
    let as_of = statement.as_of.as_ref().map(|as_of| time(&mut resolver, as_of)).transpose()?;
    let up_to = statement.up_to.as_ref().map(|up_to| time_query(&mut resolver, up_to)).transpose()?;
    let references = resolver.references;
    ensure_types(catalog, engine, &references.types)?;
    let sql = lower::query(catalog, &query)?;
    let described = describe(engine, &sql, params)?;
    let inner = described.columns;
    let (snapshot, progress) =
        (option(&statement.options, "SNAPSHOT", true), option(&statement.options, "PROGRESS", false));

    let mut columns = vec![Column { type_mod: TIMESTAMP_MOD, ..Column::new("mz_timestamp", 1700) }];
    columns.extend(progress.then(|| Column::new("mz_progressed", 16)));
    let mut upsert_key = None;
    let mut refused = None;
    match &statement.output {
        SubscribeOutput::Diffs => with_diffs(&mut columns, &inner),
        SubscribeOutput::WithinTimestampOrderBy(_) => {
            with_diffs(&mut columns, &inner);
            refused = Some(unavailable(
                "`WITHIN TIMESTAMP ORDER BY ..`",
                "enable_within_timestamp_order_by_in_subscribe",
            ));
        }
        SubscribeOutput::EnvelopeUpsert(names) => {
            let key = key(&inner, names)?;
            columns.push(Column::new("mz_state", 25));
            columns.extend(key.iter().filter_map(|place| inner.get(*place)).cloned());
            columns.extend(others(&inner, &key).cloned());
            upsert_key = Some(key);
        }
        SubscribeOutput::EnvelopeDebezium(names) => {
            let key = key(&inner, names)?;
            columns.push(Column::new("mz_state", 25));
            columns.extend(key.iter().filter_map(|place| inner.get(*place)).cloned());
            for prefix in ["before_", "after_"] {
                columns.extend(
                    others(&inner, &key)
                        .map(|column| Column { name: format!("{prefix}{}", column.name), ..column.clone() }),
                );
            }
            refused =
                Some(unavailable("`ENVELOPE DEBEZIUM (KEY (..))`", "enable_envelope_debezium_in_subscribe"));
        }
    }
    let params = described.params;
    Ok(SubscribePlan {
        query,
        sql,
        inner,
        columns,
        params,
        references,
        snapshot,
        progress,
        as_of,
        up_to,
        upsert_key,
        refused,
    })
}

/// Makes a resolved query read other items, and lowers it.
pub fn retarget(
    query: &mut Query,
    to: &dyn Fn(ItemId) -> ItemId,
    catalog: &Catalog,
) -> Result<String, SqlError> {
    struct Retarget<'a>(&'a dyn Fn(ItemId) -> ItemId);
    impl Visitor for Retarget<'_> {
        fn item(&mut self, _: Role, item: &mut ItemRef) {
            if let ItemRef::Id(id) = item {
                *id = (self.0)(*id);
            }
        }
    }
    walk_query(&mut Retarget(to), query);
    lower::query(catalog, query)
}

fn with_diffs(columns: &mut Vec<Column>, inner: &[Column]) {
    columns.push(Column::new("mz_diff", 20));
    columns.extend(inner.iter().cloned());
}

fn key(inner: &[Column], names: &[Ident]) -> Result<Vec<usize>, SqlError> {
    let place = |name: &Ident| {
        let place = inner.iter().position(|column| column.name == name.as_str());
        place.ok_or_else(|| SqlError::internal(format!("column {:?} does not exist", name.as_str())))
    };
    names.iter().map(place).collect()
}

fn others<'a>(inner: &'a [Column], key: &'a [usize]) -> impl Iterator<Item = &'a Column> {
    inner.iter().enumerate().filter(|(place, _)| !key.contains(place)).map(|(_, column)| column)
}

fn option(options: &[SqlOption], name: &str, default: bool) -> bool {
    match options.iter().find(|option| option.name == name) {
        None => default,
        Some(option) => !matches!(option.value, Some(OptionValue::Value(Value::Boolean(false)))),
    }
}

/// `SELECT * FROM name`
fn whole(name: &ItemRef) -> Query {
    let relation = TableFactor::Table { name: name.clone(), alias: None };
    let select = Select {
        distinct: None,
        projection: vec![SelectItem::Wildcard],
        from: vec![TableWithJoins { relation, joins: Vec::new() }],
        selection: None::<Expr>,
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
