//! `DROP`, `REASSIGN OWNED`, `COMMENT ON`.

use super::{Parser, Result, Token};
use crate::sql::ast::{CommentTarget, DropBehavior, Name, ObjectKind, ObjectName, Statement};

impl Parser<'_> {
    pub(super) fn drop(&mut self) -> Result<Statement> {
        if self.eat_word("OWNED") {
            self.expect_word("BY")?;
            let roles = self.idents()?;
            return Ok(Statement::DropOwned { roles, behavior: self.drop_behavior() });
        }
        let Some(kind) = self.object_kind() else {
            return self.expected(
                "one of TABLE or VIEW or MATERIALIZED or SOURCE or SINK or INDEX or TYPE or ROLE or USER or CLUSTER or SECRET or CONNECTION or DATABASE or SCHEMA or FUNCTION or NETWORK",
            );
        };
        let if_exists = self.if_exists()?;
        let names = match kind {
            ObjectKind::Database => vec![self.object_name(kind)?],
            _ => self.comma_separated(|p| p.object_name(kind))?,
        };
        // Nothing depends on a role or a policy in a way that could cascade.
        let behavior = match kind {
            ObjectKind::Role | ObjectKind::NetworkPolicy | ObjectKind::ClusterReplica => None,
            _ => self.drop_behavior(),
        };
        Ok(Statement::Drop { kind, if_exists, names, behavior })
    }

    fn drop_behavior(&mut self) -> Option<DropBehavior> {
        match self.eat_one_of(&["CASCADE", "RESTRICT"]) {
            Some("CASCADE") => Some(DropBehavior::Cascade),
            Some(_) => Some(DropBehavior::Restrict),
            None => None,
        }
    }

    pub(super) fn reassign_owned(&mut self) -> Result<Statement> {
        self.expect_words(&["OWNED", "BY"])?;
        let from = self.idents()?;
        self.expect_word("TO")?;
        Ok(Statement::ReassignOwned { from, to: self.ident()? })
    }

    pub(super) fn comment(&mut self) -> Result<Statement> {
        self.expect_word("ON")?;
        let target = if self.eat_word("COLUMN") {
            let at = self.at;
            let Name(mut parts) = self.name()?;
            let column = parts.pop();
            match column {
                Some(column) if !parts.is_empty() => CommentTarget::Column(Name(parts), column),
                _ => return self.fail_at(at, "need to specify an object and a column"),
            }
        } else {
            let Some(kind) = self.object_kind() else {
                return self.expected(
                    "one of TABLE or VIEW or COLUMN or MATERIALIZED or SOURCE or SINK or INDEX or FUNCTION or CONNECTION or TYPE or SECRET or ROLE or DATABASE or SCHEMA or CLUSTER or NETWORK",
                );
            };
            let name: ObjectName = self.object_name(kind)?;
            CommentTarget::Object(kind, name)
        };
        self.expect_word("IS")?;
        let text = match self.peek() {
            Some(Token::Keyword("NULL")) => {
                self.at += 1;
                None
            }
            Some(Token::String(_)) => Some(self.string()?),
            _ => return self.expected("NULL or literal string"),
        };
        Ok(Statement::Comment { target, text })
    }
}
