//! Queries: `WITH`, set operations, `SELECT`, `VALUES`.

use super::{Parser, Result, Token};
use crate::sql::ast::{
    AsOf, Cte, Distinct, Expr, Limit, OrderBy, Query, RecursiveCte, Select, SelectItem, SelectStatement,
    SetExpr, SetOperator, TableAlias, With,
};

impl Parser<'_> {
    /// True if a query comes next, and nothing else can be meant.
    pub(super) fn begins_query(&self) -> bool {
        match self.peek_keyword() {
            Some("SELECT" | "WITH") => true,
            Some("VALUES") => self.peek_nth(1) == Some(&Token::LParen),
            Some("TABLE" | "SHOW") => matches!(self.peek_nth(1), Some(Token::Ident(_) | Token::Keyword(_))),
            _ => false,
        }
    }

    /// True if a query in parentheses, just read, is a part of a query that goes on, or stands in parentheses again.
    pub(super) fn goes_on_as_query(&self) -> bool {
        match self.peek() {
            Some(Token::RParen) => true,
            Some(Token::Keyword(word)) => {
                matches!(*word, "UNION" | "EXCEPT" | "INTERSECT" | "ORDER" | "LIMIT" | "OFFSET" | "FETCH")
            }
            _ => false,
        }
    }

    pub(super) fn select_statement(&mut self) -> Result<SelectStatement> {
        let query = self.query()?;
        Ok(SelectStatement { query, as_of: self.optional_as_of()? })
    }

    pub(super) fn optional_as_of(&mut self) -> Result<Option<AsOf>> {
        if !self.eat_words(&["AS", "OF"]) {
            return Ok(None);
        }
        let at_least = self.eat_word("AT");
        if at_least {
            self.expect_word("LEAST")?;
        }
        Ok(Some(AsOf { at_least, time: self.expr()? }))
    }

    pub(super) fn query(&mut self) -> Result<Query> {
        self.descend(|p| {
            let with = p.with()?;
            let body = p.set_expr(0)?;
            p.query_tail(with, body)
        })
    }

    /// Goes on with a query whose first operand was `first`, in parentheses.
    pub(super) fn query_behind(&mut self, first: Query) -> Result<Query> {
        let body = self.set_operators(SetExpr::Query(Box::new(first)), 0)?;
        self.query_tail(With::Simple(Vec::new()), body)
    }

    fn query_tail(&mut self, with: With, body: SetExpr) -> Result<Query> {
        let order_by = self.order_by()?;
        let (mut limit, mut offset) = (None, None);
        loop {
            if limit.is_none() && self.eat_word("LIMIT") {
                if !self.eat_word("ALL") {
                    limit = Some(Limit { with_ties: false, quantity: self.expr()? });
                }
            } else if offset.is_none() && self.eat_word("OFFSET") {
                offset = Some(self.expr()?);
                self.eat_one_of(&["ROW", "ROWS"]);
            } else if limit.is_none() && self.eat_word("FETCH") {
                limit = Some(self.fetch_first()?);
            } else {
                return Ok(Query { with, body, order_by, limit, offset });
            }
        }
    }

    fn fetch_first(&mut self) -> Result<Limit> {
        self.expect_one_of(&["FIRST", "NEXT"])?;
        let quantity = if self.is("ROW") || self.is("ROWS") {
            Expr::Value(crate::sql::ast::Value::Number("1".to_owned()))
        } else {
            self.expr()?
        };
        self.expect_one_of(&["ROW", "ROWS"])?;
        let with_ties = !self.eat_word("ONLY");
        if with_ties {
            self.expect_words(&["WITH", "TIES"])?;
        }
        Ok(Limit { with_ties, quantity })
    }

    fn with(&mut self) -> Result<With> {
        if !self.eat_word("WITH") {
            return Ok(With::Simple(Vec::new()));
        }
        if self.eat_words(&["MUTUALLY", "RECURSIVE"]) {
            let options = if self.peek() == Some(&Token::LParen) {
                self.in_parens(|p| p.options(super::options::RECURSION))?
            } else {
                Vec::new()
            };
            return Ok(With::MutuallyRecursive { options, ctes: self.comma_separated(Self::recursive_cte)? });
        }
        let ctes = self.comma_separated(|p| {
            let alias = TableAlias { name: p.ident()?, columns: p.optional_columns()? };
            p.expect_word("AS")?;
            Ok(Cte { alias, query: p.in_parens(Self::query)? })
        })?;
        Ok(With::Simple(ctes))
    }

    fn recursive_cte(&mut self) -> Result<RecursiveCte> {
        let name = self.ident()?;
        let columns = self.in_parens(|p| p.comma_separated(|p| Ok((p.ident()?, p.data_type()?))))?;
        self.expect_word("AS")?;
        Ok(RecursiveCte { name, columns, query: self.in_parens(Self::query)? })
    }

    /// `INTERSECT` (20) binds tighter than `UNION` and `EXCEPT` (10).
    fn set_expr(&mut self, precedence: u8) -> Result<SetExpr> {
        let first = self.descend(|p| {
            if p.is("SELECT") {
                p.at += 1;
                return Ok(SetExpr::Select(Box::new(p.select()?)));
            }
            if p.eat(&Token::LParen) {
                let query = p.query()?;
                p.expect(&Token::RParen)?;
                return Ok(SetExpr::Query(Box::new(query)));
            }
            match p.eat_one_of(&["VALUES", "TABLE", "SHOW"]) {
                Some("VALUES") => Ok(SetExpr::Values(p.comma_separated(Self::values_row)?)),
                Some("TABLE") => Ok(SetExpr::Table(p.item()?)),
                Some(_) => Ok(SetExpr::Show(Box::new(p.show()?))),
                None => p.expected("SELECT, VALUES, or a subquery in the query body"),
            }
        })?;
        self.set_operators(first, precedence)
    }

    fn set_operators(&mut self, mut left: SetExpr, precedence: u8) -> Result<SetExpr> {
        loop {
            let (op, binds) = match self.peek_keyword() {
                Some("UNION") => (SetOperator::Union, 10),
                Some("EXCEPT") => (SetOperator::Except, 10),
                Some("INTERSECT") => (SetOperator::Intersect, 20),
                _ => return Ok(left),
            };
            if binds <= precedence {
                return Ok(left);
            }
            self.at += 1;
            let all = self.eat_word("ALL");
            if !all {
                self.eat_word("DISTINCT");
            }
            let right = self.set_expr(binds)?;
            left = SetExpr::SetOperation { op, all, left: Box::new(left), right: Box::new(right) };
            self.grow()?;
        }
    }

    /// `(a, DEFAULT)`
    pub(super) fn values_row(&mut self) -> Result<Vec<Expr>> {
        self.in_parens(|p| {
            p.comma_separated(|p| if p.eat_word("DEFAULT") { Ok(Expr::Default) } else { p.expr() })
        })
    }

    /// Behind the word `SELECT`.
    fn select(&mut self) -> Result<Select> {
        let all = self.eat_word("ALL");
        if all && self.is("DISTINCT") {
            return self.fail("Cannot specify both ALL and DISTINCT in SELECT");
        }
        let distinct = match self.eat_word("DISTINCT") {
            false => None,
            true if self.eat_word("ON") => Some(Distinct::On(self.in_parens(Self::exprs)?)),
            true => Some(Distinct::EntireRow),
        };
        let projection = self.projection()?;
        let from =
            if self.eat_word("FROM") { self.comma_separated(Self::table_with_joins)? } else { Vec::new() };
        let selection = self.optional_clause("WHERE")?;
        let group_by = if self.eat_words(&["GROUP", "BY"]) { self.exprs()? } else { Vec::new() };
        let having = self.optional_clause("HAVING")?;
        let qualify = self.optional_clause("QUALIFY")?;
        let options = if self.eat_word("OPTIONS") {
            self.in_parens(|p| p.options(super::options::GROUP_SIZE))?
        } else {
            Vec::new()
        };
        Ok(Select { distinct, projection, from, selection, group_by, having, qualify, options })
    }

    /// `word expression`, if it is there.
    pub(super) fn optional_clause(&mut self, word: &str) -> Result<Option<Expr>> {
        if self.eat_word(word) { self.expr().map(Some) } else { Ok(None) }
    }

    fn projection(&mut self) -> Result<Vec<SelectItem>> {
        // A select list may be empty.
        let empty = match self.peek() {
            None | Some(Token::RParen | Token::Semicolon) => true,
            Some(Token::Keyword("AS")) => self.are(&["AS", "OF"]),
            Some(Token::Keyword(word)) => matches!(
                *word,
                "FROM"
                    | "WHERE"
                    | "GROUP"
                    | "HAVING"
                    | "QUALIFY"
                    | "OPTIONS"
                    | "ORDER"
                    | "LIMIT"
                    | "OFFSET"
                    | "FETCH"
                    | "UNION"
                    | "EXCEPT"
                    | "INTERSECT"
            ),
            _ => false,
        };
        if empty { Ok(Vec::new()) } else { self.comma_separated(Self::select_item) }
    }

    pub(super) fn select_item(&mut self) -> Result<SelectItem> {
        if self.eat(&Token::Star) {
            return Ok(SelectItem::Wildcard);
        }
        let expr = self.expr()?;
        // `SELECT 1 AS OF 0` is no alias.
        let alias = if self.are(&["AS", "OF"]) { None } else { self.optional_column_alias()? };
        Ok(SelectItem::Expr { expr, alias })
    }

    /// `ORDER BY …`, if it is there.
    pub(super) fn order_by(&mut self) -> Result<Vec<OrderBy>> {
        if self.eat_words(&["ORDER", "BY"]) { self.order_items() } else { Ok(Vec::new()) }
    }

    pub(super) fn order_items(&mut self) -> Result<Vec<OrderBy>> {
        self.comma_separated(|p| {
            let expr = p.expr()?;
            let asc = p.eat_one_of(&["ASC", "DESC"]).map(|word| word == "ASC");
            let nulls_last = match p.eat_word("NULLS") {
                true => Some(p.expect_one_of(&["FIRST", "LAST"])? == "LAST"),
                false => None,
            };
            Ok(OrderBy { expr, asc, nulls_last })
        })
    }
}
