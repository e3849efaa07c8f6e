//! Databases, schemas and network policies.

use mz_deploy_planner::name::Ident;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::limits::{self, Limits};
use super::names::is_reserved;
use super::rbac::Requirements;
use crate::catalog::{Catalog, NetworkPolicyRule, ObjectId, Op, Privilege, written};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{Name, OptionValue, SqlOption, Value};

fn already_exists(code: SqlState, kind: &str, name: &str) -> Notice {
    Notice::new(code, format!("{kind} {name:?} already exists, skipping"))
}

pub(super) fn create_database(
    catalog: &mut Catalog,
    session: &SessionView,
    limits: &Limits,
    name: &Ident,
    if_not_exists: bool,
) -> Result<Planned, SqlError> {
    let requires = Requirements::privilege(None, Privilege::CreateDb);
    if if_not_exists && catalog.database_by_name(name).is_some() {
        let notice = already_exists(SqlState::DUPLICATE_DATABASE, "database", name.as_str());
        return Ok(Planned::new(DdlPlan { notices: vec![notice], ..DdlPlan::default() }, requires));
    }
    limits::check("Database", "max_databases", limits.max_databases, user_databases(catalog), 1)?;
    let id = catalog.next_database_id();
    let public_schema = catalog.next_schema_id();
    let op = Op::CreateDatabase { id, name: name.clone(), owner: session.role, public_schema };
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
}

fn user_databases(catalog: &Catalog) -> usize {
    catalog.databases().filter(|database| database.id.is_user()).count()
}

pub(super) fn create_schema(
    catalog: &mut Catalog,
    session: &SessionView,
    limits: &Limits,
    name: &Name,
    if_not_exists: bool,
) -> Result<Planned, SqlError> {
    let (database, schema) = match name.0.as_slice() {
        [schema] => {
            let database = catalog
                .session_database(session)
                .ok_or_else(|| SqlError::internal("no database specified and no active database"))?;
            (database, schema)
        }
        [database, schema] => {
            let found = catalog
                .database_by_name(database)
                .ok_or_else(|| SqlError::internal(format!("invalid database {}", database.as_str())))?;
            (found.id, schema)
        }
        _ => {
            return Err(SqlError::internal(format!(
                "schema name {} has more than two components",
                written(name)
            )));
        }
    };
    check_schema_name(schema)?;
    let requires = Requirements::privilege(Some(ObjectId::Database(database)), Privilege::Create);
    if if_not_exists && catalog.schema_by_name(Some(database), schema).is_some() {
        let notice = already_exists(SqlState::DUPLICATE_SCHEMA, "schema", schema.as_str());
        return Ok(Planned::new(DdlPlan { notices: vec![notice], ..DdlPlan::default() }, requires));
    }
    let current = catalog.schemas_in_database(database).count();
    limits::check("Schema", "max_schemas_per_database", limits.max_schemas_per_database, current, 1)?;
    let id = catalog.next_schema_id();
    let op = Op::CreateSchema { id, database, name: schema.clone(), owner: session.role };
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
}

/// Refuses the server's own prefixes.
pub(super) fn check_schema_name(name: &Ident) -> Result<(), SqlError> {
    if !is_reserved(name) {
        return Ok(());
    }
    Err(SqlError::internal(format!("unacceptable schema name '{}'", name.as_str()))
        .with_detail("The prefixes \"mz_\" and \"pg_\" are reserved for system schemas."))
}

pub(super) fn create_network_policy(
    catalog: &mut Catalog,
    session: &SessionView,
    limits: &Limits,
    name: &Ident,
    options: &[SqlOption],
) -> Result<Planned, SqlError> {
    if is_reserved(name) {
        return Err(SqlError::internal(format!("network policy name {:?} is reserved", name.as_str())));
    }
    let rules = rules(options)?;
    let current = catalog.network_policies().count();
    limits::check("NetworkPolicy", "max_network_policies", limits.max_network_policies, current, 1)?;
    limits::check(
        "NetworkPolicyRule",
        "max_rules_per_network_policy",
        limits.max_rules_per_network_policy,
        0,
        rules.len(),
    )?;
    let id = catalog.next_network_policy_id();
    let op = Op::CreateNetworkPolicy { id, name: name.clone(), owner: session.role, rules };
    let requires = Requirements::privilege(None, Privilege::CreateNetworkPolicy);
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
}

pub(super) fn alter_network_policy(
    catalog: &Catalog,
    name: &Ident,
    options: &[SqlOption],
) -> Result<Planned, SqlError> {
    let id = catalog.resolve_network_policy(name)?.id;
    let op = Op::AlterNetworkPolicy { id, rules: rules(options)? };
    let requires = Requirements::owner(ObjectId::NetworkPolicy(id));
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
}

fn rules(options: &[SqlOption]) -> Result<Vec<NetworkPolicyRule>, SqlError> {
    let mut rules = Vec::new();
    for option in options {
        let Some(OptionValue::Rules(listed)) = &option.value else {
            return Err(SqlError::internal("RULES must be specified when creating network policies"));
        };
        for (name, options) in listed {
            rules.push(rule(name, options)?);
        }
    }
    Ok(rules)
}

fn rule(name: &Ident, options: &[SqlOption]) -> Result<NetworkPolicyRule, SqlError> {
    let text = |wanted: &str| {
        options.iter().find(|option| option.name == wanted).and_then(|option| match &option.value {
            Some(OptionValue::Value(Value::String(text))) => Some(text.clone()),
            Some(OptionValue::Ident(ident)) => Some(ident.as_str().to_owned()),
            _ => None,
        })
    };
    let (Some(action), Some(direction), Some(address)) = (text("ACTION"), text("DIRECTION"), text("ADDRESS"))
    else {
        return Err(SqlError::internal("Direction, Address, and Action must specified when creating a rule"));
    };
    if !action.eq_ignore_ascii_case("allow") {
        return Err(SqlError::internal("Allow is the only valid option"));
    }
    if !direction.eq_ignore_ascii_case("ingress") {
        return Err(SqlError::internal("Ingress is the only valid option"));
    }
    if !is_cidr(&address) {
        return Err(SqlError::internal("Value must be valid IPV4 or IPV6 CIDR"));
    }
    Ok(NetworkPolicyRule {
        name: name.clone(),
        action: action.to_lowercase(),
        direction: direction.to_lowercase(),
        address,
    })
}

fn is_cidr(text: &str) -> bool {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let bits = if address.is_ipv4() { 32 } else { 128 };
    prefix.is_none_or(|prefix| prefix.parse::<u8>().is_ok_and(|prefix| prefix <= bits))
}
