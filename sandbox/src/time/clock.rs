//! The time that everything in the sandbox agrees on.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// The longest sleep: nothing says that the machine's clock isn't set meanwhile.
const STEP: u64 = 60_000;

/// A clock: the machine's, or one that stands still until it is moved. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    held: Arc<watch::Sender<Option<u64>>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::real()
    }
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self { held: Arc::new(watch::Sender::new(None)) }
    }

    /// A clock that stands at `now`, in milliseconds since 1970.
    pub fn held(now: u64) -> Self {
        Self { held: Arc::new(watch::Sender::new(Some(now))) }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> u64 {
        self.held.borrow().unwrap_or_else(machine)
    }

    /// True if the clock moves only when it is told to.
    pub fn is_held(&self) -> bool {
        self.held.borrow().is_some()
    }

    /// Stops the clock where it is.
    pub fn hold(&self) {
        self.held.send_modify(|held| *held = held.or_else(|| Some(machine())));
    }

    /// Stops the clock at a time; it may be an earlier one, as after a restart.
    pub fn hold_at(&self, now: u64) {
        self.held.send_replace(Some(now));
    }

    /// Lets the clock follow the machine's again.
    pub fn release(&self) {
        self.held.send_replace(None);
    }

    /// Moves a held clock forward. The machine's goes on by itself: false then.
    pub fn advance(&self, by: Duration) -> bool {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.held.send_if_modified(|held| {
            let Some(now) = held else { return false };
            *now = now.saturating_add(by);
            true
        })
    }

    /// Ends when the clock says `time` or later.
    pub async fn wait_until(&self, time: u64) {
        let mut held = self.held.subscribe();
        loop {
            let now = *held.borrow_and_update();
            let left = time.saturating_sub(now.unwrap_or_else(machine));
            if left == 0 {
                return;
            }
            let moved = held.changed();
            if now.is_some() {
                if moved.await.is_err() {
                    // This clock holds the sender itself, so it is never gone.
                    std::future::pending::<()>().await;
                }
            } else {
                // Either the time comes or somebody stops the clock.
                let _ = tokio::time::timeout(Duration::from_millis(left.min(STEP)), moved).await;
            }
        }
    }
}

fn machine() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.ok().and_then(|time| u64::try_from(time.as_millis()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_when_it_is_told_to() {
        let clock = Clock::held(1000);
        let same = clock.clone();
        assert!(clock.advance(Duration::from_secs(2)));
        assert_eq!((same.now(), same.is_held()), (3000, true));
    }

    #[test]
    fn the_machines_clock_can_be_stopped_and_let_go() {
        let clock = Clock::real();
        assert!(!clock.advance(Duration::from_hours(1)));
        clock.hold();
        let stopped = clock.now();
        assert!(stopped > 1_600_000_000_000);
        clock.advance(Duration::from_hours(1));
        assert_eq!(clock.now(), stopped + 3_600_000);
        clock.release();
        assert!(clock.now() < stopped + 3_600_000);
    }

    #[tokio::test]
    async fn who_waits_wakes_when_a_held_clock_gets_there() {
        let clock = Clock::held(0);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait_until(5000).await }
        });
        clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.expect("the task does not panic");
    }
}
