//! `CREATE SOURCE`

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::super::resolve::full_name;
use super::super::types::builtin;
use super::options::{find, is_unreached};
use super::postgres::{self, Publication};
use super::reference::beside;
use super::{Planning, already_exists, format, generator, skipping};
use crate::catalog::{ClusterId, ColumnDesc, ItemId, ItemKind, Op, Source, SourceStatement};
use crate::error::SqlError;
use crate::plan::DdlPlan;
use crate::sql::ast::{
    ClusterRef, CreateConnection, CreateSource, ExternalReferences, Name, SourceConnection,
};

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
    if create.progress.is_some() {
        return Err(SqlError::unsupported("EXPOSE PROGRESS AS"));
    }
    let publication = publication(planning, &statement, connection.as_ref())?;
    let (source_type, columns) = kind_and_columns(&statement)?;
    let upstream = planning.upstream;
    let tables = match &publication {
        Some(publication) => upstream.tables(&publication.tables())?,
        None => None,
    };
    statement.name = planning.stored_name(&place);
    statement.if_not_exists = false;
    statement.external_references = None;
    let source = Source {
        source_type: source_type.to_owned(),
        columns,
        cluster: Some(cluster),
        connection: connection.map(|(id, _)| id),
        parent: None,
        references: match &statement.connection {
            SourceConnection::LoadGenerator { generator, .. } => {
                generator::references(generator, planning.now)
            }
            _ => postgres::references(tables.unwrap_or_default(), planning.now),
        },
        create: SourceStatement::Source(statement),
    };
    let op = planning.new_item(place, uses, ItemKind::Source(source));
    match (publication, tables) {
        (Some(publication), Some(tables)) => {
            postgres::with_subsources(planning, create, &publication, tables, op)
        }
        (Some(publication), None) => {
            Ok(DdlPlan { ops: vec![op], inquiry: Some(publication.tables()), ..DdlPlan::default() })
        }
        (None, _) => {
            let mut ops = vec![op];
            if let (Some(references), Some(Op::CreateItem { id, .. })) =
                (&create.external_references, ops.first())
            {
                let parent = *id;
                ops.extend(subsources(planning, create, references, parent, cluster)?);
            }
            Ok(DdlPlan { ops, ..DdlPlan::default() })
        }
    }
}

/// What is read of an upstream that can be reached.
fn publication(
    planning: &Planning<'_>,
    create: &CreateSource,
    connection: Option<&(ItemId, CreateConnection)>,
) -> Result<Option<Publication>, SqlError> {
    let Some((id, definition)) = connection else { return Ok(None) };
    let publication = match &create.connection {
        SourceConnection::Postgres { options, .. } => {
            Some(Publication::of(definition.clone(), &full_name(planning.catalog, *id), options)?)
        }
        _ => None,
    };
    if is_unreached(definition) {
        return Ok(None);
    }
    publication.map(Some).ok_or_else(|| {
        SqlError::unsupported("sources of what is outside")
            .with_hint("Name a host in the domain sandbox.invalid to have the source in the catalog.")
    })
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
    parent: ItemId,
    cluster: ClusterId,
) -> Result<Vec<Op>, SqlError> {
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
                let output = generator::referenced(generator, upstream)?;
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
        let source = Source {
            source_type: "subsource".to_owned(),
            columns: output.columns(),
            cluster: Some(cluster),
            connection: None,
            parent: Some(parent),
            references: Vec::new(),
            create: SourceStatement::Subsource(Some(generator::full_name(generator, output))),
        };
        ops.push(planning.new_item(place, BTreeSet::from([parent]), ItemKind::Source(source)));
    }
    Ok(ops)
}
