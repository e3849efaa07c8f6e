//! `CREATE SOURCE`

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::types::builtin;
use super::options::{find, is_unreached};
use super::{Planning, already_exists, format, generator, skipping};
use crate::catalog::{ColumnDesc, ItemKind, Source, SourceStatement};
use crate::error::SqlError;
use crate::plan::DdlPlan;
use crate::sql::ast::{ClusterRef, CreateSource, ExternalReferences, Name, SourceConnection};

pub(super) fn create(planning: &mut Planning<'_>, create: &CreateSource) -> Result<DdlPlan, SqlError> {
    let mut statement = create.clone();
    let mut uses = BTreeSet::new();
    let connection = match &mut statement.connection {
        SourceConnection::LoadGenerator { .. } => None,
        SourceConnection::Kafka { connection, options }
        | SourceConnection::Postgres { connection, options }
        | SourceConnection::MySql { connection, options }
        | SourceConnection::SqlServer { connection, options } => {
            planning.resolve_reference(connection, &mut uses)?;
            planning.resolve_options(options, &mut uses)?;
            Some(planning.connection(connection)?)
        }
    };
    for registry in &mut statement.encoding.connections {
        planning.resolve_reference(registry, &mut uses)?;
    }
    let cluster = planning.cluster(create.in_cluster.as_ref())?;
    statement.in_cluster = Some(ClusterRef::Id(cluster));
    super::table::refuse_history(&create.options)?;

    let place = planning.place(&create.name, false)?;
    match planning.occupant(&place).or_else(|| planning.occupying_type(&place)) {
        Some(_) if create.if_not_exists => return Ok(skipping("source", &place.name)),
        Some(item) => return Err(already_exists(item, &place.full)),
        None => {}
    }
    check(&statement)?;
    if let Some((_, definition)) = &connection
        && !is_unreached(definition)
    {
        return Err(SqlError::unsupported("sources of what is outside")
            .with_hint("Name a host in the domain sandbox.invalid to have the source in the catalog."));
    }
    if create.progress.is_some() {
        return Err(SqlError::unsupported("EXPOSE PROGRESS AS"));
    }
    let (source_type, columns) = kind_and_columns(&statement)?;
    statement.name = planning.stored_name(&place);
    statement.if_not_exists = false;
    statement.external_references = None;
    let source = Source {
        source_type: source_type.to_owned(),
        columns,
        cluster: Some(cluster),
        connection: connection.map(|(id, _)| id),
        parent: None,
        create: SourceStatement::Source(statement),
    };
    let op = planning.new_item(place, uses, ItemKind::Source(source));
    let mut ops = vec![op];
    if let (Some(references), Some(crate::catalog::Op::CreateItem { id, .. })) =
        (&create.external_references, ops.first())
    {
        let parent = *id;
        let subsources = subsources(planning, create, references, parent, cluster)?;
        ops.extend(subsources);
    }
    Ok(DdlPlan { ops, ..DdlPlan::default() })
}

fn check(create: &CreateSource) -> Result<(), SqlError> {
    match &create.connection {
        SourceConnection::Postgres { options, .. } if find(options, "PUBLICATION").is_none() => {
            Err(SqlError::internal("POSTGRES source validation: CONNECTION must specify PUBLICATION"))
        }
        SourceConnection::Kafka { options, .. } if find(options, "TOPIC").is_none() => {
            Err(SqlError::internal("KAFKA source validation: CONNECTION must specify TOPIC"))
        }
        SourceConnection::LoadGenerator { generator, .. } if generator::outputs(generator).is_empty() => {
            Err(SqlError::unsupported(format!("the load generator {generator}")))
        }
        _ => Ok(()),
    }
}

/// What `mz_sources.type` says, and the columns of the source itself: those of its progress, unless a format gives
/// it rows of its own.
fn kind_and_columns(create: &CreateSource) -> Result<(&'static str, Vec<ColumnDesc>), SqlError> {
    let column = |name: &str, data_type: &str, nullable: bool| ColumnDesc {
        name: Ident::new(name),
        data_type: builtin(data_type),
        nullable,
        default: None,
    };
    Ok(match &create.connection {
        SourceConnection::LoadGenerator { .. } => ("load-generator", vec![column("offset", "uint8", true)]),
        SourceConnection::Postgres { .. } => ("postgres", vec![column("lsn", "uint8", true)]),
        SourceConnection::SqlServer { .. } => ("sql-server", vec![column("lsn", "bytea", true)]),
        SourceConnection::MySql { .. } => (
            "mysql",
            vec![
                column("source_id_lower", "uuid", false),
                column("source_id_upper", "uuid", false),
                column("transaction_id", "uint8", true),
            ],
        ),
        SourceConnection::Kafka { .. } if create.encoding.format.is_some() => {
            ("kafka", format::columns(&create.encoding, &create.column_names)?)
        }
        SourceConnection::Kafka { .. } => {
            ("kafka", vec![column("partition", "numrange", false), column("offset", "uint8", true)])
        }
    })
}

/// The relations that a source of several makes along with itself.
fn subsources(
    planning: &mut Planning<'_>,
    create: &CreateSource,
    references: &ExternalReferences,
    parent: crate::catalog::ItemId,
    cluster: crate::catalog::ClusterId,
) -> Result<Vec<crate::catalog::Op>, SqlError> {
    let SourceConnection::LoadGenerator { generator, .. } = &create.connection else {
        return Err(SqlError::unsupported("tables of sources that are outside"));
    };
    let all = generator::outputs(generator);
    let wanted: Vec<(&generator::Output, Name)> = match references {
        ExternalReferences::All => {
            all.iter().map(|output| (output, beside(&create.name, output.name))).collect()
        }
        ExternalReferences::Schemas(_) => return Err(SqlError::unsupported("FOR SCHEMAS")),
        ExternalReferences::Tables(tables) => {
            let mut wanted = Vec::new();
            for (upstream, alias) in tables {
                let last = upstream.0.last().map_or("", |name| name.as_str());
                let output = all.iter().find(|output| output.name == last).ok_or_else(|| {
                    let upstream = crate::catalog::written(upstream);
                    SqlError::internal(format!("reference to {upstream} not found in source"))
                })?;
                wanted.push((output, alias.clone().unwrap_or_else(|| beside(&create.name, output.name))));
            }
            wanted
        }
    };
    let mut ops = Vec::new();
    for (output, name) in wanted {
        let place = planning.place(&name, false)?;
        if let Some(item) = planning.occupant(&place) {
            return Err(already_exists(item, &place.full));
        }
        let upstream = Name(
            [generator::DATABASE, &generator.to_lowercase(), output.name]
                .into_iter()
                .map(Ident::new)
                .collect(),
        );
        let source = Source {
            source_type: "subsource".to_owned(),
            columns: output.columns(),
            cluster: Some(cluster),
            connection: None,
            parent: Some(parent),
            create: SourceStatement::Subsource(Some(upstream)),
        };
        ops.push(planning.new_item(place, BTreeSet::from([parent]), ItemKind::Source(source)));
    }
    Ok(ops)
}

/// An item's name in the schema of another.
fn beside(name: &Name, item: &str) -> Name {
    let mut parts = name.0.clone();
    parts.pop();
    parts.push(Ident::new(item));
    Name(parts)
}
