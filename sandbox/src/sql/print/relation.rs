//! What stands in `FROM`.

use super::{Doc, Printer, bracketed, comma_separated, nested, say};
use crate::sql::ast::{Join, JoinConstraint, JoinOperator, TableAlias, TableFactor, TableWithJoins};

impl Printer<'_> {
    pub(super) fn joined(&self, item: &TableWithJoins) -> Doc {
        let mut docs = vec![self.table_factor(&item.relation)];
        docs.extend(item.joins.iter().map(|join| self.join(join)));
        nested(docs)
    }

    fn join(&self, join: &Join) -> Doc {
        let natural = if join.constraint == JoinConstraint::Natural { "NATURAL " } else { "" };
        let operator = match join.operator {
            JoinOperator::Inner => "JOIN",
            JoinOperator::LeftOuter => "LEFT JOIN",
            JoinOperator::RightOuter => "RIGHT JOIN",
            JoinOperator::FullOuter => "FULL JOIN",
            JoinOperator::Cross => "CROSS JOIN",
        };
        let doc = say(format!("{natural}{operator} ")).append(self.table_factor(&join.relation));
        match &join.constraint {
            JoinConstraint::None | JoinConstraint::Natural => doc,
            JoinConstraint::On(expr) => doc.append(" ON ").append(self.expr(expr)),
            JoinConstraint::Using { columns, alias } => {
                let alias =
                    alias.as_ref().map_or_else(String::new, |alias| format!(" AS {}", self.ident(alias)));
                doc.append(format!(" USING({}){alias}", self.idents(columns)))
            }
        }
    }

    fn table_factor(&self, factor: &TableFactor) -> Doc {
        let as_alias = |alias: &Option<TableAlias>| {
            alias.as_ref().map_or_else(String::new, |alias| format!(" AS {}", self.alias(alias)))
        };
        let ordinality = |yes: bool| if yes { " WITH ORDINALITY" } else { "" };
        match factor {
            TableFactor::Table { name, alias } => say(format!("{}{}", self.item(name), as_alias(alias))),
            TableFactor::Function { function, alias, with_ordinality } => {
                self.function(function).append(ordinality(*with_ordinality)).append(as_alias(alias))
            }
            TableFactor::RowsFrom { functions, alias, with_ordinality } => {
                let functions = comma_separated(functions.iter().map(|function| self.function(function)));
                bracketed("ROWS FROM (", functions, ")")
                    .append(ordinality(*with_ordinality))
                    .append(as_alias(alias))
            }
            TableFactor::Derived { lateral, query, alias } => {
                let left = if *lateral { "LATERAL (" } else { "(" };
                bracketed(left, self.query(query), ")").append(as_alias(alias))
            }
            TableFactor::NestedJoin { join, alias } => {
                bracketed("(", self.joined(join), ")").append(as_alias(alias))
            }
        }
    }
}
