//! Queries.

use super::{Doc, Printer, between, bracketed, comma_separated, lines, say, titled};
use crate::sql::ast::{
    AsOf, Distinct, OrderBy, Query, Select, SelectItem, SelectStatement, SetExpr, SetOperator, TableAlias,
    With,
};

impl Printer<'_> {
    pub(super) fn select_statement(&self, select: &SelectStatement) -> Doc {
        let mut docs = vec![self.query(&select.query)];
        docs.extend(select.as_of.as_ref().map(|as_of| self.as_of(as_of)));
        lines(docs)
    }

    pub(super) fn as_of(&self, as_of: &AsOf) -> Doc {
        titled(if as_of.at_least { "AS OF AT LEAST" } else { "AS OF" }, self.expr(&as_of.time))
    }

    pub(super) fn query(&self, query: &Query) -> Doc {
        let mut docs = Vec::new();
        match &query.with {
            With::Simple(ctes) if ctes.is_empty() => {}
            With::Simple(ctes) => {
                let ctes = ctes.iter().map(|cte| {
                    bracketed(format!("{} AS (", self.alias(&cte.alias)), self.query(&cte.query), ")")
                });
                docs.push(titled("WITH", comma_separated(ctes)));
            }
            With::MutuallyRecursive { options, ctes } => {
                let ctes = ctes.iter().map(|cte| {
                    let columns: Vec<_> = cte
                        .columns
                        .iter()
                        .map(|(name, data_type)| {
                            format!("{} {}", self.ident(name), self.data_type(data_type))
                        })
                        .collect();
                    let head = format!("{} ({}) AS (", self.ident(&cte.name), columns.join(", "));
                    bracketed(head, self.query(&cte.query), ")")
                });
                let mut title = "WITH MUTUALLY RECURSIVE".to_owned();
                if !options.is_empty() {
                    title += &format!(" ({})", self.flat(self.options(options)));
                }
                docs.push(titled(title, comma_separated(ctes)));
            }
        }
        docs.push(self.set_expr(&query.body));
        if !query.order_by.is_empty() {
            docs.push(self.order_by(&query.order_by));
        }
        let offset = query.offset.as_ref().map(|offset| titled("OFFSET", self.expr(offset)));
        match &query.limit {
            Some(limit) if limit.with_ties => {
                docs.extend(offset);
                docs.push(say("FETCH FIRST ").append(self.expr(&limit.quantity)).append(" ROWS WITH TIES"));
            }
            limit => {
                docs.extend(limit.as_ref().map(|limit| titled("LIMIT", self.expr(&limit.quantity))));
                docs.extend(offset);
            }
        }
        lines(docs)
    }

    fn set_expr(&self, body: &SetExpr) -> Doc {
        super::with_stack(|| self.set_expr_here(body))
    }

    fn set_expr_here(&self, body: &SetExpr) -> Doc {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => bracketed("(", self.query(query), ")"),
            SetExpr::SetOperation { op, all, left, right } => {
                let op = match op {
                    SetOperator::Union => "UNION",
                    SetOperator::Except => "EXCEPT",
                    SetOperator::Intersect => "INTERSECT",
                };
                let all = if *all { " ALL" } else { "" };
                between(self.set_expr(left), say(format!("{op}{all}")), self.set_expr(right))
            }
            SetExpr::Values(rows) => {
                let rows = rows.iter().map(|row| bracketed("(", self.exprs(row), ")"));
                titled("VALUES", comma_separated(rows))
            }
            SetExpr::Table(name) => say(format!("TABLE {}", self.item(name))),
            SetExpr::Show(statement) => self.statement(statement),
        }
    }

    fn select(&self, select: &Select) -> Doc {
        let mut docs = Vec::new();
        let title = match &select.distinct {
            None => "SELECT".to_owned(),
            Some(Distinct::EntireRow) => "SELECT DISTINCT".to_owned(),
            Some(Distinct::On(exprs)) => {
                format!("SELECT DISTINCT ON ({})", self.flat(self.exprs(exprs)))
            }
        };
        docs.push(if select.projection.is_empty() {
            say(title)
        } else {
            titled(title, self.select_items(&select.projection))
        });
        if !select.from.is_empty() {
            docs.push(titled("FROM", comma_separated(select.from.iter().map(|item| self.joined(item)))));
        }
        docs.extend(select.selection.as_ref().map(|expr| titled("WHERE", self.expr(expr))));
        if !select.group_by.is_empty() {
            docs.push(titled("GROUP BY", self.exprs(&select.group_by)));
        }
        docs.extend(select.having.as_ref().map(|expr| titled("HAVING", self.expr(expr))));
        docs.extend(select.qualify.as_ref().map(|expr| titled("QUALIFY", self.expr(expr))));
        if !select.options.is_empty() {
            docs.push(bracketed("OPTIONS (", self.options(&select.options), ")"));
        }
        lines(docs)
    }

    pub(super) fn select_items(&self, items: &[SelectItem]) -> Doc {
        comma_separated(items.iter().map(|item| match item {
            SelectItem::Wildcard => say("*"),
            SelectItem::Expr { expr, alias: None } => self.expr(expr),
            SelectItem::Expr { expr, alias: Some(alias) } => {
                self.expr(expr).append(format!(" AS {}", self.ident(alias)))
            }
        }))
    }

    pub(super) fn order_by(&self, items: &[OrderBy]) -> Doc {
        titled("ORDER BY", self.order_items(items))
    }

    pub(super) fn order_items(&self, items: &[OrderBy]) -> Doc {
        comma_separated(items.iter().map(|item| {
            let direction = match item.asc {
                Some(true) => " ASC",
                Some(false) => " DESC",
                None => "",
            };
            let nulls = match item.nulls_last {
                Some(true) => " NULLS LAST",
                Some(false) => " NULLS FIRST",
                None => "",
            };
            self.expr(&item.expr).append(direction).append(nulls)
        }))
    }

    pub(super) fn alias(&self, alias: &TableAlias) -> String {
        let name = self.ident(&alias.name);
        if alias.columns.is_empty() { name } else { format!("{name} ({})", self.idents(&alias.columns)) }
    }
}
