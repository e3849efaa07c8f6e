//! Grants, memberships and default privileges.

use std::sync::Arc;

use super::{Change, missing};
use crate::catalog::id::RoleId;
use crate::catalog::model::{DefaultPrivilegeKey, ObjectId};
use crate::catalog::privilege::{self, Acl, PrivilegeSet};
use crate::error::SqlError;

impl Change<'_> {
    fn acl_mut(&mut self, object: Option<ObjectId>) -> Result<&mut Acl, SqlError> {
        let catalog = &mut *self.catalog;
        let acl = match object {
            None => Some(&mut catalog.system_acl),
            Some(ObjectId::Item(id)) => catalog.items.get_mut(&id).map(|item| &mut Arc::make_mut(item).acl),
            Some(ObjectId::Database(id)) => {
                catalog.databases.get_mut(&id).map(|database| &mut Arc::make_mut(database).acl)
            }
            Some(ObjectId::Schema(id)) => {
                catalog.schemas.get_mut(&id).map(|schema| &mut Arc::make_mut(schema).acl)
            }
            Some(ObjectId::Cluster(id)) => {
                catalog.clusters.get_mut(&id).map(|cluster| &mut Arc::make_mut(cluster).acl)
            }
            Some(ObjectId::NetworkPolicy(id)) => {
                catalog.network_policies.get_mut(&id).map(|policy| &mut Arc::make_mut(policy).acl)
            }
            Some(ObjectId::Replica(..) | ObjectId::Role(_)) => None,
        };
        match (acl, object) {
            (Some(acl), _) => Ok(acl),
            (None, Some(object)) => Err(missing(object)),
            (None, None) => Err(SqlError::internal("the system has no privileges")),
        }
    }

    fn touch_privileges(&mut self, object: Option<ObjectId>) {
        match object {
            Some(object) => self.touch(object),
            None => self.effects.privileges_changed = true,
        }
    }

    pub(super) fn grant(
        &mut self,
        object: Option<ObjectId>,
        grantee: RoleId,
        grantor: RoleId,
        privileges: &PrivilegeSet,
    ) -> Result<(), SqlError> {
        privilege::grant(self.acl_mut(object)?, grantee, grantor, privileges);
        self.touch_privileges(object);
        self.audit_privileges("grant", object, grantee, grantor, privileges);
        Ok(())
    }

    pub(super) fn revoke(
        &mut self,
        object: Option<ObjectId>,
        grantee: RoleId,
        grantor: RoleId,
        privileges: &PrivilegeSet,
    ) -> Result<(), SqlError> {
        privilege::revoke(self.acl_mut(object)?, grantee, grantor, privileges);
        self.touch_privileges(object);
        self.audit_privileges("revoke", object, grantee, grantor, privileges);
        Ok(())
    }

    pub(super) fn grant_role(
        &mut self,
        role: RoleId,
        member: RoleId,
        grantor: RoleId,
    ) -> Result<(), SqlError> {
        self.role_mut(member)?.member_of.insert(role, grantor);
        self.touch(ObjectId::Role(member));
        self.audit_membership("grant", role, member, grantor);
        Ok(())
    }

    pub(super) fn revoke_role(&mut self, role: RoleId, member: RoleId) -> Result<(), SqlError> {
        let grantor = self.role_mut(member)?.member_of.remove(&role);
        self.touch(ObjectId::Role(member));
        self.audit_membership("revoke", role, member, grantor.unwrap_or(RoleId::MZ_SYSTEM));
        Ok(())
    }

    pub(super) fn grant_default(&mut self, key: &DefaultPrivilegeKey, privileges: &PrivilegeSet) {
        self.catalog.default_privileges.entry(key.clone()).or_default().extend(privileges);
        self.effects.privileges_changed = true;
        self.audit_default_privileges("grant", key, privileges);
    }

    pub(super) fn revoke_default(&mut self, key: &DefaultPrivilegeKey, privileges: &PrivilegeSet) {
        if let Some(held) = self.catalog.default_privileges.get_mut(key) {
            held.retain(|privilege| !privileges.contains(privilege));
            if held.is_empty() {
                self.catalog.default_privileges.remove(key);
            }
        }
        self.effects.privileges_changed = true;
        self.audit_default_privileges("revoke", key, privileges);
    }

    /// Default privileges of a container that is gone.
    pub(super) fn forget_default_privileges(&mut self, is_gone: impl Fn(&DefaultPrivilegeKey) -> bool) {
        let before = self.catalog.default_privileges.len();
        self.catalog.default_privileges.retain(|key, _| !is_gone(key));
        self.effects.privileges_changed |= self.catalog.default_privileges.len() != before;
    }
}
