//! Privileges, and who holds them on what.

use serde::{Deserialize, Serialize};

use super::id::RoleId;

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
