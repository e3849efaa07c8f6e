//! What the session's role may do: by itself, by the roles that it is a member of, or because nothing is refused to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::{Live, LiveGrant};
use crate::name::Ident;

/// The powers of whoever looked at the catalog.
pub(super) struct Authority<'a> {
    /// The role; absent if the catalog doesn't say who looked. Nothing is refused then.
    role: Option<&'a Ident>,
    is_superuser: bool,
    privileges: &'a [smol_str::SmolStr],
    /// The role and all that it is a member of, directly or not.
    acts_as: BTreeSet<&'a Ident>,
}

/// Some roles and all that they are members of, directly or not.
pub(super) fn with_groups<'a>(
    live: &'a Live,
    roles: impl IntoIterator<Item = &'a Ident>,
) -> BTreeSet<&'a Ident> {
    let member_of: BTreeMap<&Ident, &[Ident]> =
        live.roles.iter().map(|role| (&role.name, role.member_of.as_slice())).collect();
    let mut found = BTreeSet::new();
    let mut open: Vec<&Ident> = roles.into_iter().collect();
    while let Some(role) = open.pop() {
        if found.insert(role) {
            open.extend(member_of.get(role).copied().into_iter().flatten());
        }
    }
    found
}

impl<'a> Authority<'a> {
    pub(super) fn new(live: &'a Live) -> Self {
        let Some(session) = &live.session else {
            return Self { role: None, is_superuser: true, privileges: &[], acts_as: BTreeSet::new() };
        };
        Self {
            role: Some(&session.role),
            is_superuser: session.is_superuser,
            privileges: &session.privileges,
            acts_as: with_groups(live, [&session.role]),
        }
    }

    /// The role, unless it may do everything.
    pub(super) fn limited(&self) -> Option<&'a Ident> {
        self.role.filter(|_| !self.is_superuser)
    }

    /// True if it may do what only the owner may.
    pub(super) fn owns(&self, owner: &Ident) -> bool {
        self.is_superuser || self.acts_as.contains(owner)
    }

    /// True if it has a privilege on a thing of `owner` with these grants. Owners have all privileges.
    pub(super) fn has(&self, privilege: &str, owner: &Ident, grants: &[LiveGrant]) -> bool {
        let is_granted = |grant: &LiveGrant| {
            let is_mine = grant.role.as_ref().is_none_or(|role| self.acts_as.contains(role));
            grant.privilege == privilege && is_mine
        };
        self.owns(owner) || grants.iter().any(is_granted)
    }

    /// True if it has a system privilege: `CREATEDB`, `CREATECLUSTER`, `CREATEROLE`, …
    pub(super) fn has_system(&self, privilege: &str) -> bool {
        self.is_superuser || self.privileges.iter().any(|has| has == privilege)
    }
}
