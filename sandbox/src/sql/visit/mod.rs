//! Every name in a statement, for those who replace names: a resolver need not know the grammar.
//!
//! A visitor says what it wants to see; the `walk` functions go everywhere. One that keeps scopes takes over
//! [`Visitor::query`], [`Visitor::expr`] or [`Visitor::relation`], and walks on from there.

mod expr;
mod query;
mod statement;

pub use expr::{walk_expr, walk_function, walk_type};
pub use query::{walk_query, walk_relation, walk_select, walk_set_expr};
pub use statement::walk_statement;

use super::ast::{ClusterRef, DataType, Expr, Function, ItemRef, Name, Query, Statement, TableFactor};

/// What an item is referred to as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A relation of a query, or the target of a write. It may be the name of a common table expression.
    Relation,
    /// What an index is on, what a sink reads, what a view replaces.
    Base,
    /// The source of a table.
    Source,
    /// A connection.
    Connection,
    /// A secret.
    Secret,
}

/// Who looks at names. Each function may replace what it is given.
pub trait Visitor {
    /// A reference to an item other than a type.
    fn item(&mut self, _role: Role, _item: &mut ItemRef) {}

    /// The name of a type.
    fn type_name(&mut self, _name: &mut ItemRef) {}

    /// The name of a function.
    fn function_name(&mut self, _name: &mut Name) {}

    /// A cluster.
    fn cluster(&mut self, _cluster: &mut ClusterRef) {}

    /// A column, perhaps with its relation before it; or what stands before `.*`.
    fn column(&mut self, _name: &mut Name) {}

    /// A query.
    fn query(&mut self, query: &mut Query) {
        walk_query(self, query);
    }

    /// What stands in `FROM`.
    fn relation(&mut self, relation: &mut TableFactor) {
        walk_relation(self, relation);
    }

    /// An expression.
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr(self, expr);
    }

    /// A call.
    fn function(&mut self, function: &mut Function) {
        walk_function(self, function);
    }

    /// A type.
    fn data_type(&mut self, data_type: &mut DataType) {
        walk_type(self, data_type);
    }
}

/// Calls `see` with each reference to an item other than a type.
pub fn visit_item_refs_mut(statement: &mut Statement, see: impl FnMut(Role, &mut ItemRef)) {
    struct Items<F>(F);
    impl<F: FnMut(Role, &mut ItemRef)> Visitor for Items<F> {
        fn item(&mut self, role: Role, item: &mut ItemRef) {
            (self.0)(role, item);
        }
    }
    walk_statement(&mut Items(see), statement);
}

/// Calls `see` with the name of each type.
pub fn visit_types_mut(statement: &mut Statement, see: impl FnMut(&mut ItemRef)) {
    struct Types<F>(F);
    impl<F: FnMut(&mut ItemRef)> Visitor for Types<F> {
        fn type_name(&mut self, name: &mut ItemRef) {
            (self.0)(name);
        }
    }
    walk_statement(&mut Types(see), statement);
}

/// Calls `see` with the name of each function.
pub fn visit_functions_mut(statement: &mut Statement, see: impl FnMut(&mut Name)) {
    struct Functions<F>(F);
    impl<F: FnMut(&mut Name)> Visitor for Functions<F> {
        fn function_name(&mut self, name: &mut Name) {
            (self.0)(name);
        }
    }
    walk_statement(&mut Functions(see), statement);
}

/// Calls `see` with each cluster.
pub fn visit_clusters_mut(statement: &mut Statement, see: impl FnMut(&mut ClusterRef)) {
    struct Clusters<F>(F);
    impl<F: FnMut(&mut ClusterRef)> Visitor for Clusters<F> {
        fn cluster(&mut self, cluster: &mut ClusterRef) {
            (self.0)(cluster);
        }
    }
    walk_statement(&mut Clusters(see), statement);
}

/// Calls `see` with each query that stands in no other.
pub fn visit_queries_mut(statement: &mut Statement, see: impl FnMut(&mut Query)) {
    struct Queries<F>(F);
    impl<F: FnMut(&mut Query)> Visitor for Queries<F> {
        fn query(&mut self, query: &mut Query) {
            (self.0)(query);
        }
    }
    walk_statement(&mut Queries(see), statement);
}

#[cfg(test)]
mod tests;
