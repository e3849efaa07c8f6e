//! `CREATE CONNECTION` and `ALTER CONNECTION`

use std::collections::BTreeSet;

use super::options::{find, is_unreached, text};
use super::{Planning, absent, is_absence, skipping};
use crate::catalog::{Connection, ItemId, ItemKind, ObjectId, Op, Privilege};
use crate::error::{SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::plan::{DdlPlan, Inquiry, wrong_kind};
use crate::source::postgres::Question;
use crate::sql::ast::{ConnectionAction, CreateConnection, Name, ObjectKind, OptionValue, SqlOption, Value};

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateConnection) -> Result<DdlPlan, SqlError> {
    let mut statement = create.clone();
    let mut uses = BTreeSet::new();
    planning.resolve_options(&mut statement.options, &mut uses)?;
    refuse_repeated(statement.options.iter().map(|option| option.name.as_str()))?;
    check(&statement)?;
    let place = planning.place(&create.name, false)?;
    if planning.is_taken(&place, create.if_not_exists)? {
        return Ok(skipping("connection", &place.name));
    }
    let inquiry = validation(planning, &statement, &create.with)?;
    statement.name = planning.stored_name(&place);
    statement.if_not_exists = false;
    statement.with = Vec::new();
    let op = planning.new_item(place, uses, ItemKind::Connection(Connection { create: statement }));
    Ok(DdlPlan { ops: vec![op], inquiry, ..DdlPlan::default() })
}

/// `VALIDATE CONNECTION`
pub(super) fn probe(planning: &Planning<'_>, name: &Name) -> Result<DdlPlan, SqlError> {
    let item = planning.catalog.resolve_item(planning.session, name)?;
    let ItemKind::Connection(connection) = &item.kind else {
        return Err(wrong_kind(planning.catalog, planning.session, item, ObjectKind::Connection));
    };
    may_use(planning, item.id)?;
    if connection.create.kind != "POSTGRES" || is_unreached(&connection.create) {
        return Err(SqlError::unsupported("VALIDATE CONNECTION of this connection"));
    }
    let inquiry = unanswered(planning, &connection.create)?;
    Ok(DdlPlan { inquiry, ..DdlPlan::default() })
}

/// Whoever makes the server connect must be allowed to use the connection.
fn may_use(planning: &Planning<'_>, connection: ItemId) -> Result<(), SqlError> {
    let schema = planning.catalog.item(connection).and_then(|item| item.schema);
    let usage = |requires: Requirements, object| requires.and(Some(object), Privilege::Usage);
    let requires = schema.map(ObjectId::Schema).into_iter().fold(Requirements::default(), usage);
    usage(requires, ObjectId::Item(connection)).check(planning.catalog, planning.session.role)
}

pub(super) fn alter(
    planning: &Planning<'_>,
    if_exists: bool,
    name: &Name,
    actions: &[ConnectionAction],
    with: &[SqlOption],
) -> Result<DdlPlan, SqlError> {
    let item = match planning.catalog.resolve_item(planning.session, name) {
        Ok(item) => item,
        // The server says SINK here.
        Err(error) if if_exists && is_absence(&error) => return Ok(absent("SINK", name)),
        Err(error) => return Err(error),
    };
    let ItemKind::Connection(connection) = &item.kind else {
        return Err(wrong_kind(planning.catalog, planning.session, item, ObjectKind::Connection));
    };
    let mut actions = actions.to_vec();
    let mut uses = BTreeSet::new();
    for action in &mut actions {
        if let ConnectionAction::Set(option) = action {
            planning.resolve_options(std::slice::from_mut(option), &mut uses)?;
        }
    }
    refuse_repeated(actions.iter().filter_map(|action| match action {
        ConnectionAction::Set(option) => Some(option.name.as_str()),
        ConnectionAction::Drop(name) | ConnectionAction::Reset(name) => Some(name),
        ConnectionAction::RotateKeys => None,
    }))?;
    let mut statement = connection.create.clone();
    for action in actions {
        match action {
            ConnectionAction::Set(option) => {
                let same = |other: &SqlOption| {
                    other.name == option.name || (is_broker(&other.name) && is_broker(&option.name))
                };
                statement.options.retain(|other| !same(other));
                statement.options.push(option);
            }
            ConnectionAction::Drop(name) | ConnectionAction::Reset(name) => {
                statement.options.retain(|option| option.name != name);
            }
            ConnectionAction::RotateKeys if statement.kind == "SSH TUNNEL" => {}
            ConnectionAction::RotateKeys => {
                let name = super::full_name(planning.catalog, item.id);
                return Err(SqlError::internal(format!("{name} is not an SSH connection")));
            }
        }
    }
    check(&statement).map_err(|error| {
        SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("invalid ALTER CONNECTION: {}", error.message))
    })?;
    let inquiry = validation(planning, &statement, with)?;
    let mut uses = BTreeSet::new();
    planning.resolve_options(&mut statement.options, &mut uses)?;
    let kind = Box::new(ItemKind::Connection(Connection { create: statement }));
    Ok(DdlPlan { ops: vec![Op::ReplaceItem { id: item.id, uses, kind }], inquiry, ..DdlPlan::default() })
}

