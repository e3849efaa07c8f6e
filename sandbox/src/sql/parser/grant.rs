//! `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token};
use crate::catalog::Privilege;
use crate::sql::ast::{
    AlterDefaultPrivileges, GrantPrivileges, GrantTarget, ObjectKind, ObjectName, Privileges, Statement,
};

impl Parser<'_> {
    pub(super) fn grant(&mut self) -> Result<Statement> {
        match self.privileges()? {
            Some(privileges) => {
                self.expect_word("ON")?;
                let target = self.grant_target()?;
                self.expect_word("TO")?;
                let roles = self.grantees()?;
                Ok(Statement::Grant(GrantPrivileges { privileges, target, roles }))
            }
            None => {
                let roles = self.idents()?;
                self.expect_word("TO")?;
                Ok(Statement::GrantRole { roles, members: self.grantees()? })
            }
        }
    }

    pub(super) fn revoke(&mut self) -> Result<Statement> {
        match self.privileges()? {
            Some(privileges) => {
                self.expect_word("ON")?;
                let target = self.grant_target()?;
                self.expect_word("FROM")?;
                let roles = self.grantees()?;
                Ok(Statement::Revoke(GrantPrivileges { privileges, target, roles }))
            }
            None => {
                let roles = self.idents()?;
                self.expect_word("FROM")?;
                Ok(Statement::RevokeRole { roles, members: self.grantees()? })
            }
        }
    }

    /// Privileges, or nothing if the next word is none: then it is a role.
    fn privileges(&mut self) -> Result<Option<Privileges>> {
        if self.is("ALL") {
            self.at += 1;
            self.eat_word("PRIVILEGES");
            return Ok(Some(Privileges::All));
        }
        let Some(first) = self.optional_privilege() else { return Ok(None) };
        let mut list = vec![first];
        while self.eat(&Token::Comma) {
            match self.optional_privilege() {
                Some(privilege) => list.push(privilege),
                None => {
                    let words: Vec<_> = Privilege::ALL.iter().map(|privilege| privilege.keyword()).collect();
                    return self.expected(&format!("one of {}", words.join(" or ")));
                }
            }
        }
        Ok(Some(Privileges::List(list)))
    }

    fn optional_privilege(&mut self) -> Option<Privilege> {
        let word = self.peek_keyword()?;
        let privilege = Privilege::ALL.into_iter().find(|privilege| privilege.keyword() == word)?;
        self.at += 1;
        Some(privilege)
    }

    /// Roles, each perhaps behind the word `GROUP`.
    fn grantees(&mut self) -> Result<Vec<Ident>> {
        self.comma_separated(|p| {
            p.eat_word("GROUP");
            p.ident()
        })
    }

    fn grant_target(&mut self) -> Result<GrantTarget> {
        if self.eat_word("SYSTEM") {
            return Ok(GrantTarget::System);
        }
        if self.eat_word("ALL") {
            let kind = self.kinds()?;
            if self.eat_words(&["IN", "SCHEMA"]) {
                return Ok(GrantTarget::AllInSchemas(kind, self.names()?));
            }
            if self.eat_words(&["IN", "DATABASE"]) {
                return Ok(GrantTarget::AllInDatabases(kind, self.idents()?));
            }
            return Ok(GrantTarget::All(kind));
        }
        let at = self.at;
        // What the list doesn't name is a table, whatever it is called.
        let kind = match self.peek_keyword() {
            Some(
                "TABLE" | "TYPE" | "CLUSTER" | "SECRET" | "CONNECTION" | "DATABASE" | "SCHEMA" | "VIEW"
                | "MATERIALIZED" | "SOURCE",
            ) => self.object_kind(),
            _ => None,
        };
        let kind = match kind {
            Some(kind @ (ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Source)) => {
                let words = kind.keywords();
                return self.fail_at(
                    at,
                    format!("For object type {words}, you must specify 'TABLE' or omit the object type"),
                );
            }
            Some(kind) => kind,
            None => ObjectKind::Table,
        };
        let names: Vec<ObjectName> = self.comma_separated(|p| p.object_name(kind))?;
        Ok(GrantTarget::Objects(kind, names))
    }

    /// A kind of object in the plural.
    pub(super) fn kinds(&mut self) -> Result<ObjectKind> {
        Ok(
            match self.expect_one_of(&[
                "TABLES",
                "TYPES",
                "SECRETS",
                "CONNECTIONS",
                "SCHEMAS",
                "DATABASES",
                "CLUSTERS",
            ])? {
                "TYPES" => ObjectKind::Type,
                "SECRETS" => ObjectKind::Secret,
                "CONNECTIONS" => ObjectKind::Connection,
                "SCHEMAS" => ObjectKind::Schema,
                "DATABASES" => ObjectKind::Database,
                "CLUSTERS" => ObjectKind::Cluster,
                _ => ObjectKind::Table,
            },
        )
    }

    /// Behind `ALTER DEFAULT PRIVILEGES`.
    pub(super) fn alter_default_privileges(&mut self) -> Result<Statement> {
        self.expect_word("FOR")?;
        let for_roles = match self.expect_one_of(&["ROLE", "USER", "ALL"])? {
            "ALL" => {
                self.expect_word("ROLES")?;
                None
            }
            _ => Some(self.idents()?),
        };
        let (mut in_schemas, mut in_databases) = (Vec::new(), Vec::new());
        if self.eat_word("IN") {
            match self.expect_one_of(&["SCHEMA", "DATABASE"])? {
                "SCHEMA" => in_schemas = self.names()?,
                _ => in_databases = self.idents()?,
            }
        }
        let grant = self.expect_one_of(&["GRANT", "REVOKE"])? == "GRANT";
        let Some(privileges) = self.privileges()? else {
            return self.expected("one of INSERT or SELECT or UPDATE or DELETE or USAGE or CREATE or ALL");
        };
        self.expect_word("ON")?;
        let on = self.kinds()?;
        self.expect_word(if grant { "TO" } else { "FROM" })?;
        let roles = self.grantees()?;
        Ok(Statement::AlterDefaultPrivileges(AlterDefaultPrivileges {
            for_roles,
            in_schemas,
            in_databases,
            grant,
            privileges,
            on,
            roles,
        }))
    }
}
