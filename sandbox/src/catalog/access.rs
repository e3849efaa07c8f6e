//! Who may do what.

use std::collections::BTreeSet;

use super::id::RoleId;
use super::model::{Catalog, ObjectId};
use super::privilege::Privilege;

impl Catalog {
    /// A role and all roles that it is a member of, directly or through others, and everybody.
    pub fn memberships(&self, role: RoleId) -> BTreeSet<RoleId> {
        let mut found = BTreeSet::from([role, RoleId::Public]);
        let mut open = vec![role];
        while let Some(role) = open.pop() {
            let of = self.role(role).into_iter().flat_map(|role| role.member_of.keys());
            open.extend(of.copied().filter(|role| found.insert(*role)));
        }
        found
    }

    /// True if a role is another one, or a member of it.
    pub fn is_member(&self, role: RoleId, of: RoleId) -> bool {
        self.memberships(role).contains(&of)
    }

    /// True for roles that skip every check except the protection of what the server owns.
    pub fn is_superuser(&self, role: RoleId) -> bool {
        role == RoleId::MZ_SYSTEM || self.role(role).is_some_and(|role| role.superuser == Some(true))
    }

    /// True if a role, a role that it is a member of, or everybody has a privilege on something; on the system as a
    /// whole for `None`. Superusers have all.
    pub fn has_privilege(&self, role: RoleId, object: Option<ObjectId>, privilege: Privilege) -> bool {
        self.is_superuser(role) || self.is_granted(role, object, privilege)
    }

    /// Like [`Self::has_privilege`], without regard to superusers: what the inquiry functions answer.
    pub fn is_granted(&self, role: RoleId, object: Option<ObjectId>, privilege: Privilege) -> bool {
        let Some(acl) = self.acl(object) else { return false };
        if !acl.iter().any(|item| item.privileges.contains(&privilege)) {
            return false;
        }
        let roles = self.memberships(role);
        acl.iter().any(|item| item.privileges.contains(&privilege) && roles.contains(&item.grantee))
    }

    /// True if a role owns something, or is a member of the role that does. Superusers count as owners of everything.
    pub fn is_owner(&self, role: RoleId, object: ObjectId) -> bool {
        match self.owner(object) {
            Some(owner) => self.is_superuser(role) || self.is_member(role, owner),
            None => self.is_superuser(role),
        }
    }
}
