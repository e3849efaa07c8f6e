//! Grants, comments and default privileges that the last deployment made and the project doesn't say any more. They
//! are on production still, and nobody wants them back.

use smol_str::SmolStr;

use super::exchange::scope_of;
use crate::input::{Deployment, LiveDefaultPrivilege, LiveGrant};
use crate::name::{Ident, SchemaName, printed};
use crate::syntax::{
    self,
    ast::{Body, GrantTarget, Name, Statement},
};

/// The statements, parsed.
pub(super) struct Withdrawn(Vec<(SmolStr, Statement)>);

impl Withdrawn {
    pub(super) fn new(deployment: &Deployment) -> Self {
        Self::of(&deployment.plan.withdrawn)
    }

    /// Any statements.
    pub(super) fn of<'s>(statements: impl IntoIterator<Item = &'s SmolStr>) -> Self {
        let parsed = statements
            .into_iter()
            .filter_map(|sql| Some((sql.clone(), syntax::parse(sql).statements.into_iter().next()?)));
        Self(parsed.collect())
    }

    /// True if a privilege on something of production was withdrawn.
    pub(super) fn has_grant(&self, on: &SmolStr, grant: &LiveGrant) -> bool {
        self.0.iter().any(|(_, statement)| {
            let Body::Grant(body) = &statement.body else { return false };
            let GrantTarget::Named { names, .. } = &body.target else { return false };
            names.iter().any(|name| &full(name) == on)
                && body.privileges.iter().any(|p| is_privilege(p, &grant.privilege))
                && body.roles.iter().any(|role| is_role(&role.value, grant.role.as_ref()))
        })
    }

    /// True if a comment was withdrawn.
    pub(super) fn has_comment(&self, on: &SmolStr, column: Option<&Ident>) -> bool {
        self.0.iter().any(|(_, statement)| {
            let Body::Comment(body) = &statement.body else { return false };
            &full(&body.target) == on && body.column.as_ref().map(|c| &c.value) == column
        })
    }

    /// True if a default privilege of a schema was withdrawn.
    pub(super) fn has_default(&self, schema: &SchemaName, privilege: &LiveDefaultPrivilege) -> bool {
        self.0.iter().any(|(sql, statement)| {
            let Body::AlterDefaultPrivileges(_) = &statement.body else { return false };
            let words = |word: &str| {
                sql.to_ascii_uppercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == word)
            };
            scope_of(sql).is_some_and(|scope| scope.printed() == printed(schema))
                && (words(&privilege.grant.privilege.to_ascii_uppercase()) || words("ALL"))
                && words(&format!("{}S", privilege.object_type.to_ascii_uppercase()))
        })
    }
}

fn full(name: &Name) -> SmolStr {
    let parts: Vec<SmolStr> = name.parts.iter().map(|part| printed(&part.value)).collect();
    parts.join(".").into()
}

fn is_privilege(written: &str, privilege: &str) -> bool {
    written.eq_ignore_ascii_case(privilege) || written.to_ascii_uppercase().starts_with("ALL")
}

fn is_role(written: &Ident, role: Option<&Ident>) -> bool {
    match role {
        Some(role) => written == role,
        None => written.as_str() == "public",
    }
}
