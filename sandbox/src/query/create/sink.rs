//! `CREATE SINK` and `ALTER SINK … SET FROM`

use std::collections::BTreeSet;

use super::super::resolve::{full_name, lookup};
use super::options::{find, is_unreached, text};
use super::{Planning, absent, already_exists, is_absence, skipping};
use crate::catalog::{Item, ItemKind, Op, Sink};
use crate::error::SqlError;
use crate::plan::{DdlPlan, wrong_kind};
use crate::sql::ast::{ClusterRef, CreateSink, ItemRef, Name, ObjectKind};

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateSink) -> Result<DdlPlan, SqlError> {
    let mut statement = create.clone();
    let mut uses = BTreeSet::new();
    let from = lookup(planning.catalog, planning.session, &create.from)?.clone();
    planning.resolve_reference(&mut statement.from, &mut uses)?;
    planning.resolve_reference(&mut statement.connection, &mut uses)?;
    if let Some(aws) = &mut statement.aws_connection {
        planning.resolve_reference(aws, &mut uses)?;
    }
    for connection in &mut statement.encoding.connections {
        planning.resolve_reference(connection, &mut uses)?;
    }
    planning.resolve_options(&mut statement.connection_options, &mut uses)?;
    planning.resolve_options(&mut statement.options, &mut uses)?;
    let cluster = planning.cluster(create.in_cluster.as_ref())?;
    statement.in_cluster = Some(ClusterRef::Id(cluster));
    let (connection, definition) = planning.connection(&statement.connection)?;
    // The broker is asked before anything else is looked at.
    if !is_unreached(&definition) {
        return Err(unreachable_broker(&definition.kind));
    }
    refuse_relation(planning, &from)?;
    check(&statement, &from)?;

    let Some(name) = &create.name else { return Err(SqlError::unsupported("sinks without a name")) };
    let place = planning.place(name, false)?;
    match planning.occupant(&place) {
        Some(_) if create.if_not_exists => return Ok(skipping("sink", &place.name)),
        Some(item) => return Err(already_exists(item, &place.full)),
        None => {}
    }
    statement.name = Some(planning.stored_name(&place));
    statement.if_not_exists = false;
    let sink = Sink { from: from.id, cluster, connection, create: statement };
    let op = planning.new_item(place, uses, ItemKind::Sink(sink));
    Ok(DdlPlan { ops: vec![op], ..DdlPlan::default() })
}

/// What the server says when the broker of a sink isn't there.
fn unreachable_broker(kind: &str) -> SqlError {
    if kind != "KAFKA" {
        return SqlError::unsupported(format!("sinks into {kind}"))
            .with_hint("Name a host in the domain sandbox.invalid to have the sink in the catalog.");
    }
    SqlError::internal("KAFKA sink validation: admin client errored").with_detail(
        "Client config error: No such configuration property: \"retry.backoff.max.ms\" retry.backoff.max.ms 1000",
    )
}

fn refuse_relation(planning: &Planning<'_>, from: &Item) -> Result<(), SqlError> {
    let name = planning.catalog.minimal_name(planning.session, from.id);
    match &from.kind {
        ItemKind::MaterializedView(view) if view.replaces.is_some() => Err(SqlError::internal(format!(
            "replacement materialized view {name} cannot be exported as a sink"
        ))),
        ItemKind::Table(_) | ItemKind::Source(_) | ItemKind::MaterializedView(_) => Ok(()),
        kind => Err(SqlError::internal(format!(
            "{} {name} cannot be exported as a sink",
            kind.object_kind().words()
        ))),
    }
}

/// Whether topic, key and envelope fit the relation.
fn check(create: &CreateSink, from: &Item) -> Result<(), SqlError> {
    let columns = from.kind.columns().unwrap_or_default();
    if let Some((key, _)) = &create.key {
        super::refuse_duplicates(key)?;
        if let Some(missing) = key.iter().find(|name| columns.iter().all(|column| column.name != **name)) {
            return Err(SqlError::internal(format!(
                "column referenced in KEY does not exist: {}",
                missing.as_str()
            )));
        }
    }
    if create.into != "KAFKA" {
        return Ok(());
    }
    if find(&create.connection_options, "TOPIC").and_then(text).is_none() {
        return Err(SqlError::internal("KAFKA CONNECTION without TOPIC"));
    }
    if create.encoding.format.is_none() {
        return Err(SqlError::internal("sink without format not yet supported"));
    }
    match create.encoding.envelope.as_deref() {
        None => Err(SqlError::internal("ENVELOPE clause is required")),
        Some(envelope) if envelope.ends_with("UPSERT") && create.key.is_none() => {
            Err(SqlError::internal("ENVELOPE UPSERT requires that KEY be specified"))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn alter(
    planning: &Planning<'_>,
    if_exists: bool,
    name: &Name,
    from: &ItemRef,
) -> Result<DdlPlan, SqlError> {
    let item = match planning.catalog.resolve_item(planning.session, name) {
        Ok(item) => item,
        Err(error) if if_exists && is_absence(&error) => return Ok(absent("SINK", name)),
        Err(error) => return Err(error),
    };
    let ItemKind::Sink(sink) = &item.kind else {
        return Err(wrong_kind(planning.catalog, planning.session, item, ObjectKind::Sink));
    };
    let relation = lookup(planning.catalog, planning.session, from)?;
    refuse_relation(planning, relation)?;
    if planning.reaches(relation.id, item.id) {
        let name = full_name(planning.catalog, item.id);
        return Err(SqlError::internal(format!("{name} cannot depend on itself")));
    }
    let mut create = sink.create.clone();
    create.from = ItemRef::Id(relation.id);
    check(&create, relation)?;
    let mut uses = item.uses.clone();
    uses.remove(&sink.from);
    uses.insert(relation.id);
    let kind = Box::new(ItemKind::Sink(Sink { from: relation.id, create, ..sink.clone() }));
    Ok(DdlPlan { ops: vec![Op::ReplaceItem { id: item.id, uses, kind }], ..DdlPlan::default() })
}
