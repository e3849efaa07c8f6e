//! `SHOW`.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token};
use crate::sql::ast::{ObjectKind, Show, ShowFilter, ShowVariable, ShowWhat, Statement};

impl Parser<'_> {
    /// Behind the word `SHOW`.
    pub(super) fn show(&mut self) -> Result<Statement> {
        if self.is("CREATE") || self.are(&["REDACTED", "CREATE"]) {
            let at = self.at;
            let redacted = self.eat_word("REDACTED");
            self.at += 1;
            match self.shown_kind() {
                Some(kind) => {
                    let name = self.object_name(kind)?;
                    return Ok(Statement::ShowCreate { kind, name, redacted });
                }
                // `create` is read as a variable.
                None => self.at = at,
            }
        }
        if let Some(what) = self.show_what()? {
            return Ok(Statement::Show(self.show_clauses(what)?));
        }
        let name = if self.eat_words(&["TRANSACTION", "ISOLATION", "LEVEL"]) {
            ShowVariable::One(Ident::new("transaction_isolation"))
        } else if self.eat_words(&["TIME", "ZONE"]) {
            ShowVariable::One(Ident::new("timezone"))
        } else if self.eat_word("ALL") {
            ShowVariable::All
        } else {
            ShowVariable::One(self.ident()?)
        };
        Ok(Statement::ShowVariable { name })
    }

    fn shown_kind(&mut self) -> Option<ObjectKind> {
        let kind = match (self.peek_keyword()?, self.peek_nth_keyword(1)) {
            ("MATERIALIZED", Some("VIEW")) => {
                self.at += 2;
                return Some(ObjectKind::MaterializedView);
            }
            ("TABLE", _) => ObjectKind::Table,
            ("VIEW", _) => ObjectKind::View,
            ("SOURCE", _) => ObjectKind::Source,
            ("SINK", _) => ObjectKind::Sink,
            ("INDEX", _) => ObjectKind::Index,
            ("CONNECTION", _) => ObjectKind::Connection,
            ("CLUSTER", _) => ObjectKind::Cluster,
            ("TYPE", _) => ObjectKind::Type,
            _ => return None,
        };
        self.at += 1;
        Some(kind)
    }

    fn show_what(&mut self) -> Result<Option<ShowWhat>> {
        let Some(word) = self.peek_keyword() else { return Ok(None) };
        let (what, words) = match (word, self.peek_nth_keyword(1)) {
            ("OBJECTS", _) => (ShowWhat::Objects, 1),
            ("TABLES", _) => (ShowWhat::Tables, 1),
            ("VIEWS", _) => (ShowWhat::Views, 1),
            ("MATERIALIZED", Some("VIEWS")) => (ShowWhat::MaterializedViews, 2),
            ("INDEX" | "INDEXES" | "KEYS", _) => (ShowWhat::Indexes, 1),
            ("SOURCES", _) => (ShowWhat::Sources, 1),
            ("SUBSOURCES", _) => (ShowWhat::Subsources, 1),
            ("SINKS", _) => (ShowWhat::Sinks, 1),
            ("CONNECTIONS", _) => (ShowWhat::Connections, 1),
            ("SECRETS", _) => (ShowWhat::Secrets, 1),
            ("TYPES", _) => (ShowWhat::Types, 1),
            ("SCHEMAS", _) => (ShowWhat::Schemas, 1),
            ("DATABASES", _) => (ShowWhat::Databases, 1),
            ("CLUSTERS", _) => (ShowWhat::Clusters, 1),
            ("CLUSTER", Some("REPLICAS")) => (ShowWhat::ClusterReplicas, 2),
            ("ROLES", _) => (ShowWhat::Roles, 1),
            ("NETWORK", Some("POLICIES")) => (ShowWhat::NetworkPolicies, 2),
            ("COLUMNS", _) => (ShowWhat::Columns, 1),
            ("PRIVILEGES", _) => {
                self.at += 1;
                return self.show_privileges().map(Some);
            }
            ("DEFAULT", Some("PRIVILEGES")) => {
                self.at += 2;
                let kind = if self.eat_word("ON") { Some(self.kinds()?) } else { None };
                return Ok(Some(ShowWhat::DefaultPrivileges { kind, role: self.for_role()? }));
            }
            ("ROLE", Some("MEMBERSHIP")) => {
                self.at += 2;
                return Ok(Some(ShowWhat::RoleMembership { role: self.for_role()? }));
            }
            _ => return Ok(None),
        };
        self.at += words;
        Ok(Some(what))
    }

    fn show_privileges(&mut self) -> Result<ShowWhat> {
        let (mut kind, mut system) = (None, false);
        if self.eat_word("ON") {
            system = self.eat_word("SYSTEM");
            if !system {
                kind = Some(self.kinds()?);
            }
        }
        Ok(ShowWhat::Privileges { kind, system, role: self.for_role()? })
    }

    fn for_role(&mut self) -> Result<Option<Ident>> {
        if self.eat_word("FOR") { self.ident().map(Some) } else { Ok(None) }
    }

    fn show_clauses(&mut self, what: ShowWhat) -> Result<Show> {
        let mut show = Show { what, from: None, on: None, in_cluster: None, filter: None };
        match show.what {
            ShowWhat::Columns => {
                if self.eat_one_of(&["FROM", "IN"]).is_none() {
                    return self.expected("one of FROM or IN");
                }
                show.from = Some(self.name()?);
            }
            ShowWhat::Databases
            | ShowWhat::Clusters
            | ShowWhat::ClusterReplicas
            | ShowWhat::Roles
            | ShowWhat::NetworkPolicies
            | ShowWhat::Privileges { .. }
            | ShowWhat::DefaultPrivileges { .. }
            | ShowWhat::RoleMembership { .. } => {}
            _ => {
                if self.eat_word("FROM") {
                    show.from = Some(self.name()?);
                }
                if self.eat_word("ON") {
                    show.on = Some(self.name()?);
                }
                if self.eat_words(&["IN", "CLUSTER"]) {
                    show.in_cluster = Some(self.ident()?);
                }
            }
        }
        show.filter = match self.eat_one_of(&["LIKE", "WHERE"]) {
            Some("LIKE") => Some(ShowFilter::Like(self.string()?)),
            Some(_) => Some(ShowFilter::Where(Box::new(self.expr()?))),
            None => None,
        };
        if self.peek() == Some(&Token::Dot) {
            return self.expected("end of statement");
        }
        Ok(show)
    }
}
