//! The time that everything in the sandbox agrees on.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// A clock: the machine's, or one that stands still until it is moved. Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    held: Option<Arc<watch::Sender<u64>>>,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self::default()
    }

    /// A clock that stands at `now`, in milliseconds since 1970.
    pub fn held(now: u64) -> Self {
        Self { held: Some(Arc::new(watch::Sender::new(now))) }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> u64 {
        match &self.held {
            Some(held) => *held.borrow(),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|time| u64::try_from(time.as_millis()).ok())
                .unwrap_or_default(),
        }
    }

    /// True if the clock moves only when it is told to.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Moves a held clock forward; the machine's goes on by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(held) = &self.held {
            let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
            held.send_modify(|now| *now = now.saturating_add(by));
        }
    }

    /// Ends when the clock says `time` or later.
    pub async fn wait_until(&self, time: u64) {
        match &self.held {
            Some(held) => {
                let mut held = held.subscribe();
                if held.wait_for(|now| *now >= time).await.is_err() {
                    // This clock holds the sender itself, so it is never gone.
                    std::future::pending::<()>().await;
                }
            }
            None => {
                // In steps, as nothing says that the machine's clock isn't set meanwhile.
                while let Some(left) = time.checked_sub(self.now()).filter(|left| *left > 0) {
                    tokio::time::sleep(Duration::from_millis(left.min(60_000))).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_when_it_is_told_to() {
        let clock = Clock::held(1000);
        let same = clock.clone();
        clock.advance(Duration::from_secs(2));
        assert_eq!((same.now(), same.is_held()), (3000, true));
        assert!(Clock::real().now() > 1_600_000_000_000);
    }
}
