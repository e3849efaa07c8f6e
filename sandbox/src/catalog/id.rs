//! Ids: `u<n>` for what users make, `s<n>` for what the server has. Each family counts on its own; none comes back.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An id of one family.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            /// `s<n>`: the server's own.
            System(u64),
            /// `u<n>`: made by a user.
            User(u64),
        }

        impl $name {
            /// True for what users make.
            pub fn is_user(self) -> bool {
                matches!(self, Self::User(_))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::System(n) => write!(f, "s{n}"),
                    Self::User(n) => write!(f, "u{n}"),
                }
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let number = |text: &str| text.parse().map_err(|_| InvalidId);
                match text.split_at_checked(1) {
                    Some(("s", rest)) => number(rest).map(Self::System),
                    Some(("u", rest)) => number(rest).map(Self::User),
                    _ => Err(InvalidId),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: expected `u` or `s` and a number")
    }
}

impl std::error::Error for InvalidId {}

id! {
    /// A table, view, materialized view, source, sink, index, connection, secret, type or function.
    ItemId
}
id! {
    /// A database.
    DatabaseId
}
id! {
    /// A schema.
    SchemaId
}
id! {
    /// A cluster.
    ClusterId
}
id! {
    /// A replica of a cluster.
    ReplicaId
}
id! {
    /// A network policy.
    NetworkPolicyId
}

/// A role. `PUBLIC` is `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleId {
    /// `s<n>`
    System(u64),
    /// `g<n>`: a predefined group.
    Predefined(u64),
    /// `u<n>`
    User(u64),
    /// `p`: everybody.
    Public,
}

impl RoleId {
    /// `mz_system`, which owns what the server has.
    pub const MZ_SYSTEM: Self = Self::System(1);
    /// `mz_support`
    pub const MZ_SUPPORT: Self = Self::System(2);
    /// `mz_analytics`
    pub const MZ_ANALYTICS: Self = Self::System(3);
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(n) => write!(f, "s{n}"),
            Self::Predefined(n) => write!(f, "g{n}"),
            Self::User(n) => write!(f, "u{n}"),
            Self::Public => f.write_str("p"),
        }
    }
}

impl FromStr for RoleId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let number = |text: &str| text.parse().map_err(|_| InvalidId);
        match text.split_at_checked(1) {
            Some(("p", "")) => Ok(Self::Public),
            Some(("s", rest)) => number(rest).map(Self::System),
            Some(("g", rest)) => number(rest).map(Self::Predefined),
            Some(("u", rest)) => number(rest).map(Self::User),
            _ => Err(InvalidId),
        }
    }
}

impl Serialize for RoleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RoleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
