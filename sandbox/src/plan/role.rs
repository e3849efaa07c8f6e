//! Roles and their memberships.

use mz_deploy_planner::name::Ident;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::limits::{self, Limits};
use super::names::is_reserved;
use super::rbac::Requirements;
use crate::catalog::{Catalog, ObjectId, Op, Privilege, Role, RoleId};
use crate::error::{Notice, SqlError, SqlState};
use crate::session::definitions;
use crate::sql::ast::{RoleAction, RoleAttribute, SetValue, SetWord, Value};

const DOCS: &str = "https://materialize.com/docs/sql/create-role/#details";

fn reserved(name: &Ident) -> SqlError {
    SqlError::internal(format!("role name {:?} is reserved", name.as_str())).with_detail(
        "The role \"public\" and the prefixes \"mz_\" and \"pg_\" are reserved for system roles.",
    )
}

/// Refuses names that stand for the server's own roles, or for everybody.
pub(super) fn check_name(name: &Ident) -> Result<(), SqlError> {
    if is_reserved(name) || name.as_str() == "public" { Err(reserved(name)) } else { Ok(()) }
}

/// What attributes say of a role.
#[derive(Default)]
struct Attributes {
    can_login: Option<bool>,
    superuser: Option<bool>,
}

fn read(attributes: &[RoleAttribute]) -> Result<Attributes, SqlError> {
    let mut read = Attributes::default();
    for attribute in attributes {
        match attribute {
            RoleAttribute::Inherit
            | RoleAttribute::NoCreateCluster
            | RoleAttribute::NoCreateDb
            | RoleAttribute::NoCreateRole => {}
            RoleAttribute::NoInherit => {
                return Err(SqlError::internal("non inherit roles not yet supported"));
            }
            RoleAttribute::Login => read.can_login = Some(true),
            RoleAttribute::NoLogin => read.can_login = Some(false),
            RoleAttribute::SuperUser => read.superuser = Some(true),
            RoleAttribute::NoSuperUser => read.superuser = Some(false),
            RoleAttribute::CreateCluster => return Err(use_system_privilege("CREATECLUSTER")),
            RoleAttribute::CreateDb => return Err(use_system_privilege("CREATEDB")),
            RoleAttribute::CreateRole => return Err(use_system_privilege("CREATEROLE")),
            RoleAttribute::Password(_) => {
                return Err(SqlError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    format!(
                        "SUPERUSER and PASSWORD attributes is not supported in this environment. For more \
                         information consult the documentation at {DOCS}"
                    ),
                ));
            }
        }
    }
    Ok(read)
}

fn use_system_privilege(attribute: &str) -> SqlError {
    SqlError::internal(format!(
        "{attribute} attribute is not supported, for more information consult the documentation at {DOCS}"
    ))
    .with_detail("Use system privileges instead.")
}

fn requires(attributes: &Attributes, action: &'static str) -> Requirements {
    let mut requires = Requirements::privilege(None, Privilege::CreateRole);
    requires.superuser = (attributes.superuser == Some(true)).then_some(action);
    requires
}

pub(super) fn create(
    catalog: &mut Catalog,
    limits: &Limits,
    name: &Ident,
    attributes: &[RoleAttribute],
) -> Result<Planned, SqlError> {
    check_name(name)?;
    let attributes = read(attributes)?;
    let current = catalog.roles().filter(|role| matches!(role.id, RoleId::User(_))).count();
    limits::check("Role", "max_roles", limits.max_roles, current, 1)?;
    let requires = requires(&attributes, "create superuser role");
    let id = catalog.next_role_id();
    let op = Op::CreateRole {
        id,
        name: name.clone(),
        can_login: attributes.can_login,
        superuser: attributes.superuser,
    };
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
}

pub(super) fn alter(
    catalog: &Catalog,
    session: &SessionView,
    name: &Ident,
    action: &RoleAction,
) -> Result<Planned, SqlError> {
    let role = catalog.resolve_role(name)?;
    let (op, notices, requires) = match action {
        RoleAction::Attributes(attributes) => {
            let attributes = read(attributes)?;
            let requires = requires(&attributes, "alter superuser role");
            let op = Op::AlterRole {
                id: role.id,
                can_login: attributes.can_login,
                superuser: attributes.superuser,
            };
            (op, Vec::new(), requires)
        }
        RoleAction::Set { name, value } => set_default(session, role, name, Some(value))?,
        RoleAction::Reset { name } => set_default(session, role, name, None)?,
    };
    check_name(&role.name)?;
    Ok(Planned::new(DdlPlan { ops: vec![op], notices, ..DdlPlan::default() }, requires))
}

fn set_default(
    session: &SessionView,
    role: &Role,
    variable: &Ident,
    value: Option<&SetValue>,
) -> Result<(Op, Vec<Notice>, Requirements), SqlError> {
    let name = variable.as_str();
    let variable = definitions::find(name).map(|definition| definition.name).ok_or_else(|| {
        SqlError::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""))
    })?;
    let value = match value {
        Some(SetValue::Values(words)) => Some(words.iter().map(word).collect()),
        Some(SetValue::Default) | None => None,
    };
    let notice = Notice::new(
        SqlState::SUCCESS,
        format!(
            "variable {variable:?} was updated for {:?}, this will have no effect on the current session",
            role.name.as_str()
        ),
    );
    // Everybody may change their own defaults.
    let requires = if role.id == session.role {
        Requirements::default()
    } else {
        Requirements::privilege(None, Privilege::CreateRole)
    };
    let op = Op::SetRoleDefault { id: role.id, variable: variable.to_owned(), value };
    Ok((op, vec![notice], requires))
}

