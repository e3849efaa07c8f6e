//! `ALTER SYSTEM`: variables of the whole server, which only its own roles may set.

use mz_deploy_planner::name::Ident;

use super::context::SessionView;
use super::ddl::Planned;
use super::rbac::Requirements;
use crate::catalog::{Catalog, RoleId};
use crate::error::{SqlError, SqlState};

pub(super) fn alter(
    catalog: &Catalog,
    session: &SessionView,
    name: Option<&Ident>,
) -> Result<Planned, SqlError> {
    if name.is_some_and(|name| name.as_str() == "network_policy") {
        Requirements::superuser("toggle the 'network_policy' system configuration parameter")
            .check(catalog, session.role)?;
    } else if session.role != RoleId::MZ_SYSTEM {
        return Err(SqlError::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied to alter system")
            .with_detail("You must be the 'mz_system' role"));
    }
    Err(SqlError::unsupported("ALTER SYSTEM"))
}
