//! What the session's role may not do of a deployment.

use smol_str::format_smolstr;

use super::own;
use crate::changeset::SinkChange;
use crate::diagnostic::Diagnostic;
use crate::input::{DeployedObject, Live, LiveObject};
use crate::name::{Ident, SchemaName};
use crate::plan::authority::Authority;
use crate::plan::companions;
use crate::plan::draft::Draft;
use crate::plan::ledger::created_sinks;
use crate::plan::model::Strategy;
use crate::plan::operation::{Operation, Outline};
use crate::plan::refusals::Refusals;
use crate::plan::removed::{self, Fate};
use crate::plan::stage_phases::{cause_of_cluster, cause_of_schema, new_schemas};
use crate::project::Object;
use crate::source::Location;
use crate::syntax::ast::TargetKind;

/// Everything that the role lacks.
pub(super) fn check(draft: &Draft<'_>, outlines: &[Outline<'_>], live: &Live) -> Vec<Diagnostic> {
    let Some(refusals) = Refusals::new(Authority::new(live)) else { return Vec::new() };
    let mut preflight = Preflight { draft, refusals };
    preflight.schemas();
    preflight.clusters();
    preflight.built();
    preflight.exchanged();
    preflight.sinks();
    preflight.modifiers(outlines);
    preflight.refusals.problems()
}

struct Preflight<'d, 'a> {
    draft: &'d Draft<'a>,
    refusals: Refusals<'d>,
}

impl Preflight<'_, '_> {
    /// A staged schema is made beside the one that it is swapped with, and both belong to whoever swaps them.
    fn schemas(&mut self) {
        let draft = self.draft;
        let place = |name: &SchemaName| cause_of_schema(draft, name).map_or_else(Location::nowhere, own);
        for schema in draft.swapped_schemas() {
            let purpose = format_smolstr!("swapping the schema `{}`", schema.name);
            if let Some(live) = draft.live.and_then(|live| live.schema(schema.name)) {
                let kind = TargetKind::Schema;
                self.refusals.owner(kind, schema.name, &live.owner, &purpose, place(schema.name));
            }
            self.database(schema.name, &purpose, &place(schema.name));
        }
        for schema in new_schemas(draft) {
            let purpose = format_smolstr!("creating the schema `{schema}`");
            self.database(schema, &purpose, &place(schema));
        }
    }

    fn database(&mut self, schema: &SchemaName, purpose: &str, at: &Location) {
        let Some(name) = &schema.database else { return };
        match self.draft.live.and_then(|live| live.database(name)) {
            Some(database) => self.refusals.database(database, &purpose, at.clone()),
            None => self.refusals.system("CREATEDB", &purpose, at.clone()),
        }
    }

    fn clusters(&mut self) {
        let draft = self.draft;
        for cluster in draft.swapped_clusters() {
            let at = cause_of_cluster(draft, cluster).map_or_else(Location::nowhere, own);
            let purpose = format_smolstr!("swapping the cluster `{cluster}`");
            if let Some(live) = draft.live.and_then(|live| live.cluster(cluster)) {
                self.refusals.owner(TargetKind::Cluster, cluster, &live.owner, &purpose, at.clone());
            }
            self.refusals.system("CREATECLUSTER", &purpose, at);
        }
    }

    /// What is built in a schema, or on a cluster, that stays.
    fn built(&mut self) {
        let draft = self.draft;
        for (_, object, strategy) in draft.built() {
            if strategy != Strategy::Swap {
                self.create_in(&object.name.schema, object);
            }
            let clusters = object.cluster.iter().chain(object.indexes.iter().map(|index| &index.cluster));
            clusters.for_each(|cluster| self.create_on(cluster, object));
        }
        for index in draft.staged_indexes() {
            self.create_in(&index.object.name.schema, index.object);
            self.create_on(&index.definition.cluster, index.object);
            let purpose = format_smolstr!("building an index on `{}`", index.object.name);
            self.owner_of(index.object, &purpose);
        }
    }

    fn create_in(&mut self, schema: &SchemaName, object: &Object) {
        if let Some(live) = self.draft.live.and_then(|live| live.schema(schema)) {
            let purpose = format_smolstr!("creating something in `{schema}`");
            self.refusals.schema(live, &purpose, own(object));
        }
    }

