//! `ALTER`.

use super::{Parser, Result, Token, options};
use crate::sql::ast::{
    ConnectionAction, ObjectKind, ObjectName, OptionValue, OptionsAction, RoleAction, Statement, Value,
};

/// What all items have in common.
const ITEM: &[&str] = &["SET", "RENAME", "OWNER", "RESET"];

impl Parser<'_> {
    pub(super) fn alter(&mut self) -> Result<Statement> {
        let start = self.at;
        if self.eat_words(&["DEFAULT", "PRIVILEGES"]) {
            return self.alter_default_privileges();
        }
        if self.eat_word("SYSTEM") {
            return self.alter_system();
        }
        if self.eat_word("ROLE") {
            return self.alter_role(start);
        }
        let Some(kind) = self.object_kind() else {
            return self.expected(
                "one of TABLE or VIEW or MATERIALIZED or SOURCE or SINK or INDEX or TYPE or ROLE or CLUSTER or SECRET or CONNECTION or DATABASE or SCHEMA or FUNCTION or NETWORK or SYSTEM or DEFAULT",
            );
        };
        let if_exists = self.if_exists()?;
        let name = self.object_name(kind)?;
        if kind == ObjectKind::Source && self.eat_words(&["REFRESH", "REFERENCES"]) {
            let ObjectName::Item(name) = name else { return self.expected("OWNER") };
            return Ok(Statement::RefreshReferences { if_exists, name });
        }
        let words: &[&str] = match kind {
            ObjectKind::Database | ObjectKind::Type => &["OWNER"],
            ObjectKind::Schema => &["RENAME", "SWAP", "OWNER"],
            ObjectKind::Cluster => &["OWNER", "RENAME", "RESET", "SET", "SWAP"],
            ObjectKind::ClusterReplica => &["OWNER", "RENAME"],
            ObjectKind::NetworkPolicy => &["OWNER", "SET"],
            ObjectKind::Table => &["SET", "RENAME", "OWNER", "RESET", "ADD"],
            ObjectKind::MaterializedView => &["SET", "RENAME", "OWNER", "RESET", "APPLY"],
            ObjectKind::Secret => &["AS", "RENAME", "OWNER"],
            ObjectKind::Source => &["ADD", "DROP", "SET", "RESET", "RENAME", "OWNER"],
            ObjectKind::Connection => &["RENAME", "OWNER", "ROTATE", "SET", "RESET", "DROP"],
            _ => ITEM,
        };
        let action = self.at;
        match self.expect_one_of(words)? {
            "OWNER" => {
                self.expect_word("TO")?;
                Ok(Statement::AlterOwner { kind, if_exists, name, owner: self.ident()? })
            }
            "RENAME" => {
                self.expect_word("TO")?;
                Ok(Statement::AlterRename { kind, if_exists, name, to: self.ident()? })
            }
            "SWAP" => {
                self.expect_word("WITH")?;
                Ok(Statement::AlterSwap { kind, if_exists, name, with: self.ident()? })
            }
            word => match (kind, name) {
                (ObjectKind::Cluster, ObjectName::Ident(name)) => self.alter_cluster(if_exists, name, word),
                (ObjectKind::NetworkPolicy, ObjectName::Ident(name)) => {
                    Ok(Statement::AlterNetworkPolicy { name, options: self.policy_options()? })
                }
                (ObjectKind::Secret, ObjectName::Item(name)) => {
                    Ok(Statement::AlterSecret { if_exists, name, value: self.expr()? })
                }
                (ObjectKind::Connection, ObjectName::Item(name)) => {
                    self.at = action;
                    let actions = self.comma_separated(Self::connection_action)?;
                    let with = self.optional_with(options::CONNECTION_WITH)?;
                    Ok(Statement::AlterConnection { if_exists, name, actions, with })
                }
                (_, name) => self.alter_item(start, action, kind, if_exists, name),
            },
        }
    }

    fn alter_cluster(
        &mut self,
        if_exists: bool,
        name: mz_deploy_planner::name::Ident,
        word: &str,
    ) -> Result<Statement> {
        let action = if word == "SET" {
            OptionsAction::Set(self.in_parens(|p| p.options(options::CLUSTER))?)
        } else {
            OptionsAction::Reset(self.in_parens(|p| p.comma_separated(|p| p.option_name(options::CLUSTER)))?)
        };
        let with = self.optional_with(options::ALTER_CLUSTER)?;
        Ok(Statement::AlterCluster { if_exists, name, action, with })
    }

    /// `SET`, `RESET`, `ADD`, `DROP`, `APPLY` of an item; the word, at `action`, is read.
    fn alter_item(
        &mut self,
        start: usize,
        action: usize,
        kind: ObjectKind,
        if_exists: bool,
        object: ObjectName,
    ) -> Result<Statement> {
        let ObjectName::Item(name) = object else { return self.expected("OWNER") };
        self.at = action;
        if self.eat_word("APPLY") {
            self.expect_word("REPLACEMENT")?;
            return Ok(Statement::ApplyReplacement { if_exists, name, replacement: self.name()? });
        }
        if self.eat_words(&["ADD", "COLUMN"]) {
            let if_not_exists = self.if_not_exists()?;
            let column = self.column_def()?;
            return Ok(Statement::AlterTableAddColumn { if_exists, name, if_not_exists, column });
        }
        if self.eat_words(&["SET", "CLUSTER"]) {
            let cluster = self.ident()?;
            let name = ObjectName::Item(name);
            return Ok(Statement::AlterSetCluster { kind, if_exists, name, cluster });
        }
        if kind == ObjectKind::Sink && self.eat_words(&["SET", "FROM"]) {
            return Ok(Statement::AlterSinkFrom { if_exists, name, from: self.item()? });
        }
        if matches!(self.peek_keyword(), Some("ADD" | "DROP")) && kind == ObjectKind::Source {
            let text = self.refused(start);
            return Ok(Statement::AlterSource { if_exists, name, text });
        }
        if self.expect_one_of(&["SET", "RESET"])? == "SET" {
            let options = self.in_parens(|p| {
                if kind == ObjectKind::Sink { p.options(options::SINK) } else { p.options(options::INDEX) }
            })?;
            if kind == ObjectKind::Index {
                return Ok(Statement::AlterIndex { if_exists, name, action: OptionsAction::Set(options) });
            }
            let history = options.into_iter().find_map(|option| match option.value {
                Some(OptionValue::RetainHistory(value)) => Some(value),
                _ => None,
            });
            Ok(Statement::AlterRetainHistory {
                kind,
                if_exists,
                name,
                history: Some(history.unwrap_or(Value::Null)),
            })
        } else {
            let names = self.in_parens(|p| p.comma_separated(|p| p.option_name(options::INDEX)))?;
            if kind == ObjectKind::Index {
                return Ok(Statement::AlterIndex { if_exists, name, action: OptionsAction::Reset(names) });
            }
            Ok(Statement::AlterRetainHistory { kind, if_exists, name, history: None })
        }
    }

    fn connection_action(&mut self) -> Result<ConnectionAction> {
        let word = self.expect_one_of(&["ROTATE", "SET", "RESET", "DROP"])?;
        if word == "ROTATE" {
            self.expect_word("KEYS")?;
            return Ok(ConnectionAction::RotateKeys);
        }
        self.in_parens(|p| match word {
            "SET" => Ok(ConnectionAction::Set(p.option(options::CONNECTION)?)),
            "RESET" => Ok(ConnectionAction::Reset(p.option_name(options::CONNECTION)?)),
            _ => Ok(ConnectionAction::Drop(p.option_name(options::CONNECTION)?)),
        })
    }

    fn alter_role(&mut self, start: usize) -> Result<Statement> {
        let name = self.ident()?;
        if self.is("OWNER") || self.is("RENAME") {
            return self.fail_at(start, "ALTER ROLE can't change the owner or the name of a role");
        }
        let action = if self.eat_word("SET") {
            let (name, value) = self.assignment()?;
            RoleAction::Set { name, value }
        } else if self.eat_word("RESET") {
            RoleAction::Reset { name: self.ident()? }
        } else {
            self.eat_word("WITH");
            RoleAction::Attributes(self.role_attributes()?)
        };
        Ok(Statement::AlterRole { name, action })
    }

    fn alter_system(&mut self) -> Result<Statement> {
        if self.expect_one_of(&["SET", "RESET"])? == "SET" {
            let (name, value) = self.assignment()?;
            return Ok(Statement::AlterSystem { name: Some(name), value: Some(value) });
        }
        let name = if self.eat_word("ALL") { None } else { Some(self.ident()?) };
        Ok(Statement::AlterSystem { name, value: None })
    }

    /// A kind of object, as `ALTER`, `DROP`, `COMMENT` and `SHOW` name it.
    pub(super) fn object_kind(&mut self) -> Option<ObjectKind> {
        let (kind, words) = match (self.peek_keyword()?, self.peek_nth_keyword(1)) {
            ("TABLE", _) => (ObjectKind::Table, 1),
            ("VIEW", _) => (ObjectKind::View, 1),
            ("MATERIALIZED", Some("VIEW")) => (ObjectKind::MaterializedView, 2),
            ("SOURCE", _) => (ObjectKind::Source, 1),
            ("SINK", _) => (ObjectKind::Sink, 1),
            ("INDEX", _) => (ObjectKind::Index, 1),
            ("TYPE", _) => (ObjectKind::Type, 1),
            ("ROLE" | "USER", _) => (ObjectKind::Role, 1),
            ("CLUSTER", Some("REPLICA")) if self.peek_nth(2) != Some(&Token::Dot) => {
                (ObjectKind::ClusterReplica, 2)
            }
            ("CLUSTER", _) => (ObjectKind::Cluster, 1),
            ("SECRET", _) => (ObjectKind::Secret, 1),
            ("CONNECTION", _) => (ObjectKind::Connection, 1),
            ("DATABASE", _) => (ObjectKind::Database, 1),
            ("SCHEMA", _) => (ObjectKind::Schema, 1),
            ("FUNCTION", _) => (ObjectKind::Function, 1),
            ("NETWORK", Some("POLICY")) => (ObjectKind::NetworkPolicy, 2),
            ("SUBSOURCE", _) => (ObjectKind::Subsource, 1),
            _ => return None,
        };
        self.at += words;
        Some(kind)
    }
}
