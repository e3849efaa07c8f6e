//! What stands in `FROM`: tables, functions, subqueries, joins.

use super::{Parser, Result, Token};
use crate::sql::ast::{Function, ItemRef, Join, JoinConstraint, JoinOperator, TableFactor, TableWithJoins};

impl Parser<'_> {
    pub(super) fn table_with_joins(&mut self) -> Result<TableWithJoins> {
        let relation = self.table_factor()?;
        let mut joins = Vec::new();
        while let Some(join) = self.optional_join()? {
            joins.push(join);
        }
        Ok(TableWithJoins { relation, joins })
    }

    fn optional_join(&mut self) -> Result<Option<Join>> {
        if self.eat_words(&["CROSS", "JOIN"]) {
            let relation = self.table_factor()?;
            return Ok(Some(Join {
                operator: JoinOperator::Cross,
                relation,
                constraint: JoinConstraint::None,
            }));
        }
        let natural = self.eat_word("NATURAL");
        let operator = match self.peek_keyword() {
            Some("INNER" | "JOIN") => {
                self.eat_word("INNER");
                JoinOperator::Inner
            }
            Some(side @ ("LEFT" | "RIGHT" | "FULL")) => {
                self.at += 1;
                self.eat_word("OUTER");
                match side {
                    "LEFT" => JoinOperator::LeftOuter,
                    "RIGHT" => JoinOperator::RightOuter,
                    _ => JoinOperator::FullOuter,
                }
            }
            Some("OUTER") => return self.expected("LEFT, RIGHT, or FULL"),
            _ if natural => return self.expected("a join type after NATURAL"),
            _ => return Ok(None),
        };
        self.expect_word("JOIN")?;
        let relation = self.table_factor()?;
        let constraint = if natural { JoinConstraint::Natural } else { self.join_constraint()? };
        Ok(Some(Join { operator, relation, constraint }))
    }

    fn join_constraint(&mut self) -> Result<JoinConstraint> {
        if self.eat_word("ON") {
            return Ok(JoinConstraint::On(self.expr()?));
        }
        if self.eat_word("USING") {
            let columns = self.in_parens(Self::idents)?;
            let alias = if self.eat_word("AS") { Some(self.ident()?) } else { None };
            return Ok(JoinConstraint::Using { columns, alias });
        }
        self.expected("ON, or USING after JOIN")
    }

    fn table_factor(&mut self) -> Result<TableFactor> {
        if self.eat_word("LATERAL") {
            if self.eat(&Token::LParen) {
                return self.derived(true);
            }
            if self.is("ROWS") && self.peek_nth_keyword(1) == Some("FROM") {
                return self.rows_from();
            }
            let name = self.name()?;
            let function = self.call(name)?;
            return self.function_table(function);
        }
        if self.peek() == Some(&Token::LParen) {
            return self.parenthesised_table();
        }
        if self.are(&["ROWS", "FROM"]) {
            return self.rows_from();
        }
        if self.is("VALUES") && self.peek_nth(1) == Some(&Token::LParen) {
            return self.fail("VALUES expression in FROM clause must be surrounded by parentheses");
        }
        match self.item()? {
            ItemRef::Name(name) if self.peek() == Some(&Token::LParen) => {
                let function = self.call(name)?;
                self.function_table(function)
            }
            name => Ok(TableFactor::Table { name, alias: self.optional_table_alias()? }),
        }
    }

    fn rows_from(&mut self) -> Result<TableFactor> {
        self.expect_words(&["ROWS", "FROM"])?;
        let functions = self.in_parens(|p| {
            p.comma_separated(|p| {
                let name = p.name()?;
                p.call(name)
            })
        })?;
        let with_ordinality = self.eat_words(&["WITH", "ORDINALITY"]);
        let alias = self.optional_table_alias()?;
        Ok(TableFactor::RowsFrom { functions, alias, with_ordinality })
    }

    fn function_table(&mut self, function: Function) -> Result<TableFactor> {
        let mut with_ordinality = self.eat_words(&["WITH", "ORDINALITY"]);
        let alias = self.optional_table_alias()?;
        with_ordinality |= self.eat_words(&["WITH", "ORDINALITY"]);
        Ok(TableFactor::Function { function, alias, with_ordinality })
    }

    fn derived(&mut self, lateral: bool) -> Result<TableFactor> {
        let query = Box::new(self.query()?);
        self.expect(&Token::RParen)?;
        Ok(TableFactor::Derived { lateral, query, alias: self.optional_table_alias()? })
    }

    /// A subquery or a join, in parentheses. What is in nested ones is read once: what follows the inner one decides.
    fn parenthesised_table(&mut self) -> Result<TableFactor> {
        self.expect(&Token::LParen)?;
        self.descend(|p| {
            if p.begins_query() {
                return p.derived(false);
            }
            if p.peek() != Some(&Token::LParen) {
                let join = p.table_with_joins()?;
                return p.nested_join(join);
            }
            match p.parenthesised_table()? {
                TableFactor::Derived { lateral: false, query, alias: None } if p.goes_on_as_query() => {
                    let query = Box::new(p.query_behind(*query)?);
                    p.expect(&Token::RParen)?;
                    Ok(TableFactor::Derived { lateral: false, query, alias: p.optional_table_alias()? })
                }
                relation => {
                    let mut joins = Vec::new();
                    while let Some(join) = p.optional_join()? {
                        joins.push(join);
                    }
                    p.nested_join(TableWithJoins { relation, joins })
                }
            }
        })
    }

    fn nested_join(&mut self, join: TableWithJoins) -> Result<TableFactor> {
        self.expect(&Token::RParen)?;
        Ok(TableFactor::NestedJoin { join: Box::new(join), alias: self.optional_table_alias()? })
    }
}
