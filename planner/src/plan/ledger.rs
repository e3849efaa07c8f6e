//! Rows of the ledger. Columns are those of the tables in `_mz_deploy.tables`; what only the run knows (times, the
//! user, the commit, ids of what it makes) is added when the rows are written.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::draft::Draft;
use super::model::{Effect, ScopeChange};
use super::operation::Operation;
use super::removed::{self, Fate};
use super::scopes::{Scopes, kind_of};
use super::text;
use crate::changeset::{SchemaFacts, SinkChange};
use crate::fingerprint::Fingerprint;
use crate::graph::Node;
use crate::input::{DeployedObject, SchemaDeploymentKind};
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{Object, ObjectKind};

/// A table of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Deployments,
    Objects,
    Clusters,
    PendingStatements,
    ReplacementMvs,
}

/// What is recorded before anything is made.
pub(super) fn records<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<Operation<'a>> {
    let touched = touched_schemas(draft, scopes);
    let has_rows = |table: &Table| match table {
        Table::Deployments => !touched.is_empty() || !emptied(draft).is_empty(),
        Table::Objects => !touched.is_empty() || !kept(draft, &touched).is_empty(),
        Table::Clusters => clusters(draft).next().is_some(),
        Table::PendingStatements => created_sinks(draft).next().is_some(),
        Table::ReplacementMvs => draft.replaced().next().is_some(),
    };
    [Table::Deployments, Table::Objects, Table::Clusters, Table::PendingStatements, Table::ReplacementMvs]
        .into_iter()
        .filter(has_rows)
        .map(|table| Operation::Record(table, touched.clone()))
        .collect()
}

/// The rows of a table.
pub(super) fn record(
    draft: &Draft<'_>,
    deploy_id: &str,
    table: Table,
    touched: &[&SchemaFacts<'_>],
) -> Effect {
    let id = &SmolStr::new(deploy_id);
    let (name, columns, rows): (&str, &[&str], _) = match table {
        Table::Deployments => {
            let columns = &["deploy_id", "database", "schema", "kind", "mode"];
            ("deployments", columns, deployments(draft, id, touched))
        }
        Table::Objects => {
            let columns = &["deploy_id", "database", "schema", "object", "hash"];
            ("objects", columns, objects(draft, id, touched))
        }
        Table::Clusters => {
            let rows = clusters(draft).map(|cluster| vec![id.clone(), cluster.clone()]);
            ("clusters", &["deploy_id", "cluster_id"], rows.collect())
        }
        Table::PendingStatements => {
            let columns = &[
                "deploy_id",
                "sequence_num",
                "database",
                "schema",
                "object",
                "object_hash",
                "statement_sql",
                "statement_kind",
            ];
            ("pending_statements", columns, pending_sinks(draft, id))
        }
        Table::ReplacementMvs => {
            let columns = &[
                "deploy_id",
                "target_database",
                "target_schema",
                "target_name",
                "replacement_schema",
                "replacement_name",
            ];
            ("replacement_mvs", columns, replacements(draft, id))
        }
    };
    Effect::Record {
        table: format_smolstr!("_mz_deploy.tables.{name}"),
        columns: columns.iter().map(|column| SmolStr::new_static(column)).collect(),
        rows,
    }
}

/// Schemas in which anything changes. Each is recorded as a whole: the last deployment of a schema says everything
/// that it holds.
fn touched_schemas<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<&'a SchemaFacts<'a>> {
    let facts = draft.facts;
    let mut touched = vec![false; facts.schemas.len()];
    let mut touch = |node: Node| {
        let schema = facts.schema_of.get(node as usize).and_then(|s| touched.get_mut(*s as usize));
        if let Some(touched) = schema {
            *touched = true;
        }
    };
    for (node, own) in (0..).zip(facts.own) {
        if own.indexes
            || own.metadata
            || draft.closure.is_built(node)
            || draft.closure.sink_change(facts, node).is_some()
        {
            touch(node);
        }
    }
    draft.staged_indexes().iter().for_each(|index| touch(index.node));
    let changes = scopes.changes(facts);
    let gone: BTreeSet<&SchemaName> = removed::gone(draft).map(|d| &d.name.schema).collect();
    let is_named = |name: &SchemaName| {
        let by_change = |c: &ScopeChange| {
            name.database.as_ref() == Some(&c.database) && c.schema.as_ref() == Some(&name.schema)
        };
        changes.iter().any(by_change) || gone.contains(name)
    };
    facts
        .schemas
        .iter()
        .zip(touched)
        .filter(|(schema, touched)| (*touched || is_named(schema.name)) && kind_of(facts, schema).is_some())
        .map(|(schema, _)| schema)
        .collect()
}

fn schema_parts(name: &SchemaName) -> [SmolStr; 2] {
    [name.database.as_ref().map_or_else(SmolStr::default, Ident::value), name.schema.value()]
}

fn deployments(draft: &Draft<'_>, id: &SmolStr, touched: &[&SchemaFacts<'_>]) -> Vec<Vec<SmolStr>> {
    let row = |schema: &&SchemaFacts<'_>| {
        let kind = match kind_of(draft.facts, schema)? {
            SchemaDeploymentKind::Objects => "objects",
            SchemaDeploymentKind::Replacement => "replacement",
            SchemaDeploymentKind::Sinks => "sinks",
            SchemaDeploymentKind::Tables => "tables",
        };
        let [database, schema] = schema_parts(schema.name);
        Some(vec![id.clone(), database, schema, kind.into(), "stage".into()])
    };
    let emptied = emptied(draft).into_iter().map(|(name, kind)| {
        let [database, schema] = schema_parts(name);
        vec![id.clone(), database, schema, kind.into(), "stage".into()]
    });
    touched.iter().filter_map(row).chain(emptied).collect()
}

