//! What the server would refuse to the session's role, found before anything is made. Each problem says which statement
//! would help.

use std::collections::BTreeSet;
use std::fmt::Display;

use smol_str::{SmolStr, format_smolstr};

use super::authority::Authority;
use crate::ddl::definition::{self, Securable};
use crate::diagnostic::{Code, Diagnostic};
use crate::input::LiveGrant;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::source::Location;
use crate::syntax::ast::TargetKind;

/// Refusals so far; each is reported once, at the first place that meets it.
pub(super) struct Refusals<'a> {
    authority: Authority<'a>,
    problems: Vec<Diagnostic>,
    reported: BTreeSet<SmolStr>,
}

impl<'a> Refusals<'a> {
    /// None if everything is allowed, or nobody knows who will run the plan.
    pub(super) fn new(authority: Authority<'a>) -> Option<Self> {
        authority.limited()?;
        Some(Self { authority, problems: Vec::new(), reported: BTreeSet::new() })
    }

    pub(super) fn problems(self) -> Vec<Diagnostic> {
        self.problems
    }

    /// A system privilege that `purpose` (`creating the cluster c`) takes.
    pub(super) fn system(&mut self, privilege: &'static str, purpose: &dyn Display, at: Location) {
        if !self.authority.has_system(privilege) {
            let on = Securable::System;
            self.lacks(privilege, &on, &format_smolstr!("the system privilege {privilege}"), purpose, at);
        }
    }

    /// `CREATE` on a database in which a schema is made or renamed.
    pub(super) fn database(
        &mut self,
        database: &crate::input::LiveDatabase,
        purpose: &dyn Display,
        at: Location,
    ) {
        let on = Securable::Database(&database.name);
        self.on(&on, &database.owner, &database.grants, purpose, at);
    }

    /// `CREATE` on a schema in which an object is made.
    pub(super) fn schema(&mut self, schema: &crate::input::LiveSchema, purpose: &dyn Display, at: Location) {
        self.on(&Securable::Schema(&schema.name), &schema.owner, &schema.grants, purpose, at);
    }

    /// `CREATE` on a cluster on which something runs.
    pub(super) fn cluster(
        &mut self,
        cluster: &crate::input::LiveCluster,
        purpose: &dyn Display,
        at: Location,
    ) {
        self.on(&Securable::Cluster(&cluster.name), &cluster.owner, &cluster.grants, purpose, at);
    }

    fn on(
        &mut self,
        on: &Securable<'_>,
        owner: &Ident,
        grants: &[LiveGrant],
        purpose: &dyn Display,
        at: Location,
    ) {
        if !self.authority.has("CREATE", owner, grants) {
            self.lacks("CREATE", on, &format_smolstr!("CREATE on {}", noun(on)), purpose, at);
        }
    }

    fn lacks(
        &mut self,
        privilege: &'static str,
        on: &Securable<'_>,
        what: &SmolStr,
        purpose: &dyn Display,
        at: Location,
    ) {
        let Some(role) = self.authority.limited() else { return };
        let grant = definition::grant(&[privilege], on, &[role]);
        if self.reported.insert(grant.clone()) {
            let message = format_smolstr!("{purpose} takes {what}, which `{role}` lacks");
            let problem = Diagnostic::error(Code::MissingPrivilege, at, message);
            self.problems.push(problem.help(format_smolstr!("let an administrator run `{grant}`")));
        }
    }

    /// Something that only its owner may change.
    pub(super) fn owner(
        &mut self,
        kind: TargetKind,
        name: &dyn Display,
        owner: &Ident,
        purpose: &dyn Display,
        at: Location,
    ) {
        let Some(role) = self.authority.limited().filter(|_| !self.authority.owns(owner)) else { return };
        let keyword = kind.keyword();
        if self.reported.insert(format_smolstr!("{keyword} {name}")) {
            let noun = keyword.to_lowercase();
            let message = format_smolstr!(
                "{purpose} takes the owner of the {noun} `{name}`: that is `{owner}`, and `{role}` isn't a member of it"
            );
            let problem = Diagnostic::error(Code::NotOwner, at, message);
            self.problems.push(problem.help(format_smolstr!(
                "let an administrator run `{}`, or `{}`",
                definition::grant_role(owner, role),
                definition::set_owner(kind, name, role)
            )));
        }
    }
}

fn noun(on: &Securable<'_>) -> SmolStr {
    match on {
        Securable::System => "the system".into(),
        Securable::Cluster(name) => format_smolstr!("the cluster `{name}`"),
        Securable::Database(name) => format_smolstr!("the database `{name}`"),
        Securable::Schema(name) | Securable::AllTablesIn(name) => schema_noun(name),
        Securable::Table(name) => table_noun(name),
    }
}

fn schema_noun(name: &SchemaName) -> SmolStr {
    format_smolstr!("the schema `{name}`")
}

fn table_noun(name: &ObjectName) -> SmolStr {
    format_smolstr!("`{name}`")
}
