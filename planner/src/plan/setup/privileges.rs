//! Who may do what with the ledger.

use super::ledger::Ledger;
use super::shape::{
    DATABASE, DEPLOYER, DEV_OVERLAYS, DEVELOPER, LEDGER_VERSION, ROLES, TABLES, VIEWS, tables_schema,
    views_schema,
};
use crate::ddl::definition::{Securable, grant};
use crate::input::LiveGrant;
use crate::name::{Ident, ObjectName};
use crate::plan::authority::Authority;
use crate::plan::lower::sql;
use crate::plan::model::Step;

/// A thing as the catalog has it: its owner, and what others may.
#[derive(Clone, Copy)]
struct Access<'a> {
    owner: &'a Ident,
    grants: &'a [LiveGrant],
}

impl Access<'_> {
    /// Owners have all privileges, which aren't among the grants.
    fn allows(self, role: &Ident, privileges: &[&str]) -> bool {
        let is_granted = |privilege: &&str| {
            self.grants.iter().any(|g| g.role.as_ref() == Some(role) && g.privilege == **privilege)
        };
        self.owner == role || privileges.iter().all(is_granted)
    }
}

/// The grants that are missing. System privileges are granted by superusers alone; without one, deployers need their
/// own.
pub(super) fn steps(ledger: &Ledger<'_>, authority: &Authority<'_>, cluster: &Ident) -> Vec<Step> {
    let roles = ROLES.map(Ident::new);
    let all: Vec<&Ident> = roles.iter().collect();
    let (deployer, developer) = (Ident::new(DEPLOYER), Ident::new(DEVELOPER));
    let mut missing = Missing { ledger, steps: Vec::new() };
    missing.on(&Securable::Cluster(cluster), &["USAGE"], &all);
    let database = Ident::new(DATABASE);
    missing.on(&Securable::Database(&database), &["USAGE"], &all);
    missing.on(&Securable::Database(&database), &["CREATE"], &[&deployer]);
    let (tables, views) = (tables_schema(), views_schema());
    missing.on(&Securable::Schema(&views), &["USAGE"], &all);
    missing.on(&Securable::Schema(&tables), &["USAGE"], &all);
    missing.on(&Securable::AllTablesIn(&views), &["SELECT"], &all);
    missing.on(&Securable::AllTablesIn(&tables), &["SELECT", "INSERT", "UPDATE", "DELETE"], &[&deployer]);
    let overlays = tables.object(DEV_OVERLAYS.into());
    missing.on(&Securable::Table(&overlays), &["SELECT", "INSERT", "DELETE"], &[&developer]);
    if authority.limited().is_none() {
        missing.on(&Securable::System, &["CREATEDB", "CREATECLUSTER"], &[&deployer]);
        missing.on(&Securable::System, &["CREATEDB"], &[&developer]);
    }
    missing.steps
}

struct Missing<'a> {
    ledger: &'a Ledger<'a>,
    steps: Vec<Step>,
}

impl Missing<'_> {
    /// One grant for the roles that lack any of the privileges.
    fn on(&mut self, on: &Securable<'_>, privileges: &[&str], roles: &[&Ident]) {
        let lacking: Vec<&Ident> =
            roles.iter().copied().filter(|role| !self.allows(on, privileges, role)).collect();
        if !lacking.is_empty() {
            self.steps.push(sql(grant(privileges, on, &lacking)));
        }
    }

    fn allows(&self, on: &Securable<'_>, privileges: &[&str], role: &Ident) -> bool {
        let live = self.ledger.live;
        let allows = |access: Access<'_>| access.allows(role, privileges);
        let relation = |name: &ObjectName| {
            self.ledger.object(name).is_some_and(|o| allows(Access { owner: &o.owner, grants: &o.grants }))
        };
        match on {
            // The catalog doesn't tell the system privileges of roles. The ledger has its version's comment only after
            // these grants, and a role that is made again needs them again.
            Securable::System => self.ledger.version == Some(LEDGER_VERSION) && !self.ledger.lacks_role(role),
            Securable::Cluster(name) => {
                let found = live.clusters.iter().find(|c| &c.name == *name);
                found.is_some_and(|c| allows(Access { owner: &c.owner, grants: &c.grants }))
            }
            Securable::Database(name) => {
                let found = live.databases.iter().find(|d| &d.name == *name);
                found.is_some_and(|d| allows(Access { owner: &d.owner, grants: &d.grants }))
            }
            Securable::Schema(name) => {
                let found = live.schemas.iter().find(|s| &s.name == *name);
                found.is_some_and(|s| allows(Access { owner: &s.owner, grants: &s.grants }))
            }
            Securable::Table(name) => relation(name),
            Securable::AllTablesIn(schema) if **schema == tables_schema() => {
                TABLES.iter().all(|table| relation(&table.name()))
            }
            // A view that is made again has lost its grants.
            Securable::AllTablesIn(_) => {
                VIEWS.iter().all(|view| self.ledger.outdated(view).is_none() && relation(&view.name()))
            }
        }
    }
}
