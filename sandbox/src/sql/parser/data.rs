//! Statements about rows: `INSERT`, `UPDATE`, `DELETE`, `COPY`, `SUBSCRIBE`.

use super::{Parser, Result, Token, options};
use crate::sql::ast::{
    Copy, CopyDirection, CopyRelation, Delete, Insert, Statement, Subscribe, SubscribeOutput,
    SubscribeRelation, Update,
};

impl Parser<'_> {
    pub(super) fn insert(&mut self) -> Result<Statement> {
        self.expect_word("INTO")?;
        let table = self.item()?;
        // `INSERT INTO t (SELECT 1)` has no list of columns.
        let query_in_parens = {
            let mut n = 0;
            while self.peek_nth(n) == Some(&Token::LParen) {
                n += 1;
            }
            n > 0
                && matches!(self.peek_nth_keyword(n), Some("SELECT" | "WITH" | "VALUES" | "TABLE"))
                && self.peek_nth(n + 1) != Some(&Token::Comma)
                && self.peek_nth(n + 1) != Some(&Token::RParen)
        };
        let columns = if query_in_parens { Vec::new() } else { self.optional_columns()? };
        let source = if self.eat_words(&["DEFAULT", "VALUES"]) { None } else { Some(self.query()?) };
        let returning = match self.eat_word("RETURNING") {
            true => self.comma_separated(Self::select_item)?,
            false => Vec::new(),
        };
        Ok(Statement::Insert(Insert { table, columns, source, returning }))
    }

    pub(super) fn update(&mut self) -> Result<Statement> {
        let table = self.item()?;
        let alias = self.optional_table_alias()?.map(|alias| alias.name);
        self.expect_word("SET")?;
        let assignments = self.comma_separated(|p| {
            let column = p.ident()?;
            p.expect(&Token::Eq)?;
            Ok((column, p.expr()?))
        })?;
        let selection = self.optional_clause("WHERE")?;
        Ok(Statement::Update(Update { table, alias, assignments, selection }))
    }

    pub(super) fn delete(&mut self) -> Result<Statement> {
        self.expect_word("FROM")?;
        let table = self.item()?;
        let alias = self.optional_table_alias()?.map(|alias| alias.name);
        let using = match self.eat_word("USING") {
            true => self.comma_separated(Self::table_with_joins)?,
            false => Vec::new(),
        };
        let selection = self.optional_clause("WHERE")?;
        Ok(Statement::Delete(Delete { table, alias, using, selection }))
    }

    pub(super) fn copy(&mut self) -> Result<Statement> {
        let relation = if self.eat(&Token::LParen) {
            let relation = if self.eat_word("SUBSCRIBE") {
                CopyRelation::Subscribe(self.subscribe()?)
            } else {
                CopyRelation::Select(self.select_statement()?)
            };
            self.expect(&Token::RParen)?;
            relation
        } else {
            CopyRelation::Table { name: self.item()?, columns: self.optional_columns()? }
        };
        let from = match &relation {
            CopyRelation::Table { .. } => self.expect_one_of(&["FROM", "TO"])? == "FROM",
            _ => {
                self.expect_word("TO")?;
                false
            }
        };
        let direction = match (from, self.peek_keyword()) {
            (true, Some("STDIN")) => {
                self.at += 1;
                CopyDirection::FromStdin
            }
            (false, Some("STDOUT")) => {
                self.at += 1;
                CopyDirection::ToStdout
            }
            (true, _) => CopyDirection::FromOther(self.expr()?),
            (false, _) => CopyDirection::ToOther(self.expr()?),
        };
        let options = if self.eat_word("WITH") || self.peek() == Some(&Token::LParen) {
            self.in_parens(|p| p.options(options::COPY))?
        } else {
            Vec::new()
        };
        Ok(Statement::Copy(Copy { relation, direction, options }))
    }

    /// Behind the word `SUBSCRIBE`.
    pub(super) fn subscribe(&mut self) -> Result<Subscribe> {
        self.eat_word("TO");
        let relation = if self.eat(&Token::LParen) {
            let query = self.query()?;
            self.expect(&Token::RParen)?;
            SubscribeRelation::Query(query)
        } else {
            SubscribeRelation::Item(self.item()?)
        };
        // The form of the rows stands before the other clauses or behind them.
        let mut output = self.subscribe_output()?;
        let options = self.optional_with(options::SUBSCRIBE)?;
        let as_of = self.optional_as_of()?;
        let up_to = if self.eat_words(&["UP", "TO"]) { Some(self.expr()?) } else { None };
        if output == SubscribeOutput::Diffs {
            output = self.subscribe_output()?;
        }
        Ok(Subscribe { relation, options, as_of, up_to, output })
    }

    fn subscribe_output(&mut self) -> Result<SubscribeOutput> {
        if self.eat_word("ENVELOPE") {
            let upsert = self.expect_one_of(&["UPSERT", "DEBEZIUM"])? == "UPSERT";
            let key = self.in_parens(|p| {
                p.expect_word("KEY")?;
                p.in_parens(Self::idents)
            })?;
            return Ok(if upsert {
                SubscribeOutput::EnvelopeUpsert(key)
            } else {
                SubscribeOutput::EnvelopeDebezium(key)
            });
        }
        if self.eat_word("WITHIN") {
            self.expect_words(&["TIMESTAMP", "ORDER", "BY"])?;
            return Ok(SubscribeOutput::WithinTimestampOrderBy(self.order_items()?));
        }
        Ok(SubscribeOutput::Diffs)
    }
}
