//! What of the catalog moves with time: collections and what each reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, ClusterId, Item, ItemId, ItemKind, SourceStatement, TableStatement};

/// A collection, as far as time is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    /// In full, for rules.
    pub(super) full_name: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// As the relations of statuses have it: `postgres`, `table`, …
    pub(super) type_name: String,
    pub(super) cluster: Option<ClusterId>,
    /// What its dataflow imports: collections, and indexes of its own cluster in the place of what they are on.
    pub(super) inputs: BTreeSet<ItemId>,
    /// What the inputs were found by.
    uses: BTreeSet<ItemId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Always readable: it advances with the clock.
    Table,
    /// Filled by a source.
    Fed {
        source: ItemId,
    },
    Progress,
    Webhook,
    Source,
    Index,
    MaterializedView {
        constant: bool,
    },
    Sink,
}

impl Kind {
    /// True for what replicas report the hydration of.
    pub(super) fn is_compute(self) -> bool {
        matches!(self, Self::Index | Self::MaterializedView { .. })
    }

    /// True for what runs on a cluster and isn't readable from the beginning.
    pub(super) fn runs(self) -> bool {
        self.is_compute() || matches!(self, Self::Source | Self::Sink)
    }
}

/// The collections of the catalog. What is known from `old` and didn't change is taken over.
pub(super) fn specs(catalog: &Catalog, old: &BTreeMap<ItemId, &Spec>) -> BTreeMap<ItemId, Spec> {
    let items = catalog.items().filter(|item| item.id.is_user());
    items.filter_map(|item| Some((item.id, spec(catalog, item, old.get(&item.id).copied())?))).collect()
}

fn spec(catalog: &Catalog, item: &Item, old: Option<&Spec>) -> Option<Spec> {
    let (kind, type_name) = kind(item)?;
    let cluster = item.kind.cluster();
    let known = old.filter(|old| {
        old.uses == item.uses
            && old.cluster == cluster
            && old.inputs.iter().all(|input| catalog.item(*input).is_some())
    });
    let inputs = known.map_or_else(|| inputs(catalog, item), |old| old.inputs.clone());
    let full_name = catalog.full_name(item.id)?.to_string();
    let name = item.name.as_str().to_owned();
    Some(Spec { full_name, name, kind, type_name, cluster, inputs, uses: item.uses.clone() })
}

fn kind(item: &Item) -> Option<(Kind, String)> {
    let (kind, type_name) = match &item.kind {
        ItemKind::Table(table) => match &table.create {
            Some(TableStatement::FromSource { source, .. }) => (Kind::Fed { source: *source }, "table"),
            Some(TableStatement::Webhook(_)) => (Kind::Webhook, "webhook"),
            Some(TableStatement::Table(_)) | None => (Kind::Table, "table"),
        },
        ItemKind::Index(_) => (Kind::Index, "index"),
        ItemKind::MaterializedView(view) => {
            (Kind::MaterializedView { constant: view.constant }, "materialized-view")
        }
        ItemKind::Sink(_) => (Kind::Sink, "kafka"),
        ItemKind::Source(source) => {
            let kind = match (&source.create, source.parent) {
                (SourceStatement::Webhook(_), _) => Kind::Webhook,
                (SourceStatement::Subsource(Some(_)), Some(parent)) => Kind::Fed { source: parent },
                (SourceStatement::Subsource(_), _) => Kind::Progress,
                (SourceStatement::Source(_) | SourceStatement::Builtin, _) => Kind::Source,
            };
            (kind, source.source_type.as_str())
        }
        _ => return None,
    };
    let type_name = match &item.kind {
        ItemKind::Sink(sink) => sink.create.into.split(' ').next().unwrap_or_default().to_lowercase(),
        _ => type_name.to_owned(),
    };
    Some((kind, type_name))
}

/// What the dataflow of an item imports. Views are read through, down to what has rows of its own.
fn inputs(catalog: &Catalog, item: &Item) -> BTreeSet<ItemId> {
    let mut open: Vec<ItemId> = match &item.kind {
        ItemKind::Index(index) => vec![index.on],
        ItemKind::Sink(sink) => vec![sink.from],
        ItemKind::MaterializedView(view) => {
            item.uses.iter().copied().filter(|id| Some(*id) != view.replaces).collect()
        }
        _ => return BTreeSet::new(),
    };
    let mut seen: BTreeSet<ItemId> = open.iter().copied().collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if let Some(index) = usable_index(catalog, item, id) {
            found.insert(index);
            continue;
        }
        let Some(input) = catalog.item(id) else { continue };
        match &input.kind {
            ItemKind::View(_) if id.is_user() => {
                open.extend(input.uses.iter().copied().filter(|id| seen.insert(*id)));
            }
            kind if kind.columns().is_some() => {
                found.insert(id);
            }
            _ => {}
        }
    }
    found
}

/// The index that a dataflow reads in the place of a relation: one of its own cluster that was there before it.
fn usable_index(catalog: &Catalog, reader: &Item, relation: ItemId) -> Option<ItemId> {
    let cluster = reader.kind.cluster()?;
    // What a sink writes out is read from storage if it is there.
    if matches!(reader.kind, ItemKind::Sink(_)) {
        return None;
    }
    catalog.used_by(relation).find(|id| {
        let index = catalog.item(*id).map(|item| &item.kind);
        matches!(index, Some(ItemKind::Index(index)) if index.on == relation && index.cluster == cluster)
            && *id < reader.id
    })
}
