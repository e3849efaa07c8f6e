//! Why a rename is refused: a stored statement would mean something else afterwards.
//!
//! `FROM` clauses are stored in full and follow a rename. What an expression says of a relation is stored as it was
//! written: `s.t.column` and `s.t.*` hold a schema's name, whichever schema it stands for.

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::rbac::name;
use crate::catalog::{Catalog, Item, ItemId, ItemKind, ObjectId, Schema};
use crate::error::SqlError;
use crate::sql::ast::{
    Expr, ItemRef, JoinConstraint, Name, Query, SelectItem, SetExpr, Statement, TableAlias, TableFactor,
    TableWithJoins, With,
};
use crate::sql::visit::{Role, Visitor, walk_expr, walk_query, walk_relation, walk_statement};

/// Refuses to give another name to a schema while one of its items, or a direct dependant of one, says the name
/// within an expression.
pub(super) fn schema(catalog: &Catalog, schema: &Schema) -> Result<(), SqlError> {
    let own: Vec<ItemId> = catalog.items_in_schema(schema.id).map(|item| item.id).collect();
    let mut looked_at: BTreeSet<ItemId> = own.iter().copied().collect();
    looked_at.extend(own.iter().flat_map(|id| catalog.used_by(*id)));
    let says_it = |word: &Word| matches!(word.qualifier(), [named, _] if *named == schema.name);
    let found = looked_at
        .iter()
        .filter_map(|id| catalog.item(*id))
        .find(|item| words(catalog, item).iter().any(says_it));
    let Some(item) = found else { return Ok(()) };
    Err(SqlError::internal(format!(
        "renaming conflict: in {}, which uses {}, ambiguous reference to schema named {}",
        name(catalog, ObjectId::Item(item.id)),
        name(catalog, ObjectId::Schema(schema.id)),
        schema.name.as_str()
    )))
}

/// Refuses to give an item a name that a dependant's query has as a word of any kind.
pub(super) fn item(catalog: &Catalog, id: ItemId, to: &Ident) -> Result<(), SqlError> {
    let Some(renamed) = catalog.item(id) else { return Ok(()) };
    let mut users = catalog.used_by(id).filter_map(|user| catalog.item(user));
    let found = users.find(|user| words(catalog, user).iter().any(|word| word.parts().contains(to)));
    let Some(user) = found else { return Ok(()) };
    Err(SqlError::internal(format!(
        "renaming conflict: in {}, which uses {}, found reference to {:?}; cannot rename {:?} to any identity used in \
         any existing view definitions",
        name(catalog, ObjectId::Item(user.id)),
        name(catalog, ObjectId::Item(id)),
        to.as_str(),
        renamed.name.as_str()
    )))
}

/// A name in a stored query.
enum Word {
    /// A column in an expression.
    Column(Name),
    /// What stands before `.*` in an expression.
    Relation(Name),
    /// A name elsewhere: an alias, a function, an item of `FROM` in full.
    Other(Vec<Ident>),
}

impl Word {
    fn parts(&self) -> &[Ident] {
        match self {
            Self::Column(name) | Self::Relation(name) => &name.0,
            Self::Other(parts) => parts,
        }
    }

    /// What an expression says of the relation of a column.
    fn qualifier(&self) -> &[Ident] {
        match self {
            Self::Column(name) => name.0.split_last().map_or(&[], |(_, rest)| rest),
            Self::Relation(name) => &name.0,
            Self::Other(_) => &[],
        }
    }
}

/// Every name in the query of a view. Other items have none.
fn words(catalog: &Catalog, item: &Item) -> Vec<Word> {
    let statement = match &item.kind {
        ItemKind::View(view) => view.create.clone().map(Statement::CreateView),
        ItemKind::MaterializedView(view) => view.create.clone().map(Statement::CreateMaterializedView),
        _ => None,
    };
    let mut words = Words { catalog, found: Vec::new() };
    if let Some(mut statement) = statement {
        walk_statement(&mut words, &mut statement);
    }
    words.found
}

struct Words<'a> {
    catalog: &'a Catalog,
    found: Vec<Word>,
}

impl Words<'_> {
    fn other(&mut self, words: impl IntoIterator<Item = Ident>) {
        self.found.push(Word::Other(words.into_iter().collect()));
    }

    fn alias(&mut self, alias: Option<&TableAlias>) {
        self.other(
            alias.into_iter().flat_map(|alias| [&alias.name].into_iter().chain(&alias.columns)).cloned(),
        );
    }

    /// The words of select lists and joins.
    fn body(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Select(select) => {
                let aliases = select.projection.iter().filter_map(|item| match item {
                    SelectItem::Expr { alias, .. } => alias.clone(),
                    SelectItem::Wildcard => None,
                });
                self.other(aliases);
                select.from.iter().for_each(|table| self.joins(table));
            }
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left);
                self.body(right);
            }
            SetExpr::Query(_) | SetExpr::Values(_) | SetExpr::Table(_) | SetExpr::Show(_) => {}
        }
    }

    fn joins(&mut self, table: &TableWithJoins) {
        for join in &table.joins {
            if let JoinConstraint::Using { columns, alias } = &join.constraint {
                self.other(columns.iter().chain(alias).cloned());
            }
        }
    }
}

impl Visitor for Words<'_> {
    fn item(&mut self, _role: Role, item: &mut ItemRef) {
        if let ItemRef::Id(id) = item
            && let Some(name) = self.catalog.full_name(*id)
        {
            self.other(name.database.into_iter().chain([name.schema, name.item]));
        }
    }

    fn function_name(&mut self, name: &mut Name) {
        self.other(name.0.iter().cloned());
    }

    fn query(&mut self, query: &mut Query) {
        match &query.with {
            With::Simple(ctes) => ctes.iter().for_each(|cte| self.alias(Some(&cte.alias))),
            With::MutuallyRecursive { ctes, .. } => {
                for cte in ctes {
                    self.other(
                        [&cte.name].into_iter().chain(cte.columns.iter().map(|(name, _)| name)).cloned(),
                    );
                }
            }
        }
        self.body(&query.body);
        walk_query(self, query);
    }

    fn relation(&mut self, relation: &mut TableFactor) {
        let (TableFactor::Table { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::RowsFrom { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::NestedJoin { alias, .. }) = &*relation;
        self.alias(alias.as_ref());
        if let TableFactor::NestedJoin { join, .. } = &*relation {
            self.joins(join);
        }
        walk_relation(self, relation);
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Column(name) => self.found.push(Word::Column(name.clone())),
            Expr::QualifiedWildcard(name) => self.found.push(Word::Relation(name.clone())),
            _ => {}
        }
        walk_expr(self, expr);
    }
}
