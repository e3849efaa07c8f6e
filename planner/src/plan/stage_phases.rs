//! What `stage` does: everything that can be done while production goes on as it is.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::ledger;
use super::model::{Moment, Strategy};
use super::operation::{ObjectOperation, Operation, Outline};
use super::scopes::Scopes;
use crate::changeset::{SinkChange, Trace, root};
use crate::graph::Node;
use crate::name::{Ident, SchemaName};
use crate::project::Object;

/// The phases, in order; empty ones are left out. The ledger comes first: after a crash it tells what may be there.
pub(super) fn outline<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<Outline<'a>> {
    let phase = |name, operations| Outline { name, at: Moment::Stage, is_transaction: false, operations };
    [
        phase("record the deployment", ledger::records(draft, scopes)),
        phase("create databases", databases(draft)),
        phase("create schemas", schemas(draft)),
        phase("prepare schemas", scopes.at_stage(draft)),
        phase("create clusters", clusters(draft)),
        phase("build objects", objects(draft)),
        phase(
            "build replacements",
            draft
                .replaced()
                .map(|(node, object)| Operation::On(node, object, ObjectOperation::CreateReplacement))
                .collect(),
        ),
        phase(
            "build indexes",
            draft
                .staged_indexes()
                .iter()
                .map(|i| Operation::On(i.node, i.object, ObjectOperation::StageIndex(*i)))
                .collect(),
        ),
    ]
    .into_iter()
    .filter(|phase| !phase.operations.is_empty())
    .collect()
}

/// Why a schema is swapped or made: the first object in it, by name, that changed itself; otherwise the changed object
/// that its first built one leads back to. For a schema of sinks, the first one that promotion creates.
pub(super) fn cause_of_schema<'a>(draft: &Draft<'a>, schema: &SchemaName) -> Option<&'a Object> {
    let schema = draft.facts.schemas.iter().find(|s| s.name == schema)?;
    let members = || schema.members.clone().filter_map(|m| Node::try_from(m).ok());
    let is_created = |node: &Node| {
        let sink = draft.closure.sink_change(draft.facts, *node);
        matches!(sink, Some(SinkChange::Create | SinkChange::Recreate))
    };
    cause(draft, members().filter(|node| draft.closure.is_built(*node)))
        .or_else(|| draft.facts.object(members().find(is_created)?))
}

/// Why a cluster is swapped, as for a schema.
pub(super) fn cause_of_cluster<'a>(draft: &Draft<'a>, cluster: &Ident) -> Option<&'a Object> {
    cause(draft, built_on(draft, cluster))
}

/// The objects on a cluster that are built, by name.
pub(super) fn built_on<'d>(draft: &'d Draft<'_>, cluster: &Ident) -> impl Iterator<Item = Node> + Clone + 'd {
    let number = draft.facts.clusters.binary_search(&cluster).ok();
    let users = number.and_then(|number| draft.facts.users_of.get(number)).into_iter().flatten();
    users.copied().filter(|node| draft.closure.is_built(*node))
}

fn cause<'a>(draft: &Draft<'a>, mut built: impl Iterator<Item = Node> + Clone) -> Option<&'a Object> {
    let changed =
        built.clone().find(|node| draft.closure.traces.get(*node as usize) == Some(&Some(Trace::Own)));
    let node = changed.or_else(|| Some(root(&draft.closure.traces, built.next()?)))?;
    draft.facts.object(node)
}

/// Schemas of production that built objects and new sinks need and that may not be there: those that were never
/// deployed.
pub(super) fn new_schemas<'a>(draft: &Draft<'a>) -> Vec<&'a SchemaName> {
    let sinks = ledger::created_sinks(draft).map(|(node, _)| node);
    let made = draft.built().map(|(node, ..)| node).chain(sinks);
    let needed: BTreeSet<u32> =
        made.filter_map(|node| draft.facts.schema_of.get(node as usize).copied()).collect();
    needed
        .into_iter()
        .filter_map(|number| draft.facts.schemas.get(number as usize))
        .filter(|schema| match draft.live {
            Some(live) => live.schema(schema.name).is_none(),
            None => schema.deployed.is_none(),
        })
        .map(|schema| schema.name)
        .collect()
}

