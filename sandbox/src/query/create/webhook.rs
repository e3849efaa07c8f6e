//! `CREATE SOURCE … FROM WEBHOOK` and `CREATE TABLE … FROM WEBHOOK`

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::types::builtin;
use super::{Planning, already_exists, skipping};
use crate::catalog::{ColumnDesc, ItemKind, ScalarType, Source, SourceStatement, Table, TableStatement};
use crate::error::{Notice, SqlError, SqlState};
use crate::plan::DdlPlan;
use crate::sql::ast::{ClusterRef, CreateWebhookSource};

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateWebhookSource) -> Result<DdlPlan, SqlError> {
    let cluster = if create.is_table { None } else { Some(planning.cluster(create.in_cluster.as_ref())?) };
    let columns = columns(create)?;
    super::refuse_duplicates(columns.iter().map(|column| &column.name))?;
    if create.check.as_deref().is_some_and(|check| check.contains("SECRET")) {
        return Err(SqlError::unsupported("CHECK with secrets"));
    }
    let place = planning.place(&create.name, false)?;
    let kind = if create.is_table { "table" } else { "source" };
    match planning.occupant(&place).or_else(|| planning.occupying_type(&place)) {
        Some(_) if create.if_not_exists => return Ok(skipping(kind, &place.name)),
        Some(item) => return Err(already_exists(item, &place.full)),
        None => {}
    }
    let statement = CreateWebhookSource {
        name: planning.stored_name(&place),
        if_not_exists: false,
        in_cluster: cluster.map(ClusterRef::Id),
        ..create.clone()
    };
    let kind = if create.is_table {
        ItemKind::Table(Table { columns, create: Some(TableStatement::Webhook(statement)) })
    } else {
        ItemKind::Source(Source {
            source_type: "webhook".to_owned(),
            columns,
            cluster,
            connection: None,
            parent: None,
            references: Vec::new(),
            create: SourceStatement::Webhook(statement),
        })
    };
    let op = planning.new_item(place, BTreeSet::new(), kind);
    // Nobody can post to it: say so in place of the address.
    let notice =
        Notice::new(SqlState::SUCCESS, "not supported by the sandbox: posting to webhooks; it stays empty");
    Ok(DdlPlan { ops: vec![op], notices: vec![notice], ..DdlPlan::default() })
}

fn columns(create: &CreateWebhookSource) -> Result<Vec<ColumnDesc>, SqlError> {
    let column = |name: &str, data_type: ScalarType, nullable: bool| ColumnDesc {
        name: Ident::new(name),
        data_type,
        nullable,
        default: None,
    };
    let body = match create.body_format.as_str() {
        "JSON" | "JSON ARRAY" => "jsonb",
        "TEXT" => "text",
        "BYTES" => "bytea",
        other => {
            return Err(SqlError::internal(format!(
                "{other} is not a valid BODY FORMAT for a WEBHOOK source"
            )));
        }
    };
    let mut columns = vec![column("body", builtin(body), false)];
    for include in &create.include {
        if include.starts_with("HEADERS") {
            columns.push(column("headers", ScalarType::Map(Box::new(builtin("text"))), false));
            continue;
        }
        let Some((_, alias)) = include.rsplit_once(" AS ") else { continue };
        let (alias, data_type) =
            alias.strip_suffix(" BYTES").map_or((alias, "text"), |alias| (alias, "bytea"));
        columns.push(column(alias.trim_matches('"'), builtin(data_type), true));
    }
    Ok(columns)
}
