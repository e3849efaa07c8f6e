//! Statements, each by its kind.

use std::fmt::Write as _;

use super::{Doc, Printer, bracketed, say, words};
use crate::sql::ast::{
    CommentTarget, ConnectionAction, DropBehavior, GrantPrivileges, GrantTarget, ObjectKind, ObjectName,
    OptionsAction, Privileges, RoleAction, RoleAttribute, Show, ShowFilter, ShowWhat, SqlOption, Statement,
};

impl Printer<'_> {
    #[expect(clippy::too_many_lines, reason = "an arm for each statement")]
    pub(super) fn statement(&self, statement: &Statement) -> Doc {
        match statement {
            Statement::CreateView(view) => self.create_view(view),
            Statement::CreateMaterializedView(view) => self.create_materialized_view(view),
            Statement::CreateTable(table) => self.create_table(table),
            Statement::CreateTableFromSource(table) => self.create_table_from_source(table),
            Statement::CreateIndex(index) => self.create_index(index),
            Statement::CreateSource(source) => self.create_source(source),
            Statement::CreateWebhookSource(webhook) => self.create_webhook(webhook),
            Statement::CreateSink(sink) => self.create_sink(sink),
            Statement::CreateConnection(connection) => self.create_connection(connection),
            Statement::CreateCluster(cluster) => self.create_cluster(cluster),
            Statement::CreateType { name, definition } => self.create_type(name, definition),
            Statement::CreateDatabase { name, if_not_exists } => {
                say(words(["CREATE DATABASE", unless_exists(*if_not_exists), &self.ident(name)]))
            }
            Statement::CreateSchema { name, if_not_exists } => {
                say(words(["CREATE SCHEMA", unless_exists(*if_not_exists), &self.name(name)]))
            }
            Statement::CreateSecret { name, if_not_exists, value } => {
                let head = words(["CREATE SECRET", unless_exists(*if_not_exists), &self.name(name), "AS "]);
                say(head).append(self.expr(value))
            }
            Statement::CreateClusterReplica { cluster, name, options } => {
                let name = format!("{}.{}", self.ident(cluster), self.ident(name));
                say(format!("CREATE CLUSTER REPLICA {name} ")).append(self.in_parens(options))
            }
            Statement::CreateRole { name, attributes } => say(words(
                ["CREATE ROLE", &self.ident(name)]
                    .into_iter()
                    .chain(self.attributes(attributes).iter().map(String::as_str)),
            )),
            Statement::CreateNetworkPolicy { name, options } => {
                say(format!("CREATE NETWORK POLICY {} ", self.ident(name))).append(self.in_parens(options))
            }
            Statement::Show(show) => self.show(show),
            Statement::ShowCreate { kind, name, redacted } => say(words([
                "SHOW",
                if *redacted { "REDACTED" } else { "" },
                "CREATE",
                kind.keywords(),
                &self.object(name),
            ])),
            Statement::ValidateConnection { name } => say(format!("VALIDATE CONNECTION {}", self.name(name))),
            Statement::Refused { what } => say(what.as_str()),
            Statement::Drop { kind, if_exists, names, behavior } => say(words([
                "DROP",
                kind.keywords(),
                provided_exists(*if_exists),
                &self.objects(names),
                behavior_words(*behavior),
            ])),
            Statement::DropOwned { roles, behavior } => {
                say(words(["DROP OWNED BY", &self.idents(roles), behavior_words(*behavior)]))
            }
            Statement::ReassignOwned { from, to } => {
                say(format!("REASSIGN OWNED BY {} TO {}", self.idents(from), self.ident(to)))
            }
            Statement::Comment { target, text } => {
                let target = match target {
                    CommentTarget::Object(kind, name) => format!("{} {}", kind.keywords(), self.object(name)),
                    CommentTarget::Column(relation, column) => {
                        format!("COLUMN {}.{}", self.name(relation), self.ident(column))
                    }
                };
                let text = text.as_ref().map_or_else(|| "NULL".to_owned(), |text| self.string(text));
                say(format!("COMMENT ON {target} IS {text}"))
            }
            Statement::Grant(grant) => say(self.grant("GRANT", grant, "TO")),
            Statement::Revoke(grant) => say(self.grant("REVOKE", grant, "FROM")),
            Statement::GrantRole { roles, members } => {
                say(format!("GRANT {} TO {}", self.idents(roles), self.idents(members)))
            }
            Statement::RevokeRole { roles, members } => {
                say(format!("REVOKE {} FROM {}", self.idents(roles), self.idents(members)))
            }
            Statement::AlterDefaultPrivileges(alter) => {
                let roles = match &alter.for_roles {
                    Some(roles) => format!("ROLE {}", self.idents(roles)),
                    None => "ALL ROLES".to_owned(),
                };
                let place = match (alter.in_schemas.as_slice(), alter.in_databases.as_slice()) {
                    ([], []) => String::new(),
                    ([], databases) => format!("IN DATABASE {}", self.idents(databases)),
                    (schemas, _) => format!("IN SCHEMA {}", self.names(schemas)),
                };
                let (verb, to) = if alter.grant { ("GRANT", "TO") } else { ("REVOKE", "FROM") };
                say(words([
                    "ALTER DEFAULT PRIVILEGES FOR",
                    &roles,
                    &place,
                    verb,
                    &privileges(&alter.privileges),
                    "ON",
                    alter.on.plural(),
                    to,
                    &self.idents(&alter.roles),
                ]))
            }
            _ if is_alter(statement) => self.alter(statement),
            _ => self.session_statement(statement),
        }
    }

    fn in_parens(&self, options: &[SqlOption]) -> Doc {
        bracketed("(", self.options(options), ")")
    }

    pub(super) fn object(&self, name: &ObjectName) -> String {
        match name {
            ObjectName::Item(name) => self.name(name),
            ObjectName::Ident(name) => self.ident(name),
            ObjectName::Replica(cluster, name) => format!("{}.{}", self.ident(cluster), self.ident(name)),
        }
    }

    fn objects(&self, names: &[ObjectName]) -> String {
        names.iter().map(|name| self.object(name)).collect::<Vec<_>>().join(", ")
    }

    fn attributes(&self, attributes: &[RoleAttribute]) -> Vec<String> {
        attributes
            .iter()
            .map(|attribute| {
                let word = match attribute {
                    RoleAttribute::Inherit => "INHERIT",
                    RoleAttribute::NoInherit => "NOINHERIT",
                    RoleAttribute::Login => "LOGIN",
                    RoleAttribute::NoLogin => "NOLOGIN",
                    RoleAttribute::SuperUser => "SUPERUSER",
                    RoleAttribute::NoSuperUser => "NOSUPERUSER",
                    RoleAttribute::CreateCluster => "CREATECLUSTER",
                    RoleAttribute::NoCreateCluster => "NOCREATECLUSTER",
                    RoleAttribute::CreateDb => "CREATEDB",
                    RoleAttribute::NoCreateDb => "NOCREATEDB",
                    RoleAttribute::CreateRole => "CREATEROLE",
                    RoleAttribute::NoCreateRole => "NOCREATEROLE",
                    RoleAttribute::Password(None) => "PASSWORD NULL",
                    RoleAttribute::Password(Some(password)) => {
                        return format!("PASSWORD {}", self.string(password));
                    }
                };
                word.to_owned()
            })
            .collect()
    }

    fn grant(&self, verb: &str, grant: &GrantPrivileges, to: &str) -> String {
        let target = match &grant.target {
            GrantTarget::Objects(kind, names) => format!("{} {}", kind.keywords(), self.objects(names)),
            GrantTarget::System => "SYSTEM".to_owned(),
            GrantTarget::AllInSchemas(kind, schemas) => {
                format!("ALL {} IN SCHEMA {}", kind.plural(), self.names(schemas))
            }
            GrantTarget::AllInDatabases(kind, databases) => {
                format!("ALL {} IN DATABASE {}", kind.plural(), self.idents(databases))
            }
            GrantTarget::All(kind) => format!("ALL {}", kind.plural()),
        };
        words([verb, &privileges(&grant.privileges), "ON", &target, to, &self.idents(&grant.roles)])
    }

    fn alter(&self, statement: &Statement) -> Doc {
        let object = |kind: ObjectKind, if_exists: bool, name: &str| {
            words(["ALTER", kind.keywords(), provided_exists(if_exists), name])
        };
        match statement {
            Statement::AlterRename { kind, if_exists, name, to } => {
                let head = object(*kind, *if_exists, &self.object(name));
                say(format!("{head} RENAME TO {}", self.ident(to)))
            }
            Statement::AlterSwap { kind, if_exists, name, with } => {
                let head = object(*kind, *if_exists, &self.object(name));
                say(format!("{head} SWAP WITH {}", self.ident(with)))
            }
            Statement::AlterOwner { kind, if_exists, name, owner } => {
                let head = object(*kind, *if_exists, &self.object(name));
                say(format!("{head} OWNER TO {}", self.ident(owner)))
            }
            Statement::AlterSetCluster { kind, if_exists, name, cluster } => {
                let head = object(*kind, *if_exists, &self.object(name));
                say(format!("{head} SET CLUSTER {}", self.ident(cluster)))
            }
            Statement::AlterCluster { if_exists, name, action, with } => {
                let head = object(ObjectKind::Cluster, *if_exists, &self.ident(name));
                let doc = self.options_action(&head, action);
                match self.with(with) {
                    Some(with) => doc.append(" ").append(with),
                    None => doc,
                }
            }
            Statement::AlterIndex { if_exists, name, action } => {
                self.options_action(&object(ObjectKind::Index, *if_exists, &self.name(name)), action)
            }
            Statement::AlterRetainHistory { kind, if_exists, name, history } => {
                let head = object(*kind, *if_exists, &self.name(name));
                say(match history {
                    Some(value) => format!("{head} SET (RETAIN HISTORY = FOR {})", self.value(value)),
                    None => format!("{head} RESET (RETAIN HISTORY)"),
                })
            }
            Statement::ApplyReplacement { if_exists, name, replacement } => {
                let head = object(ObjectKind::MaterializedView, *if_exists, &self.name(name));
                say(format!("{head} APPLY REPLACEMENT {}", self.name(replacement)))
            }
            Statement::AlterConnection { if_exists, name, actions, with } => {
                let head = object(ObjectKind::Connection, *if_exists, &self.name(name));
                let actions: Vec<_> = actions
                    .iter()
                    .map(|action| match action {
                        ConnectionAction::Set(option) => format!("SET ({})", self.flat(self.option(option))),
                        ConnectionAction::Drop(name) => format!("DROP ({name})"),
                        ConnectionAction::Reset(name) => format!("RESET ({name})"),
                        ConnectionAction::RotateKeys => "ROTATE KEYS".to_owned(),
                    })
                    .collect();
                let doc = say(format!("{head} {}", actions.join(", ")));
                match self.with(with) {
                    Some(with) => doc.append(" ").append(with),
                    None => doc,
                }
            }
            Statement::AlterSecret { if_exists, name, value } => {
                let head = object(ObjectKind::Secret, *if_exists, &self.name(name));
                say(format!("{head} AS ")).append(self.expr(value))
            }
            Statement::AlterSinkFrom { if_exists, name, from } => {
                let head = object(ObjectKind::Sink, *if_exists, &self.name(name));
                say(format!("{head} SET FROM {}", self.item(from)))
            }
            Statement::AlterTableAddColumn { if_exists, name, if_not_exists, column } => {
                let head = object(ObjectKind::Table, *if_exists, &self.name(name));
                say(words([&head, "ADD COLUMN", unless_exists(*if_not_exists), ""]))
                    .append(" ")
                    .append(self.column(column))
            }
            Statement::AlterRole { name, action } => {
                let head = format!("ALTER ROLE {}", self.ident(name));
                say(match action {
                    RoleAction::Attributes(attributes) => words(
                        std::iter::once(head.as_str())
                            .chain(self.attributes(attributes).iter().map(String::as_str)),
                    ),
                    RoleAction::Set { name, value } => {
                        format!("{head} SET {} = {}", self.ident(name), self.set_value(value))
                    }
                    RoleAction::Reset { name } => format!("{head} RESET {}", self.ident(name)),
                })
            }
            Statement::AlterNetworkPolicy { name, options } => {
                say(format!("ALTER NETWORK POLICY {} SET ", self.ident(name))).append(self.in_parens(options))
            }
            Statement::AlterSystem { name, value } => say(match (name, value) {
                (Some(name), Some(value)) => {
                    format!("ALTER SYSTEM SET {} = {}", self.ident(name), self.set_value(value))
                }
                (Some(name), None) => format!("ALTER SYSTEM RESET {}", self.ident(name)),
                (None, _) => "ALTER SYSTEM RESET ALL".to_owned(),
            }),
            _ => self.alter_source(statement),
        }
    }

    fn alter_source(&self, statement: &Statement) -> Doc {
        match statement {
            Statement::RefreshReferences { if_exists, name } => {
                let name = self.name(name);
                say(words(["ALTER SOURCE", provided_exists(*if_exists), &name, "REFRESH REFERENCES"]))
            }
            Statement::AlterSource { text, .. } => say(text.as_str()),
            _ => self.session_statement(statement),
        }
    }

    fn options_action(&self, head: &str, action: &OptionsAction) -> Doc {
        match action {
            OptionsAction::Set(options) => say(format!("{head} SET ")).append(self.in_parens(options)),
            OptionsAction::Reset(names) => say(format!("{head} RESET ({})", names.join(", "))),
        }
    }

    fn show(&self, show: &Show) -> Doc {
        let mut out = format!("SHOW {}", self.show_what(&show.what));
        if let Some(from) = &show.from {
            let _ = write!(out, " FROM {}", self.name(from));
        }
        if let Some(on) = &show.on {
            let _ = write!(out, " ON {}", self.name(on));
        }
        if let Some(cluster) = &show.in_cluster {
            let _ = write!(out, " IN CLUSTER {}", self.ident(cluster));
        }
        match &show.filter {
            Some(ShowFilter::Like(pattern)) => say(format!("{out} LIKE {}", self.string(pattern))),
            Some(ShowFilter::Where(expr)) => say(format!("{out} WHERE ")).append(self.expr(expr)),
            None => say(out),
        }
    }

    fn show_what(&self, what: &ShowWhat) -> String {
        let role = |role: &Option<mz_deploy_planner::name::Ident>| {
            role.as_ref().map_or_else(String::new, |role| format!("FOR {}", self.ident(role)))
        };
        let on =
            |kind: &Option<ObjectKind>| kind.map_or_else(String::new, |kind| format!("ON {}", kind.plural()));
        match what {
            ShowWhat::Objects => "OBJECTS".to_owned(),
            ShowWhat::Tables => "TABLES".to_owned(),
            ShowWhat::Views => "VIEWS".to_owned(),
            ShowWhat::MaterializedViews => "MATERIALIZED VIEWS".to_owned(),
            ShowWhat::Indexes => "INDEXES".to_owned(),
            ShowWhat::Sources => "SOURCES".to_owned(),
            ShowWhat::Subsources => "SUBSOURCES".to_owned(),
            ShowWhat::Sinks => "SINKS".to_owned(),
            ShowWhat::Connections => "CONNECTIONS".to_owned(),
            ShowWhat::Secrets => "SECRETS".to_owned(),
            ShowWhat::Types => "TYPES".to_owned(),
            ShowWhat::Schemas => "SCHEMAS".to_owned(),
            ShowWhat::Databases => "DATABASES".to_owned(),
            ShowWhat::Clusters => "CLUSTERS".to_owned(),
            ShowWhat::ClusterReplicas => "CLUSTER REPLICAS".to_owned(),
            ShowWhat::Roles => "ROLES".to_owned(),
            ShowWhat::NetworkPolicies => "NETWORK POLICIES".to_owned(),
            ShowWhat::Columns => "COLUMNS".to_owned(),
            ShowWhat::Privileges { system: true, role: name, .. } => {
                words(["PRIVILEGES ON SYSTEM", &role(name)])
            }
            ShowWhat::Privileges { kind, role: name, .. } => words(["PRIVILEGES", &on(kind), &role(name)]),
            ShowWhat::DefaultPrivileges { kind, role: name } => {
                words(["DEFAULT PRIVILEGES", &on(kind), &role(name)])
            }
            ShowWhat::RoleMembership { role: name } => words(["ROLE MEMBERSHIP", &role(name)]),
        }
    }
}

