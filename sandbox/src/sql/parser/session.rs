//! Statements about the session: variables, transactions, cursors, prepared statements.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token, options};
use crate::sql::ast::{DiscardTarget, FetchCount, Isolation, SetValue, SetWord, Statement, TransactionMode};

impl Parser<'_> {
    pub(super) fn set(&mut self) -> Result<Statement> {
        // A variable may be called like a modifier.
        let modifier = match self.peek_nth(1) {
            Some(Token::Eq | Token::Keyword("TO")) => None,
            _ => self.eat_one_of(&["SESSION", "LOCAL"]),
        };
        if modifier == Some("SESSION") && self.eat_words(&["CHARACTERISTICS", "AS", "TRANSACTION"]) {
            let modes = self.transaction_modes(true)?;
            return Ok(Statement::SetTransaction { session: true, modes });
        }
        if modifier.is_none() && self.is("TRANSACTION") && self.peek_nth(1) != Some(&Token::Eq) {
            self.at += 1;
            let modes = self.transaction_modes(true)?;
            return Ok(Statement::SetTransaction { session: false, modes });
        }
        let local = modifier == Some("LOCAL");
        if self.eat_words(&["TIME", "ZONE"]) {
            let value = self.set_value()?;
            return Ok(Statement::SetVariable { local, name: Ident::new("timezone"), value });
        }
        if self.is("NAMES") && matches!(self.peek_nth(1), Some(Token::String(_))) {
            self.at += 1;
            let value = self.set_value()?;
            return Ok(Statement::SetVariable { local, name: Ident::new("client_encoding"), value });
        }
        let (name, value) = self.assignment()?;
        Ok(Statement::SetVariable { local, name, value })
    }

    /// `name { = | TO } value`
    pub(super) fn assignment(&mut self) -> Result<(Ident, SetValue)> {
        let name = self.ident()?;
        if !self.eat(&Token::Eq) && !self.eat_word("TO") {
            return self.expected("equals sign or TO");
        }
        Ok((name, self.set_value()?))
    }

    fn set_value(&mut self) -> Result<SetValue> {
        if self.eat_word("DEFAULT") {
            return Ok(SetValue::Default);
        }
        Ok(SetValue::Values(self.comma_separated(|p| {
            if let Some(value) = p.optional_value()? {
                return Ok(SetWord::Literal(value));
            }
            match p.peek_ident() {
                Some(_) => Ok(SetWord::Ident(p.ident()?)),
                None => p.expected("variable value"),
            }
        })?))
    }

    pub(super) fn begin(&mut self) -> Result<Statement> {
        self.eat_one_of(&["TRANSACTION", "WORK"]);
        self.start_transaction()
    }

    pub(super) fn start_transaction(&mut self) -> Result<Statement> {
        Ok(Statement::Begin { modes: self.transaction_modes(false)? })
    }

    fn transaction_modes(&mut self, required: bool) -> Result<Vec<TransactionMode>> {
        let mut modes = Vec::new();
        loop {
            if self.eat_words(&["ISOLATION", "LEVEL"]) {
                modes.push(TransactionMode::Isolation(self.isolation()?));
            } else if self.eat_words(&["READ", "ONLY"]) {
                modes.push(TransactionMode::ReadOnly);
            } else if self.eat_words(&["READ", "WRITE"]) {
                modes.push(TransactionMode::ReadWrite);
            } else if required && modes.is_empty() {
                return self.expected("transaction mode");
            } else {
                return Ok(modes);
            }
            // Commas between modes may be left out.
            if self.eat(&Token::Comma) && !matches!(self.peek_keyword(), Some("ISOLATION" | "READ")) {
                return self.expected("transaction mode");
            }
        }
    }

    fn isolation(&mut self) -> Result<Isolation> {
        if self.eat_words(&["READ", "UNCOMMITTED"]) {
            Ok(Isolation::ReadUncommitted)
        } else if self.eat_words(&["READ", "COMMITTED"]) {
            Ok(Isolation::ReadCommitted)
        } else if self.eat_words(&["REPEATABLE", "READ"]) {
            Ok(Isolation::RepeatableRead)
        } else if self.eat_word("SERIALIZABLE") {
            Ok(Isolation::Serializable)
        } else if self.eat_words(&["STRONG", "SESSION", "SERIALIZABLE"]) {
            Ok(Isolation::StrongSessionSerializable)
        } else if self.eat_words(&["STRICT", "SERIALIZABLE"]) {
            Ok(Isolation::StrictSerializable)
        } else {
            self.expected("isolation level")
        }
    }

    /// `[WORK | TRANSACTION] [AND [NO] CHAIN]`
    pub(super) fn chain(&mut self) -> Result<bool> {
        self.eat_one_of(&["TRANSACTION", "WORK"]);
        if !self.eat_word("AND") {
            return Ok(false);
        }
        let chain = !self.eat_word("NO");
        self.expect_word("CHAIN")?;
        Ok(chain)
    }

    pub(super) fn discard(&mut self) -> Result<Statement> {
        let target = match self.expect_one_of(&["ALL", "PLANS", "SEQUENCES", "TEMP", "TEMPORARY"])? {
            "ALL" => DiscardTarget::All,
            "PLANS" => DiscardTarget::Plans,
            "SEQUENCES" => DiscardTarget::Sequences,
            _ => DiscardTarget::Temp,
        };
        Ok(Statement::Discard { target })
    }

    pub(super) fn declare(&mut self) -> Result<Statement> {
        let name = self.ident()?;
        self.expect_word("CURSOR")?;
        if self.eat_word("WITHOUT") {
            self.expect_word("HOLD")?;
        }
        self.expect_word("FOR")?;
        let statement = self.descend(Self::statement)?;
        Ok(Statement::Declare { name, statement: Box::new(statement) })
    }

    pub(super) fn fetch(&mut self) -> Result<Statement> {
        self.eat_word("FORWARD");
        let count = if matches!(self.peek(), Some(Token::Number(_))) {
            FetchCount::Count(self.unsigned()?)
        } else if self.is("ALL") && !matches!(self.peek_nth(1), None | Some(Token::Semicolon)) {
            self.at += 1;
            FetchCount::All
        } else {
            FetchCount::One
        };
        self.eat_one_of(&["FROM", "IN"]);
        let name = self.ident()?;
        let options = self.optional_with(options::FETCH)?;
        let timeout = options.into_iter().find_map(|option| match option.value {
            Some(crate::sql::ast::OptionValue::Value(value)) => Some(value),
            _ => None,
        });
        Ok(Statement::Fetch { name, count, timeout })
    }

    pub(super) fn prepare(&mut self) -> Result<Statement> {
        let name = self.ident()?;
        self.expect_word("AS")?;
        let statement = self.descend(Self::statement)?;
        Ok(Statement::Prepare { name, statement: Box::new(statement) })
    }

    pub(super) fn execute(&mut self) -> Result<Statement> {
        if self.are(&["UNIT", "TEST"]) {
            return self.refused(self.at);
        }
        let name = self.ident()?;
        let parameters =
            if self.peek() == Some(&Token::LParen) { self.list_in_parens(Self::expr)? } else { Vec::new() };
        Ok(Statement::Execute { name, parameters })
    }

    pub(super) fn deallocate(&mut self) -> Result<Statement> {
        self.eat_word("PREPARE");
        let name = if self.eat_word("ALL") { None } else { Some(self.ident()?) };
        Ok(Statement::Deallocate { name })
    }

    pub(super) fn raise(&mut self) -> Result<Statement> {
        let severity = self.expect_one_of(&["DEBUG", "INFO", "LOG", "NOTICE", "WARNING"])?;
        Ok(Statement::Raise { severity: severity.to_owned() })
    }
}
