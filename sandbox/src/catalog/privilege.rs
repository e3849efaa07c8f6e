//! Privileges, and who holds them on what.

use serde::{Deserialize, Serialize};

use super::id::RoleId;
use crate::sql::ast::ObjectKind;

/// A privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is named after its keyword")]
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Usage,
    Create,
    CreateRole,
    CreateDb,
    CreateCluster,
    CreateNetworkPolicy,
}

impl Privilege {
    /// In the order of the keywords.
    pub const ALL: [Self; 10] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Usage,
        Self::Create,
        Self::CreateRole,
        Self::CreateDb,
        Self::CreateCluster,
        Self::CreateNetworkPolicy,
    ];

    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Usage => "USAGE",
            Self::Create => "CREATE",
            Self::CreateRole => "CREATEROLE",
            Self::CreateDb => "CREATEDB",
            Self::CreateCluster => "CREATECLUSTER",
            Self::CreateNetworkPolicy => "CREATENETWORKPOLICY",
        }
    }

    /// The letter in an access control list.
    pub fn letter(self) -> char {
        match self {
            Self::Select => 'r',
            Self::Insert => 'a',
            Self::Update => 'w',
            Self::Delete => 'd',
            Self::Usage => 'U',
            Self::Create => 'C',
            Self::CreateRole => 'R',
            Self::CreateDb => 'B',
            Self::CreateCluster => 'N',
            Self::CreateNetworkPolicy => 'P',
        }
    }
}

/// A set of privileges.
pub type PrivilegeSet = std::collections::BTreeSet<Privilege>;

/// An entry of an access control list: `grantee=letters/grantor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclItem {
    /// Who may.
    pub grantee: RoleId,
    /// Who said so.
    pub grantor: RoleId,
    /// What.
    pub privileges: PrivilegeSet,
}

/// An access control list. One entry a pair of grantee and grantor, in the order in which the server shows them.
pub type Acl = Vec<AclItem>;

/// The order of the letters in an entry's text.
const LETTERS: [Privilege; 10] = [
    Privilege::Insert,
    Privilege::Select,
    Privilege::Update,
    Privilege::Delete,
    Privilege::Usage,
    Privilege::Create,
    Privilege::CreateRole,
    Privilege::CreateDb,
    Privilege::CreateCluster,
    Privilege::CreateNetworkPolicy,
];

/// The letters of a set of privileges: `arwd`, `UC`.
pub fn letters(privileges: &PrivilegeSet) -> String {
    LETTERS.iter().filter(|p| privileges.contains(p)).map(|p| p.letter()).collect()
}

impl std::fmt::Display for AclItem {
    /// `u1=UC/s1`, `=U/s1` for everybody.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.grantee != RoleId::Public {
            write!(f, "{}", self.grantee)?;
        }
        write!(f, "={}/{}", letters(&self.privileges), self.grantor)
    }
}

/// All privileges that there are on a kind of object; those on the system as a whole for `None`.
pub fn applicable(kind: Option<ObjectKind>) -> PrivilegeSet {
    use Privilege::{
        Create, CreateCluster, CreateDb, CreateNetworkPolicy, CreateRole, Delete, Insert, Select, Update,
        Usage,
    };
    let privileges: &[Privilege] = match kind {
        None => &[CreateRole, CreateDb, CreateCluster, CreateNetworkPolicy],
        Some(ObjectKind::Table) => &[Select, Insert, Update, Delete],
        Some(
            ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Source | ObjectKind::Subsource,
        ) => &[Select],
        Some(ObjectKind::Type | ObjectKind::Secret | ObjectKind::Connection | ObjectKind::NetworkPolicy) => {
            &[Usage]
        }
        Some(ObjectKind::Database | ObjectKind::Schema | ObjectKind::Cluster) => &[Usage, Create],
        Some(
            ObjectKind::Sink
            | ObjectKind::Index
            | ObjectKind::Role
            | ObjectKind::ClusterReplica
            | ObjectKind::Function,
        ) => &[],
    };
    privileges.iter().copied().collect()
}

/// Adds privileges to a list. Entries stay in the order of grantee and grantor.
pub(crate) fn grant(acl: &mut Acl, grantee: RoleId, grantor: RoleId, privileges: &PrivilegeSet) {
    if privileges.is_empty() {
        return;
    }
    match acl.binary_search_by_key(&(grantee, grantor), |item| (item.grantee, item.grantor)) {
        Ok(at) => {
            if let Some(item) = acl.get_mut(at) {
                item.privileges.extend(privileges);
            }
        }
        Err(at) => acl.insert(at, AclItem { grantee, grantor, privileges: privileges.clone() }),
    }
}

/// Takes privileges from a list; an entry without any is gone.
pub(crate) fn revoke(acl: &mut Acl, grantee: RoleId, grantor: RoleId, privileges: &PrivilegeSet) {
    for item in acl.iter_mut().filter(|item| item.grantee == grantee && item.grantor == grantor) {
        item.privileges.retain(|privilege| !privileges.contains(privilege));
    }
    acl.retain(|item| !item.privileges.is_empty());
}

/// Puts the new owner in the old one's place: as grantor, and as grantee of what it had from itself.
pub(crate) fn change_owner(acl: &mut Acl, from: RoleId, to: RoleId) {
    let old = std::mem::take(acl);
    for item in old {
        let change = |role: RoleId| if role == from { to } else { role };
        let grantee = if item.grantor == from { change(item.grantee) } else { item.grantee };
        grant(acl, grantee, change(item.grantor), &item.privileges);
    }
}