/// The options that say where Kafka is: one of them is there.
fn is_broker(name: &str) -> bool {
    ["BROKER", "BROKERS", "AWS PRIVATELINK"].contains(&name)
}

fn refuse_repeated<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), SqlError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(SqlError::internal(format!("{name} specified more than once")));
        }
    }
    Ok(())
}

/// Whether the options are what the kind of connection needs.
fn check(create: &CreateConnection) -> Result<(), SqlError> {
    let CreateConnection { kind, options, .. } = create;
    let required: &[&str] = match kind.as_str() {
        "POSTGRES" => &["DATABASE", "HOST", "USER"],
        "SQL SERVER" => &["DATABASE", "HOST", "PASSWORD", "USER"],
        "MYSQL" => &["HOST", "USER"],
        "SSH TUNNEL" => &["HOST", "PORT", "USER"],
        "CONFLUENT SCHEMA REGISTRY" => &["URL"],
        "AWS PRIVATELINK" => &["AVAILABILITY ZONES", "SERVICE NAME"],
        "ICEBERG CATALOG" => &["CATALOG TYPE", "URL"],
        _ => &[],
    };
    for name in ["PASSWORD", "SASL PASSWORD", "SSL KEY", "SECRET ACCESS KEY"] {
        if find(options, name).is_some_and(|value| !matches!(value, OptionValue::Secret(_))) {
            return Err(SqlError::internal(format!("invalid {name}: must provide a secret value")));
        }
    }
    if let Some(protocol) = find(options, "SECURITY PROTOCOL").and_then(text) {
        let protocol = protocol.to_uppercase();
        if !["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"].contains(&protocol.as_str()) {
            return Err(SqlError::internal(format!("unknown security protocol: {protocol}")));
        }
    }
    if kind == "KAFKA" && !options.iter().any(|option| is_broker(&option.name)) {
        return Err(SqlError::internal(
            "invalid CONNECTION: must set one of BROKER, BROKERS, or AWS PRIVATELINK",
        ));
    }
    match required.iter().find(|name| find(options, name).is_none()) {
        Some(name) => Err(SqlError::internal(format!("{name} option is required"))),
        None => Ok(()),
    }
}

/// The server reaches for what a connection leads to, unless it is told not to. What is still to be asked for that.
fn validation(
    planning: &Planning<'_>,
    create: &CreateConnection,
    with: &[SqlOption],
) -> Result<Option<Inquiry>, SqlError> {
    let off = with.iter().any(|option| {
        option.name == "VALIDATE" && option.value == Some(OptionValue::Value(Value::Boolean(false)))
    });
    let unchecked = ["SSH TUNNEL", "AWS PRIVATELINK", "AWS"].contains(&create.kind.as_str());
    if off || unchecked || is_unreached(create) {
        return Ok(None);
    }
    if create.kind == "POSTGRES" {
        return unanswered(planning, create);
    }
    Err(SqlError::unsupported("connections to what is outside")
        .with_hint("Add WITH (VALIDATE = false), or name a host in the domain sandbox.invalid."))
}

/// Asks whether the connection can be made, unless that is known.
fn unanswered(planning: &Planning<'_>, create: &CreateConnection) -> Result<Option<Inquiry>, SqlError> {
    let inquiry = Inquiry { connection: create.clone(), question: Question::Connection };
    Ok((!planning.upstream.connection(&inquiry)?).then_some(inquiry))
}
