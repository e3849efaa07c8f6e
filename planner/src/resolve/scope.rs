//! The names in scope at one point of a query.

use crate::name::{Ident, ObjectName};
use crate::syntax::ast::SpannedIdent;

/// An item of `FROM`, as expressions see it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The name that columns may be qualified with.
    pub(super) exposed: Option<Ident>,
    /// For a relation without an alias: its full name and the index of its occurrence.
    pub(super) relation: Option<(ObjectName, usize)>,
}

impl Item {
    /// An item with an alias, or with a name that is no relation's.
    pub(super) fn named(name: Option<&SpannedIdent>) -> Self {
        Self { exposed: name.map(|name| name.value.clone()), relation: None }
    }
}

/// The scopes around an expression. CTEs and `FROM` items of outer queries come first.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    ctes: Vec<Ident>,
    from: Vec<Vec<Item>>,
}

/// What a qualifier means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    /// The index of the occurrence of the relation.
    pub(super) occurrence: usize,
    /// The bare name of the relation, as a qualifier, would mean something else here, or more than one thing.
    pub(super) needs_alias: bool,
}

impl Scopes {
    /// True if the name is a CTE's.
    pub(super) fn is_cte(&self, name: &Ident) -> bool {
        self.ctes.contains(name)
    }

    /// Puts a CTE in scope.
    pub(super) fn add_cte(&mut self, name: &Ident) {
        self.ctes.push(name.clone());
    }

    /// The number of CTEs in scope; the scope is left by going back to it.
    pub(super) fn ctes(&self) -> usize {
        self.ctes.len()
    }

    /// Takes all CTEs but the first `count` out of scope.
    pub(super) fn leave_ctes(&mut self, count: usize) {
        self.ctes.truncate(count);
    }

    /// Puts the items of a `FROM` in scope.
    pub(super) fn enter(&mut self, items: Vec<Item>) {
        self.from.push(items);
    }

    /// Takes the innermost items out of scope and returns them.
    pub(super) fn leave(&mut self) -> Vec<Item> {
        self.from.pop().unwrap_or_default()
    }

    /// Finds the relation that a qualifier (one to three parts) means, if it has no alias.
    ///
    /// The innermost `FROM` with a match decides. A qualifier of several parts matches like the server matches it:
    /// the parts that are given must be equal.
    pub(super) fn bind(&self, qualifier: &[&Ident]) -> Option<Binding> {
        let (depth, item) =
            self.from.iter().enumerate().rev().find_map(|(depth, items)| {
                items.iter().find(|i| matches(i, qualifier)).map(|i| (depth, i))
            })?;
        let (name, occurrence) = item.relation.as_ref()?;
        let bare = &name.name;
        let exposes = |item: &&Item| item.exposed.as_ref() == Some(bare);
        let is_ambiguous = self.from.get(depth).is_some_and(|items| items.iter().filter(exposes).count() > 1);
        let is_captured = self.from.iter().skip(depth + 1).flatten().any(|item| exposes(&item));
        Some(Binding { occurrence: *occurrence, needs_alias: is_ambiguous || is_captured })
    }
}

fn matches(item: &Item, qualifier: &[&Ident]) -> bool {
    match (qualifier, &item.relation) {
        ([name], _) => item.exposed.as_ref() == Some(*name),
        ([schema, name], Some((relation, _))) => {
            relation.name == **name && relation.schema.schema == **schema
        }
        ([database, schema, name], Some((relation, _))) => {
            relation.name == **name
                && relation.schema.schema == **schema
                && relation.schema.database.as_ref() == Some(*database)
        }
        _ => false,
    }
}
