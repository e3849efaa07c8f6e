//! The statements that change containers, roles, privileges, names and comments. Items are made by
//! [`crate::query`].

use super::context::{DdlPlan, SessionView};
use super::limits::Limits;
use super::rbac::Requirements;
use super::{cluster, comment, container, drop, grant, owner, rename, role, system_variable};
use crate::catalog::{Catalog, Op};
use crate::error::{Notice, SqlError};
use crate::sql::ast::Statement;

/// A statement that is ready to run once its role is found to be allowed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planned {
    /// What to do.
    pub plan: DdlPlan,
    /// What the role must hold.
    pub requires: Requirements,
}

impl Planned {
    pub(super) fn new(plan: DdlPlan, requires: Requirements) -> Self {
        Self { plan, requires }
    }

    /// One operation.
    pub(super) fn one(op: Op, requires: Requirements) -> Self {
        Self::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires)
    }

    /// Nothing to do but to say why.
    pub(super) fn nothing(notice: Notice, requires: Requirements) -> Self {
        Self::new(DdlPlan { notices: vec![notice], ..DdlPlan::default() }, requires)
    }
}

/// Plans a statement. Ids of new objects are taken from `catalog`, which is a copy that the caller commits together
/// with the operations. `None` if the statement isn't one of these.
pub fn plan_ddl(
    statement: &Statement,
    catalog: &mut Catalog,
    session: &SessionView,
    limits: &Limits,
) -> Option<Result<Planned, SqlError>> {
    let planned = match statement {
        Statement::CreateDatabase { name, if_not_exists } => {
            container::create_database(catalog, session, limits, name, *if_not_exists)
        }
        Statement::CreateSchema { name, if_not_exists } => {
            container::create_schema(catalog, session, limits, name, *if_not_exists)
        }
        Statement::CreateCluster(create) => cluster::create(catalog, session, limits, create),
        Statement::CreateClusterReplica { cluster, name, options } => {
            cluster::create_replica(catalog, session, limits, cluster, name, options)
        }
        Statement::AlterCluster { if_exists, name, action, with } => {
            cluster::alter(catalog, limits, *if_exists, name, action, with)
        }
        Statement::CreateRole { name, attributes } => role::create(catalog, limits, name, attributes),
        Statement::AlterRole { name, action } => role::alter(catalog, session, name, action),
        Statement::GrantRole { roles, members } => role::grant(catalog, roles, members),
        Statement::RevokeRole { roles, members } => role::revoke(catalog, roles, members),
        Statement::CreateNetworkPolicy { name, options } => {
            container::create_network_policy(catalog, session, limits, name, options)
        }
        Statement::AlterNetworkPolicy { name, options } => {
            container::alter_network_policy(catalog, limits, name, options)
        }
        Statement::AlterRename { kind, if_exists, name, to } => {
            rename::rename(catalog, session, *kind, *if_exists, name, to)
        }
        Statement::AlterSwap { kind, if_exists, name, with } => {
            rename::swap(catalog, session, *kind, *if_exists, name, with)
        }
        Statement::AlterOwner { kind, if_exists, name, owner } => {
            owner::alter(catalog, session, *kind, *if_exists, name, owner)
        }
        Statement::ReassignOwned { from, to } => owner::reassign(catalog, from, to),
        Statement::DropOwned { roles, behavior } => owner::drop_owned(catalog, session, roles, *behavior),
        Statement::Drop { kind, if_exists, names, behavior } => {
            drop::drop(catalog, session, *kind, *if_exists, names, *behavior)
        }
        Statement::AlterSystem { name, .. } => system_variable::alter(catalog, session, name.as_ref()),
        Statement::Comment { target, text } => comment::comment(catalog, session, target, text.as_deref()),
        Statement::Grant(change) => grant::change(catalog, session, change, true),
        Statement::Revoke(change) => grant::change(catalog, session, change, false),
        Statement::AlterDefaultPrivileges(change) => grant::change_defaults(catalog, session, change),
        _ => return None,
    };
    Some(planned)
}
