//! Which statement begins with which word.

use super::{Parser, Result, Token};
use crate::sql::ast::Statement;

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Result<Statement> {
        let Some(word) = self.peek_keyword() else {
            if self.peek() == Some(&Token::LParen) {
                return Ok(Statement::Select(self.select_statement()?));
            }
            return self.expected("a keyword at the beginning of a statement");
        };
        let start = self.at;
        self.at += 1;
        match word {
            "SELECT" | "WITH" | "VALUES" | "TABLE" => {
                self.at = start;
                Ok(Statement::Select(self.select_statement()?))
            }
            "CREATE" => self.create(),
            "ALTER" => self.alter(),
            "DROP" => self.drop(),
            "SHOW" => self.show(),
            "GRANT" => self.grant(),
            "REVOKE" => self.revoke(),
            "COMMENT" => self.comment(),
            "INSERT" => self.insert(),
            "UPDATE" => self.update(),
            "DELETE" => self.delete(),
            "COPY" => self.copy(),
            "SUBSCRIBE" | "TAIL" => Ok(Statement::Subscribe(self.subscribe()?)),
            "EXPLAIN" => self.explain(),
            "SET" => self.set(),
            "RESET" => Ok(Statement::ResetVariable { name: self.ident()? }),
            "DISCARD" => self.discard(),
            "BEGIN" => self.begin(),
            "START" => {
                self.expect_word("TRANSACTION")?;
                self.start_transaction()
            }
            "COMMIT" => Ok(Statement::Commit { chain: self.chain()? }),
            "ROLLBACK" | "ABORT" => Ok(Statement::Rollback { chain: self.chain()? }),
            "DECLARE" => self.declare(),
            "FETCH" => self.fetch(),
            "CLOSE" => Ok(Statement::Close { name: self.ident()? }),
            "PREPARE" => self.prepare(),
            "EXECUTE" => self.execute(),
            "DEALLOCATE" => self.deallocate(),
            "RAISE" => self.raise(),
            "REASSIGN" => self.reassign_owned(),
            "VALIDATE" => {
                self.expect_word("CONNECTION")?;
                Ok(Statement::ValidateConnection { name: self.name()? })
            }
            _ => self.fail_at(start, format!("Unexpected keyword {word} at the beginning of a statement")),
        }
    }
}
