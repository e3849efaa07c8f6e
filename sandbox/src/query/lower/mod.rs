//! From a resolved tree to the engine's SQL.
//!
//! Relations are addressed by id and keep the names by which expressions know them; functions, operators and types of
//! Materialize's own are the engine's to define. What has no counterpart is refused.

mod expr;
mod from;
mod query;
mod recursive;

use mz_deploy_planner::name::Ident;

use crate::catalog::{Catalog, ItemId};
pub(crate) use crate::engine::quoted;
use crate::engine::stored;
use crate::error::SqlError;
use crate::sql::ast::{Expr, Query};

/// The engine's name of a relation.
pub(crate) fn relation(catalog: &Catalog, id: ItemId) -> String {
    if id.is_user() {
        return stored(id);
    }
    let name = catalog.full_name(id);
    let name = name.and_then(|name| crate::system::engine_name(name.schema.as_str(), name.item.as_str()));
    name.unwrap_or_else(|| format!("sys.\"{id}\""))
}

/// A query.
pub(crate) fn query(catalog: &Catalog, query: &Query) -> Result<String, SqlError> {
    Lowering::new(catalog).query(query)
}

/// An expression over the columns of at most one relation.
pub(crate) fn expr(
    catalog: &Catalog,
    expr: &Expr,
    relation: Option<(ItemId, &Ident)>,
) -> Result<String, SqlError> {
    let mut lowering = Lowering::new(catalog);
    lowering.scopes.push(relation.map(|(id, name)| Visible::item(catalog, id, name)).into_iter().collect());
    lowering.expr(expr)
}

/// A relation that a qualifier may name.
#[derive(Clone, Debug)]
pub(crate) struct Visible {
    /// Its alias, or its own name.
    name: Ident,
    /// Its database and schema, if it has no alias.
    path: Vec<Ident>,
    /// What the engine knows it by.
    alias: Ident,
}

impl Visible {
    /// An item of the catalog under its own name.
    fn item(catalog: &Catalog, id: ItemId, alias: &Ident) -> Self {
        let Some(full) = catalog.full_name(id) else { return Self::named(alias.clone()) };
        Self {
            path: full.database.into_iter().chain([full.schema]).collect(),
            name: full.item,
            alias: alias.clone(),
        }
    }

    /// A relation by an alias.
    fn named(name: Ident) -> Self {
        Self { alias: name.clone(), name, path: Vec::new() }
    }

    /// True if `qualifier` (`t`, `s.t`, `d.s.t`) means this relation.
    fn answers_to(&self, qualifier: &[Ident]) -> bool {
        let Some((name, path)) = qualifier.split_last() else { return false };
        *name == self.name && self.path.ends_with(path)
    }
}

/// The state of a lowering: what each enclosing `SELECT` sees.
pub(crate) struct Lowering<'a> {
    catalog: &'a Catalog,
    scopes: Vec<Vec<Visible>>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, scopes: Vec::new() }
    }

    /// The engine's name of the relation that a qualifier means: the innermost one.
    fn qualifier(&self, qualifier: &[Ident]) -> Option<&Ident> {
        let visible = self.scopes.iter().rev().flat_map(|scope| scope.iter());
        visible.into_iter().find(|visible| visible.answers_to(qualifier)).map(|visible| &visible.alias)
    }
}

/// `a, b, c`
fn comma<T>(items: &[T], mut lower: impl FnMut(&T) -> Result<String, SqlError>) -> Result<String, SqlError> {
    let items: Result<Vec<String>, SqlError> = items.iter().map(&mut lower).collect();
    Ok(items?.join(", "))
}
