//! How long things take.

use serde::{Deserialize, Serialize};

use super::pattern::Pattern;

pub use std::time::Duration;

/// How far behind a collection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lag {
    /// Always this much.
    Steady(Duration),
    /// It stands still at this time (milliseconds since 1970), so that the lag grows.
    Since(u64),
}

/// Something that holds for what a pattern names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<T> {
    /// Full names of objects, or their last parts.
    pub pattern: Pattern,
    /// What holds.
    pub value: T,
}

/// How long things take. Of several rules that name an object the last one holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// From the creation or the end of a replica's process to its being online.
    pub replica_startup: Duration,
    /// From the moment when all inputs of a dataflow can be read to its hydration.
    pub hydration: Duration,
    /// As much more for each of its inputs.
    pub hydration_per_input: Duration,
    /// How long a process lives that runs out of memory.
    pub time_to_oom: Duration,
    /// Behind what it reads, for every dataflow.
    pub lag: Duration,
    /// How many samples of a collection's lag are kept, one a minute.
    pub lag_samples: usize,
    /// Instead of `hydration` and `hydration_per_input`; `None` never hydrates.
    pub hydrations: Vec<Rule<Option<Duration>>>,
    /// Instead of `lag`.
    pub lags: Vec<Rule<Lag>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            replica_startup: Duration::from_millis(100),
            hydration: Duration::from_millis(200),
            hydration_per_input: Duration::from_millis(10),
            time_to_oom: Duration::from_secs(2),
            lag: Duration::ZERO,
            lag_samples: 10,
            hydrations: Vec::new(),
            lags: Vec::new(),
        }
    }
}

impl Options {
    /// Milliseconds until a dataflow is hydrated; `None` for never.
    pub(super) fn hydration_of(&self, name: &str, inputs: usize) -> Option<u64> {
        if let Some(fixed) = last(&self.hydrations, name) {
            return fixed.map(milliseconds);
        }
        let inputs = u32::try_from(inputs).unwrap_or(u32::MAX);
        Some(milliseconds(self.hydration.saturating_add(self.hydration_per_input.saturating_mul(inputs))))
    }

    /// How far a collection is behind what it reads.
    pub(super) fn lag_of(&self, name: &str) -> Lag {
        last(&self.lags, name).copied().unwrap_or(Lag::Steady(self.lag))
    }
}

/// A duration in milliseconds, as all times in the simulation are.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn last<'a, T>(rules: &'a [Rule<T>], name: &str) -> Option<&'a T> {
    rules.iter().rev().find(|rule| rule.pattern.names(name)).map(|rule| &rule.value)
}