fn is_alter(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::AlterRename { .. }
            | Statement::AlterSwap { .. }
            | Statement::AlterOwner { .. }
            | Statement::AlterSetCluster { .. }
            | Statement::AlterCluster { .. }
            | Statement::AlterIndex { .. }
            | Statement::AlterRetainHistory { .. }
            | Statement::ApplyReplacement { .. }
            | Statement::AlterConnection { .. }
            | Statement::AlterSecret { .. }
            | Statement::AlterSinkFrom { .. }
            | Statement::AlterTableAddColumn { .. }
            | Statement::AlterRole { .. }
            | Statement::AlterNetworkPolicy { .. }
            | Statement::AlterSystem { .. }
            | Statement::AlterSource { .. }
            | Statement::RefreshReferences { .. }
    )
}

fn privileges(privileges: &Privileges) -> String {
    match privileges {
        Privileges::All => "ALL".to_owned(),
        Privileges::List(list) => {
            list.iter().map(|privilege| privilege.keyword()).collect::<Vec<_>>().join(", ")
        }
    }
}

fn unless_exists(yes: bool) -> &'static str {
    if yes { "IF NOT EXISTS" } else { "" }
}

fn provided_exists(yes: bool) -> &'static str {
    if yes { "IF EXISTS" } else { "" }
}

fn behavior_words(behavior: Option<DropBehavior>) -> &'static str {
    match behavior {
        Some(DropBehavior::Cascade) => "CASCADE",
        Some(DropBehavior::Restrict) => "RESTRICT",
        None => "",
    }
}
