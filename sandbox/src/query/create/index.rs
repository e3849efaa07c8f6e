//! `CREATE INDEX`

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::describe::refused;
use super::super::resolve::{Resolver, full_name};
use super::super::{lower, shape};
use super::{Planning, already_exists, skipping};
use crate::catalog::{Index, IndexKey, Item, ItemId, ItemKind, SchemaId};
use crate::error::SqlError;
use crate::plan::DdlPlan;
use crate::sql::ast::{ClusterRef, CreateIndex, Expr, ItemRef, Name};

/// The longest name that the server makes up, in bytes.
const LONGEST: usize = 255;

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateIndex) -> Result<DdlPlan, SqlError> {
    let on = super::super::resolve::lookup(planning.catalog, planning.session, &create.on)?.clone();
    let cluster = planning.cluster(create.in_cluster.as_ref())?;
    refuse_target(planning, &on)?;
    if !create.options.is_empty() {
        return Err(super::super::feature::unavailable("INDEX OPTIONS", "enable_index_options"));
    }
    let mut uses = BTreeSet::from([on.id]);
    let key = match &create.key {
        Some(exprs) => given_key(planning, &on, exprs, &mut uses)?,
        None => default_key(planning, &on),
    };
    let name = match &create.name {
        Some(name) => name.clone(),
        None => automatic_name(planning, &on, create.key.is_none(), &key)?,
    };
    let full = full_name(planning.catalog, on.id);
    let full = full
        .rsplit_once('.')
        .map_or_else(|| name.as_str().to_owned(), |(schema, _)| format!("{schema}.{}", name.as_str()));
    let taken = match on.schema {
        Some(schema) => planning.catalog.item_by_name(schema, &name),
        None => planning.catalog.temporary_item(planning.session.connection, &name),
    };
    match taken {
        Some(_) if create.if_not_exists => return Ok(skipping("index", &name)),
        Some(item) => return Err(already_exists(item, &full)),
        None => {}
    }
    let statement = CreateIndex {
        name: Some(name.clone()),
        if_not_exists: false,
        in_cluster: Some(ClusterRef::Id(cluster)),
        on: ItemRef::Id(on.id),
        key: Some(key.iter().map(|part| part.expr.clone()).collect()),
        options: create.options.clone(),
    };
    let index = Index { on: on.id, cluster, key, create: Some(statement) };
    let place = super::Place { schema: on.schema, session: on.session, name, full };
    let op = match planning.new_item(place, uses, ItemKind::Index(index)) {
        // The owner of an index is always its relation's.
        crate::catalog::Op::CreateItem { id, schema, session, name, uses, kind, .. } => {
            crate::catalog::Op::CreateItem { id, schema, session, name, owner: on.owner, uses, kind }
        }
        other => other,
    };
    Ok(DdlPlan { ops: vec![op], ..DdlPlan::default() })
}

fn refuse_target(planning: &Planning<'_>, on: &Item) -> Result<(), SqlError> {
    let full = full_name(planning.catalog, on.id);
    let refused = |what: &str| {
        let article = crate::plan::article(what);
        Err(SqlError::internal(format!("index cannot be created on {full} because it is {article} {what}")))
    };
    match &on.kind {
        ItemKind::MaterializedView(view) if view.replaces.is_some() => {
            refused("replacement materialized view")
        }
        kind if kind.columns().is_none() => refused(kind.object_kind().words()),
        _ => planning.refuse_unstable(&BTreeSet::from([on.id]), "index"),
    }
}