    fn create_on(&mut self, cluster: &Ident, object: &Object) {
        let live = self.draft.live.and_then(|live| live.cluster(cluster));
        if let Some(live) = live.filter(|_| !self.draft.is_swapped_cluster(cluster)) {
            let purpose = format_smolstr!("running something on `{cluster}`");
            self.refusals.cluster(live, &purpose, own(object));
        }
    }

    /// What is renamed, replaced, altered or dropped.
    fn exchanged(&mut self) {
        let draft = self.draft;
        for (_, object) in draft.renamed().filter(|(node, _)| draft.facts.old(*node).is_some()) {
            self.owner_of(object, &format_smolstr!("renaming `{}`", object.name));
        }
        for (_, object) in draft.replaced() {
            self.owner_of(object, &format_smolstr!("replacing `{}`", object.name));
        }
        for (node, own) in (0..).zip(draft.facts.own) {
            if own.metadata
                && companions::are_altered_in_place(draft, node)
                && let Some(object) = draft.facts.object(node)
            {
                self.owner_of(object, &format_smolstr!("altering `{}`", object.name));
            }
        }
        for (node, object, _) in draft.built().filter(|(.., by)| *by == Strategy::Swap) {
            if let Some(old) = draft.facts.old(node) {
                self.owner_of_old(old, own(object));
            }
        }
        for removed in removed::present(draft).filter(|d| removed::fate(draft, d) != Fate::Kept) {
            self.owner_of_old(removed, Location::nowhere());
        }
    }

    fn owner_of_old(&mut self, old: &DeployedObject, at: Location) {
        if let Some(live) = self.draft.live.and_then(|live| live.object(&old.name)) {
            let purpose = format_smolstr!("dropping `{}`", old.name);
            self.refusals.owner(old.kind.target(), &old.name, &live.owner, &purpose, at);
        }
    }

    fn sinks(&mut self) {
        let draft = self.draft;
        for (_, sink) in created_sinks(draft) {
            self.create_in(&sink.name.schema, sink);
            sink.cluster.iter().for_each(|cluster| self.create_on(cluster, sink));
        }
        for (node, sink) in draft.sinks() {
            let change = draft.closure.sink_change(draft.facts, node);
            if matches!(change, Some(SinkChange::Recreate | SinkChange::Repoint)) {
                self.owner_of(sink, &format_smolstr!("altering `{}`", sink.name));
            }
            if change == Some(SinkChange::Repoint) {
                sink.cluster.iter().for_each(|cluster| self.create_on(cluster, sink));
            }
        }
    }

    /// Grants and comments on databases and schemas that are there.
    fn modifiers(&mut self, outlines: &[Outline<'_>]) {
        for operation in outlines.iter().flat_map(|outline| &outline.operations) {
            let Operation::RunModifier { modifier, statement, on_staged: false, .. } = operation else {
                continue;
            };
            // Default privileges are a matter of roles.
            if statement.undo.starts_with("ALTER DEFAULT") {
                continue;
            }
            let path = modifier.path.clone();
            let at = Location::new(path, modifier.text.to_original(statement.statement.span));
            let live = self.draft.live;
            if let Some(name) = modifier.schema_name() {
                let found = live.and_then(|live| live.schema(&name));
                if let Some(schema) = found {
                    let purpose = format_smolstr!("altering the schema `{name}`");
                    self.refusals.owner(TargetKind::Schema, &name, &schema.owner, &purpose, at);
                }
            } else if let Some(database) = live.and_then(|live| live.database(&modifier.database)) {
                let name = &modifier.database;
                let purpose = format_smolstr!("altering the database `{name}`");
                self.refusals.owner(TargetKind::Database, name, &database.owner, &purpose, at);
            }
        }
    }

    fn owner_of(&mut self, object: &Object, purpose: &str) {
        let live = self.draft.live.and_then(|live| live.object(&object.name));
        if let Some(LiveObject { owner, .. }) = live {
            self.refusals.owner(object.kind.target(), &object.name, owner, &purpose, own(object));
        }
    }
}
