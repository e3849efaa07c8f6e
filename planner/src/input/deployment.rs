//! What the ledger knows of one deployment.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Live;
use crate::name::Ident;
use crate::plan::Plan;

/// A deployment that was staged, as far as it got. What can be seen in the catalog (its marker, the generation, what is
/// there under which name) is in [`super::Live`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The plan of `stage`, as it was run.
    pub plan: Plan,
    /// What `stage` made. Empty until it was done.
    pub staged: Vec<RecordedId>,
    /// What production had when the deployment was staged: what it will exchange, and everything in that.
    pub production: Vec<RecordedId>,
    /// The highest ids that the catalog had given away when `stage` began: what it makes has higher ones.
    pub before: HighestIds,
    /// The roles that began its stage or went on with it, sorted: what it makes is theirs.
    pub staged_by: Vec<Ident>,
    /// Everything was made, and `staged` is all of it.
    pub is_staged: bool,
    /// The ledger says that it is in production.
    pub is_promoted: bool,
    /// The old version was kept at promotion and wasn't dropped yet.
    pub is_kept: bool,
}

/// A thing of the catalog that the ledger remembers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordedId {
    /// `database`, `schema`, `cluster` or `object`, as in the preconditions of steps.
    pub kind: SmolStr,
    /// Its name then, printed in full.
    pub name: SmolStr,
    /// Its id, which nothing else ever has.
    pub id: SmolStr,
}

/// Numbers of ids (`u123` is 123), by family. Ids of a family only grow and never come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HighestIds {
    /// Of databases.
    pub database: u64,
    /// Of schemas.
    pub schema: u64,
    /// Of clusters.
    pub cluster: u64,
    /// Of objects.
    pub object: u64,
}

/// The marker of a deployment: two schemas that are swapped in the transaction that swaps everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// There is none: its promotion hasn't begun, or has ended.
    Absent,
    /// Promotion has begun; production is the old version.
    NotSwapped,
    /// Production is the new version.
    Swapped,
}

impl HighestIds {
    /// The highest ids of what a catalog holds.
    pub fn observed(live: &Live) -> Self {
        fn highest<'i>(ids: impl Iterator<Item = &'i SmolStr>) -> u64 {
            ids.filter_map(|id| number(id)).max().unwrap_or_default()
        }
        Self {
            database: highest(live.databases.iter().map(|d| &d.id)),
            schema: highest(live.schemas.iter().map(|s| &s.id)),
            cluster: highest(live.clusters.iter().map(|c| &c.id)),
            object: highest(live.objects.iter().map(|o| &o.id)),
        }
    }
}

/// The number of a user's id: `u123` is 123.
pub(crate) fn number(id: &str) -> Option<u64> {
    id.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}
