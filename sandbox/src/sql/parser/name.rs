//! Names: every keyword is one where a name is wanted.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token};
use crate::sql::ast::{ClusterRef, ItemRef, Name, ObjectKind, ObjectName, TableAlias};
use crate::sql::keyword::{is_no_column_alias, is_no_table_alias};

impl Parser<'_> {
    pub(super) fn ident(&mut self) -> Result<Ident> {
        match self.peek_ident() {
            Some(ident) => {
                self.check_ident(&ident)?;
                self.at += 1;
                Ok(ident)
            }
            None => self.expected("identifier"),
        }
    }

    fn check_ident(&self, ident: &Ident) -> Result<()> {
        match ident.as_str() {
            dots @ ("." | "..") => self.fail(format!("invalid identifier: \"{dots}\"")),
            _ => Ok(()),
        }
    }

    /// The identifier that the next token is, if it is one.
    pub(super) fn peek_ident(&self) -> Option<Ident> {
        match self.peek()? {
            Token::Ident(ident) => Some(ident.clone()),
            Token::Keyword(word) => Some(Ident::folded(word)),
            _ => None,
        }
    }

    pub(super) fn idents(&mut self) -> Result<Vec<Ident>> {
        self.comma_separated(Self::ident)
    }

    /// `(a, b, …)`, if it is there.
    pub(super) fn optional_columns(&mut self) -> Result<Vec<Ident>> {
        if self.peek() == Some(&Token::LParen) { self.in_parens(Self::idents) } else { Ok(Vec::new()) }
    }

    pub(super) fn name(&mut self) -> Result<Name> {
        let mut parts = vec![self.ident()?];
        while self.eat(&Token::Dot) {
            parts.push(self.ident()?);
        }
        Ok(Name(parts))
    }

    pub(super) fn names(&mut self) -> Result<Vec<Name>> {
        self.comma_separated(Self::name)
    }

    /// An item by name, or in the stored form by id: `[u1 AS d.s.t]`.
    pub(super) fn item(&mut self) -> Result<ItemRef> {
        if !self.eat(&Token::LBracket) {
            return Ok(ItemRef::Name(self.name()?));
        }
        let at = self.at;
        let id = self.ident()?;
        let Ok(id) = id.as_str().parse() else {
            return self.fail_at(at, format!("unknown id {}", id.as_str()));
        };
        if self.eat_word("AS") {
            self.name()?;
        }
        self.expect(&Token::RBracket)?;
        Ok(ItemRef::Id(id))
    }

    pub(super) fn cluster(&mut self) -> Result<ClusterRef> {
        if !self.eat(&Token::LBracket) {
            return Ok(ClusterRef::Name(self.ident()?));
        }
        let at = self.at;
        let id = self.ident()?;
        self.expect(&Token::RBracket)?;
        match id.as_str().parse() {
            Ok(id) => Ok(ClusterRef::Id(id)),
            Err(_) => self.fail_at(at, format!("unknown id {}", id.as_str())),
        }
    }

    pub(super) fn optional_in_cluster(&mut self) -> Result<Option<ClusterRef>> {
        if self.eat_words(&["IN", "CLUSTER"]) { Ok(Some(self.cluster()?)) } else { Ok(None) }
    }

    /// A name of an object of `kind`.
    pub(super) fn object_name(&mut self, kind: ObjectKind) -> Result<ObjectName> {
        Ok(match kind {
            ObjectKind::Database | ObjectKind::Cluster | ObjectKind::Role | ObjectKind::NetworkPolicy => {
                ObjectName::Ident(self.ident()?)
            }
            ObjectKind::ClusterReplica => {
                let cluster = self.ident()?;
                self.expect(&Token::Dot)?;
                ObjectName::Replica(cluster, self.ident()?)
            }
            _ => ObjectName::Item(self.name()?),
        })
    }

    pub(super) fn if_exists(&mut self) -> Result<bool> {
        if !self.eat_word("IF") {
            return Ok(false);
        }
        self.expect_word("EXISTS")?;
        Ok(true)
    }

    pub(super) fn if_not_exists(&mut self) -> Result<bool> {
        if !self.eat_word("IF") {
            return Ok(false);
        }
        self.expect_words(&["NOT", "EXISTS"])?;
        Ok(true)
    }

    /// `[AS] alias`. Without `AS`, words that go on with the statement are none.
    pub(super) fn optional_alias(&mut self, refused: fn(&str) -> bool) -> Result<Option<Ident>> {
        if self.eat_word("AS") {
            return match self.peek_ident() {
                Some(_) => self.ident().map(Some),
                None => self.expected("an identifier after AS"),
            };
        }
        match self.peek() {
            Some(Token::Ident(_)) => self.ident().map(Some),
            Some(Token::Keyword(word)) if !refused(word) => self.ident().map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn optional_column_alias(&mut self) -> Result<Option<Ident>> {
        self.optional_alias(is_no_column_alias)
    }

    pub(super) fn optional_table_alias(&mut self) -> Result<Option<TableAlias>> {
        // `t AS OF 0` is no alias.
        if self.are(&["AS", "OF"]) || self.are(&["UP", "TO"]) || self.are(&["WITHIN", "TIMESTAMP"]) {
            return Ok(None);
        }
        let Some(name) = self.optional_alias(is_no_table_alias)? else { return Ok(None) };
        Ok(Some(TableAlias { name, columns: self.optional_columns()? }))
    }

    pub(super) fn string(&mut self) -> Result<String> {
        match self.peek() {
            Some(Token::String(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => self.expected("literal string"),
        }
    }

    pub(super) fn unsigned(&mut self) -> Result<u64> {
        match self.peek() {
            Some(Token::Number(text)) => match text.parse() {
                Ok(number) => {
                    self.at += 1;
                    Ok(number)
                }
                Err(_) => self.fail(format!("Could not parse '{text}' as u64")),
            },
            _ => self.expected("literal unsigned integer"),
        }
    }
}
