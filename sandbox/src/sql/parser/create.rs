//! `CREATE`: containers, roles, secrets, connections, types.

use super::{Parser, Result, Token, options};
use crate::sql::ast::{CreateCluster, CreateConnection, RoleAttribute, SqlOption, Statement, TypeDefinition};

const KINDS: &str = "DATABASE, SCHEMA, ROLE, TYPE, INDEX, SINK, SOURCE, [TEMPORARY] TABLE, SECRET, \
    [OR REPLACE] [TEMPORARY] VIEW, or [OR REPLACE] MATERIALIZED VIEW after CREATE";

impl Parser<'_> {
    pub(super) fn create(&mut self) -> Result<Statement> {
        let start = self.at;
        if self.are(&["CLUSTER", "REPLICA"]) {
            self.at += 2;
            return self.create_cluster_replica();
        }
        if self.are(&["NETWORK", "POLICY"]) {
            self.at += 2;
            return self.create_network_policy();
        }
        let or_replace = self.eat_words(&["OR", "REPLACE"]);
        let temporary = self.eat_one_of(&["TEMP", "TEMPORARY"]).is_some();
        let plain = !or_replace && !temporary;
        let Some(word) = self.peek_keyword() else { return self.expected(KINDS) };
        self.at += 1;
        match word {
            "VIEW" => self.create_view(or_replace, temporary),
            "MATERIALIZED" if !temporary => {
                self.expect_word("VIEW")?;
                self.create_materialized_view(or_replace, false)
            }
            "REPLACEMENT" if !temporary => {
                self.expect_words(&["MATERIALIZED", "VIEW"])?;
                self.create_materialized_view(or_replace, true)
            }
            "TABLE" if !or_replace => self.create_table(temporary),
            "DATABASE" if plain => {
                let if_not_exists = self.if_not_exists()?;
                Ok(Statement::CreateDatabase { name: self.ident()?, if_not_exists })
            }
            "SCHEMA" if plain => {
                let if_not_exists = self.if_not_exists()?;
                Ok(Statement::CreateSchema { name: self.name()?, if_not_exists })
            }
            "CLUSTER" if plain => self.create_cluster(),
            "ROLE" if plain => {
                let name = self.ident()?;
                self.eat_word("WITH");
                Ok(Statement::CreateRole { name, attributes: self.role_attributes()? })
            }
            "USER" if plain => self.fail_at(
                start,
                "CREATE USER is not supported, for more information consult the documentation at \
                 https://materialize.com/docs/sql/create-role/#details",
            ),
            "SECRET" if plain => {
                let if_not_exists = self.if_not_exists()?;
                let name = self.name()?;
                self.expect_word("AS")?;
                Ok(Statement::CreateSecret { name, if_not_exists, value: self.expr()? })
            }
            "CONNECTION" if plain => self.create_connection(),
            "TYPE" if plain => self.create_type(),
            "INDEX" | "DEFAULT" if plain => {
                if word == "DEFAULT" {
                    self.expect_word("INDEX")?;
                }
                self.create_index(word == "DEFAULT")
            }
            "SOURCE" if plain => self.create_source(),
            "SINK" if plain => self.create_sink(),
            "CONTINUAL" | "PRIMARY" | "UNIQUE" | "FOREIGN" if plain => self.refused(start),
            _ => {
                self.at -= 1;
                self.expected(KINDS)
            }
        }
    }

    /// A statement that the server reads, only to say that it can't run it. Its text is kept up to its end.
    pub(super) fn refused(&mut self, start: usize) -> Result<Statement> {
        while self.peek().is_some_and(|token| *token != Token::Semicolon) {
            self.at += 1;
        }
        let start = start.saturating_sub(1);
        Ok(Statement::Refused { what: self.text(start, self.at).to_owned() })
    }

    fn create_cluster(&mut self) -> Result<Statement> {
        let name = self.ident()?;
        let paren = self.eat(&Token::LParen);
        let options = self.options(options::CLUSTER)?;
        if paren {
            self.expect(&Token::RParen)?;
        }
        let features = if self.eat_word("FEATURES") { self.in_parens(Self::features)? } else { Vec::new() };
        Ok(Statement::CreateCluster(CreateCluster { name, options, features }))
    }

    /// `NAME = value`, with names that are of no interest.
    fn features(&mut self) -> Result<Vec<SqlOption>> {
        self.comma_separated(|p| {
            let mut words = Vec::new();
            while p.peek() != Some(&Token::Eq) && p.peek_keyword().is_some() {
                words.push(p.ident()?.as_str().to_uppercase());
            }
            p.expect(&Token::Eq)?;
            Ok(SqlOption {
                name: words.join(" "),
                value: Some(crate::sql::ast::OptionValue::Value(p.value()?)),
            })
        })
    }

    fn create_cluster_replica(&mut self) -> Result<Statement> {
        let cluster = self.ident()?;
        self.expect(&Token::Dot)?;
        let name = self.ident()?;
        let paren = self.eat(&Token::LParen);
        let options = self.options(options::REPLICA)?;
        if paren {
            self.expect(&Token::RParen)?;
        }
        Ok(Statement::CreateClusterReplica { cluster, name, options })
    }

    fn create_network_policy(&mut self) -> Result<Statement> {
        let name = self.ident()?;
        Ok(Statement::CreateNetworkPolicy { name, options: self.policy_options()? })
    }

    pub(super) fn policy_options(&mut self) -> Result<Vec<SqlOption>> {
        self.in_parens(|p| p.options(options::NETWORK_POLICY))
    }

    pub(super) fn role_attributes(&mut self) -> Result<Vec<RoleAttribute>> {
        let mut out = Vec::new();
        loop {
            let attribute = match self.peek_keyword() {
                Some("INHERIT") => RoleAttribute::Inherit,
                Some("NOINHERIT") => RoleAttribute::NoInherit,
                Some("LOGIN") => RoleAttribute::Login,
                Some("NOLOGIN") => RoleAttribute::NoLogin,
                Some("SUPERUSER") => RoleAttribute::SuperUser,
                Some("NOSUPERUSER") => RoleAttribute::NoSuperUser,
                Some("CREATECLUSTER") => RoleAttribute::CreateCluster,
                Some("NOCREATECLUSTER") => RoleAttribute::NoCreateCluster,
                Some("CREATEDB") => RoleAttribute::CreateDb,
                Some("NOCREATEDB") => RoleAttribute::NoCreateDb,
                Some("CREATEROLE") => RoleAttribute::CreateRole,
                Some("NOCREATEROLE") => RoleAttribute::NoCreateRole,
                Some("PASSWORD") => {
                    self.at += 1;
                    let password = if self.eat_word("NULL") { None } else { Some(self.string()?) };
                    out.push(RoleAttribute::Password(password));
                    continue;
                }
                _ => return Ok(out),
            };
            self.at += 1;
            out.push(attribute);
        }
    }

    fn create_connection(&mut self) -> Result<Statement> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.name()?;
        self.expect_one_of(&["FOR", "TO"])?;
        let first =
            self.expect_one_of(&["AWS", "KAFKA", "CONFLUENT", "POSTGRES", "SSH", "SQL", "MYSQL", "ICEBERG"])?;
        let kind = match first {
            "AWS" if self.eat_word("PRIVATELINK") => "AWS PRIVATELINK",
            "CONFLUENT" => {
                self.expect_words(&["SCHEMA", "REGISTRY"])?;
                "CONFLUENT SCHEMA REGISTRY"
            }
            "SSH" => {
                self.expect_word("TUNNEL")?;
                "SSH TUNNEL"
            }
            "SQL" => {
                self.expect_word("SERVER")?;
                "SQL SERVER"
            }
            "ICEBERG" => {
                self.expect_word("CATALOG")?;
                "ICEBERG CATALOG"
            }
            other => other,
        };
        let paren = self.eat(&Token::LParen);
        let options = if paren && self.peek() == Some(&Token::RParen) {
            Vec::new()
        } else {
            self.options(options::CONNECTION)?
        };
        if paren {
            self.expect(&Token::RParen)?;
        }
        Ok(Statement::CreateConnection(CreateConnection {
            name,
            if_not_exists,
            kind: kind.to_owned(),
            options,
            with: self.optional_with(options::CONNECTION_WITH)?,
        }))
    }

    fn create_type(&mut self) -> Result<Statement> {
        let name = self.name()?;
        self.expect_word("AS")?;
        let definition = match self.eat_one_of(&["LIST", "MAP"]) {
            Some("LIST") => TypeDefinition::List(self.in_parens(|p| p.options(options::LIST_TYPE))?),
            Some(_) => TypeDefinition::Map(self.in_parens(|p| p.options(options::MAP_TYPE))?),
            None => TypeDefinition::Record(self.in_parens(|p| p.comma_separated(Self::column_def))?),
        };
        Ok(Statement::CreateType { name, definition })
    }
}
