//! `CREATE`: views, materialized views, indexes.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token, options};
use crate::sql::ast::{CreateIndex, CreateMaterializedView, CreateView, Expr, Statement};

impl Parser<'_> {
    pub(super) fn create_view(&mut self, or_replace: bool, temporary: bool) -> Result<Statement> {
        let if_not_exists = !or_replace && self.if_not_exists()?;
        let name = self.name()?;
        let columns = self.view_columns()?;
        self.expect_word("AS")?;
        let query = self.query()?;
        Ok(Statement::CreateView(CreateView { name, or_replace, temporary, if_not_exists, columns, query }))
    }

    pub(super) fn create_materialized_view(
        &mut self,
        or_replace: bool,
        replacement: bool,
    ) -> Result<Statement> {
        let if_not_exists = !or_replace && self.if_not_exists()?;
        let name = self.name()?;
        let columns = self.view_columns()?;
        let replacement_for = if replacement {
            self.expect_word("FOR")?;
            Some(self.item()?)
        } else {
            None
        };
        let in_cluster = self.optional_in_cluster()?;
        let in_replica = match self.eat_word("REPLICA") || self.eat_words(&["IN", "REPLICA"]) {
            true => Some(self.ident()?),
            false => None,
        };
        let options = self.optional_with(options::MATERIALIZED_VIEW)?;
        self.expect_word("AS")?;
        let query = self.query()?;
        // The stored form ends in the time from which the view is computed.
        let as_of = if self.are(&["AS", "OF"]) && matches!(self.peek_nth(2), Some(Token::Number(_))) {
            self.at += 2;
            Some(self.unsigned()?)
        } else {
            None
        };
        Ok(Statement::CreateMaterializedView(CreateMaterializedView {
            name,
            or_replace,
            if_not_exists,
            columns,
            replacement_for,
            in_cluster,
            in_replica,
            options,
            query,
            as_of,
        }))
    }

    /// `(a, b)` of a view.
    fn view_columns(&mut self) -> Result<Vec<Ident>> {
        if self.peek() == Some(&Token::LParen) { self.list_in_parens(Self::ident) } else { Ok(Vec::new()) }
    }

    pub(super) fn create_index(&mut self, default: bool) -> Result<Statement> {
        let if_not_exists = self.if_not_exists()?;
        let name = if self.is("ON") && self.peek_nth_keyword(1) != Some("ON") || self.are(&["IN", "CLUSTER"])
        {
            if if_not_exists && !default {
                return self.expected("index name");
            }
            None
        } else {
            Some(self.ident()?)
        };
        let in_cluster = self.optional_in_cluster()?;
        self.expect_word("ON")?;
        let on = self.item()?;
        if self.eat_word("USING") {
            self.expect_arranged()?;
        }
        let key = if default { None } else { Some(self.list_in_parens(Self::index_key)?) };
        let options = self.optional_with(options::INDEX)?;
        Ok(Statement::CreateIndex(CreateIndex { name, if_not_exists, in_cluster, on, key, options }))
    }

    /// A key, perhaps with an order, which an index has no use for.
    fn index_key(&mut self) -> Result<Expr> {
        let key = self.expr()?;
        self.eat_one_of(&["ASC", "DESC"]);
        if self.eat_word("NULLS") {
            self.expect_one_of(&["FIRST", "LAST"])?;
        }
        Ok(key)
    }

    /// `USING ARRANGEMENT`, the only method there is.
    fn expect_arranged(&mut self) -> Result<()> {
        self.expect_word("ARRANGEMENT")
    }
}