/// Schemas that lose objects and in which the project has nothing more to deploy, and what they held. Without a word
/// about them, the next plan would drop the same objects again.
fn emptied<'a>(draft: &Draft<'a>) -> BTreeMap<&'a SchemaName, &'static str> {
    let facts = draft.facts;
    let mut emptied = BTreeMap::new();
    for deployed in removed::gone(draft) {
        let name = &deployed.name.schema;
        let found = facts.schemas.binary_search_by(|s| s.name.cmp(name)).ok();
        let schema = found.and_then(|at| facts.schemas.get(at));
        if schema.and_then(|s| kind_of(facts, s)).is_some() {
            continue;
        }
        let kind = emptied.entry(name).or_insert("sinks");
        if deployed.kind != ObjectKind::Sink {
            *kind = "objects";
        }
    }
    emptied
}

fn objects(draft: &Draft<'_>, id: &SmolStr, touched: &[&SchemaFacts<'_>]) -> Vec<Vec<SmolStr>> {
    let members = touched
        .iter()
        .flat_map(|s| draft.facts.project.objects.get(s.members.clone()).unwrap_or_default())
        .filter(|o| o.kind.is_computation() || o.kind == ObjectKind::Sink);
    let row = |name: &ObjectName, fingerprint: &Fingerprint| {
        let [database, schema] = schema_parts(&name.schema);
        vec![id.clone(), database, schema, name.name.value(), fingerprint.text()]
    };
    let kept = kept(draft, touched).into_iter().map(|d| row(&d.name, &d.fingerprint));
    members.map(|object| row(&object.name, &object.statement.fingerprint)).chain(kept).collect()
}

/// What is kept without a file in schemas that are recorded: it is still deployed.
fn kept<'a>(draft: &Draft<'a>, touched: &[&SchemaFacts<'_>]) -> Vec<&'a DeployedObject> {
    let emptied = emptied(draft);
    let is_recorded = |name: &SchemaName| {
        touched.binary_search_by(|s| s.name.cmp(name)).is_ok() || emptied.contains_key(name)
    };
    let is_kept = |d: &&DeployedObject| removed::fate(draft, d) == Fate::Kept;
    removed::present(draft).filter(|d| is_recorded(&d.name.schema)).filter(is_kept).collect()
}

/// Ids of the clusters that are swapped, as far as they are known.
fn clusters<'d>(draft: &'d Draft<'_>) -> impl Iterator<Item = &'d SmolStr> {
    draft.swapped_clusters().filter_map(|name| Some(&draft.live?.cluster(name)?.id))
}

/// Sinks that promotion creates.
pub(super) fn created_sinks<'d, 'a>(
    draft: &'d Draft<'a>,
) -> impl Iterator<Item = (Node, &'a Object)> + use<'d, 'a> {
    let is_created = |node: Node| {
        let change = draft.closure.sink_change(draft.facts, node);
        matches!(change, Some(SinkChange::Create | SinkChange::Recreate))
    };
    draft.sinks().filter(move |(node, _)| is_created(*node))
}

fn pending_sinks(draft: &Draft<'_>, id: &SmolStr) -> Vec<Vec<SmolStr>> {
    // No sink reads another, so the order by name is one of dependencies.
    created_sinks(draft)
        .enumerate()
        .map(|(number, (_, object))| {
            let [database, schema] = schema_parts(&object.name.schema);
            vec![
                id.clone(),
                number.to_smolstr(),
                database,
                schema,
                object.name.name.value(),
                object.statement.fingerprint.text(),
                text::production(&object.text, &object.statement).into(),
                "sink".into(),
            ]
        })
        .collect()
}

fn replacements(draft: &Draft<'_>, id: &SmolStr) -> Vec<Vec<SmolStr>> {
    draft
        .replaced()
        .map(|(node, object)| {
            let [database, schema] = schema_parts(&object.name.schema);
            let staged = draft.staged_name(node, object);
            let (name, replacement) = (object.name.name.value(), staged.name.value());
            vec![id.clone(), database, schema.clone(), name, schema, replacement]
        })
        .collect()
}
