//! What a query tells about a deployment, one fact a row.
//!
//! The query for one look and the subscription have the same rows, so that an observation is a set of facts, and a change is
//! facts that come and go.

use std::fmt;

use smol_str::SmolStr;

use super::rule::{Cluster, HydrationStatus, Observation};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// A cluster is there.
    Cluster {
        /// Its id.
        id: SmolStr,
        /// Its name.
        name: SmolStr,
    },
    /// A replica is there.
    Replica {
        /// Its id.
        id: SmolStr,
        /// Its cluster.
        cluster: SmolStr,
    },
    /// A replica keeps running out of memory.
    Problematic(SmolStr),
    /// An object is there.
    Object(SmolStr),
    /// A row of `mz_hydration_statuses`.
    Hydration(HydrationStatus),
    /// The lag of an object in seconds, if it can be read.
    Lag(SmolStr, Option<u64>),
    /// An object is no further behind than is allowed.
    CaughtUp(SmolStr),
    /// An object never changes again.
    Sealed(SmolStr),
}

/// A row that is no fact. The server or the query isn't what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What the row says.
    pub row: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answers a question about hydration with `{}`, which can't be read", self.row)
    }
}

impl std::error::Error for Unreadable {}

impl Fact {
    /// Reads a row: the texts in the columns `fact`, `id`, `place` and `value`.
    pub fn read(
        fact: Option<&str>,
        id: Option<&str>,
        place: Option<&str>,
        value: Option<&str>,
    ) -> Result<Self, Unreadable> {
        let unreadable = || {
            let texts = [fact, id, place, value].map(|text| text.unwrap_or("NULL"));
            Unreadable { row: texts.join(", ") }
        };
        let id = SmolStr::new(id.ok_or_else(unreadable)?);
        let needed = |text: Option<&str>| text.map(SmolStr::new).ok_or_else(unreadable);
        Ok(match fact {
            Some("cluster") => Self::Cluster { id, name: needed(value)? },
            Some("replica") => Self::Replica { id, cluster: needed(place)? },
            Some("problematic") => Self::Problematic(id),
            Some("object") => Self::Object(id),
            Some("hydration") => Self::Hydration(HydrationStatus {
                object: id,
                replica: place.map(SmolStr::new),
                hydrated: value.map(truth).transpose().map_err(|()| unreadable())?,
            }),
            Some("lag") => Self::Lag(id, value.map(seconds).transpose().map_err(|()| unreadable())?),
            Some("caught up") => Self::CaughtUp(id),
            Some("sealed") => Self::Sealed(id),
            _ => return Err(unreadable()),
        })
    }
}

fn truth(text: &str) -> Result<bool, ()> {
    match text {
        "true" | "t" => Ok(true),
        "false" | "f" => Ok(false),
        _ => Err(()),
    }
}

/// Seconds. The clocks that a lag is taken from may differ, so it can be a little below zero.
fn seconds(text: &str) -> Result<u64, ()> {
    text.parse::<i64>().map(|seconds| u64::try_from(seconds).unwrap_or(0)).map_err(|_| ())
}

/// The observation that facts make, in whatever order they are.
pub fn observation<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Observation {
    let mut observation = Observation::default();
    let (mut replicas, mut problematic) = (Vec::new(), Vec::new());
    for fact in facts {
        match fact {
            Fact::Cluster { id, name } => {
                let cluster = Cluster { name: name.clone(), ..Cluster::default() };
                observation.clusters.insert(id.clone(), cluster);
            }
            Fact::Replica { id, cluster } => replicas.push((id, cluster)),
            Fact::Problematic(replica) => problematic.push(replica),
            Fact::Object(id) => {
                observation.objects.insert(id.clone());
            }
            Fact::Hydration(status) => observation.hydration.push(status.clone()),
            Fact::Lag(id, lag) => {
                // One row an object; of two, the worse, and what isn't known is worst.
                let known = observation.lags.entry(id.clone()).or_insert(*lag);
                *known = known.zip(*lag).map(|(one, other)| one.max(other));
            }
            Fact::CaughtUp(id) => {
                observation.caught_up.insert(id.clone());
            }
            Fact::Sealed(id) => {
                observation.sealed.insert(id.clone());
            }
        }
    }
    for (id, cluster) in replicas {
        if let Some(cluster) = observation.clusters.get_mut(cluster) {
            cluster.replicas.insert(id.clone(), problematic.contains(&id));
        }
    }
    observation
}
