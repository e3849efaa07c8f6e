//! Resolution of a query: a walk over its scopes.

use std::collections::BTreeSet;

use super::occurrence::{Occurrence, Target};
use super::scope::{Item, Scopes};
use super::statement::Context;
use crate::name::Ident;
use crate::source::Span;
use crate::syntax::ast::Name;
use crate::syntax::query::{Branch, FromItem, Names, Query, Relation, Select};

/// The occurrences found so far, in the order in which they were found.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    pub(super) context: &'a Context,
    pub(super) found: Vec<Occurrence>,
    pub(super) scopes: Scopes,
    /// Occurrences of relations whose qualifiers need an alias.
    needs_alias: Vec<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, found: Vec::new(), scopes: Scopes::default(), needs_alias: Vec::new() }
    }

    pub(super) fn push(&mut self, span: Span, target: Target) {
        self.found.push(Occurrence { span, target });
    }

    pub(super) fn query(&mut self, query: &Query) {
        let ctes = self.scopes.ctes();
        if let Some(with) = &query.with {
            if with.recursive {
                with.ctes.iter().for_each(|cte| self.scopes.add_cte(&cte.name.value));
            }
            for cte in &with.ctes {
                self.query(&cte.query);
                if !with.recursive {
                    self.scopes.add_cte(&cte.name.value);
                }
            }
        }
        let mut items = Vec::new();
        for branch in &query.branches {
            items = match branch {
                Branch::Select(select) => self.select(select),
                Branch::Query(query) => {
                    self.query(query);
                    Vec::new()
                }
            };
        }
        // `ORDER BY` sees the `FROM` of a plain `SELECT`, and only output columns of a set operation.
        if query.branches.len() > 1 {
            items.clear();
        }
        self.scopes.enter(items);
        self.names(&query.tail);
        self.scopes.leave();
        self.scopes.leave_ctes(ctes);
    }

    /// Resolves a `SELECT` and returns the items of its `FROM`.
    fn select(&mut self, select: &Select) -> Vec<Item> {
        let mut items = Vec::with_capacity(select.from.len());
        for item in &select.from {
            let item = match item {
                FromItem::Relation(relation) => self.relation(relation),
                FromItem::Derived { query, lateral: false, alias } => {
                    self.query(query);
                    Item::named(alias.as_ref())
                }
                FromItem::Derived { query, lateral: true, alias } => {
                    self.scopes.enter(std::mem::take(&mut items));
                    self.query(query);
                    items = self.scopes.leave();
                    Item::named(alias.as_ref())
                }
                FromItem::Function { name, arguments, alias } => {
                    self.scopes.enter(std::mem::take(&mut items));
                    self.names(arguments);
                    items = self.scopes.leave();
                    let own = name.as_ref().and_then(|name| name.parts.last());
                    Item::named(alias.as_ref().or(own))
                }
                FromItem::Alias(alias) => Item::named(Some(alias)),
            };
            items.push(item);
        }
        self.scopes.enter(items);
        self.names(&select.names);
        self.scopes.leave()
    }

    fn relation(&mut self, relation: &Relation) -> Item {
        let alias = relation.alias.as_ref();
        if let [part] = relation.name.parts.as_slice()
            && self.scopes.is_cte(&part.value)
        {
            return Item::named(alias.or(Some(part)));
        }
        let Some(name) = self.context.object(&relation.name) else { return Item::named(alias) };
        let occurrence = self.found.len();
        let exposed = name.name.clone();
        let target = Target::Relation { name: name.clone(), aliased: alias.is_some(), needs_alias: None };
        self.push(relation.name.span(), target);
        match alias {
            Some(alias) => Item::named(Some(alias)),
            None => Item { exposed: Some(exposed), relation: Some((name, occurrence)) },
        }
    }

    /// Resolves what expressions mention.
    pub(super) fn names(&mut self, names: &Names) {
        for column in &names.columns {
            if let [qualifier @ .., _] = column.parts.as_slice() {
                self.qualifier(qualifier.len(), column);
            }
        }
        for wildcard in &names.wildcards {
            self.qualifier(wildcard.parts.len(), wildcard);
        }
        for name in &names.types {
            if let Some(object) = self.context.object(name) {
                self.push(name.span(), Target::Type(object));
            }
        }
        for schema in &names.operator_schemas {
            if let Some(object) = self.context.schema(schema) {
                self.push(schema.span(), Target::Schema(object));
            }
        }
        for name in names.connections.iter().chain(&names.secrets) {
            if let Some(object) = self.context.object(name) {
                self.push(name.span(), Target::Object(object));
            }
        }
        for query in &names.queries {
            self.query(query);
        }
    }

    /// Binds the first `length` parts of a name, which stand in front of a column or of `.*`.
    ///
    /// A bare `t` is left alone: it may be a column of that name as well as a whole row, and only the columns of the
    /// relations would tell.
    fn qualifier(&mut self, length: usize, name: &Name) {
        let Some(parts) = name.parts.get(..length) else { return };
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
        let mut qualifier: Vec<&Ident> = parts.iter().map(|part| &part.value).collect();
        if let [database, _, _] = qualifier.as_mut_slice() {
            *database = self.context.database(database);
        }
        let Some(binding) = self.scopes.bind(&qualifier) else { return };
        if binding.needs_alias && length > 1 {
            self.needs_alias.push(binding.occurrence);
        }
        let relation = crate::source::to_offset(binding.occurrence);
        self.push(first.span.to(last.span), Target::Qualifier { relation });
    }

    /// The occurrences, sorted by position. `taken` has the identifiers that a new alias must not have.
    pub(super) fn finish(mut self, taken: impl FnOnce() -> BTreeSet<Ident>) -> Vec<Occurrence> {
        if !self.needs_alias.is_empty() {
            let mut taken = taken();
            self.needs_alias.sort_unstable();
            self.needs_alias.dedup();
            for index in std::mem::take(&mut self.needs_alias) {
                if let Some(Target::Relation { name, needs_alias, .. }) =
                    self.found.get_mut(index).map(|o| &mut o.target)
                {
                    *needs_alias = Some(new_alias(&name.name, &mut taken));
                }
            }
        }
        sort(self.found)
    }
}

/// `name_1`, or the first number that isn't taken.
fn new_alias(name: &Ident, taken: &mut BTreeSet<Ident>) -> Ident {
    let mut number = 1usize;
    loop {
        let suffix = smol_str::format_smolstr!("_{number}");
        let relation = || Ident::new(smol_str::format_smolstr!("relation{suffix}"));
        let alias = name.suffixed(&suffix).unwrap_or_else(|_| relation());
        if taken.insert(alias.clone()) {
            return alias;
        }
        number += 1;
    }
}

/// Sorts by position, and lets qualifiers point to the new places of their relations.
fn sort(found: Vec<Occurrence>) -> Vec<Occurrence> {
    let mut order: Vec<(u32, Occurrence)> =
        found.into_iter().enumerate().map(|(i, o)| (crate::source::to_offset(i), o)).collect();
    order.sort_by_key(|(index, occurrence)| (occurrence.span, *index));
    let mut places = vec![0u32; order.len()];
    for (place, (index, _)) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(*index as usize) {
            *slot = crate::source::to_offset(place);
        }
    }
    let mut sorted: Vec<Occurrence> = order.into_iter().map(|(_, occurrence)| occurrence).collect();
    for occurrence in &mut sorted {
        if let Target::Qualifier { relation } = &mut occurrence.target
            && let Some(place) = places.get(*relation as usize)
        {
            *relation = *place;
        }
    }
    sorted
}