fn word(word: &SetWord) -> String {
    match word {
        SetWord::Ident(ident) => ident.as_str().to_owned(),
        SetWord::Literal(Value::String(text) | Value::Number(text) | Value::HexString(text)) => text.clone(),
        SetWord::Literal(Value::Boolean(on)) => on.to_string(),
        SetWord::Literal(Value::Interval(interval)) => interval.value.clone(),
        SetWord::Literal(Value::Null) => "null".to_owned(),
    }
}

/// The roles that are granted and the members that get them, in all combinations.
fn pairs<'a>(
    catalog: &'a Catalog,
    roles: &[Ident],
    members: &[Ident],
) -> Result<Vec<(&'a Role, &'a Role)>, SqlError> {
    let mut granted = Vec::new();
    for name in roles {
        if name.as_str() == "public" {
            return Err(reserved(name));
        }
        let role = catalog.resolve_role(name)?;
        if !matches!(role.id, RoleId::User(_) | RoleId::Predefined(_)) {
            return Err(SqlError::internal(format!("role name {:?} cannot be granted", name.as_str())));
        }
        granted.push(role);
    }
    let mut found = Vec::new();
    for name in members {
        if name.as_str() == "public" {
            return Err(reserved(name));
        }
        let member = catalog.resolve_role(name)?;
        check_name(&member.name)?;
        found.push(member);
    }
    Ok(granted.iter().flat_map(|role| found.iter().map(|member| (*role, *member))).collect())
}

pub(super) fn grant(catalog: &Catalog, roles: &[Ident], members: &[Ident]) -> Result<Planned, SqlError> {
    let mut plan = DdlPlan::default();
    for (role, member) in pairs(catalog, roles, members)? {
        if catalog.is_member(role.id, member.id) {
            return Err(SqlError::internal(format!(
                "role {:?} is a member of role {:?}",
                role.name.as_str(),
                member.name.as_str()
            )));
        }
        if member.member_of.contains_key(&role.id) {
            plan.notices.push(Notice::new(
                SqlState::SUCCESS,
                format!(
                    "role {:?} is already a member of role {:?}",
                    member.name.as_str(),
                    role.name.as_str()
                ),
            ));
        } else {
            plan.ops.push(Op::GrantRole { role: role.id, member: member.id, grantor: RoleId::MZ_SYSTEM });
        }
    }
    Ok(Planned::new(plan, Requirements::privilege(None, Privilege::CreateRole)))
}

pub(super) fn revoke(catalog: &Catalog, roles: &[Ident], members: &[Ident]) -> Result<Planned, SqlError> {
    let mut plan = DdlPlan::default();
    for (role, member) in pairs(catalog, roles, members)? {
        if member.member_of.contains_key(&role.id) {
            plan.ops.push(Op::RevokeRole { role: role.id, member: member.id });
        } else {
            plan.notices.push(Notice::warning(
                SqlState::WARNING,
                format!("role {:?} is not a member of role {:?}", member.name.as_str(), role.name.as_str()),
            ));
        }
    }
    Ok(Planned::new(plan, Requirements::privilege(None, Privilege::CreateRole)))
}

/// What a role holds that keeps it from being dropped, a line each.
pub(super) fn holdings(catalog: &Catalog, role: &Role) -> Vec<String> {
    let mut lines = Vec::new();
    let name = role.name.as_str();
    for object in super::owner::objects(catalog) {
        if catalog.owner(object) == Some(role.id) {
            lines.push(format!("{name}: owner of {}", super::rbac::describe_quoted(catalog, object)));
        }
    }
    let acls = std::iter::once(None).chain(super::owner::objects(catalog).map(Some));
    for object in acls {
        let on = object.map_or_else(
            || "SYSTEM".to_owned(),
            |object: ObjectId| super::rbac::describe_quoted(catalog, object),
        );
        for item in catalog.acl(object).into_iter().flatten() {
            let other = |id: RoleId| {
                catalog.role(id).map_or_else(|| "PUBLIC".to_owned(), |role| role.name.as_str().to_owned())
            };
            if item.grantee == role.id && object.and_then(|object| catalog.owner(object)) != Some(role.id) {
                lines.push(format!("{name}: privileges on {on} granted by {}", other(item.grantor)));
            } else if item.grantor == role.id && item.grantee != role.id {
                lines.push(format!("{name}: privileges granted on {on} to {}", other(item.grantee)));
            }
        }
    }
    for (key, _) in catalog.default_privileges() {
        if key.creator == role.id || key.grantee == role.id {
            lines.push(format!("{name}: default privileges on {}S", super::rbac::keyword(key.kind)));
        }
    }
    lines
}
