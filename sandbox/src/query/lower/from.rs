//! `FROM`: relations, aliases, joins.

use mz_deploy_planner::name::Ident;

use super::{Lowering, Visible, comma, quoted, relation};
use crate::error::SqlError;
use crate::sql::ast::{
    Function, ItemRef, Join, JoinConstraint, JoinOperator, TableAlias, TableFactor, TableWithJoins,
};

impl Lowering<'_> {
    /// Makes the relations of a `FROM` list visible.
    pub(crate) fn enter(&mut self, from: &[TableWithJoins]) {
        let mut scope = Vec::new();
        for table in from {
            self.visible_in(table, &mut scope);
        }
        self.scopes.push(scope);
    }

    /// Leaves the scope that [`Self::enter`] made.
    pub(crate) fn leave(&mut self) {
        self.scopes.pop();
    }

    fn visible_in(&self, table: &TableWithJoins, scope: &mut Vec<Visible>) {
        self.visible(&table.relation, scope);
        for join in &table.joins {
            self.visible(&join.relation, scope);
            if let JoinConstraint::Using { alias: Some(alias), .. } = &join.constraint {
                scope.push(Visible::named(alias.clone()));
            }
        }
    }

    fn visible(&self, factor: &TableFactor, scope: &mut Vec<Visible>) {
        let alias = match factor {
            TableFactor::Table { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::RowsFrom { alias, .. }
            | TableFactor::Derived { alias, .. }
            | TableFactor::NestedJoin { alias, .. } => alias,
        };
        if let Some(alias) = alias {
            scope.push(Visible::named(alias.name.clone()));
            return;
        }
        match factor {
            TableFactor::Table { name: ItemRef::Id(id), .. } => {
                let Some(item) = self.catalog.item(*id) else { return };
                // Two relations of the same name in different schemas: the engine knows them by different names.
                let taken = |name: &Ident| scope.iter().any(|visible| visible.alias == *name);
                let mut alias = item.name.clone();
                let mut n = 1;
                while taken(&alias)
                    && scope.iter().any(|other| !other.path.is_empty() && other.name == item.name)
                {
                    n += 1;
                    alias = Ident::new(format!("{} {n}", item.name.as_str()));
                }
                scope.push(Visible::item(self.catalog, *id, &alias));
            }
            TableFactor::Table { name: ItemRef::Name(name), .. } => {
                scope.extend(name.0.last().cloned().map(Visible::named));
            }
            TableFactor::Function { function, .. } => {
                scope.extend(function.name.0.last().cloned().map(Visible::named));
            }
            TableFactor::NestedJoin { join, .. } => self.visible_in(join, scope),
            TableFactor::RowsFrom { .. } | TableFactor::Derived { .. } => {}
        }
    }

    /// The list, in the scope that [`Self::enter`] made. Relations without an alias take theirs from it, in order.
    pub(crate) fn list(&mut self, from: &[TableWithJoins]) -> Result<String, SqlError> {
        Ok(self.each(from)?.join(", "))
    }

    /// The items of the list, each on its own.
    pub(crate) fn each(&mut self, from: &[TableWithJoins]) -> Result<Vec<String>, SqlError> {
        let mut place = 0;
        from.iter().map(|table| self.table_with_joins(table, &mut place)).collect()
    }

    fn table_with_joins(&mut self, table: &TableWithJoins, place: &mut usize) -> Result<String, SqlError> {
        let mut sql = self.table_factor(&table.relation, place)?;
        for Join { operator, relation, constraint } in &table.joins {
            let operator = match (operator, constraint) {
                (JoinOperator::Cross, _) | (JoinOperator::Inner, JoinConstraint::None) => "CROSS JOIN",
                (JoinOperator::Inner, _) => "JOIN",
                (JoinOperator::LeftOuter, _) => "LEFT JOIN",
                (JoinOperator::RightOuter, _) => "RIGHT JOIN",
                (JoinOperator::FullOuter, _) => "FULL JOIN",
            };
            let natural = if *constraint == JoinConstraint::Natural { "NATURAL " } else { "" };
            let relation = self.table_factor(relation, place)?;
            sql = format!("{sql} {natural}{operator} {relation}");
            match constraint {
                JoinConstraint::On(condition) => sql = format!("{sql} ON {}", self.expr(condition)?),
                JoinConstraint::Using { columns, alias } => {
                    let columns = comma(columns, |column| Ok(quoted(column.as_str())))?;
                    sql = format!("{sql} USING ({columns})");
                    if let Some(alias) = alias {
                        *place += 1;
                        sql = format!("{sql} AS {}", quoted(alias.as_str()));
                    }
                }
                JoinConstraint::None | JoinConstraint::Natural => {}
            }
        }
        Ok(sql)
    }

    fn table_factor(&mut self, factor: &TableFactor, place: &mut usize) -> Result<String, SqlError> {
        match factor {
            TableFactor::Table { name, alias } => {
                let sql = match name {
                    ItemRef::Id(id) => relation(self.catalog, *id),
                    ItemRef::Name(name) => {
                        name.0.last().map(|name| quoted(name.as_str())).unwrap_or_default()
                    }
                };
                let alias = match alias {
                    Some(alias) => table_alias(alias),
                    None => self.alias_at(*place).map(|name| quoted(name.as_str())).unwrap_or_default(),
                };
                *place += 1;
                Ok(format!("{sql} AS {alias}"))
            }
            TableFactor::Function { function, alias, with_ordinality } => {
                *place += 1;
                let call = self.function(function)?;
                Ok(format!("{call}{}{}", ordinality(*with_ordinality), as_alias(alias.as_ref())))
            }
            TableFactor::RowsFrom { functions, alias, with_ordinality } => {
                *place += usize::from(alias.is_some());
                let calls = comma(functions, |function: &Function| self.function(function))?;
                Ok(format!("ROWS FROM ({calls}){}{}", ordinality(*with_ordinality), as_alias(alias.as_ref())))
            }
            TableFactor::Derived { lateral, query, alias } => {
                *place += usize::from(alias.is_some());
                let lateral = if *lateral { "LATERAL " } else { "" };
                let query = self.query(query)?;
                Ok(format!("{lateral}({query}){}", as_alias(alias.as_ref())))
            }
            TableFactor::NestedJoin { join, alias } => {
                // An alias hides what is inside from the outside, but conditions inside see it.
                if alias.is_some() {
                    self.enter(std::slice::from_ref(join));
                    let sql = self.table_with_joins(join, &mut 0);
                    self.leave();
                    *place += 1;
                    return Ok(format!("({}){}", sql?, as_alias(alias.as_ref())));
                }
                Ok(format!("({})", self.table_with_joins(join, place)?))
            }
        }
    }

    fn alias_at(&self, place: usize) -> Option<&Ident> {
        self.scopes.last()?.get(place).map(|visible| &visible.alias)
    }
}

fn ordinality(with: bool) -> &'static str {
    if with { " WITH ORDINALITY" } else { "" }
}

fn as_alias(alias: Option<&TableAlias>) -> String {
    alias.map(|alias| format!(" AS {}", table_alias(alias))).unwrap_or_default()
}

/// `"t" ("a", "b")`
pub(super) fn table_alias(alias: &TableAlias) -> String {
    let name = quoted(alias.name.as_str());
    if alias.columns.is_empty() {
        return name;
    }
    let columns: Vec<_> = alias.columns.iter().map(|column| quoted(column.as_str())).collect();
    format!("{name} ({})", columns.join(", "))
}