fn databases<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let mut seen = BTreeSet::new();
    let deployed = |database: &Ident| {
        let in_database = |s: &&crate::changeset::SchemaFacts<'_>| s.name.database.as_ref() == Some(database);
        draft.facts.schemas.iter().filter(in_database).any(|s| s.deployed.is_some())
    };
    new_schemas(draft)
        .into_iter()
        .filter_map(|schema| Some((schema, schema.database.as_ref()?)))
        .filter(|(_, database)| match draft.live {
            Some(live) => live.database(database).is_none(),
            None => !deployed(database),
        })
        .filter(|(_, database)| seen.insert(*database))
        .map(|(schema, name)| Operation::CreateDatabase {
            name,
            if_not_exists: draft.live.is_none(),
            cause: cause_of_schema(draft, schema),
        })
        .collect()
}

/// `CREATE DATABASE` makes a schema `public`.
fn comes_with_its_database(draft: &Draft<'_>, schema: &SchemaName) -> bool {
    let is_new = |database: &Ident| draft.live.is_some_and(|live| live.database(database).is_none());
    schema.schema.as_str() == "public" && schema.database.as_ref().is_some_and(is_new)
}

/// Staged schemas, and the schemas of production that they are swapped with or that staged objects live in.
fn schemas<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let staged = draft.swapped_schemas().map(|schema| Operation::CreateStagedSchema {
        name: schema.name,
        cause: cause_of_schema(draft, schema.name),
    });
    let production = new_schemas(draft).into_iter().map(|name| Operation::CreateSchema {
        name,
        if_not_exists: draft.live.is_none() || comes_with_its_database(draft, name),
        cause: cause_of_schema(draft, name),
    });
    staged.chain(production).collect()
}

/// Copies of the clusters that are swapped: of the live one if the catalog was looked at, otherwise as its file
/// defines it, otherwise of what is there when the step runs.
fn clusters<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for name in draft.swapped_clusters() {
        let cause = cause_of_cluster(draft, name);
        if let Some(live) = draft.live.and_then(|live| live.cluster(name)) {
            match &live.replicas {
                Some(replicas) => {
                    operations.push(Operation::CreateUnmanagedCluster { name, replicas, cause });
                }
                None if live.options.is_empty() => {
                    // Nobody looked its options up; the copy takes grants and comment along.
                    operations.push(Operation::CloneCluster { name, cause });
                    continue;
                }
                None => {
                    let options = &live.options;
                    operations.push(Operation::CreateCluster { name, options, cause });
                }
            }
            operations.extend(live.grants.iter().map(|grant| Operation::GrantOnCluster {
                name,
                grant,
                cause,
            }));
            if let Some(comment) = &live.comment {
                operations.push(Operation::CommentOnCluster { name, comment, cause });
            }
        } else if let Some(file) = draft.facts.project.cluster(name) {
            operations.push(Operation::ClusterFile { file, statement: &file.create, creates: true });
            let companions = file.companions.iter();
            operations.extend(companions.map(|statement| Operation::ClusterFile {
                file,
                statement,
                creates: false,
            }));
        } else {
            operations.push(Operation::CloneCluster { name, cause });
        }
    }
    operations
}

/// Objects with their indexes, grants and comments, needed ones first.
fn objects<'a>(draft: &Draft<'a>) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (node, object, strategy) in draft.built() {
        if strategy == Strategy::Replace {
            continue;
        }
        operations.push(Operation::On(node, object, ObjectOperation::Create));
        let indexes = object.indexes.iter().map(ObjectOperation::Index);
        let companions = object.companions.iter().map(ObjectOperation::Companion);
        operations.extend(indexes.chain(companions).map(|what| Operation::On(node, object, what)));
    }
    operations
}
