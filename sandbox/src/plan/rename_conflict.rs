//! Why a rename is refused: a stored statement would mean something else afterwards.
//!
//! `FROM` clauses are stored in full and follow a rename. What an expression says of a relation is stored as it was
//! written: `s.t.column` and `s.t.*` hold a schema's name, whichever schema it stands for.

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use crate::catalog::{Catalog, Item, ItemId, ItemKind, Schema};
use crate::error::SqlError;
use crate::sql::ast::{Expr, Name, Statement};
use crate::sql::visit::{Visitor, walk_expr, walk_statement};

/// Refuses to give another name to a schema while one of its items, or a direct dependant of one, says the name
/// within an expression.
pub(super) fn schema(catalog: &Catalog, schema: &Schema) -> Result<(), SqlError> {
    let own: Vec<ItemId> = catalog.items_in_schema(schema.id).map(|item| item.id).collect();
    let mut looked_at: BTreeSet<ItemId> = own.iter().copied().collect();
    looked_at.extend(own.iter().flat_map(|id| catalog.used_by(*id)));
    for item in looked_at.iter().filter_map(|id| catalog.item(*id)) {
        let mut found = false;
        each_name(item, &mut |name, is_wildcard| {
            let qualifier = if is_wildcard { name.0.as_slice() } else { without_last(&name.0) };
            found |= matches!(qualifier, [named, _] if *named == schema.name);
        });
        if found {
            let full = catalog.full_name(item.id).map(|name| name.to_string()).unwrap_or_default();
            let used = catalog.full_schema_name(schema.id).unwrap_or_default();
            return Err(SqlError::internal(format!(
                "renaming conflict: in {full}, which uses {used}, ambiguous reference to schema named {}",
                schema.name.as_str()
            )));
        }
    }
    Ok(())
}

/// Refuses to give an item a name that a dependant's query uses as an identifier of any kind.
pub(super) fn item(catalog: &Catalog, id: ItemId, to: &Ident) -> Result<(), SqlError> {
    let Some(renamed) = catalog.item(id) else { return Ok(()) };
    for user in catalog.used_by(id).filter_map(|user| catalog.item(user)) {
        if matches!(user.kind, ItemKind::Index(_)) {
            continue;
        }
        let mut found = false;
        each_name(user, &mut |name, _| found |= name.0.contains(to));
        if found {
            let full = |id| catalog.full_name(id).map(|name| name.to_string()).unwrap_or_default();
            return Err(SqlError::internal(format!(
                "renaming conflict: in {}, which uses {}, found reference to {:?}; cannot rename {:?} to any \
                 identity used in any existing view definitions",
                full(user.id),
                full(id),
                to.as_str(),
                renamed.name.as_str()
            )));
        }
    }
    Ok(())
}

fn without_last(parts: &[Ident]) -> &[Ident] {
    parts.split_last().map_or(&[], |(_, rest)| rest)
}

/// Every name in the expressions of an item's statement; true for what stands before `.*`.
fn each_name(item: &Item, visit: &mut dyn FnMut(&Name, bool)) {
    let statement = match &item.kind {
        ItemKind::View(view) => view.create.clone().map(Statement::CreateView),
        ItemKind::MaterializedView(view) => view.create.clone().map(Statement::CreateMaterializedView),
        ItemKind::Index(index) => index.create.clone().map(Statement::CreateIndex),
        _ => None,
    };
    let Some(mut statement) = statement else { return };
    walk_statement(&mut Expressions { visit }, &mut statement);
}

/// Calls a function for each column and each wildcard with a qualifier.
struct Expressions<'a> {
    visit: &'a mut dyn FnMut(&Name, bool),
}

impl Visitor for Expressions<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Column(name) => (self.visit)(name, false),
            Expr::QualifiedWildcard(name) => (self.visit)(name, true),
            _ => {}
        }
        walk_expr(self, expr);
    }
}
