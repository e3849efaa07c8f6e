//! Rows of the ledger. Columns are those of the tables in `_mz_deploy.tables`; what only the run knows (times, the
//! user, the commit, ids of what it makes) is added when the rows are written.

use smol_str::{SmolStr, ToSmolStr};

use super::draft::Draft;
use super::model::ScopeChange;
use super::operation::Operation;
use super::scopes::{Scopes, kind_of};
use super::text;
use crate::changeset::{SchemaFacts, SinkChange};
use crate::graph::Node;
use crate::input::SchemaDeploymentKind;
use crate::name::{Ident, SchemaName};

/// Rows of one table.
pub(super) struct Rows {
    pub(super) table: &'static str,
    pub(super) columns: &'static [&'static str],
    /// Without the deploy id, which is the first column of each table.
    pub(super) rows: Vec<Vec<SmolStr>>,
}

fn rows<'a>(table: &'static str, columns: &'static [&'static str], rows: Vec<Vec<SmolStr>>) -> Operation<'a> {
    Operation::Record(Rows { table, columns, rows })
}

/// What is recorded before anything is made.
pub(super) fn records<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<Operation<'a>> {
    let touched = touched_schemas(draft, scopes);
    [
        rows(
            "_mz_deploy.tables.deployments",
            &["deploy_id", "database", "schema", "kind", "mode"],
            deployments(draft, &touched),
        ),
        rows(
            "_mz_deploy.tables.objects",
            &["deploy_id", "database", "schema", "object", "hash"],
            objects(draft, &touched),
        ),
        rows("_mz_deploy.tables.clusters", &["deploy_id", "cluster_id"], clusters(draft)),
        rows(
            "_mz_deploy.tables.pending_statements",
            &[
                "deploy_id",
                "sequence_num",
                "database",
                "schema",
                "object",
                "object_hash",
                "statement_sql",
                "statement_kind",
            ],
            pending_sinks(draft),
        ),
        rows(
            "_mz_deploy.tables.replacement_mvs",
            &[
                "deploy_id",
                "target_database",
                "target_schema",
                "target_name",
                "replacement_schema",
                "replacement_name",
            ],
            replacements(draft),
        ),
    ]
    .into_iter()
    .filter(|operation| matches!(operation, Operation::Record(rows) if !rows.rows.is_empty()))
    .collect()
}

/// Schemas in which anything changes. Each is recorded as a whole: the last deployment of a schema says everything
/// that it holds.
fn touched_schemas<'a>(draft: &Draft<'a>, scopes: &Scopes<'a>) -> Vec<&'a SchemaFacts<'a>> {
    let facts = draft.facts;
    let mut touched = vec![false; facts.schemas.len()];
    let mut touch = |node: Node| {
        let schema = facts.schema_of.get(node as usize).and_then(|s| touched.get_mut(*s as usize));
        schema.into_iter().for_each(|touched| *touched = true);
    };
    for (node, own) in (0..).zip(&facts.own) {
        if own.indexes
            || own.metadata
            || draft.closure.is_built(node)
            || draft.closure.sink_change(facts, node).is_some()
        {
            touch(node);
        }
    }
    draft.staged_indexes().iter().for_each(|index| touch(index.node));
    let changes = scopes.changes(draft);
    let is_named = |name: &SchemaName| {
        let by_change = |c: &ScopeChange| {
            name.database.as_ref() == Some(&c.database) && c.schema.as_ref() == Some(&name.schema)
        };
        changes.iter().any(by_change) || facts.removed.iter().any(|d| &d.name.schema == name)
    };
    facts
        .schemas
        .iter()
        .zip(touched)
        .filter(|(schema, touched)| (*touched || is_named(schema.name)) && kind_of(facts, schema).is_some())
        .map(|(schema, _)| schema)
        .collect()
}

fn part(ident: Option<&Ident>) -> SmolStr {
    ident.map_or_else(SmolStr::default, |i| i.as_str().into())
}

fn schema_parts(name: &SchemaName) -> [SmolStr; 2] {
    [part(name.database.as_ref()), part(Some(&name.schema))]
}

fn deployments(draft: &Draft<'_>, touched: &[&SchemaFacts<'_>]) -> Vec<Vec<SmolStr>> {
    let row = |schema: &&SchemaFacts<'_>| {
        let kind = match kind_of(draft.facts, schema)? {
            SchemaDeploymentKind::Objects => "objects",
            SchemaDeploymentKind::Replacement => "replacement",
            SchemaDeploymentKind::Sinks => "sinks",
            SchemaDeploymentKind::Tables => "tables",
        };
        let [database, schema] = schema_parts(schema.name);
        Some(vec![database, schema, kind.into(), "stage".into()])
    };
    touched.iter().filter_map(row).collect()
}

fn objects(draft: &Draft<'_>, touched: &[&SchemaFacts<'_>]) -> Vec<Vec<SmolStr>> {
    let members = touched
        .iter()
        .flat_map(|s| draft.facts.project.objects.get(s.members.clone()).unwrap_or_default())
        .filter(|o| o.kind.is_computation() || o.kind == crate::project::ObjectKind::Sink);
    members
        .map(|object| {
            let [database, schema] = schema_parts(&object.name.schema);
            let hash = object.statement.fingerprint.as_str().to_smolstr();
            vec![database, schema, part(Some(&object.name.name)), hash]
        })
        .collect()
}

/// Ids of the clusters that are swapped, as far as they are known.
fn clusters(draft: &Draft<'_>) -> Vec<Vec<SmolStr>> {
    let live = |name: &Ident| draft.live?.cluster(name).map(|c| vec![c.id.clone()]);
    draft.swapped_clusters().filter_map(live).collect()
}

fn pending_sinks(draft: &Draft<'_>) -> Vec<Vec<SmolStr>> {
    let is_created = |node| {
        let change = draft.closure.sink_change(draft.facts, node);
        matches!(change, Some(SinkChange::Create | SinkChange::Recreate))
    };
    // No sink reads another, so the order by name is one of dependencies.
    draft
        .sinks()
        .filter(|(node, _)| is_created(*node))
        .enumerate()
        .map(|(number, (_, object))| {
            let [database, schema] = schema_parts(&object.name.schema);
            vec![
                number.to_smolstr(),
                database,
                schema,
                part(Some(&object.name.name)),
                object.statement.fingerprint.as_str().into(),
                text::production(&object.text, &object.statement).into(),
                "sink".into(),
            ]
        })
        .collect()
}

fn replacements(draft: &Draft<'_>) -> Vec<Vec<SmolStr>> {
    draft
        .replaced()
        .map(|(node, object)| {
            let [database, schema] = schema_parts(&object.name.schema);
            let staged = draft.staged_name(node, object);
            let (name, replacement) = (part(Some(&object.name.name)), part(Some(&staged.name)));
            vec![database, schema.clone(), name, schema, replacement]
        })
        .collect()
}