fn given_key(
    planning: &Planning<'_>,
    on: &Item,
    exprs: &[Expr],
    uses: &mut BTreeSet<ItemId>,
) -> Result<Vec<IndexKey>, SqlError> {
    let columns = on.kind.columns().unwrap_or_default();
    let mut key = Vec::new();
    for expr in exprs {
        let mut expr = expr.clone();
        let mut resolver = Resolver::new(planning.catalog, planning.session);
        resolver.expr(&mut expr)?;
        super::materialized_view::refuse_unmaterializable(
            planning,
            &resolver.references.calls,
            &BTreeSet::new(),
        )?;
        uses.extend(resolver.references.uses);
        // A number is the position of a column.
        if let Expr::Value(crate::sql::ast::Value::Number(number)) = &expr {
            let place = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let column = place.and_then(|place| columns.get(place)).ok_or_else(|| {
                SqlError::internal(format!(
                    "column reference {number} in INDEX is out of range (1 - {})",
                    columns.len()
                ))
            })?;
            expr = Expr::Column(Name(vec![column.name.clone()]));
        }
        let sql = lower::expr(planning.catalog, &expr, Some((on.id, &on.name)))?;
        let relation = lower::relation(planning.catalog, on.id);
        let probe = format!("SELECT {sql} FROM {relation} AS {}", lower::quoted(on.name.as_str()));
        planning.engine.describe(&probe, &[]).map_err(|error| refused(&error))?;
        let column = match &expr {
            Expr::Column(name) => {
                columns.iter().position(|column| name.0.last().is_some_and(|last| column.name == *last))
            }
            _ => None,
        };
        let nullable = match column.and_then(|place| columns.get(place)) {
            Some(column) => column.nullable,
            None => shape::is_nullable(planning.catalog, on.id, &expr),
        };
        key.push(IndexKey { expr, column, nullable });
    }
    Ok(key)
}

/// The first key that is known, or all columns.
fn default_key(planning: &Planning<'_>, on: &Item) -> Vec<IndexKey> {
    let columns = on.kind.columns().unwrap_or_default();
    let known =
        shape::Shape::of_item(planning.catalog, on.id).and_then(|shape| shape.keys.into_iter().next());
    let places = known.unwrap_or_else(|| (0..columns.len()).collect());
    let part = |place: usize| {
        let column = columns.get(place)?;
        let expr = Expr::Column(Name(vec![column.name.clone()]));
        Some(IndexKey { expr, column: Some(place), nullable: column.nullable })
    };
    places.into_iter().filter_map(part).collect()
}

/// `v_primary_idx`, `v_a_b_idx`, `v_expr_idx`, with a number if it is taken.
fn automatic_name(
    planning: &Planning<'_>,
    on: &Item,
    default: bool,
    key: &[IndexKey],
) -> Result<Ident, SqlError> {
    let columns = on.kind.columns().unwrap_or_default();
    let base = if default {
        let name = format!("{}_primary_idx", on.name.as_str());
        refuse_long(&name)?;
        name
    } else {
        let parts = key.iter().map(|part| {
            part.column.and_then(|place| columns.get(place)).map_or("expr", |column| column.name.as_str())
        });
        let parts: Vec<&str> = parts.collect();
        format!("{}_{}_idx", on.name.as_str(), parts.join("_"))
    };
    let base = shortened(&base);
    let mut name = Ident::new(base);
    let mut next = 1;
    while !is_free(planning, on.schema, &name) {
        name = Ident::new(format!("{base}{next}"));
        next += 1;
    }
    Ok(name)
}

fn refuse_long(name: &str) -> Result<(), SqlError> {
    let length = name.len();
    if length <= LONGEST {
        return Ok(());
    }
    Err(SqlError::internal(format!(
        "invalid identifier, identifier too long (len: {length}, max: {LONGEST}, value: {name:?})"
    )))
}

fn is_free(planning: &Planning<'_>, schema: Option<SchemaId>, name: &Ident) -> bool {
    match schema {
        Some(schema) => planning.catalog.item_by_name(schema, name).is_none(),
        None => planning.catalog.temporary_item(planning.session.connection, name).is_none(),
    }
}

/// With room for a number.
fn shortened(name: &str) -> &str {
    let mut end = name.len().min(LONGEST - 5);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or(name)
}
